"""A network that answers after the last step: what it knows then, its neurons have remembered."""

from collections.abc import Callable

from torch import Tensor, nn

from .base import Spiking, per_step


class MemoryNet(Spiking):
    """Two spiking layers between linear ones; the answer is read at the last step alone.

    frames -> [linear, norm, neuron] twice -> linear of the last step's spikes.

    Args:
        classes, neuron, inputs: as in :class:`mpe_lib.networks.base.Spiking`.
        width: neurons in each layer.

    >>> import torch
    >>> from mpe_lib import LIF
    >>> logits, loss = MemoryNet(8, LIF, inputs=3)(torch.zeros(5, 4, 3))
    >>> logits.shape, loss.shape
    (torch.Size([1, 4, 8]), torch.Size([]))
    """

    def __init__(
        self,
        classes: int,
        neuron: Callable[[], nn.Module],
        inputs: int,
        width: int = 64,
    ):
        super().__init__()
        self.weights = nn.ModuleList(
            nn.Sequential(nn.Linear(a, width, bias=False), nn.BatchNorm1d(width))
            for a in (inputs, width)
        )
        self.readout = nn.Linear(width, classes)
        self.neurons = nn.ModuleList(neuron() for _ in self.weights)

    def run(self, x: Tensor, fire: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """frames ``[T, B, inputs]`` -> logits ``[1, B, classes]``, those of the last step."""
        for weights, neuron in zip(self.weights, self.neurons, strict=True):
            x = fire(neuron, per_step(weights, x))  # [T, B, width]
        return self.readout(x[-1:])
