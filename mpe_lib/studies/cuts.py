"""The loss around a trained network: cuts along random directions, and how wide they are.

Each filter of a direction is scaled to the norm of the network's own filter (Li et al. 2018,
arXiv 1712.09913).
"""

import copy

import torch
from torch import Tensor, nn

from ..core.losses import tet_loss
from ..results.widths import LINE
from ..training import Part

Direction = dict[str, Tensor]  # name of a parameter -> step, shaped like it

DRAW = 0  # the seed of the guess's draws: the same at every point


def random_direction(network: nn.Module, seed: int, normalise: bool = True) -> Direction:
    """A random step for every weight; biases and the parameters of norms stay where they are.

    ``d[i] = noise[i] |w[i]| / |noise[i]|`` for each filter i: a row of a linear layer, or all
    that one output channel of a convolution reads.

    Args:
        network: the trained network.
        seed: of the noise; the same seed gives all networks of one shape the same noise.
        normalise: False: one length for the whole of each layer,
            ``d = noise / |noise| * sqrt(number of filters)``, whatever the size of the weights.

    Returns:
        Direction for :func:`moved`.

    Source: arXiv 1712.09913, section 4.
    """
    generator = torch.Generator().manual_seed(seed)
    direction = {}
    for name, weight in network.named_parameters():
        if weight.ndim < 2:  # a bias, or a parameter of a norm
            continue
        noise = torch.randn(weight.shape, generator=generator).to(weight)
        if normalise:
            noise = noise * (norms(weight) / norms(noise)).detach()
        else:
            noise = noise / noise.norm() * len(weight) ** 0.5
        direction[name] = noise
    return direction


def norms(weight: Tensor) -> Tensor:
    """The length of each filter, ``[filters, ...] -> [filters, 1, ...]``."""
    return weight.flatten(1).norm(dim=1).view(-1, *[1] * (weight.ndim - 1))


@torch.no_grad()
def moved(network: nn.Module, *steps: tuple[float, Direction]) -> nn.Module:
    """A copy of the network, moved by the sum of size times direction."""
    copied = copy.deepcopy(network)
    weights = dict(copied.named_parameters())
    for size, direction in steps:
        for name, step in direction.items():
            weights[name] += size * step
    return copied


@torch.no_grad()
def rescaled(network: nn.Module, scale: float) -> nn.Module:
    """The same function with every convolution filter `scale` times as large.

    A norm with stored statistics computes ``(w x - m) / sqrt(var + eps)``; with ``scale * w``,
    ``scale * m`` and ``scale^2 (var + eps) - eps`` it gives the same.
    """
    copied = copy.deepcopy(network)
    for (convolution, norm), _, _ in copied.layers:
        convolution.weight *= scale
        norm.running_mean *= scale
        norm.running_var.copy_(scale**2 * (norm.running_var + norm.eps) - norm.eps)
    return copied


@torch.no_grad()
def loss_of(network: nn.Module, part: Part) -> tuple[float, float]:
    """(TET loss in nats, accuracy), norms with their stored statistics, one fixed draw."""
    network.eval()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(DRAW)
        logits, _ = network(part.frames)
    right = logits.mean(0).argmax(1) == part.labels
    return tet_loss(logits, part.labels).item(), right.double().mean().item()


def along(network: nn.Module, direction: Direction, part: Part, sizes=LINE) -> list:
    """(loss, accuracy) at each of the sizes."""
    return [loss_of(moved(network, (float(a), direction)), part) for a in sizes]
