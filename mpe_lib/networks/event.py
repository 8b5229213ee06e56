"""The collection's own small network for event recordings."""

from collections.abc import Callable

from torch import Tensor, nn

from .base import Spiking, convolution, per_step


class EventNet(Spiking):
    """Two convolutions with spiking neurons and one linear readout, for small event recordings.

    frames -> conv 3x3, norm, neuron -> pool 2 -> conv 3x3, norm, neuron -> pool 2 -> linear.
    The mean vote over the steps decides.

    Args:
        classes, neuron: as in :class:`mpe_lib.networks.base.Spiking`.
        size: (height, width) of the frames, each at least 4.
        channels: of the two convolutions.

    >>> import torch
    >>> from mpe_lib import MPE
    >>> net = EventNet(10, MPE, size=(20, 20))
    >>> logits, loss = net(torch.zeros(12, 3, 2, 20, 20))
    >>> logits.shape, loss.shape
    (torch.Size([12, 3, 10]), torch.Size([]))
    """

    def __init__(
        self,
        classes: int,
        neuron: Callable[[], nn.Module],
        size: tuple[int, int],
        channels: tuple[int, int] = (12, 24),
    ):
        super().__init__()
        widths = (2, *channels)
        self.layers = nn.ModuleList(
            nn.ModuleList((convolution(a, b), neuron(), nn.AvgPool2d(2)))
            for a, b in zip(widths, channels, strict=False)
        )
        height, width = (side // 4 for side in size)
        self.readout = nn.Linear(channels[-1] * height * width, classes)

    def run(self, x: Tensor, fire: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """frames ``[T, B, 2, height, width]`` -> logits ``[T, B, classes]``."""
        for weights, neuron, pool in self.layers:
            x = per_step(pool, fire(neuron, per_step(weights, x)))  # [T, B, C, H / 2, W / 2]
        return self.readout(x.flatten(2))
