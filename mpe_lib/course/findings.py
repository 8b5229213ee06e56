"""What we found so far, as the README tells it: accuracies, differences, times, and a picture."""

from collections.abc import Callable

from ..plot.pole import pole_strip
from ..plot.show import png
from ..plot.training import plot_accuracies
from ..results import store
from ..results.differences import sentences
from ..results.names import describe, kinds, parse
from ..results.numbers import percent
from ..results.rows import Found, NotMeasured, own_draw, pooled, runs, studied
from ..results.timings import LIBRARIES, beaten, ratio
from ..studies.pole import raster

BESIDE = {  # what stands beside the networks of spiking neurons
    "counts": "total counts, logistic regression: knows nothing of time",
    "ten bins": "counts in ten equal bins, the same",
    "ten stretched bins": "counts in ten stretched bins, the same",
    "plain CNN": "on summed frames, no spikes",
}
PLANNED = (
    "Which differences are larger than their spread, over seeds and over recordings, corrected for "
    "the number of pairs? Exact LIF against zero was planned before and is judged by itself: it "
    "says whether a task can show memory at all."
)
LATER = (
    "- The larger network on N-MNIST was picked after the smaller one, and its own first seed, had "
    "been scored on the same folds, so its numbers flatter a little."
)
BOTH = "forward + backward"


def networks(rows: list[dict]) -> list[str]:
    """The neurons in some rows, in the order of the vocabulary, fewer sweeps first."""
    order = list(kinds())
    names = {row["neuron"] for row in rows} - BESIDE.keys()
    return sorted(names, key=lambda words: (order.index(parse(words).neuron), parse(words)))


def findings(folder=None) -> str:
    """Every result in words, with spread, hardware and command; what is missing is said."""
    found = Found(store.every(folder))
    asked = sorted(studied(found), key=lambda each: (-len(networks(each[2])), each[1]))
    made = dict.fromkeys(store.made(found[name]) for name, _, _ in asked)
    lines = [
        *accuracies([(title, rows) for _, title, rows in asked]),
        "",
        f"Chance is 10 % for a digit and 16.7 % for the order. {' '.join(made)}",
        "",
    ]
    for words, tell in (
        ("Where time carries the answer, memory pays; where it does not, the neurons hardly differ",
         memory),
        ("A draw in evaluation is another network than its mean", draws),
        ("Speed on a CPU", lambda found: speed(found, "cpu")),
        ("Speed on a GPU", lambda found: speed(found, "cuda")),
        ("Time of an epoch and peak memory of a step", cost),
    ):  # fmt: skip
        lines.append(bullet(words, tell, found))
    lines += ["", PLANNED, ""]
    lines += [f"- **{title}**, {differences(rows)}." for _, title, rows in asked]
    return "\n".join([*lines, LATER] if "recordings_nmnist_large" in found else lines)


def bullet(words: str, tell: Callable[[Found], str], found: Found) -> str:
    """A line of a list, or that it is not measured yet, and what is missing."""
    try:
        return f"- **{words}**{tell(found)}"
    except NotMeasured as missing:
        return f"- **{words}: not measured yet** ({missing})."


def accuracies(asked: list[tuple[str, list[dict]]]) -> list[str]:
    """One row for each network, one column for each (words, rows) of a question."""
    if not asked:
        return ["Accuracies: not measured yet."]
    everyone = [row for _, rows in asked for row in rows]
    beside = [name for name in BESIDE if any(row["neuron"] == name for row in everyone)]
    lines = [
        "Test accuracy, mean and standard deviation (sd) over seeds (folds pooled); an empty cell "
        "was not measured:",
        "",
        f"| network | {' | '.join(title for title, _ in asked)} |",
        f"|---|{'---|' * len(asked)}",
    ]
    for name in (*beside, *networks(everyone)):
        cells = [pooled(list(runs(rows, name).values())) for _, rows in asked]
        cells = [percent([share for share, _ in each]) if each else "" for each in cells]
        says = BESIDE.get(name) or describe(name)
        words = name if says == name else f"{name} ({says})"
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return lines


def differences(rows: list[dict]) -> str:
    """Which differences between the neurons of one question are larger than their spread."""
    names = networks(rows)
    mine = [row for name in names for row in runs(rows, name).values()]
    _, tests = pooled(list(runs(rows, names[0]).values()))[0]
    if all("hits" in row for row in mine):
        told = "; ".join(sentences(rows, names)[len(names) :])
    else:
        told = "which of them were answered right was not kept, so no difference is judged"
    return f"{tests} test recordings: {told}"


def memory(found: Found) -> str:
    """What the built-in data show; a test holds the sentence to the rows."""
    epochs = found["recordings_digits"]["settings"]["epochs"]
    longer = ", with four times the epochs too," * ("recordings_patience" in found)
    return (
        f". After {epochs} epochs the neuron with no memory is at chance on the order{longer} and "
        "exact LIF is above every guess without sweeps."
    )


def draws(found: Found) -> str:
    """What the draw and its mean tell apart."""
    draw, other = own_draw(found)
    epochs = found["randomness"]["settings"]["epochs"]["order"]
    return (
        f". Trained with the draw for {epochs} epochs, networks tell the order in {percent(draw)} "
        f"of recordings with a draw and in {percent(other)} with its mean ({len(draw)} seeds)."
    )


def cost(found: Found) -> str:
    """Time of a training pass and memory of a step, by task."""
    result, parts = found["recordings_cost"], []
    for task in dict.fromkeys(row["task"] for row in result["rows"]):
        rows = [r for r in result["rows"] if r["task"] == task and r["neuron"] not in BESIDE]
        (lif,) = (row["epoch_s"] for row in rows if row["neuron"] == "exact LIF")
        others = [row["epoch_s"] for row in rows if row["neuron"] != "exact LIF"]
        peak = max(row["peak_bytes"] for row in rows) / 2**20
        titles = found.get(f"recordings_{task}", {}).get("titles", {task: task})
        parts.append(
            f"{' and '.join(titles.values())}: exact LIF {lif:.2f} s, the others "
            f"{min(others):.2f} to {max(others):.2f} s, {peak:.0f} MiB"
        )
    return f", {'; '.join(parts)}. {store.made(result)}"


def speed(found: Found, kind: str) -> str:
    """How fast the neurons are on a kind of device."""
    rows, facts = found[f"scaling_{kind}"]["rows"], found[f"scaling_{kind}"]["provenance"]
    end = {"cpu": "compiled", "cuda": "kernel"}[kind]
    fused = ratio(rows, f"LIF, {end}", f"MPE hard, {end}", BOTH)
    drawn = ratio(rows, "MPE as released", f"MPE bernoulli, {end}", BOTH).values()
    plain = ratio(rows, "LIF, fair", "LIF, hand-written", BOTH).values()
    threads = f", {facts['threads']} threads" if kind == "cpu" else ""
    steps = max(t for t, _ in fused)
    sizes = sorted(n for t, n in fused if t == steps)
    few, many = fused[steps, sizes[0]], fused[steps, sizes[-1]]
    return (
        f" ({facts['device']}{threads}, forward and backward): code as released and a fair loop "
        f"stand below, under C1 and C2. With both fused, LIF takes {few:.2f} times as long as MPE "
        f"hard with {sizes[0]} neurons and T = {steps}, {many:.2f} times with {sizes[-1]}, "
        f"and the paper's rule is {min(drawn):.1f} to {max(drawn):.1f} times as fast as released "
        f"({sum(each >= 4 for each in drawn)} of {len(drawn)} sizes: at least 4 times). The loop "
        f"in plain torch takes {min(plain):.2f} to {max(plain):.2f} times as long as one written "
        f"by hand. {_against_peers(rows, end)}"
    )


def _against_peers(rows: list[dict], end: str) -> str:
    """In how many sizes each of our fused neurons was slower than some peer, and where."""
    if not any(row["neuron"].startswith(LIBRARIES) for row in rows):
        return "No other library was there to be timed."
    parts = []
    for name in (f"LIF, {end}", f"MPE hard, {end}"):
        slower = beaten(rows, name, BOTH)
        sizes = len(ratio(rows, name, name, BOTH))
        words = f"{name.replace(',', '')}, {len(slower)} of {sizes}"
        where = ", ".join(f"T = {t} with {n} neurons ({peer})" for (t, n), peer in slower.items())
        parts.append(words + (f": {where}" if where else ""))
    return (
        "Sizes in which the fastest neuron of another library (SpikingJelly, snnTorch, Norse) "
        f"beat ours: {'; '.join(parts)}."
    )


def picture() -> bytes:
    """The README's picture: every run on the two questions of the built-in data."""
    rows, groups, chance = store.read("recordings_digits")["rows"], {}, {}
    for question, words, share in (
        ("digit", "which digit?", 0.1),
        ("order", "which order of glances?", 1 / 6),
    ):
        mine = [row for row in rows if row["question"] == question]
        names = ("counts", *networks(mine))
        groups[words] = {n: [row["test"] for row in runs(mine, n).values()] for n in names}
        chance[words] = share
    return png(plot_accuracies(groups, chance, "memory pays only where time carries the answer"))


def pole() -> bytes:
    """The front page's other picture: the ride of the first spiking actor that was watched."""
    ride = next(row["ride"] for row in store.read("pole")["rows"] if "ride" in row)
    states, pushes, alone = (ride[key] for key in ("states", "pushes", "alone"))
    title = "spiking neurons hold a pole that falls by itself"
    return png(pole_strip(states, pushes, raster(ride), alone, title=title))
