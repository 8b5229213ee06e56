"""Small nets that say which of two things came first: neurons, training, and how to judge them."""

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..results.names import kinds, parse
from .pairs import Pairs

GAIN = 2.0  # of the first weights
COUNTS = 2.0  # spikes that make 1 in the readout


def cone(neuron: str, layers: int) -> float:
    """The furthest lag that can matter, in steps; infinite where a neuron forgets nothing for good.

    >>> cone("bernoulli + 1", 2), cone("zero", 2), cone("exact LIF", 1)
    (4, 0, inf)
    """
    name = parse(neuron)
    reach = kinds()[name.neuron].reach
    return math.inf if reach is None else layers * (reach + name.sweeps)


class OrderNet(nn.Module):
    """linear -> neuron, once for each layer, then the count of spikes and one linear score.

    The readout takes the mean over the steps, so nothing but the neurons sees more than one step.
    Counts of spikes are whole numbers: their sum is exact in any order of the steps.

    Args:
        channels: of the input.
        neurons: one spiking layer each.
        width: neurons in each layer.
    """

    def __init__(self, channels: int, neurons: Sequence[nn.Module], width: int = 16):
        super().__init__()
        widths = [channels, *[width] * len(neurons)]
        self.weights = nn.ModuleList(
            nn.Linear(a, b) for a, b in zip(widths, widths[1:], strict=False)
        )
        self.neurons = nn.ModuleList(neurons)
        for each in self.weights:  # wide enough that the first currents reach the threshold
            nn.init.normal_(each.weight, std=GAIN / math.sqrt(each.in_features))
            nn.init.uniform_(each.bias, -1, 1)  # some neurons fire in a blank: they can be hushed
        self.readout = nn.Linear(width, 1)

    def spikes(self, x: Tensor) -> Tensor:
        """Spikes of the last layer ``[T, B, width]`` of the input ``[T, B, channels]``."""
        for weights, neuron in zip(self.weights, self.neurons, strict=True):
            x = neuron(weights(x))
        return x

    def forward(self, x: Tensor) -> Tensor:
        """Score ``[B]`` of "A first": above 0, the net says A."""
        return self.readout(self.spikes(x).sum(0) / COUNTS)[:, 0]


def fit(
    build: Callable[[], nn.Module],
    sample: Callable[[torch.Generator], Pairs],
    iterations: int = 300,
    learning_rate: float = 0.02,
    seed: int = 0,
) -> tuple[nn.Module, list[float]]:
    """Train a net to score A first above 0 and B first below; (net, loss of every iteration).

    Args:
        build: makes the net.
        sample: draws the pairs of one batch.
        iterations, learning_rate: of Adam; the rate falls to 0 along half a cosine.
        seed: of the weights, the batches and the draws of the neurons. torch's own random state
            is left as it was.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net, generator = build(), torch.Generator().manual_seed(seed)
        optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, iterations)
        losses = []
        for _ in range(iterations):
            first, second = sample(generator)
            scores = net(torch.cat((first, second), 1))
            target = torch.cat((torch.ones(first.shape[1]), torch.zeros(second.shape[1])))
            loss = F.binary_cross_entropy_with_logits(scores, target)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.detach())
    return net.eval(), torch.stack(losses).tolist()


@torch.no_grad()
def judge(
    net: Callable[[Tensor], Tensor], pairs: Pairs, threshold: float = 0.0
) -> dict[str, float]:
    """Shares of a set of pairs: plain accuracy, pairs in the right order, pairs that are tied.

    accuracy: each recording by itself, A if its score is above the threshold. pairs: of the two
    recordings of a pair the one where A comes first has the higher score; a tie counts one half.
    ties: the two scores are equal, bit for bit.
    """
    first, second = net(pairs.first), net(pairs.second)
    right = torch.cat((first > threshold, second <= threshold)).double().mean()
    ties = (first == second).double().mean()
    pairs_right = (first > second).double().mean() + ties / 2
    return {"accuracy": right.item(), "pairs": pairs_right.item(), "ties": ties.item()}
