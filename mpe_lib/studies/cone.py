"""What the estimate forgets: ``python -m mpe_lib.studies.cone pulses|digits|spoken``.

Each writes ``data/measured/cone_NAME.json``: accuracy on the question which of two things came
first, by neuron, sweeps and gap, and on the question whether a recording is played backwards.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import fmean

import torch
from torch import Tensor

from ..fast.neurons import MPE
from ..results import store
from ..training.machine import made_here
from .order import OrderNet, cone, fit, judge, neuron_of
from .pairs import Pairs, joined, moving_digits, padded, pulses, scaled, spoken_digits

SHARED = {"decay": 0.9, "width": 32, "batch_pairs": 16, "iterations": 200, "learning_rate": 0.02}
PULSES = SHARED | {"steps": 40, "pad": 12, "test_pairs": 200}
FRAMES = SHARED | {"steps": 8, "pad": 10, "jitter": 6, "test_pairs": 300, "digits": [0, 1]}
TWIN, SPOKEN = FRAMES | {"pool": 4}, FRAMES | {"pool": 20}
SWEEPS = (("hard", 0), ("hard", 1), ("hard", 2), ("hard", 4))
EVERY = (("exact LIF", 0), ("PSN-like", 0), *SWEEPS, ("bernoulli", 0), ("bernoulli", 2),
         ("no shift", 0), ("zero", 0))  # fmt: skip
ONE_LAYER = (("exact LIF", 0), *SWEEPS, ("bernoulli", 0))
GAPS = {1: (1, 2, 3, 5, 6), 2: (1, 2, 3, 4, 5, 6, 7, 10, 11)}
JOINED_GAPS = (1, 3, 6, 11)
CHUNK = 20  # iterations whose losses are stored as one mean

Sample = Callable[[int, torch.Generator], Pairs]


def run_case(
    settings: dict,
    name: str,
    sweeps: int,
    layers: int,
    training: Sample,
    test: Sample,
    seed: int,
    **facts,
) -> tuple[OrderNet, dict]:
    """Train one net; (net, row): the row holds all that the result files keep of it.

    Args:
        settings: one of the dictionaries of this file.
        name, sweeps, layers: of the neurons.
        training, test: draw n pairs with a generator.
        seed: of the run; the test pairs do not depend on it.
        facts: more entries of the row (question, gap).
    """
    pairs = test(settings["test_pairs"], torch.Generator().manual_seed(1000))
    steps, _, channels = pairs.first.shape

    def build():
        neurons = [neuron_of(name, sweeps, settings["decay"], steps) for _ in range(layers)]
        return OrderNet(channels, neurons, settings["width"])

    start, recipe = time.perf_counter(), {k: settings[k] for k in ("iterations", "learning_rate")}
    net, losses = fit(build, partial(training, settings["batch_pairs"]), seed=seed, **recipe)
    reach = cone(name, layers, sweeps)
    row = {"neuron": name, "sweeps": sweeps, "layers": layers, "seed": seed} | facts
    row |= {"cone": None if reach == float("inf") else reach}
    row |= judge(net, pairs)
    row["centred"] = judge(net, pairs, middle(net, training, settings))["accuracy"]
    if name in ("bernoulli", "no shift"):
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

    def score(x: Tensor) -> Tensor:
        for module in net.modules():
            if isinstance(module, MPE):
                module.eval_rule = "bernoulli"
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            scores = net(x)
        for module in net.modules():
            if isinstance(module, MPE):
                module.eval_rule = "mean"
        return scores

    return score


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


def pulses_study(seeds: int, settings: dict = PULSES) -> Iterator[dict]:
    """Two pulses: every neuron, gaps inside and outside its cone, one layer and two."""
    for layers, gaps in GAPS.items():
        for name, sweeps in EVERY if layers == 2 else ONE_LAYER:
            for gap in gaps:
                for seed in range(seeds):
                    sample, facts = pulse_sample(settings, gap), {"question": "order", "gap": gap}
                    yield run_case(settings, name, sweeps, layers, sample, sample, seed, **facts)[1]


def frames_study(
    load: Callable[[tuple[int, ...]], list[list[Tensor]]], seeds: int, settings: dict
) -> Iterator[dict]:
    """Recordings, two layers: two digits joined, and one recording played forwards or backwards.

    Args:
        load: digits -> frames ``[part][digit]``; training, then test.
        seeds: for each case.
        settings: TWIN or SPOKEN.
    """
    two, ten = load(tuple(settings["digits"])), load(tuple(range(10)))
    for name, sweeps in (case for case in EVERY if case != ("bernoulli", 2)):
        for gap in (*JOINED_GAPS, None):
            if gap is None:
                samples = [playback_sample(part, settings) for part in ten]
            else:
                samples = [joined_sample(part, settings, gap) for part in two]
            facts = {"question": "order" if gap else "playback", "gap": gap}
            for seed in range(seeds):
                yield run_case(settings, name, sweeps, 2, *samples, seed, **facts)[1]


def ladder(rows: list[dict], layers: int) -> tuple[list[int], dict[str, tuple]]:
    """(gaps, {neuron: (pairs, ties, cone)}) of the rows on the order, by growing cone.

    pairs and ties are means over the seeds, one for each gap; a cone may be infinite.
    """
    rows = [row for row in rows if row["question"] == "order" and row["layers"] == layers]
    gaps, lines = sorted({row["gap"] for row in rows}), {}
    cases = {(row["neuron"], row["sweeps"]): row["cone"] for row in rows}
    for (name, sweeps), reach in sorted(cases.items(), key=_by_cone):
        mine = [row for row in rows if (row["neuron"], row["sweeps"]) == (name, sweeps)]
        means = [
            [fmean(row[field] for row in mine if row["gap"] == gap) for gap in gaps]
            for field in ("pairs", "ties")
        ]
        label = f"{name}, {sweeps}" if name in ("bernoulli", "hard") else name
        lines[label] = (*means, float("inf") if reach is None else reach)
    return gaps, lines


def _by_cone(case) -> tuple:
    (name, sweeps), reach = case
    return (float("inf") if reach is None else reach, name != "zero", name, sweeps)


def load_frames(settings: dict, root: Path | None, digits: tuple[int, ...]) -> list[list[Tensor]]:
    """Scaled frames of the built-in data, or of the spoken digits in `root` where it is given."""
    args = (digits, settings["steps"], settings["pool"])
    return scaled(moving_digits(*args) if root is None else spoken_digits(root, *args))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.studies.cone", description=__doc__)
    parser.add_argument("study", choices=("pulses", "digits", "spoken"))
    parser.add_argument("--root", type=Path, help="spoken: the folder with shd_train.h5")
    parser.add_argument("--seeds", type=int, default=3, help="seeds for each case")
    args = parser.parse_args()
    if (args.study == "spoken") != (args.root is not None):
        parser.error("spoken needs --root, the folder with shd_train.h5; the others need none")
    torch.set_num_threads(1)
    settings = {"pulses": PULSES, "digits": TWIN, "spoken": SPOKEN}[args.study]
    what = {
        "pulses": "which of two pulses came first",
        "digits": "built-in data: which of two digits came first; forwards or backwards",
        "spoken": "spoken digits: which of two came first; forwards or backwards",
    }[args.study]
    facts = made_here(store.command_line())  # before the runs: the commit in memory
    if args.study == "pulses":
        rows = list(pulses_study(args.seeds))
    else:
        rows = list(frames_study(partial(load_frames, settings, args.root), args.seeds, settings))
    result = {"what": what, "settings": settings, "provenance": facts, "rows": rows}
    print(f"wrote {store.write('cone_' + args.study, result)}")  # noqa: T201


if __name__ == "__main__":
    main()
