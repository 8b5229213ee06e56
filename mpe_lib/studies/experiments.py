"""The training studies behind the notebooks: ``python -m mpe_lib.studies.experiments NAME``.

Each writes one result file under ``data/measured/``; see data/README.md for the fields.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ..datasets import load_nmnist
from ..datasets.digits import digits_in_motion
from ..datasets.events import Recordings
from ..networks.event import EventNet
from ..results import store
from ..training import Part, counts_baseline, evaluate, train
from ..training.neurons import NEURONS

# what is compared: a neuron of NEURONS and the weight of the membrane loss
CASES = (
    ("exact LIF", 0.0),
    ("bernoulli", 0.0),
    ("bernoulli", 0.01),
    ("bernoulli", 0.5),
    ("mean", 0.0),
    ("hard", 0.0),
    ("zero", 0.0),
)
# chosen on validation parts of the built-in data
DIGITS = {"steps": 12, "pool": 2, "epochs": 10, "batch_size": 64, "learning_rate": 0.02}
NMNIST = {"steps": 10, "pool": 2, "epochs": 30, "batch_size": 64, "learning_rate": 0.02}
PATIENCE = DIGITS | {"epochs": 40}
SHARES = (0.6, 0.2, 0.2)  # training, validation, test
FOLDS = 5


def part_of(recordings: Recordings, settings: dict) -> Part:
    """Frames by equal time and labels, as the settings say."""
    frames = recordings.frames(settings["steps"], pool=settings["pool"])
    return Part(frames, torch.as_tensor(recordings.labels, dtype=torch.int64))


def run_case(
    parts: tuple[Part, Part, Part], settings: dict, neuron: str, weight: float, seed: int, **extra
) -> tuple[torch.nn.Module, dict]:
    """Train one network; (network, row): the row holds all that the result files keep of it."""
    training = parts[0]
    classes = int(training.labels.max()) + 1

    def build():
        return EventNet(classes, NEURONS[neuron], training.frames.shape[-2:])

    recipe = {k: settings[k] for k in ("epochs", "batch_size", "learning_rate")}
    start = time.perf_counter()
    words = f"{neuron}, weight {weight:g}, seed {seed}"
    run = train(build, *parts, **recipe, membrane_weight=weight, seed=seed, progress=words)
    row = {"neuron": neuron, "membrane_weight": weight, "seed": seed} | extra
    row["test"] = run.test
    row["seconds"] = round(time.perf_counter() - start, 1)
    for name in run.history[0]:
        row[name] = [_rounded(epoch[name]) for epoch in run.history]
    return run.network, row


def digits_parts(label: str, settings: dict = DIGITS) -> tuple[Part, Part, Part]:
    """Training, validation and test part of the built-in data."""
    return tuple(part_of(part, settings) for part in digits_in_motion(label).split(*SHARES))


def digits_study(seeds: int, settings: dict) -> Iterator[dict]:
    """Every case on both questions of the built-in data."""
    for label in ("digit", "order"):
        parts = digits_parts(label, settings)
        yield {"neuron": "counts", "label": label, "seed": 0, "test": counts_baseline(*parts)}
        for neuron, weight in CASES:
            for seed in range(seeds):
                yield run_case(parts, settings, neuron, weight, seed, label=label)[1]


def patience_study(seeds: int, settings: dict) -> Iterator[dict]:
    """Is the gap on the order only slow learning? Four neurons, four times the epochs."""
    parts = digits_parts("order", settings)
    for neuron in ("exact LIF", "bernoulli", "hard", "zero"):
        for seed in range(seeds):
            yield run_case(parts, settings, neuron, 0.0, seed, label="order")[1]


def nmnist_parts(data: Recordings, fold: int, settings: dict) -> tuple[Part, Part, Part]:
    """Fold number `fold` of five as the test part; of the rest one tenth for validation."""
    fifths = data.split(*[1 / FOLDS] * FOLDS)
    rest = [i for k, part in enumerate(fifths) if k != fold for i in part.facts["place"]]
    training, validation = data.select(sorted(rest)).split(0.9, 0.1)
    return tuple(part_of(part, settings) for part in (training, validation, fifths[fold]))


def nmnist_study(root: Path, seeds: int, settings: dict, folds=range(FOLDS)) -> Iterator[dict]:
    """Every case on the recordings in root/Train, 5-fold; each network also on root/Test."""
    data = with_places(load_nmnist(root))
    official = part_of(load_nmnist(root, train=False), settings)
    for fold in folds:
        parts = nmnist_parts(data, fold, settings)
        yield {"neuron": "counts", "fold": fold, "seed": 0, "test": counts_baseline(*parts)}
        for neuron, weight in CASES:
            for seed in range(seeds):
                network, row = run_case(parts, settings, neuron, weight, seed, fold=fold)
                device = next(network.parameters()).device
                on_official = Part(*(each.to(device) for each in official))
                yield row | {"official_test": evaluate(network, on_official)}


def with_places(data: Recordings) -> Recordings:
    """The same recordings; facts["place"] tells where each stood before any split."""
    return replace(data, facts=data.facts | {"place": np.arange(len(data))})


def _rounded(value):
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return None if value is None else round(value, 5)


def _study(name: str, rows: Callable[[], Iterator[dict]], settings: dict, what: str) -> None:
    """Collect the rows and write them; nothing is written before the last one is there."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    # before the runs: the commit is then that of the code which is in memory
    facts = store.provenance(store.command_line(), device)
    result = {"what": what, "settings": settings, "provenance": facts, "rows": list(rows())}
    print(f"wrote {store.write(name, result)}")  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m mpe_lib.studies.experiments", description=__doc__
    )
    parser.add_argument("study", choices=("digits", "patience", "nmnist"))
    parser.add_argument("--root", type=Path, help="N-MNIST: the folder with Train/ and Test/")
    parser.add_argument("--seeds", type=int, default=5, help="seeds for each case and fold")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.study == "digits":
        what = "test accuracy on the built-in data, digits in motion; split 60/20/20"
        _study("digits", lambda: digits_study(args.seeds, DIGITS), DIGITS, what)
    elif args.study == "patience":
        what = "test accuracy on the order of the built-in data after 40 epochs; split 60/20/20"
        _study("patience", lambda: patience_study(args.seeds, PATIENCE), PATIENCE, what)
    else:
        if args.root is None:
            parser.error("nmnist needs --root, the folder that holds Train/ and Test/")
        what = "test accuracy on N-MNIST recordings, 5-fold over root/Train, and on root/Test"
        _study("nmnist", lambda: nmnist_study(args.root, args.seeds, NMNIST), NMNIST, what)


if __name__ == "__main__":
    main()
