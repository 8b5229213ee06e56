"""The paper's network for CIFAR10-DVS: eight spiking convolutions and a linear readout."""

from collections.abc import Callable

from torch import Tensor, nn

from .base import Spiking, convolution, divided, per_step

CHANNELS = (64, 128, 256, 256, 512, 512, 512, 512)  # a pool after every second one
POOL = 2


class VGG(Spiking):
    """frames -> 8 x [conv 3x3, norm, neuron], pool 2 after every second -> dropout -> linear.

    Args:
        classes, neuron, inputs: as in :class:`mpe_lib.networks.base.Spiking`.
        size: (height, width) of the frames, each at least 16.
        width: the channels are those of the paper divided by this whole number.
        dropout: share of the readout's inputs that are dropped in training.

    Raises:
        ValueError: frames too small for four pools; a width that does not divide 64.

    Source: arXiv 2409.04978, section 4; 9.3 million parameters at 48 x 48.

    >>> import torch
    >>> from mpe_lib import MPE
    >>> net = VGG(10, MPE, size=(16, 16), width=16)
    >>> logits, loss = net(torch.zeros(4, 3, 2, 16, 16))
    >>> logits.shape, loss.shape
    (torch.Size([4, 3, 10]), torch.Size([]))
    """

    def __init__(
        self,
        classes: int,
        neuron: Callable[[], nn.Module],
        size: tuple[int, int] = (48, 48),
        inputs: int = 2,
        width: int = 1,
        dropout: float = 0.25,
    ):
        super().__init__()
        if min(size) < POOL**4:
            raise ValueError(
                f"size must be at least {POOL**4} on each side, got {size}: there are four pools"
            )
        channels = divided(CHANNELS, width)
        self.weights = nn.ModuleList(
            convolution(a, b) for a, b in zip([inputs, *channels], channels, strict=False)
        )
        self.pool = nn.AvgPool2d(POOL)
        height, breadth = (side // POOL**4 for side in size)
        self.readout = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(channels[-1] * height * breadth, classes)
        )
        for layer, _ in self.weights:
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        self.neurons = nn.ModuleList(neuron() for _ in channels)

    def run(self, x: Tensor, fire: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """frames ``[T, B, inputs, H, W]`` -> logits ``[T, B, classes]``; see :class:`Spiking`."""
        for k, (weights, neuron) in enumerate(zip(self.weights, self.neurons, strict=True)):
            s = fire(neuron, per_step(weights, x))  # [T, B, C, H, W]
            x = per_step(self.pool, s) if k % 2 else s
        return self.readout(x.flatten(2))
