"""The loss around a trained network: ``python -m mpe_lib.studies.landscape``.

Random directions, each filter scaled to the norm of the network's own filter (Li et al. 2018,
arXiv 1712.09913), for several neurons, training seeds and directions.
"""

import argparse
import copy
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from .. import measured
from ..experiments import DIGITS, digits_parts, run_case
from ..losses import tet_loss
from ..neurons import MPE
from ..training import Part

Direction = dict[str, Tensor]  # name of a parameter -> step, shaped like it

# what is compared: the neuron in training, and the rule of evaluation where it has one
CASES = (
    ("exact LIF", None),
    ("bernoulli", "mean"),
    ("bernoulli", "bernoulli"),
    ("zero", None),
)
LINE = np.linspace(-1, 1, 17)
PLANE = np.linspace(-1, 1, 11)
RECORDINGS, DIRECTIONS, SEEDS, RISE = 300, 5, 3, 0.5  # RISE in nats
SCALES = (0.25, 1.0, 4.0)
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


def curvature(sizes, losses, reach: float = 0.5) -> float:
    """c of the parabola ``loss = l + b a + c a^2`` that fits best where ``|a| <= reach``.

    >>> round(curvature([-0.5, 0.0, 0.5], [2.0, 1.0, 2.0]), 3)
    4.0
    """
    near = np.abs(np.asarray(sizes)) <= reach + 1e-9
    return float(np.polyfit(np.asarray(sizes)[near], np.asarray(losses)[near], 2)[0])


def width(sizes, losses, rise: float = RISE) -> float:
    """Distance at which the loss has risen by `rise` over that of the centre: mean of both sides.

    A side on which it never does counts with the last size.

    >>> width([-2.0, -1.0, 0.0, 1.0, 2.0], [1.0, 0.5, 0.0, 1.0, 2.0])
    0.75
    """
    sizes, losses = np.asarray(sizes, float), np.asarray(losses, float)
    middle = int(np.abs(sizes).argmin())
    found = []
    for side in (slice(middle, None), slice(middle, None, -1)):
        a, high = np.abs(sizes[side]), losses[side] - losses[middle] - rise
        above = np.flatnonzero(high > 0)
        if not len(above):
            found.append(a[-1])
            continue
        k = above[0]
        found.append(a[k - 1] + (a[k] - a[k - 1]) * high[k - 1] / (high[k - 1] - high[k]))
    return float(np.mean(found))


def widths(rows: list[dict]) -> dict[str, list[list[float]]]:
    """Name of the case -> a list over the seeds -> the width along each direction."""
    names = {None: "{}", "mean": "MPE mean", "bernoulli": "MPE bernoulli"}
    found: dict[str, dict[int, list[float]]] = {}
    for row in rows:
        if row["kind"] == "line":
            name = names[row["eval_rule"]].format(row["neuron"])
            by_seed = found.setdefault(name, {}).setdefault(row["seed"], [])
            by_seed.append(width(LINE, row["loss"]))
    return {name: [seeds[k] for k in sorted(seeds)] for name, seeds in found.items()}


def flatter(first: list[list[float]], second: list[list[float]]) -> tuple[float, int]:
    """Share of all pairs of (seed, direction), one of each network, in which the first is wider.

    >>> flatter([[1.0, 3.0]], [[2.0], [0.5]])
    (0.75, 4)
    """
    pairs = [a > b for x in first for a in x for y in second for b in y]
    return sum(pairs) / len(pairs), len(pairs)


def subset(label: str) -> tuple[tuple[Part, Part, Part], Part]:
    """The three parts of the built-in data, and the training recordings that are looked at."""
    parts = digits_parts(label)
    return parts, Part(parts[0].frames[:, :RECORDINGS], parts[0].labels[:RECORDINGS])


def set_rule(network: nn.Module, rule: str | None) -> nn.Module:
    """Let the network's neurons guess by this rule in evaluation."""
    for module in network.modules():
        if rule and isinstance(module, MPE):
            module.eval_rule = rule
    return network


def study(label: str, seeds: int, planes: int) -> Iterator[dict]:
    """Every case of one question: lines along DIRECTIONS directions, and a plane for few seeds."""
    parts, part = subset(label)
    for seed in range(seeds):
        networks = {}
        for neuron, rule in CASES:
            if neuron not in networks:
                networks[neuron] = run_case(parts, DIGITS, neuron, 0.0, seed)
            network, row = networks[neuron]
            set_rule(network, rule)
            for k in range(DIRECTIONS):
                direction = random_direction(network, k)
                points = along(network, direction, part)
                yield {
                    "kind": "line", "label": label, "neuron": neuron, "eval_rule": rule,
                    "seed": seed, "direction": k, "test": row["test"],
                    "loss": [round(loss, 5) for loss, _ in points],
                    "accuracy": [round(accuracy, 5) for _, accuracy in points],
                }  # fmt: skip
            if seed < planes and rule != "bernoulli":
                first, second = (random_direction(network, k) for k in (0, 1))
                yield {
                    "kind": "plane", "label": label, "neuron": neuron, "eval_rule": rule,
                    "seed": seed, "direction": [0, 1],
                    "loss": [
                        [round(loss_of(moved(network, (a, first), (b, second)), part)[0], 4)
                         for a in PLANE.tolist()]
                        for b in PLANE.tolist()
                    ],
                }  # fmt: skip


def scale_study() -> Iterator[dict]:
    """The width around one function that is written with small and with large filters."""
    parts, part = subset("digit")
    for seed in range(SEEDS):
        network, _ = run_case(parts, DIGITS, "bernoulli", 0.0, seed)
        for scale in SCALES:
            same = rescaled(network, scale)
            for normalise in (True, False):
                for k in range(3):
                    direction = random_direction(same, k, normalise)
                    del direction["readout.weight"]  # the filters alone
                    points = along(same, direction, part)
                    yield {
                        "kind": "scale", "neuron": "bernoulli", "eval_rule": "mean", "seed": seed,
                        "direction": k, "scale": scale, "normalise": normalise,
                        "loss": [round(loss, 5) for loss, _ in points],
                    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", default="digit", choices=("digit", "order", "scale"))
    what = parser.parse_args().what
    name, words = ("landscape", "") if what == "digit" else (f"landscape_{what}", f" {what}")
    torch.set_num_threads(1)
    facts = measured.provenance(f"python -m mpe_lib.studies.landscape{words}")
    settings = DIGITS | {
        "recordings": RECORDINGS, "line": LINE.tolist(), "plane": PLANE.tolist(),
        "directions": DIRECTIONS, "loss": "TET on the first recordings of the training part",
    }  # fmt: skip
    start, rows = time.perf_counter(), []
    made = scale_study() if what == "scale" else study(what, SEEDS, planes=int(what == "digit"))
    for row in made:
        rows.append(row)
        words = ("kind", "neuron", "eval_rule", "seed", "direction")
        print(*(row[word] for word in words), flush=True)  # noqa: T201
    result = {
        "what": f"loss along random directions in the weights, study {what}",
        "settings": settings,
        "provenance": facts,
        "seconds": round(time.perf_counter() - start),
        "rows": rows,
    }
    measured.write(name, result)


if __name__ == "__main__":
    main()
