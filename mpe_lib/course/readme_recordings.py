"""Every neuron on every recording study, as the README tells it."""

from pathlib import Path

from ..results import differences, numbers, store
from ..results.rows import select
from ..studies.tasks import NEURONS

# result file, question, words for it
RECORDED = (
    ("recordings_spoken", "spoken", "spoken digits"),
    ("recordings_nmnist", "nmnist", "N-MNIST"),
    ("recordings_nmnist_large", "nmnist", "N-MNIST, larger network"),
    ("recordings_digits", "digit", "built-in data: digit"),
    ("recordings_digits", "order", "order"),
)
BESIDE = {
    "counts": "total counts, logistic regression",
    "ten bins": "counts in ten equal bins, the same",
    "ten stretched bins": "counts in ten stretched bins, the same",
    "plain CNN": "plain CNN on summed frames",
}
PLANNED = (
    "Which differences are larger than their spread, over seeds and over recordings, corrected for "
    "the number of pairs? Exact LIF against zero was planned before and is judged by itself: it "
    "says whether a task can show memory at all."
)
LATER = (
    "The larger network on N-MNIST was picked after the smaller one, and its own first seed, had "
    "been scored on the same folds, so its numbers flatter a little."
)
COSTS = {"spoken": "spoken digits", "nmnist": "N-MNIST", "digits": "built-in data"}


def recorded(folder: Path | None = None) -> list[str]:
    """Every neuron on every recording study, and which differences are larger than their spread."""
    found, made = {}, {}
    for name, question, words in RECORDED:
        try:
            result = store.read(name, folder)
        except FileNotFoundError:
            continue
        made[name] = store.made(result)
        found[words] = [row for row in result["rows"] if row["question"] == question]
    lines = ["Networks chosen for each data set, every neuron, mean ± standard deviation over "
             "seeds (folds pooled):", "",
             f"| neurons | {' | '.join(words for _, _, words in RECORDED)} |",
             f"|---|{'---|' * len(RECORDED)}"]  # fmt: skip
    for name in (*BESIDE, *NEURONS):
        cells = [_pooled(found.get(words), name) for _, _, words in RECORDED]
        lines.append(f"| {BESIDE.get(name, name)} | {' | '.join(cells)} |")
    lines += ["", " ".join(made.values()), "", PLANNED, ""]
    for _, _, words in RECORDED:
        if words not in found:
            lines.append(f"- **{words}: not measured yet.**")
            continue
        neurons = [name for name in NEURONS if select(found[words], "neuron", neuron=name)]
        told = differences.sentences(found[words], neurons)[len(neurons) :]
        tests = {sum(r["n"] for r in found[words] if (r["neuron"], r["seed"]) == ("zero", 0))}
        lines.append(f"- **{words}**, {tests.pop()} test recordings: {'; '.join(told)}.")
    if "recordings_nmnist_large" in made:
        lines.append(f"- {LATER}")
    return [*lines, cost(folder)]


def cost(folder: Path | None = None) -> str:
    """Time of a training pass and memory of a step, by task."""
    try:
        result = store.read("recordings_cost", folder)
    except FileNotFoundError:
        return "- **Time of an epoch and memory of a step: not measured yet.**"
    parts = []
    for task, words in COSTS.items():
        rows = [row for row in result["rows"] if row["task"] == task and row["neuron"] in NEURONS]
        (lif,) = select(rows, "epoch_s", neuron="exact LIF")
        others = [row["epoch_s"] for row in rows if row["neuron"] != "exact LIF"]
        peak = max(row["peak_bytes"] for row in rows) / 2**20
        parts.append(
            f"{words}: exact LIF {lif:.2f} s, the others {min(others):.2f} to {max(others):.2f} s, "
            f"{peak:.0f} MiB"
        )
    return (
        f"- **Time of an epoch and peak memory of a step**, {'; '.join(parts)}. "
        f"{store.made(result)}"
    )


def _pooled(rows: list[dict] | None, name: str) -> str:
    """Accuracy of one model over its seeds, the folds of a seed together."""
    mine = [row for row in rows or () if row["neuron"] == name]
    if not mine:
        return "not measured yet" if name in NEURONS or not rows else ""
    seeds = sorted({row["seed"] for row in mine})
    return numbers.percent([
        differences.accuracy([row for row in mine if row["seed"] == seed])["mean"] for seed in seeds
    ])  # fmt: skip
