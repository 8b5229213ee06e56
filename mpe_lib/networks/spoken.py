"""A network for spike channels of speech: what counts is how often each neuron fired."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from ..core.dynamics import Trace
from .base import Spiking, per_step

COUNTS = 5.0  # the readout's input is so many times a firing rate: near 1 for a lively neuron


class SpokenNet(Spiking):
    """Spiking layers between linear ones, and a readout of their firing rates.

    frames -> [linear, norm, neuron, dropout] for each hidden layer -> mean over the steps ->
    linear. Nothing in the network but its neurons tells one step from another: the readout sees
    how often each neuron fired and not when. The same vote therefore stands at every step.

    Args:
        classes, neuron, inputs: as in :class:`mpe_lib.networks.base.Spiking`.
        hidden: neurons in each spiking layer.
        dropout: share of spikes that are dropped in training, anew at every step.

    Raises:
        ValueError: no hidden layer.

    >>> import torch
    >>> from mpe_lib import MPE
    >>> net = SpokenNet(10, MPE, inputs=70, hidden=(16, 16))
    >>> logits, loss = net(torch.zeros(30, 3, 70))
    >>> logits.shape, loss.shape
    (torch.Size([30, 3, 10]), torch.Size([]))
    """

    def __init__(
        self,
        classes: int,
        neuron: Callable[[], nn.Module],
        inputs: int = 700,
        hidden: Sequence[int] = (128, 128),
        dropout: float = 0.3,
    ):
        super().__init__()
        if not hidden:
            raise ValueError(f"hidden must name at least one layer, got {hidden}: try (128, 128)")
        self.weights = nn.ModuleList(
            nn.Sequential(nn.Linear(a, b, bias=False), nn.BatchNorm1d(b))
            for a, b in zip((inputs, *hidden), hidden, strict=False)
        )
        self.dropout = nn.Dropout(dropout)
        self.readout = nn.Linear(hidden[-1], classes)
        self.neurons = nn.ModuleList(neuron() for _ in hidden)

    def run(self, x: Tensor, fire: Callable[[nn.Module, Tensor], Tensor]) -> Tensor:
        """frames ``[T, B, inputs]`` -> logits ``[T, B, classes]``; see :class:`Spiking`."""
        for weights, neuron in zip(self.weights, self.neurons, strict=True):
            x = self.dropout(fire(neuron, per_step(weights, x)))  # [T, B, hidden]
        vote = self.readout(COUNTS * x.mean(0))  # [B, classes]
        return vote.expand(len(x), -1, -1)

    def traces(self, frames: Tensor) -> list[Trace]:
        """What the neurons of each layer did, for pictures and analysis; nothing is dropped."""
        dropping = self.dropout.training
        try:
            self.dropout.eval()
            return super().traces(frames)
        finally:
            self.dropout.train(dropping)
