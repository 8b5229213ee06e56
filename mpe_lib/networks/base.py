"""Networks: spiking layers between ordinary ones, and what each layer's neurons do."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from ..core.dynamics import Trace
from ..systems.parts import per_step

__all__ = ["Spiking", "convolution", "divided", "per_step"]  # the last is only passed on


class Spiking(nn.Module):
    """What every network of spiking layers offers, from one method that says how its layers meet.

    A network has ``run(x, fire) -> logits``, which calls ``fire(neuron, current)`` for the spikes
    of each layer; with it come ``forward`` and ``traces``. Time is folded into the batch for
    everything but the neurons, so nothing else sees more than one step (but the readout of
    SpokenNet, which sees their mean). A readout has no neuron: its value at step t is a vote.

    Args, of all networks:
        classes: number of classes.
        neuron: makes one spiking layer, which has ``with_loss`` and ``trace``: ``LIF``, ``MPE``,
            or a function such as ``lambda: MPE("hard", "hard", decay=0.9)``.
        inputs: channels of the frames: 2 for events, 3 for colours, more for sound.
    """

    def run(self, x: Tensor, fire: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """frames ``[T, B, ...]`` -> logits ``[T, B, classes]``; each network has its own."""
        raise NotImplementedError(f"{type(self).__name__} must say how its layers meet: write run")

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """frames ``[T, B, ...]`` -> logits ``[T, B, classes]``, membrane loss 0-d.

        The loss is the sum over the layers.
        """
        losses = []

        def fire(neuron: nn.Module, current: Tensor) -> Tensor:
            s, loss = neuron.with_loss(current)
            losses.append(loss)
            return s

        logits = self.run(frames, fire)
        return logits, sum(losses)

    def traces(self, frames: Tensor) -> list[Trace]:
        """What the neurons of each layer did, for pictures and analysis."""
        traces = []

        def fire(neuron: nn.Module, current: Tensor) -> Tensor:
            traces.append(neuron.trace(current))
            return traces[-1].s

        self.run(frames, fire)
        return traces


def convolution(inputs: int, outputs: int, side: int = 3, stride: int = 1) -> nn.Sequential:
    """A convolution and its norm; no bias, which the norm would take away again.

    The kernel is side x side (odd) and zeros stand round the border, so that with stride 1 the
    size stays as it is.

    >>> import torch
    >>> convolution(2, 8, stride=2)(torch.zeros(1, 2, 9, 9)).shape
    torch.Size([1, 8, 5, 5])
    """
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, padding=side // 2, bias=False),
        nn.BatchNorm2d(outputs),
    )


def divided(sizes: Sequence[int], width: int) -> list[int]:
    """The sizes of a published network's layers, divided by a whole number.

    Raises:
        ValueError: a width that does not divide all of them.

    >>> divided((64, 128), 16)
    [4, 8]
    """
    smallest = min(sizes)
    if width < 1 or any(size % width for size in sizes):
        raise ValueError(f"width must divide {smallest}, got {width}: try 1, 2, 4, 8 or 16")
    return [size // width for size in sizes]
