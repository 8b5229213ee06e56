"""What is read for each claim of the paper, and the rule that turns the numbers into a verdict.

Every function takes the result files and gives (the numbers in words, the verdict); a changed
number changes the verdict. Which claim a function is about stands in :mod:`mpe_lib.results.ledger`.
"""

from statistics import mean

from .numbers import beyond, half_width, mean_interval, percent, points
from .rows import Results, own_draw, paired, pooled, questions, runs
from .timings import ratio
from .widths import flatter, widths

HOLDS, PART, NOT = "holds", "holds in part", "does not hold here"
CANNOT, MISSING = "cannot be tested here", "not measured yet"
VERDICTS = (HOLDS, PART, NOT, CANNOT, MISSING)
PAPER_DATA = {"cifar10-dvs", "dvs-gesture", "ncaltech101", "cifar10"}


def verdict_of(held: list[bool]) -> str:
    """All, some or none of the tests of a claim held."""
    return HOLDS if all(held) else PART if any(held) else NOT


def _scaling(found: Results) -> tuple[dict, str, str]:
    """The times on a GPU, else those on a CPU; the word for fused code there, and a note."""
    if "scaling_cuda" in found:
        return found["scaling_cuda"], "kernel", ""
    return found["scaling_cpu"], "compiled", "; on a GPU: not measured yet"


def speed(found: Results) -> tuple[str, str]:
    """Holds where a fair loop takes longer than the estimate at every T and N."""
    result, word, note = _scaling(found)
    fair, released, fused = (
        ratio(result["rows"], top, bottom, "forward + backward")
        for top, bottom in (
            ("LIF, fair", "MPE hard"),
            ("LIF as released", "MPE as released"),
            (f"LIF, {word}", f"MPE hard, {word}"),
        )
    )
    won = sum(each > 1 for each in fair.values())
    return (
        f"released code, time of LIF over time of MPE, forward and backward: "
        f"{min(released.values()):.1f} to {max(released.values()):.1f}; fair LIF over MPE hard: "
        f"{min(fair.values()):.1f} to {max(fair.values()):.1f}, above 1 in {won} of {len(fair)} "
        f"sizes; both fused: {min(fused.values()):.1f} to {max(fused.values()):.1f} "
        f"({result['provenance']['device']}){note}",
        verdict_of([each > 1 for each in fair.values()]),
    )


def density(found: Results) -> tuple[str, str]:
    """Holds where the gain at the most neurons is larger than at the fewest, at every T."""
    rows, words, held = _scaling(found)[0]["rows"], [], []
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
    return (
        f"{'; '.join(words)}; the ratio grows with the neurons in {sum(held)} of {len(held)} "
        f"comparisons, and falls at {falls} of {len(own)} T in the paper's Fig. 1",
        verdict_of(held),
    )


def accuracy(found: Results) -> tuple[str, str]:
    """Cannot be tested until a result on one of the paper's data sets is there."""
    there = set()
    for result in found.values():
        there |= {result.get("settings", {}).get("dataset"), *result.get("titles", ())}
    if there := sorted(there & PAPER_DATA):
        return f"{', '.join(there)}: measured, not yet compared with the paper", MISSING
    rows = found["recordings_nmnist"]["rows"]
    by = {name: pooled(list(runs(rows, name).values()))
          for name in ("bernoulli", "exact LIF", "zero")}  # fmt: skip
    (_, n), *_ = by["zero"]
    words = ", ".join(f"{name} {percent([x for x, _ in each])}" for name, each in by.items())
    return (
        f"none of the paper's data sets; on {n} recordings of N-MNIST, {len(by['zero'])} seeds: "
        f"{words}",
        CANNOT,
    )


def membrane(found: Results) -> tuple[str, str]:
    """Two tests on each question: does the squared distance fall, does the accuracy rise?"""
    held, words = [], []
    for title, rows in questions(found):
        pairs = paired(rows, "bernoulli", 0.0, "bernoulli", 0.01)
        rises = [b["test"] - a["test"] for a, b in pairs]
        moves = [b["membrane"][-1] - a["membrane"][-1] for a, b in pairs]
        sizes = [mean(b["gap"]) - mean(a["gap"]) for a, b in pairs]
        held += [beyond(moves) < 0, beyond(rises) > 0]
        words.append(
            f"accuracy {points(rises)} points, squared distance {points(moves, 3, 1)}, relative "
            f"distance {points(sizes, 3, 1)} ({title}, {len(pairs)} pairs)"
        )
    return f"weight 0.01 against 0: {'; '.join(words)}", verdict_of(held)


def dynamics(found: Results) -> tuple[str, str]:
    """Holds if MPE is not below exact LIF on the order, in part if it is but above no memory."""
    rows = [r for r in found["recordings_digits"]["rows"] if r["question"] == "order"]
    behind, above = (
        [a["test"] - b["test"] for a, b in paired(rows, first, 0.0, second, 0.0)]
        for first, second in (("exact LIF", "bernoulli"), ("bernoulli", "zero"))
    )
    words = ", ".join(
        f"{name} {percent([row['test'] for row in runs(rows, name).values()])}"
        for name in ("exact LIF", "bernoulli", "zero")
    )
    words += " (bernoulli is scored with the mean of its draw"
    if "randomness" in found:
        words += f"; with the draw, after more epochs: {percent(own_draw(found)[0])}"
    tail = "); influence beyond the cone: not measured yet"
    if "cone_digits" in found:
        cone = [r for r in found["cone_digits"]["rows"] if r["question"] == "order"]
        cone = [r for r in cone if r["cone"] is not None and r["gap"] > r["cone"]]
        tied = sum(r["ties"] == 1 for r in cone)
        tail = f"); beyond the cone all pairs are tied in {tied} of {len(cone)} networks"
    verdict = HOLDS if beyond(behind) <= 0 else PART if beyond(above) > 0 else NOT
    return f"order of glances, {len(behind)} seeds: {words}{tail}", verdict


def rates(found: Results) -> tuple[str, str]:
    """Near: within a quarter of the rate of exact LIF, in every layer and on every question."""
    near, words = {}, []
    for neuron in ("bernoulli", "zero"):
        ratios = []
        for _, rows in questions(found):
            ours, exact = (
                [mean(layer) for layer in zip(
                    *(row["rate"] for row in runs(rows, n).values()), strict=True)]
                for n in (neuron, "exact LIF")
            )  # fmt: skip
            ratios += [a / b for a, b in zip(ours, exact, strict=True)]
        near[neuron] = [0.8 <= each <= 1.25 for each in ratios]
        words.append(f"{neuron} {min(ratios):.2f} to {max(ratios):.2f}, near in "
                     f"{sum(near[neuron])} of {len(ratios)} layers")  # fmt: skip
    own = found["paper"]["figure_3b"]
    paper = [a / b for a, b in zip(own["MPE"], own["LIF"], strict=True)]
    return (
        f"rate over that of exact LIF: {'; '.join(words)}; in the paper's own Fig. 3b "
        f"{min(paper):.1f} to {max(paper):.1f}",
        verdict_of(near["bernoulli"]),
    )


def flatness(found: Results) -> tuple[str, str]:
    """Holds if MPE is wider than exact LIF by more than seeds differ.

    Where the seeds leave the difference open to more than a tenth of the width, they are too
    few to say no: then it cannot be tested here.
    """
    by = widths(found["landscape"]["rows"])
    seeds = [mean(a) - mean(b) for a, b in zip(by["bernoulli"], by["exact LIF"], strict=True)]
    share, number = flatter(by["bernoulli"], by["exact LIF"])
    _, low, high = mean_interval(seeds)
    open_ = half_width(seeds) > 0.1 * mean(map(mean, by["exact LIF"]))
    words = ", ".join(f"{mean(map(mean, v)):.2f} ({name})" for name, v in by.items())
    return (
        f"distance at which the loss rises by 0.5 nats: {words}; bernoulli minus exact LIF "
        f"{points(seeds, 3, 1)} over {len(seeds)} seeds, 95 % interval [{low:+.3f}, {high:+.3f}]; "
        f"one seed and one direction each would call it flatter in {100 * share:.0f} % of "
        f"{number} draws",
        {1: HOLDS, 0: CANNOT if open_ else NOT, -1: NOT}[beyond(seeds)],
    )


def curves(found: Results) -> tuple[str, str]:
    """Two tests on each question: is the last loss lower, is the accuracy higher?"""
    held, words = [], []
    for title, rows in questions(found):
        pairs = paired(rows, "exact LIF", 0.0, "bernoulli", 0.01)
        rises = [b["test"] - a["test"] for a, b in pairs]
        losses = [b["task"][-1] - a["task"][-1] for a, b in pairs]
        held += [beyond(losses) < 0, beyond(rises) > 0]
        words.append(f"loss {points(losses, 3, 1)} nats, accuracy {points(rises)} points "
                     f"({title}, {len(pairs)} pairs)")  # fmt: skip
    return (
        f"bernoulli minus exact LIF at the end of training: {'; '.join(words)}; bernoulli is "
        "scored with the mean of its draw",
        verdict_of(held),
    )
