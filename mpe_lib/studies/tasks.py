"""What the recordings study trains: its questions and settings, parts, networks and baselines."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import mean

import numpy as np
import torch
from torch import nn

from ..datasets import load_nmnist
from ..datasets.events import Recordings
from ..results.names import kinds, parse
from ..training import Part, counts_baseline, evaluate, predict, train
from ..training.tasks import BUILT_IN, plan_of
from ..training.tasks import parts_of as built_in_parts
from .nets import CNN, network_of, score
from .pairs import read_spoken, spoken_frames

FIVE = ("exact LIF", "bernoulli", "mean", "hard", "zero")
NEURONS = (*FIVE, "hard + 2", "bernoulli + 2")
FOLDS = 5
PLAIN = {"membrane_weights": [0.0], "decay": 0.25}  # the weights that "bernoulli" is trained with
LOSS = {"membrane_weights": [0.0, 0.01, 0.5]}
# Chosen on recordings of the training or validation parts alone; what was tried: data/README.md.
DIGITS = {"steps": 12, "pool": 2, "epochs": 10, "batch_size": 64, "learning_rate": 0.02}
SETTINGS = {
    "digits": PLAIN | DIGITS | LOSS,
    "patience": PLAIN | DIGITS | {"epochs": 40},
    "spoken": PLAIN | {"steps": 30, "pool": 5, "decay": 0.9, "hidden": [128, 128], "dropout": 0.3,
                       "epochs": 60, "batch_size": 32, "learning_rate": 0.01},
    "nmnist": PLAIN | {"steps": 5, "pool": 2, "channels": [16, 32], "shift": 1,
                       "epochs": 40, "batch_size": 32, "learning_rate": 0.01},
    "nmnist_small": PLAIN | LOSS | {"steps": 10, "pool": 2, "channels": [12, 24], "epochs": 30,
                                    "batch_size": 64, "learning_rate": 0.02},
}  # fmt: skip
SETTINGS["nmnist_large"] = SETTINGS["nmnist"] | {"channels": [24, 48], "epochs": 60}
COMPARED = {  # where it is not NEURONS
    "patience": ("exact LIF", "bernoulli", "hard", "zero"),
    "nmnist": (*NEURONS, CNN),
    "nmnist_large": ("exact LIF", "hard", "zero"),
    "nmnist_small": FIVE,
}
BASELINES = {
    "digits": ("counts",),
    "patience": (),
    "spoken": {"counts": 1, "ten bins": 10, "ten stretched bins": 10},
    "nmnist": ("counts",),
    "nmnist_large": (),
    "nmnist_small": ("counts",),
}
PENALTIES = (1e-2, 1e-1, 1.0, 10.0, 100.0)  # of the logistic regressions of spoken digits


def folds_of(task: str) -> list[int | None]:
    """The folds of a task; [None] where the test part is given."""
    return list(range(FOLDS)) if task.startswith("nmnist") else [None]


def neurons_of(task: str) -> tuple[str, ...]:
    """The networks that a task compares, by the name of their neuron."""
    return COMPARED.get(task, NEURONS)


def cases_of(task: str) -> Iterator[dict]:
    """What a task trains: every neuron, the paper's with each weight of the membrane loss."""
    for neuron in neurons_of(task):
        weights = SETTINGS[task]["membrane_weights"] if neuron == "bernoulli" else [0.0]
        yield from ({"neuron": neuron, "membrane_weight": weight} for weight in weights)


def parts_of(
    question: str, settings: dict = DIGITS, root: Path | None = None, fold: int | None = None
) -> tuple[Part, ...]:
    """Training, validation and test part of a question, of N-MNIST also the official test part.

    Args:
        question: "digit", "order", "spoken" or "nmnist".
        settings: steps and pool.
        root: folder of the recordings, of the last two.
        fold: of "nmnist", the fifth that is the test part.
    """
    return _parts(question, settings["steps"], settings["pool"], root, fold)


@lru_cache(maxsize=5)
def _parts(question: str, steps: int, pool: int, root: Path | None, fold: int | None):
    settings = {"steps": steps, "pool": pool}
    if question in BUILT_IN:
        plan = plan_of(question, "small")._replace(steps=steps, size=(20 // pool,) * 2)
        return built_in_parts(question, plan)
    if question == "spoken":
        return spoken_parts(root, settings)
    official = part_of(load_nmnist(root, train=False), settings)
    return (*nmnist_parts(load_nmnist(root), fold, settings), official)


def part_of(recordings: Recordings, settings: dict) -> Part:
    """Frames by equal time, and labels."""
    frames = recordings.frames(settings["steps"], pool=settings["pool"])
    return Part(frames, torch.as_tensor(recordings.labels, dtype=torch.int64))


def nmnist_parts(data: Recordings, fold: int, settings: dict) -> tuple[Part, Part, Part]:
    """Fold number `fold` of five as the test part; of the rest one tenth for validation."""
    data = replace(data, facts=data.facts | {"place": np.arange(len(data))})
    fifths = data.split(*[1 / FOLDS] * FOLDS)
    rest = [i for k, part in enumerate(fifths) if k != fold for i in part.facts["place"]]
    training, validation = data.select(sorted(rest)).split(0.9, 0.1)
    return tuple(part_of(part, settings) for part in (training, validation, fifths[fold]))


def spoken_parts(root: Path, settings: dict) -> tuple[Part, Part, Part]:
    """Every recording stretched to the same bins; a tenth of the training part validates.

    The networks see the square roots of the counts, of which the largest are far above the rest.
    """
    from sklearn.model_selection import train_test_split

    bins = settings["steps"], settings["pool"]
    (frames, labels), (test, test_labels) = (
        spoken_frames(root, train, *bins) for train in (True, False)
    )
    places = np.arange(len(labels))
    split = train_test_split(places, test_size=0.1, stratify=labels.numpy(), random_state=0)
    training, validation = (Part(frames[:, i].sqrt(), labels[i]) for i in split)
    return training, validation, Part(test.sqrt(), test_labels)


def run_case(
    parts: Sequence[Part], settings: dict, neuron: str, weight: float = 0.0, seed: int = 0
) -> tuple[nn.Module, dict]:
    """Train one network; (network, row): the row holds all that the result files keep of it.

    Args:
        parts: of :func:`parts_of`.
        settings: epochs, batch_size, learning_rate, and what :func:`network_of` reads.
        neuron: a name of :mod:`mpe_lib.results.names`, or CNN.
        weight: of the membrane loss.
        seed: of the run.
    """
    recipe = {k: settings[k] for k in ("epochs", "batch_size", "learning_rate")}
    done = train(
        lambda: network_of(neuron, parts[0], settings),
        *parts[:3],
        **recipe,
        membrane_weight=weight,
        seed=seed,
        device="cpu",  # several processes, a thread each: the networks are small
        progress=f"{neuron}, weight {weight:g}, seed {seed}",
    )
    network, test, batch_size = done.network, parts[2], settings["batch_size"]
    hits = predict(network, test.frames, batch_size) == test.labels
    row = {"test": round(hits.double().mean().item(), 5), "n": len(hits)}
    row["hits"] = "".join(str(int(hit)) for hit in hits)
    row["weights"] = sum(each.numel() for each in network.parameters())
    if neuron != CNN and kinds()[parse(neuron).neuron].draws:
        row["drawn"] = round(drawn(network, test, seed), 5)
    if len(parts) > 3:
        row["official_test"] = round(evaluate(network, parts[3], batch_size), 5)
    for name in ("validation", "task", "membrane"):
        row[name] = [round(epoch[name], 4) for epoch in done.history]
    if neuron != CNN:
        gaps, last = [epoch["gap"] for epoch in done.history], done.history[-1]
        known = None not in gaps[0]  # an exact neuron has no gap
        row["gaps"] = [round(mean(gap), 4) for gap in gaps] if known else None
        row["rate"] = [round(rate, 4) for rate in last["rate"]]
        row["gap"] = [gap and round(gap, 4) for gap in last["gap"]]
    return network, row


def drawn(network: nn.Module, part: Part, seed: int) -> float:
    """Accuracy of one run with the draw of training in the place of its expectation."""
    other = score(copy.deepcopy(network), drawn=True)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return evaluate(other, part)


def baseline(question: str, name: str, root: Path | None, fold: int | None, settings: dict) -> dict:
    """A logistic regression on counts: its row's accuracy, and the penalty where one was chosen."""
    if question != "spoken":
        parts = parts_of(question, settings, root, fold)[:3]
        return {"test": round(counts_baseline(*parts), 5), "n": len(parts[2].labels)}
    (x, y), (test_x, test_y) = _spoken_counts(root, name)
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    search = GridSearchCV(model, {"logisticregression__C": PENALTIES}, cv=5).fit(x, y)
    return {
        "test": round(float(search.score(test_x, test_y)), 5),
        "n": len(test_y),
        "penalty": search.best_params_["logisticregression__C"],
        "cross_validation": round(float(search.best_score_), 5),
    }


def _spoken_counts(root: Path, name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Counts of all 700 channels, flat, and labels: of the training part and of the test part."""
    longest = max(float(each.max()) for each in read_spoken(root)[0])
    bins = BASELINES["spoken"][name], 1, None if "stretched" in name else (0.0, longest)
    parts = [spoken_frames(root, train, *bins) for train in (True, False)]
    return [(frames.transpose(0, 1).flatten(1).contiguous().numpy(), labels.numpy())
            for frames, labels in parts]  # fmt: skip
