"""Networks: spiking layers between ordinary ones, and what each layer's neurons do."""

from collections.abc import Callable

from torch import Tensor, nn

from .dynamics import Trace
from .neurons import LIF, MPE

# the neurons that the lessons compare, by the name that their results carry
NEURONS: dict[str, Callable[[], nn.Module]] = {
    "exact LIF": LIF,
    "bernoulli": MPE,
    "mean": lambda: MPE("mean", "mean"),
    "hard": lambda: MPE("hard", "hard"),
    "zero": lambda: MPE("zero", "zero"),
}


class EventNet(nn.Module):
    """Two convolutions with spiking neurons and one linear readout, for small event recordings.

    frames -> conv 3x3, norm, neuron -> pool 2 -> conv 3x3, norm, neuron -> pool 2 -> linear.
    The readout has no neuron: its value at step t is a vote, and the mean vote over the steps
    decides. Nothing in the network but its neurons sees more than one step.

    Args:
        classes: number of classes.
        neuron: makes one spiking layer: ``LIF``, ``MPE``, or a function such as
            ``lambda: MPE("hard", "hard")``.
        size: (height, width) of the frames, each at least 4.
        channels: of the two convolutions.

    >>> import torch
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
            nn.ModuleList((_convolution(a, b), neuron(), nn.AvgPool2d(2)))
            for a, b in zip(widths, channels, strict=False)
        )
        height, width = (side // 4 for side in size)
        self.readout = nn.Linear(channels[-1] * height * width, classes)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """frames ``[T, B, 2, height, width]`` -> logits ``[T, B, classes]``, membrane loss 0-d."""
        x, losses = frames, []
        for weights, neuron, pool in self.layers:
            s, loss = neuron.with_loss(per_step(weights, x))  # [T, B, C, H, W]
            losses.append(loss)
            x = per_step(pool, s)  # [T, B, C, H / 2, W / 2]
        return self.readout(x.flatten(2)), sum(losses)

    def traces(self, frames: Tensor) -> list[Trace]:
        """What the neurons of each layer did, for pictures and analysis."""
        x, traces = frames, []
        for weights, neuron, pool in self.layers:
            traces.append(neuron.trace(per_step(weights, x)))
            x = per_step(pool, traces[-1].s)
        return traces


def per_step(layer: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Apply a layer that knows no time to every step: ``[T, B, ...] -> [T, B, ...]``."""
    return layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])


def _convolution(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)
    )
