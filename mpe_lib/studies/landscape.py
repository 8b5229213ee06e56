"""The loss around trained networks: ``python -m mpe_lib.studies.landscape [digit|order|scale]``.

For several neurons, training seeds and directions; see :mod:`mpe_lib.studies.cuts`.
"""

from argparse import Namespace
from collections.abc import Iterator
from functools import partial

import numpy as np

from ..results.names import parse
from ..results.widths import LINE
from ..training import Part
from .cuts import along, loss_of, moved, random_direction, rescaled
from .nets import score
from .study import Study, command
from .tasks import DIGITS, parts_of, run_case

# what is compared; "drawn" says how a network of the paper's rule is scored
CASES = ("exact LIF", "bernoulli", "bernoulli, drawn", "zero")
PLANE = np.linspace(-1, 1, 11)
RECORDINGS, DIRECTIONS, SEEDS = 300, 5, 3
SCALES = (0.25, 1.0, 4.0)


def subset(label: str) -> tuple[tuple[Part, Part, Part], Part]:
    """The three parts of the built-in data, and the training recordings that are looked at."""
    parts = parts_of(label)
    return parts, Part(parts[0].frames[:, :RECORDINGS], parts[0].labels[:RECORDINGS])


def jobs(question: str, seeds: int) -> Iterator[dict]:
    """Every case of one question, or the networks that are written in several ways."""
    for seed in range(seeds):
        if question == "scale":
            yield {"neuron": "bernoulli", "seed": seed}
        else:
            yield from ({"label": question, "neuron": name, "seed": seed} for name in CASES)


def run(job: dict) -> list[dict]:
    """Lines along DIRECTIONS directions; of one network also the loss over a plane of two."""
    (neuron, _, drawn), seed = parse(job["neuron"]), job["seed"]
    parts, part = subset(job["label"])
    network, row = run_case(parts, DIGITS, neuron, 0.0, seed)
    score(network, drawn)
    directions, rows = [random_direction(network, k) for k in range(DIRECTIONS)], []
    for k, direction in enumerate(directions):
        points = along(network, direction, part)
        rows.append({
            "kind": "line", "direction": k, "test": row["test"],
            "loss": [round(loss, 5) for loss, _ in points],
            "accuracy": [round(accuracy, 5) for _, accuracy in points],
        })  # fmt: skip
    if job["label"] == "digit" and seed == 0 and not drawn:
        first, second = directions[:2]
        plane = [[round(loss_of(moved(network, (a, first), (b, second)), part)[0], 4)
                  for a in PLANE.tolist()] for b in PLANE.tolist()]  # fmt: skip
        rows.append({"kind": "plane", "direction": [0, 1], "loss": plane})
    return rows


def run_scale(job: dict) -> list[dict]:
    """The width around one function that is written with small and with large filters."""
    parts, part = subset("digit")
    network, _ = run_case(parts, DIGITS, job["neuron"], 0.0, job["seed"])
    rows = []
    for scale in SCALES:
        same = rescaled(network, scale)
        for normalise in (True, False):
            for k in range(3):
                direction = random_direction(same, k, normalise)
                del direction["readout.weight"]  # the filters alone
                losses = [round(loss, 5) for loss, _ in along(same, direction, part)]
                rows.append({"kind": "scale", "direction": k, "scale": scale,
                             "normalise": normalise, "loss": losses})  # fmt: skip
    return rows


def study(arguments: Namespace) -> Study:
    """The study of ``arguments.study``, a question or "scale"."""
    question = arguments.study
    return Study(
        name="landscape" if question == "digit" else f"landscape_{question}",
        what=f"loss along random directions in the weights, study {question}",
        settings=DIGITS | {
            "recordings": RECORDINGS, "line": LINE.tolist(), "plane": PLANE.tolist(),
            "directions": DIRECTIONS, "loss": "TET on the first recordings of the training part",
        },
        jobs=partial(jobs, question),
        run=run_scale if question == "scale" else run,
        seeds=SEEDS,
    )  # fmt: skip


if __name__ == "__main__":
    command(study, __doc__, ("digit", "order", "scale"))
