"""What is read for each claim of the paper, and the rule that turns the numbers into a verdict.

Every function takes the result files and gives an Entry; a changed number changes the verdict.
"""

from collections.abc import Callable
from statistics import mean

from . import numbers
from .numbers import beyond, half_width, points
from .rows import own_draw, paired, questions, select
from .timings import ratio
from .verdicts import CANNOT, HOLDS, MISSING, NOT, PART, Entry, Results, verdict_of
from .widths import flatter, widths

PAPER_DATA = ("CIFAR10-DVS", "DVS-Gesture", "N-Caltech101", "CIFAR-10")
SAYS = {
    "C1": "all steps at once make it fast: up to 44 times",
    "C2": "the gain shows where neurons are many",
    "C3": "state of the art on neuromorphic data",
    "C4": "the membrane loss brings the guess to the potential and helps the accuracy",
    "C5": "the intrinsic dynamics of the neuron are kept",
    "C6": "each layer fires about as often as with LIF",
    "C7": "a flatter minimum",
    "C8": "better curves of accuracy and loss than LIF",
}


def speed(found: Results) -> Entry:
    """Holds where a fair loop takes longer than the estimate at every T and N."""
    name = "scaling_cuda" if "scaling_cuda" in found else "scaling_cpu"
    rows = found[name]["rows"]
    word = "kernel" if name == "scaling_cuda" else "compiled"
    fair, released, fused = (
        ratio(rows, top, bottom, "forward + backward")
        for top, bottom in (
            ("LIF, fair", "MPE hard"),
            ("LIF as released", "MPE as released"),
            (f"LIF, {word}", f"MPE hard, {word}"),
        )
    )
    won = sum(each > 1 for each in fair.values())
    note = "" if name == "scaling_cuda" else "; on a GPU: not measured yet"
    return Entry(
        "C1",
        SAYS["C1"],
        f"released code, time of LIF over time of MPE, forward and backward: "
        f"{min(released.values()):.1f} to {max(released.values()):.1f}; fair LIF over MPE hard: "
        f"{min(fair.values()):.1f} to {max(fair.values()):.1f}, above 1 in {won} of {len(fair)} "
        f"sizes; both fused: {min(fused.values()):.1f} to {max(fused.values()):.1f} "
        f"({found[name]['provenance']['device']}){note}",
        verdict_of([each > 1 for each in fair.values()]),
        ("06",),
    )


def density(found: Results) -> Entry:
    """Holds where the gain at the most neurons is larger than at the fewest, at every T."""
    name = "scaling_cuda" if "scaling_cuda" in found else "scaling_cpu"
    rows = found[name]["rows"]
    words, held = [], []
    for what, top, bottom in (
        ("released", "LIF as released", "MPE as released"),
        ("fair", "LIF, fair", "MPE hard"),
    ):
        cells = ratio(rows, top, bottom, "forward + backward")
        few, many = min(n for _, n in cells), max(n for _, n in cells)
        steps = sorted({t for t, _ in cells})
        held += [cells[t, many] > cells[t, few] for t in steps]
        t = steps[-1]
        words.append(f"{what} code at T = {t}: {cells[t, few]:.1f} with {few} neurons, "
                     f"{cells[t, many]:.1f} with {many}")  # fmt: skip
    own = found["paper"]["figure_1"]["T"].values()
    falls = sum(line[-1] < line[0] for line in own)
    return Entry(
        "C2",
        SAYS["C2"],
        f"{'; '.join(words)}; the ratio grows with the neurons in {sum(held)} of {len(held)} "
        f"comparisons, and falls at {falls} of {len(own)} T in the paper's Fig. 1",
        verdict_of(held),
        ("06",),
    )


def accuracy(found: Results) -> Entry:
    """Cannot be tested until a result on one of the paper's data sets is there."""
    rows = found["nmnist"]["rows"]
    words = ", ".join(
        f"{name} {numbers.percent(select(rows, neuron=neuron, membrane_weight=0.0))}"
        for name, neuron in (("MPE", "bernoulli"), ("exact LIF", "exact LIF"), ("zero", "zero"))
    )
    runs = len(select(rows, neuron="bernoulli", membrane_weight=0.0))
    there = [name for name in PAPER_DATA if any(name in f.get("what", "") for f in found.values())]
    return Entry(
        "C3",
        SAYS["C3"],
        f"none of the paper's data sets; on 700 recordings of N-MNIST, {runs} runs: {words}",
        MISSING if there else CANNOT,
        ("05",),
    )


def membrane(found: Results) -> Entry:
    """Two tests on each question: does the squared distance fall, does the accuracy rise?"""
    held, words = [], []
    for name, rows in questions(found):
        pairs = paired(rows, "bernoulli", 0.0, "bernoulli", 0.01)
        rises = [b["test"] - a["test"] for a, b in pairs]
        moves = [b["membrane"][-1] - a["membrane"][-1] for a, b in pairs]
        sizes = [mean(b["gap"][-1]) - mean(a["gap"][-1]) for a, b in pairs]
        held += [beyond(moves) < 0, beyond(rises) > 0]
        words.append(
            f"{name}: accuracy {points(rises)} points, squared distance "
            f"{points(moves, 3, 1)}, relative distance {points(sizes, 3, 1)} ({len(pairs)} pairs)"
        )
    return Entry(
        "C4",
        SAYS["C4"],
        f"weight 0.01 against 0, {'; '.join(words)}",
        verdict_of(held),
        ("05", "08"),
    )


def dynamics(found: Results) -> Entry:
    """Holds if MPE is not below exact LIF on the order, in part if it is but above no memory."""
    rows = found["digits"]["rows"]
    runs = {
        n: select(rows, neuron=n, label="order", membrane_weight=0.0)
        for n in ("exact LIF", "bernoulli", "zero")
    }
    behind = [a - b for a, b in zip(runs["exact LIF"], runs["bernoulli"], strict=True)]
    above = [a - b for a, b in zip(runs["bernoulli"], runs["zero"], strict=True)]
    words = ", ".join(f"{name} {numbers.percent(values)}" for name, values in runs.items())
    words += " (bernoulli is scored with the mean of its draw"
    if "randomness" in found:
        words += f"; with the draw, after more epochs: {numbers.percent(own_draw(found)[0])}"
    tail = "); influence beyond the cone: not measured yet"
    if "cone_digits" in found:
        cone = [r for r in found["cone_digits"]["rows"] if r["question"] == "order"]
        cone = [r for r in cone if r["cone"] is not None and r["gap"] > r["cone"]]
        tied = sum(r["ties"] == 1 for r in cone)
        tail = f"); beyond the cone all pairs are tied in {tied} of {len(cone)} networks"
    verdict = HOLDS if beyond(behind) <= 0 else PART if beyond(above) > 0 else NOT
    return Entry(
        "C5",
        SAYS["C5"],
        f"order of glances, {len(behind)} seeds: {words}{tail}",
        verdict,
        ("03", "05", "09"),
    )


def rates(found: Results) -> Entry:
    """Near: within a quarter of the rate of exact LIF, in every layer and on every question."""
    near, words = {}, []
    for neuron in ("bernoulli", "zero"):
        ratios = []
        for _, rows in questions(found):
            ours, exact = (
                [mean(layer) for layer in zip(*(run[-1] for run in select(
                    rows, "rate", neuron=n, membrane_weight=0.0)), strict=True)]
                for n in (neuron, "exact LIF")
            )  # fmt: skip
            ratios += [a / b for a, b in zip(ours, exact, strict=True)]
        near[neuron] = [0.8 <= each <= 1.25 for each in ratios]
        name = "MPE" if neuron == "bernoulli" else "no memory"
        words.append(f"{name} {min(ratios):.2f} to {max(ratios):.2f}, near in "
                     f"{sum(near[neuron])} of {len(ratios)} layers")  # fmt: skip
    own = found["paper"]["figure_3b"]
    paper = [a / b for a, b in zip(own["MPE"], own["LIF"], strict=True)]
    return Entry(
        "C6",
        SAYS["C6"],
        f"rate over that of exact LIF: {'; '.join(words)}; in the paper's own Fig. 3b "
        f"{min(paper):.1f} to {max(paper):.1f}",
        verdict_of(near["bernoulli"]),
        ("03", "05"),
    )


def flatness(found: Results) -> Entry:
    """Holds if MPE is wider than exact LIF by more than seeds differ.

    Where the seeds leave the difference open to more than a tenth of the width, they are too
    few to say no: then it cannot be tested here.
    """
    by = widths(found["landscape"]["rows"])
    seeds = [mean(a) - mean(b) for a, b in zip(by["MPE mean"], by["exact LIF"], strict=True)]
    share, number = flatter(by["MPE mean"], by["exact LIF"])
    open_ = half_width(seeds) > 0.1 * mean(map(mean, by["exact LIF"]))
    words = ", ".join(f"{n} {mean(map(mean, v)):.2f}" for n, v in by.items())
    return Entry(
        "C7",
        SAYS["C7"],
        f"distance at which the loss rises by 0.5 nats: {words}; MPE minus exact LIF "
        f"{points(seeds, 3, 1)} over {len(seeds)} seeds, 95 % interval ± {half_width(seeds):.3f}; "
        f"one seed and one direction each would call MPE flatter in {100 * share:.0f} % of "
        f"{number} draws",
        {1: HOLDS, 0: CANNOT if open_ else NOT, -1: NOT}[beyond(seeds)],
        ("12",),
    )


def curves(found: Results) -> Entry:
    """Two tests on each question: is the last loss lower, is the accuracy higher?"""
    held, words = [], []
    for name, rows in questions(found):
        pairs = paired(rows, "exact LIF", 0.0, "bernoulli", 0.01)
        rises = [b["test"] - a["test"] for a, b in pairs]
        losses = [b["task"][-1] - a["task"][-1] for a, b in pairs]
        held += [beyond(losses) < 0, beyond(rises) > 0]
        words.append(f"{name}: loss {points(losses, 3, 1)} nats, accuracy "
                     f"{points(rises)} points ({len(pairs)} pairs)")  # fmt: skip
    return Entry(
        "C8",
        SAYS["C8"],
        f"MPE minus exact LIF at the end of training, {'; '.join(words)}; the accuracy of MPE is "
        "that with the mean of its draw",
        verdict_of(held),
        ("05", "12"),
    )


CLAIMS: dict[str, tuple[Callable[[Results], Entry], str, tuple[str, ...]]] = {
    "C1": (speed, SAYS["C1"], ("scaling_cpu",)),
    "C2": (density, SAYS["C2"], ("scaling_cpu",)),
    "C3": (accuracy, SAYS["C3"], ("nmnist",)),
    "C4": (membrane, SAYS["C4"], ("digits",)),
    "C5": (dynamics, SAYS["C5"], ("digits",)),
    "C6": (rates, SAYS["C6"], ("digits",)),
    "C7": (flatness, SAYS["C7"], ("landscape",)),
    "C8": (curves, SAYS["C8"], ("digits",)),
}
