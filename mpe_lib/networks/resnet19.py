"""ResNet-19, the residual network of the spiking field for CIFAR-10."""

from collections.abc import Callable

from torch import Tensor, nn

from .base import Spiking, convolution, divided, per_step

STEM = 128
STAGES = ((128, 3), (256, 3), (512, 2))  # channels and blocks; a stage halves the size, but the 1st
HIDDEN = 256


class Block(nn.Module):
    """The two convolutions of a residual block, and the way past them.

    The way past is the block's input as it is, or, where size or channels change, a 1 x 1
    convolution with a norm.
    """

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.first = convolution(inputs, outputs, stride=stride)
        self.second = convolution(outputs, outputs)
        same = inputs == outputs and stride == 1
        self.past = nn.Identity() if same else convolution(inputs, outputs, 1, stride)


class ResNet19(Spiking):
    """conv 3x3 -> 3 + 3 + 2 residual blocks -> mean over the image -> linear, neuron -> linear.

    A block's two currents and its spikes, with s the block's input::

        x1 = norm(conv(s));  s1 = neuron(x1)
        x2 = norm(conv(s1)) + past(s);  s2 = neuron(x2)

    The sum is taken *before* the second neuron: what is added is current, and all that passes
    from one block to the next is spikes, 0 or 1. Nineteen layers: 17 convolutions (those of the
    way past are not counted) and two linear ones, 18 of them with neurons.

    The first convolution has 128 channels, as in the paper that named the network; the code
    released with TET and with MPE-PSN has 64 there (``stem=64``) and so one more 1 x 1
    convolution, past the first block. The norm is plain batch normalisation, as in the code of
    MPE-PSN. For images, ``inputs=3`` and :func:`repeat`.

    Args:
        classes, neuron, inputs: as in :class:`mpe_lib.networks.base.Spiking`.
        size: (height, width) of the frames.
        width: all channels and the hidden neurons are divided by this whole number.
        stem: channels of the first convolution, before they are divided.

    Raises:
        ValueError: an empty size; a width that does not divide the stem and 128.

    Source: Zheng et al. 2021, "Going Deeper With Directly-Trained Larger Spiking Neural
    Networks", arXiv 2011.05280; 12.7 million parameters (12.6 with stem=64).

    >>> import torch
    >>> from mpe_lib import MPE
    >>> net = ResNet19(10, MPE, size=(32, 32), inputs=3, width=32)
    >>> logits, loss = net(repeat(torch.zeros(2, 3, 32, 32), 4))
    >>> logits.shape, loss.shape
    (torch.Size([4, 2, 10]), torch.Size([]))
    """

    def __init__(
        self,
        classes: int,
        neuron: Callable[[], nn.Module],
        size: tuple[int, int] = (32, 32),
        inputs: int = 2,
        width: int = 1,
        stem: int = STEM,
    ):
        super().__init__()
        if min(size) < 1:
            raise ValueError(f"size must be at least 1 on each side, got {size}: try (32, 32)")
        *stages, stem, hidden = divided([*(c for c, _ in STAGES), stem, HIDDEN], width)
        self.stem, self.blocks, before = convolution(inputs, stem), nn.ModuleList(), stem
        for k, channels in enumerate(stages):
            for j in range(STAGES[k][1]):
                self.blocks.append(Block(before, channels, stride=2 if k and not j else 1))
                before = channels
        # a side of n pixels has ceil(n / 2) after a stride of 2
        self.pool = nn.AvgPool2d(tuple(-(-side // 4) for side in size))
        self.hidden = nn.Linear(before, hidden)
        self.readout = nn.Linear(hidden, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        self.neurons = nn.ModuleList(neuron() for _ in range(2 * len(self.blocks) + 2))

    def run(self, x: Tensor, fire: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """frames ``[T, B, inputs, H, W]`` -> logits ``[T, B, classes]``; see :class:`Spiking`."""
        neurons = iter(self.neurons)
        s = fire(next(neurons), per_step(self.stem, x))  # [T, B, C, H, W]
        for block in self.blocks:
            s1 = fire(next(neurons), per_step(block.first, s))
            s = fire(next(neurons), per_step(block.second, s1) + per_step(block.past, s))
        rates = per_step(self.pool, s).flatten(2)  # [T, B, C]
        return self.readout(fire(next(neurons), self.hidden(rates)))


def repeat(images: Tensor, steps: int) -> Tensor:
    """The same images at every step: ``[B, C, H, W]`` -> ``[steps, B, C, H, W]``, no copy made.

    Raises:
        ValueError: steps below 1, or images that have a time axis already.

    >>> import torch
    >>> repeat(torch.zeros(2, 3, 32, 32), 4).shape
    torch.Size([4, 2, 3, 32, 32])
    """
    if steps < 1 or images.ndim != 4:
        raise ValueError(
            f"expected images [B, C, H, W] and steps >= 1, got {tuple(images.shape)} and {steps}: "
            "frames that have a time axis need no repeating"
        )
    return images.expand(steps, *images.shape)
