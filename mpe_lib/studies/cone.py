"""What the estimate forgets: ``python -m mpe_lib.studies.cone pulses|digits|spoken``.

Each writes ``data/measured/cone_NAME.json``: accuracy on the question which of two things came
first, by neuron and gap, and on the question whether a recording is played backwards.
"""

import math
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

import torch
from torch import Tensor

from ..results.names import kinds, parse
from ..training.neurons import maker
from .nets import score
from .order import OrderNet, cone, fit, judge
from .pairs import Pairs, joined, moving_digits, padded, pulses, scaled, spoken_digits
from .study import Study, command

SHARED = {"decay": 0.9, "width": 32, "batch_pairs": 16, "iterations": 200, "learning_rate": 0.02}
PULSES = SHARED | {"steps": 40, "pad": 12, "test_pairs": 200}
FRAMES = SHARED | {"steps": 8, "pad": 10, "jitter": 6, "test_pairs": 300, "digits": [0, 1]}
TWIN, SPOKEN = FRAMES | {"pool": 4}, FRAMES | {"pool": 20}
SWEEPS = ("hard", "hard + 1", "hard + 2", "hard + 4")
WITHOUT_A_CONE = ("exact LIF", "PSN-like", "clock")
EVERY = (*WITHOUT_A_CONE, *SWEEPS, "bernoulli", "bernoulli + 2", "no shift", "zero")
ONE_LAYER = ("exact LIF", *SWEEPS, "bernoulli")
GAPS = {1: (1, 2, 3, 5, 6), 2: (1, 2, 3, 4, 5, 6, 7, 10, 11)}
JOINED_GAPS = (1, 3, 6, 11)
SETTINGS = {"pulses": PULSES, "digits": TWIN, "spoken": SPOKEN}
WHAT = {
    "pulses": "which of two pulses came first",
    "digits": "built-in data: which of two digits came first; forwards or backwards",
    "spoken": "spoken digits: which of two came first; forwards or backwards",
}
CHUNK = 20  # iterations whose losses are stored as one mean

Sample = Callable[[int, torch.Generator], Pairs]


def run_case(
    settings: dict,
    neuron: str,
    layers: int,
    training: Sample,
    test: Sample,
    seed: int,
) -> tuple[OrderNet, dict]:
    """Train one net; (net, row): the row holds all that the result files keep of it.

    Args:
        settings: one of the dictionaries of this file.
        neuron, layers: a name of :mod:`mpe_lib.results.names`, for each layer.
        training, test: draw n pairs with a generator.
        seed: of the run; the test pairs do not depend on it.
    """
    pairs = test(settings["test_pairs"], torch.Generator().manual_seed(1000))
    steps, _, channels = pairs.first.shape

    def build():
        make = maker(neuron, steps, decay=settings["decay"])
        return OrderNet(channels, [make() for _ in range(layers)], settings["width"])

    start, recipe = time.perf_counter(), {k: settings[k] for k in ("iterations", "learning_rate")}
    net, losses = fit(build, partial(training, settings["batch_pairs"]), seed=seed, **recipe)
    reach = cone(neuron, layers)
    row = {"neuron": neuron, "layers": layers, "seed": seed}
    row |= {"cone": None if reach == math.inf else reach}
    row |= judge(net, pairs)
    row["centred"] = judge(net, pairs, middle(net, training, settings))["accuracy"]
    if kinds()[parse(neuron).neuron].draws:
        row["drawn"] = judge(drawing(net, seed), pairs)
    row["loss"] = [
        round(sum(part) / CHUNK, 4) for part in zip(*[iter(losses)] * CHUNK, strict=True)
    ]
    row["seconds"] = round(time.perf_counter() - start, 1)
    return net, row


@torch.no_grad()
def middle(net: OrderNet, training: Sample, settings: dict) -> float:
    """The median score of fresh training pairs: where a threshold would be well placed."""
    pairs = training(settings["test_pairs"], torch.Generator().manual_seed(2000))
    return torch.cat((net(pairs.first), net(pairs.second))).median().item()


def drawing(net: OrderNet, seed: int) -> Callable[[Tensor], Tensor]:
    """The same net with the paper's draw in evaluation too."""

    def scores(x: Tensor) -> Tensor:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            found = score(net, drawn=True)(x)
        score(net, drawn=False)
        return found

    return scores


def pulse_sample(settings: dict, gap: int) -> Sample:
    """Draws pairs of two pulses `gap` steps apart."""
    return lambda n, generator: pulses(gap, n, generator, settings["steps"], settings["pad"])


def joined_sample(part: list[Tensor], settings: dict, gap: int) -> Sample:
    """Draws one recording of each of two digits and joins them in both orders."""

    def sample(n: int, generator: torch.Generator) -> Pairs:
        a, b = (each[:, torch.randint(each.shape[1], (n,), generator=generator)] for each in part)
        return joined(a, b, gap, generator, settings["pad"], settings["jitter"])

    return sample


def playback_sample(part: list[Tensor], settings: dict) -> Sample:
    """Draws recordings; A is one played forwards, B the same one played backwards."""
    every = torch.cat(part, 1)

    def sample(n: int, generator: torch.Generator) -> Pairs:
        x = padded(
            every[:, torch.randint(every.shape[1], (n,), generator=generator)], settings["pad"]
        )
        return Pairs(x, x.flip(0))

    return sample


def jobs(study: str, seeds: int) -> Iterator[dict]:
    """What is to be run, seeds outermost.

    Pulses: every neuron, gaps inside and outside its cone, one layer and two. Recordings, two
    layers: two digits joined, and one recording played forwards or backwards (no gap).
    """
    for seed in range(seeds):
        for layers, gaps in (GAPS if study == "pulses" else {2: (*JOINED_GAPS, None)}).items():
            for neuron in EVERY if layers == 2 else ONE_LAYER:
                if study != "pulses" and neuron == "bernoulli + 2":
                    continue
                for gap in gaps:
                    facts = {"question": "order" if gap else "playback", "gap": gap}
                    yield {"neuron": neuron, "layers": layers, "seed": seed} | facts


def run(job: dict, study: str, root: Path | None) -> dict:
    """Train and judge one net."""
    settings, gap = SETTINGS[study], job["gap"]
    if study == "pulses":
        samples = [pulse_sample(settings, gap)] * 2
    elif gap:
        parts = frames_of(study, root, tuple(settings["digits"]))
        samples = [joined_sample(part, settings, gap) for part in parts]
    else:
        parts = frames_of(study, root, tuple(range(10)))
        samples = [playback_sample(part, settings) for part in parts]
    return run_case(settings, job["neuron"], job["layers"], *samples, job["seed"])[1]


@lru_cache(maxsize=2)
def frames_of(study: str, root: Path | None, digits: tuple[int, ...]) -> list[list[Tensor]]:
    """Frames ``[part][digit]``, training, then test; kept for the next job."""
    return load_frames(SETTINGS[study], root, digits)


def ladder(rows: list[dict], layers: int) -> tuple[list[int], dict[str, tuple]]:
    """(gaps, {neuron: (pairs, ties, cone)}) of the rows on the order, by growing cone.

    pairs and ties have a list for each gap, of one share for each seed; a cone may be infinite.
    """
    rows = [row for row in rows if row["question"] == "order" and row["layers"] == layers]
    gaps, lines = sorted({row["gap"] for row in rows}), {}
    cones = {row["neuron"]: math.inf if row["cone"] is None else row["cone"] for row in rows}
    for name in sorted(cones, key=lambda name: (cones[name], name != "zero", parse(name))):
        mine = [row for row in rows if row["neuron"] == name]
        shares = [
            [[row[field] for row in mine if row["gap"] == gap] for gap in gaps]
            for field in ("pairs", "ties")
        ]
        lines[name] = (*shares, cones[name])
    return gaps, lines


def load_frames(settings: dict, root: Path | None, digits: tuple[int, ...]) -> list[list[Tensor]]:
    """Scaled frames of the built-in data, or of the spoken digits in `root` where it is given."""
    args = (digits, settings["steps"], settings["pool"])
    return scaled(moving_digits(*args) if root is None else spoken_digits(root, *args))


def study(arguments: Namespace) -> Study:
    """The study of ``arguments.study``; spoken digits are in ``arguments.root``."""
    name = arguments.study
    return Study(
        name=f"cone_{name}",
        what=WHAT[name],
        settings=SETTINGS[name],
        jobs=partial(jobs, name),
        run=partial(run, study=name, root=arguments.root if name == "spoken" else None),
        seeds=3,
    )


if __name__ == "__main__":
    command(study, __doc__, WHAT, ("spoken",))
