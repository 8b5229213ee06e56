"""The networks that the recordings study trains, and how those that draw are scored."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.dynamics import Trace
from ..fast.neurons import MPE
from ..networks.event import EventNet
from ..networks.spoken import SpokenNet
from ..training import Part
from ..training.neurons import maker

CNN = "plain CNN"  # the same layers, one step, ReLU for the neuron


def network_of(neuron: str, training: Part, settings: dict) -> nn.Module:
    """A new network for one neuron, as the settings of its task say.

    Args:
        neuron: a name of :mod:`mpe_lib.results.names`, or CNN.
        training: its labels tell the number of classes, its frames their size.
        settings: decay; hidden and dropout, or channels and shift.
    """
    classes, steps = int(training.labels.max()) + 1, len(training.frames)
    decay = settings.get("decay", 0.25)
    make = ReLU if neuron == CNN else maker(neuron, steps, decay=decay)
    if "hidden" in settings:
        inputs = training.frames.shape[2]
        return SpokenNet(classes, make, inputs, settings["hidden"], settings["dropout"])
    channels = settings.get("channels", (12, 24))
    network = EventNet(classes, make, training.frames.shape[-2:], channels)
    if "shift" in settings:
        network = Shifted(network, settings["shift"])
    return SummedFrames(network) if neuron == CNN else network


def score(network: nn.Module, drawn: bool) -> nn.Module:
    """Let the neurons that draw in training do so in evaluation too, or take the mean of it."""
    for module in network.modules():
        if isinstance(module, MPE) and module.rule == "bernoulli":
            module.eval_rule = "bernoulli" if drawn else "mean"
    return network


class ReLU(nn.Module):
    """What a plain network has for a neuron: no spikes, no time, and nothing guessed."""

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(activation, 0)."""
        return x.relu(), torch.zeros((), device=x.device)

    def trace(self, x: Tensor) -> Trace:
        """The activation in the place of spikes, so that the training loop can look at it."""
        return Trace(x.relu(), x, x)


class Wrapped(nn.Module):
    """A network that sees its frames through :meth:`view`."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def view(self, frames: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """What the network makes of the frames it sees."""
        return self.network(self.view(frames))

    def traces(self, frames: Tensor) -> list[Trace]:
        """What the neurons of each layer did."""
        return self.network.traces(self.view(frames))


class SummedFrames(Wrapped):
    """A network that gets the sum over the steps as its only step."""

    def view(self, frames: Tensor) -> Tensor:
        """``[T, B, ...] -> [1, B, ...]``."""
        return frames.sum(0, keepdim=True)


class Shifted(Wrapped):
    """A network that in training sees each recording up to `by` pixels off, all steps alike."""

    def __init__(self, network: nn.Module, by: int):
        super().__init__(network)
        self.by = by

    def view(self, frames: Tensor) -> Tensor:
        """``[T, B, 2, H, W]``; what is shifted in is empty."""
        if not self.training or not self.by:
            return frames
        n, (height, width), device = frames.shape[1], frames.shape[-2:], frames.device
        wide = F.pad(frames, (self.by,) * 4).permute(1, 3, 4, 0, 2)  # [B, H, W, T, 2]
        start = torch.randint(2 * self.by + 1, (2, n, 1, 1), device=device)
        rows = start[0] + torch.arange(height, device=device)[:, None]
        columns = start[1] + torch.arange(width, device=device)
        seen = wide[torch.arange(n, device=device)[:, None, None], rows, columns]
        return seen.permute(3, 0, 4, 1, 2).contiguous()
