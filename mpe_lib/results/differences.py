"""Which differences between neurons are larger than their spread? Pure functions over rows."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from .numbers import LEVEL, holm, mean_interval, paired_p, wilson
from .rows import pooled, runs

MEMORY = {
    1: "exact LIF is above zero: the task asks for memory, and shows who has it",
    -1: "exact LIF is below zero: without any memory the task is learned better",
    0: "exact LIF and zero cannot be told apart: the task cannot show who remembers",
}


def accuracy(rows: list[dict]) -> dict:
    """Accuracy of one neuron: its mean, how it varies over seeds, and the size of the test set.

    Args:
        rows: one for each seed (and fold), with "seed", "test" and "n" (test samples). Folds of
            one seed are pooled first: together they use each recording once as a test.

    Returns:
        {"mean", "seeds" (number), "over_seeds": (low, high) of the mean by t, "over_recordings":
        (low, high) by Wilson for as many samples as one seed was tested on}.
    """
    found = pooled(rows)
    sizes = {n for _, n in found}
    if len(sizes) != 1:
        raise ValueError(f"expected every seed on the same test samples, got sizes {sizes}")
    (n,) = sizes
    middle, low, high = mean_interval([share for share, _ in found])
    return {"mean": middle, "seeds": len(found), "over_seeds": (low, high),
            "over_recordings": wilson(middle * n, n)}  # fmt: skip


def compare(rows: list[dict], neurons: Sequence[str]) -> list[dict]:
    """Every pair of neurons on one question, paired by seed and fold.

    Two kinds of spread are asked for. Over seeds (and folds): would another training say the
    same on this test set? The p values are corrected by Holm's method over all pairs of neurons.
    Over recordings: would other test recordings say the same of these networks? There the hits
    on each recording are averaged over the seeds and compared recording by recording.
    Folds share most of their training recordings and seeds share all of them, so the pairs are
    not quite independent and the first kind is a little too sure of itself.

    Args:
        rows: of one question, with "neuron", "seed", "fold", "test" and "hits", one character
            for each test recording, "1" where the answer was right. Those with a weight of the
            membrane loss are left out.
        neurons: the names to compare.

    Returns:
        For each pair {"a", "b", "pairs", "difference" (a - b), "low", "high", "p", "holm",
        "recordings": (low, high), "beyond": does each of both spreads leave out 0}.

    Raises:
        ValueError: two neurons were not run on the same seeds and folds.
    """
    by = {name: runs(rows, name) for name in neurons}
    found = []
    for a, b in combinations(neurons, 2):
        if by[a].keys() != by[b].keys() or not by[a]:
            raise ValueError(
                f"expected {a} and {b} on the same seeds and folds: run what is missing"
            )
        pairs = [by[a][key]["test"] - by[b][key]["test"] for key in sorted(by[a], key=str)]
        middle, low, high = mean_interval(pairs)
        each = _hits(by[a].values()) - _hits(by[b].values())
        found.append({"a": a, "b": b, "pairs": len(pairs), "difference": middle, "low": low,
                      "high": high, "p": paired_p(pairs),
                      "recordings": mean_interval(each.tolist())[1:]})  # fmt: skip
    for row, p in zip(found, holm([row["p"] for row in found]), strict=True):
        low, high = row["recordings"]
        row["holm"] = p
        row["beyond"] = p < 1 - LEVEL and not low <= 0 <= high
    return found


def memory_shows(comparisons: list[dict], exact: str = "exact LIF", none: str = "zero") -> int:
    """Does the question tell a neuron that remembers from one that does not?

    This one comparison is planned, so it is judged by its own p.

    Returns:
        1: exact LIF is above "zero", so remembering helps. -1: it is below. 0: they cannot be told
        apart, and then the question says nothing of how well a neuron in between remembers.

    Raises:
        ValueError: the two were not compared.
    """
    for row in comparisons:
        if {row["a"], row["b"]} == {exact, none}:
            low, high = row["recordings"]
            if row["p"] >= 1 - LEVEL or low <= 0 <= high:
                return 0
            return 1 if (row["difference"] > 0) == (row["a"] == exact) else -1
    raise ValueError(f"expected a comparison of {exact} and {none}, got none: compare them too")


def sentences(rows: list[dict], neurons: Sequence[str]) -> list[str]:
    """What the rows of one question say: each accuracy, each difference that stands, the rest.

    Args:
        rows, neurons: as :func:`compare`; the neurons with "exact LIF" and "zero" among them.
    """
    lines = []
    for name in neurons:
        found = accuracy(list(runs(rows, name).values()))
        seeds = "one seed" if found["seeds"] == 1 else f"{found['seeds']} seeds: {_range(found)}"
        low, high = found["over_recordings"]
        lines.append(
            f"{name}: {100 * found['mean']:.1f} % ({seeds}; other recordings: "
            f"{100 * low:.1f} to {100 * high:.1f})"
        )
    comparisons = compare(rows, neurons)
    for row in comparisons:
        if row["beyond"]:
            a, b = (row["a"], row["b"]) if row["difference"] > 0 else (row["b"], row["a"])
            ends = sorted(100 * abs(row[end]) for end in ("low", "high"))
            lines.append(
                f"{a} is above {b} by {100 * abs(row['difference']):.1f} points "
                f"({ends[0]:.1f} to {ends[1]:.1f})"
            )
    rest = sum(not row["beyond"] for row in comparisons)
    lines.append(f"{rest} of {len(comparisons)} differences are not larger than their spread")
    lines.append(MEMORY[memory_shows(comparisons)])
    return lines


def _range(found: dict) -> str:
    low, high = max(0.0, found["over_seeds"][0]), min(1.0, found["over_seeds"][1])
    return f"{100 * low:.1f} to {100 * high:.1f}"


def _hits(rows) -> np.ndarray:
    """Share of seeds that were right on each recording, the folds one after the other."""
    folds = sorted({row.get("fold") for row in rows}, key=str)
    by_fold = [[[int(hit) for hit in row["hits"]] for row in rows if row.get("fold") == fold]
               for fold in folds]  # fmt: skip
    return np.concatenate([np.mean(fold, 0) for fold in by_fold])
