"""The loss around trained networks: ``python -m mpe_lib.studies.landscape [digit|order|scale]``.

For several neurons, training seeds and directions; see :mod:`mpe_lib.studies.cuts`.
"""

import argparse
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from ..fast.neurons import MPE
from ..results import store
from ..results.names import parse
from ..results.widths import LINE
from ..training import Part
from ..training.machine import made_here
from .cuts import along, loss_of, moved, random_direction, rescaled
from .tasks import DIGITS, parts_of, run_case

# what is compared: the neuron in training, and the rule of evaluation where it has one
CASES = ("exact LIF", "bernoulli", "bernoulli, drawn", "zero")
PLANE = np.linspace(-1, 1, 11)
RECORDINGS, DIRECTIONS, SEEDS = 300, 5, 3
SCALES = (0.25, 1.0, 4.0)


def subset(label: str) -> tuple[tuple[Part, Part, Part], Part]:
    """The three parts of the built-in data, and the training recordings that are looked at."""
    parts = parts_of(label)
    return parts, Part(parts[0].frames[:, :RECORDINGS], parts[0].labels[:RECORDINGS])


def score(network: nn.Module, drawn: bool) -> nn.Module:
    """Let the neurons that draw in training do so in evaluation too, or take the mean of it."""
    for module in network.modules():
        if isinstance(module, MPE) and module.rule == "bernoulli":
            module.eval_rule = "bernoulli" if drawn else "mean"
    return network


def study(label: str, seeds: int, planes: int) -> Iterator[dict]:
    """Every case of one question: lines along DIRECTIONS directions, and a plane for few seeds."""
    parts, part = subset(label)
    for seed in range(seeds):
        networks = {}
        for name in CASES:
            neuron, _, drawn = parse(name)
            if neuron not in networks:
                networks[neuron] = run_case(parts, DIGITS, neuron, 0.0, seed)
            network, row = networks[neuron]
            score(network, drawn)
            for k in range(DIRECTIONS):
                direction = random_direction(network, k)
                points = along(network, direction, part)
                yield {
                    "kind": "line", "label": label, "neuron": name,
                    "seed": seed, "direction": k, "test": row["test"],
                    "loss": [round(loss, 5) for loss, _ in points],
                    "accuracy": [round(accuracy, 5) for _, accuracy in points],
                }  # fmt: skip
            if seed < planes and not drawn:
                first, second = (random_direction(network, k) for k in (0, 1))
                yield {
                    "kind": "plane", "label": label, "neuron": name,
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
                        "kind": "scale", "neuron": "bernoulli", "seed": seed,
                        "direction": k, "scale": scale, "normalise": normalise,
                        "loss": [round(loss, 5) for loss, _ in points],
                    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", default="digit", choices=("digit", "order", "scale"))
    what = parser.parse_args().what
    name = "landscape" if what == "digit" else f"landscape_{what}"
    torch.set_num_threads(1)
    facts = made_here(store.command_line())
    settings = DIGITS | {
        "recordings": RECORDINGS, "line": LINE.tolist(), "plane": PLANE.tolist(),
        "directions": DIRECTIONS, "loss": "TET on the first recordings of the training part",
    }  # fmt: skip
    start, rows = time.perf_counter(), []
    made = scale_study() if what == "scale" else study(what, SEEDS, planes=int(what == "digit"))
    for row in made:
        rows.append(row)
        words = ("kind", "neuron", "seed", "direction")
        print(*(row[word] for word in words), flush=True)  # noqa: T201
    result = {
        "what": f"loss along random directions in the weights, study {what}",
        "settings": settings,
        "provenance": facts,
        "seconds": round(time.perf_counter() - start),
        "rows": rows,
    }
    store.write(name, result)


if __name__ == "__main__":
    main()
