"""Small made-up result files, with the fields that the pages read."""

import copy

from mpe_lib.results.widths import LINE

FACTS = {"command": "python -m mpe_lib.studies.recordings", "device": "CPU", "date": "2026-11-25",
         "commit": "c0e90a0", "versions": {}}  # fmt: skip
RIGHT = {  # neuron and weight of the membrane loss -> right answers to 40 recordings
    ("exact LIF", 0.0): 36,
    ("bernoulli", 0.0): 28,
    ("zero", 0.0): 8,
}
WITH_LOSS = RIGHT | {("bernoulli", 0.01): 28}


def recordings(titles: dict[str, str], right=RIGHT, seeds: int = 3, folds=(None,)) -> dict:
    """A file of the study: a baseline and each network on each question, alike but in `right`."""
    rows = [
        {"question": question, "neuron": "counts", "seed": 0, "fold": fold, "test": 0.5, "n": 40}
        for question in titles
        for fold in folds
    ]
    for question in titles:
        for (neuron, weight), number in right.items():
            for seed in range(seeds):
                for fold in folds:
                    hits = "1" * (number + seed % 2) + "0" * (40 - number - seed % 2)
                    rows.append({
                        "question": question, "neuron": neuron, "membrane_weight": weight,
                        "seed": seed, "fold": fold, "test": hits.count("1") / 40, "n": 40,
                        "hits": hits, "task": [2.0, 1.0 + seed / 100], "validation": [0.2, 0.3],
                        "membrane": [1.0, 0.5 + seed / 100], "rate": [0.1, 0.2],
                        "gap": [0.4, 0.5 + seed / 100],
                    })  # fmt: skip
    return {"what": "made up", "study": "recordings", "titles": titles, "provenance": FACTS,
            "settings": {"epochs": 2}, "rows": rows}  # fmt: skip


def landscape(steepness: dict[str, float], seeds: float) -> dict:
    """Cuts whose loss is a parabola, of each neuron as steep as said; seeds differ by a share."""
    return {"rows": [
        {"kind": "line", "neuron": neuron, "seed": seed, "direction": 0,
         "loss": (steep * (1 + (seed - 1) * (seeds if k else -seeds)) * LINE**2).tolist()}
        for k, (neuron, steep) in enumerate(steepness.items()) for seed in range(3)
    ]}  # fmt: skip


def randomness(draw: float, mean: float) -> dict:
    """One network for the order, run with its draw and with the mean of it."""
    which = {"label": "order", "trained": "bernoulli", "recalibrated": False}
    runs = {"bernoulli, drawn": draw, "mean": mean}
    rows = [which | {"run_as": name, "test": [share, share]} for name, share in runs.items()]
    return {"settings": {"epochs": {"order": 20}}, "rows": rows}


def altered(found: dict, names, edit, **wanted) -> dict:
    """A copy of these results; the rows with what is `wanted`, of the files `names`, edited."""
    found = copy.deepcopy(found)
    for row in (row for name in names for row in found[name]["rows"]):
        if all(row.get(key) == value for key, value in wanted.items()):
            edit(row)
    return found


FILES = {
    "recordings_digits": recordings(
        {"digit": "built-in data: digit", "order": "the order"}, WITH_LOSS
    ),
    "recordings_nmnist": recordings({"nmnist": "N-MNIST"}, folds=(0, 1)),
    "recordings_nmnist_small": recordings({"nmnist": "N-MNIST, smaller"}, WITH_LOSS, folds=(0, 1)),
    "landscape": landscape({"exact LIF": 4.0, "bernoulli": 4.0}, 0.01),
    "randomness": randomness(0.94, 0.85),
}
