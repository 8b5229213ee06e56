"""The paper's network for DVS128 Gesture: five spiking convolutions, a hidden layer, and a vote."""

from collections.abc import Callable

from torch import Tensor, nn

from .base import Spiking, convolution, divided, per_step

CHANNELS, HIDDEN, LAYERS = 256, 1024, 5
VOTES = 10  # outputs that speak for each class
POOL = 2


class GestureNet(Spiking):
    """frames -> 5 x [conv 3x3, norm, neuron, max pool 2] -> linear, neuron -> linear -> vote.

    The last linear layer has ten outputs for each class, and no neuron: the logit of a class at
    step t is the mean of its ten.

    The network released with the paper has the same layers, but its neuron leaves out the shift
    of the guess by one step, so that h[t] = decay v_hat[t] + x[t] and nothing is remembered from
    one step to the next. Ours has the shift, as the paper's equations do; give
    ``lambda: MPE(shift=False)`` for theirs.

    Args:
        classes, neuron, inputs: as in :class:`mpe_lib.networks.base.Spiking`.
        size: (height, width) of the frames, each at least 32.
        width: the 256 channels and the 1024 hidden neurons are divided by this whole number.
        dropout: share of the inputs of either linear layer that are dropped in training.

    Raises:
        ValueError: frames too small for five pools; a width that does not divide 256.

    Source: arXiv 2409.04978, section 4; the layers are those of Fang et al. 2021, "Incorporating
    Learnable Membrane Time Constant", arXiv 2007.05785. 3.5 million parameters at 64 x 64.

    >>> import torch
    >>> from mpe_lib import MPE
    >>> net = GestureNet(11, MPE, size=(32, 32), width=64)
    >>> logits, loss = net(torch.zeros(4, 3, 2, 32, 32))
    >>> logits.shape, loss.shape
    (torch.Size([4, 3, 11]), torch.Size([]))
    >>> sum(p.numel() for p in net.parameters())  # 4 channels, 16 hidden neurons, 110 outputs
    2638
    """

    def __init__(
        self,
        classes: int,
        neuron: Callable[[], nn.Module],
        size: tuple[int, int] = (64, 64),
        inputs: int = 2,
        width: int = 1,
        dropout: float = 0.5,
    ):
        super().__init__()
        if min(size) < POOL**LAYERS:
            raise ValueError(
                f"size must be at least {POOL**LAYERS} on each side, got {size}: there are five "
                "pools"
            )
        channels, hidden = divided((CHANNELS, HIDDEN), width)
        self.weights = nn.ModuleList(
            convolution(inputs if k == 0 else channels, channels) for k in range(LAYERS)
        )
        self.pool = nn.MaxPool2d(POOL)
        height, breadth = (side // POOL**LAYERS for side in size)
        self.hidden = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(channels * height * breadth, hidden)
        )
        self.readout = nn.Sequential(nn.Dropout(dropout), nn.Linear(hidden, classes * VOTES))
        self.neurons = nn.ModuleList(neuron() for _ in range(LAYERS + 1))

    def run(self, x: Tensor, fire: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """frames ``[T, B, inputs, H, W]`` -> logits ``[T, B, classes]``; see :class:`Spiking`."""
        *neurons, last = self.neurons
        for weights, neuron in zip(self.weights, neurons, strict=True):
            x = per_step(self.pool, fire(neuron, per_step(weights, x)))  # [T, B, C, H / 2, W / 2]
        s = fire(last, self.hidden(x.flatten(2)))  # [T, B, hidden]
        return self.readout(s).unflatten(2, (-1, VOTES)).mean(3)
