"""The parts of the README that are made from other files: ``python -m mpe_lib.course.readme``.

The map comes from the first cells of the notebooks, the findings from ``data/measured/``; a test
asserts that the README says what these files say.
"""

import re
from pathlib import Path

from ..plot.base import png
from ..plot.training import plot_accuracies
from ..results import ledger, numbers, store
from ..results.rows import own_draw, select
from ..results.timings import beaten, ratio
from ..results.verdicts import Entry
from . import walk
from .readme_recordings import recorded

README = walk.ROOT / "README.md"
PICTURE = walk.ROOT / "data" / "order_and_digit.png"
NAMES = {
    "counts": "event counts, logistic regression: knows nothing of time",
    "zero": "no memory: takes the previous potential for 0",
    "bernoulli": "MPE, the paper's rule, scored with the mean of its draw",
    "mean": "MPE, the rule's expectation",
    "hard": "MPE, hard rule",
    "exact LIF": "exact LIF",
}


def markdown(entries: list[Entry], folder: str = "") -> str:
    """The table as Markdown.

    Args:
        entries: of :func:`table`.
        folder: of the notebooks as seen from the page, with its slash; notebooks that are there
            become links, the others stay numbers.
    """
    rows = ["| claim | the paper says | we measured | verdict | where |", "|---|---|---|---|---|"]
    for claim, says, found, verdict, where in entries:
        places = ", ".join(_link(number, folder) for number in where)
        rows.append(f"| {claim} | {says} | {found} | **{verdict}** | {places} |")
    return "\n".join(rows)


def _link(number: str, folder: str) -> str:
    for path in walk.notebooks():
        if path.stem.startswith(number):
            return f"[{number}]({folder}{path.name})"
    return number


def notebook_map() -> str:
    """A table of the notebooks: title, minutes, what the reader will be able to do."""
    rows = ["| notebook | minutes | you will be able to |", "|---|---|---|"]
    for path in walk.notebooks():
        first = walk.nbformat.read(path, as_version=4).cells[0].source
        title = first.splitlines()[0].lstrip("# ")
        able = re.search(r"You will be able to\*\* (.+?)\.?$", first, re.MULTILINE).group(1)
        minutes = re.search(r"Minutes:\*\* (.+?) to read", first).group(1)
        rows.append(f"| [{title}](notebooks/{path.name}) | {minutes} | {able} |")
    return "\n".join(rows)


def findings() -> str:
    """What we found so far: accuracies and ratios, with spread, hardware and command."""
    digits, nmnist = store.read("digits"), store.read("nmnist")
    patience = store.read("patience")
    swaps = store.read("randomness")
    draw, other = own_draw({"randomness": swaps})
    seeds = len(select(digits["rows"], neuron="zero", label="order"))
    lines = [
        "Test accuracy, mean ± standard deviation over runs:",
        "",
        "| neurons | built-in data: which digit? | in which order did the camera glance? "
        "| N-MNIST, 700 recordings |",
        "|---|---|---|---|",
    ]
    for neuron, words in NAMES.items():
        weight = {} if neuron == "counts" else {"membrane_weight": 0.0}
        cells = [
            numbers.percent(select(digits["rows"], neuron=neuron, label=label, **weight))
            for label in ("digit", "order")
        ]
        cells.append(numbers.percent(select(nmnist["rows"], neuron=neuron, **weight)))
        lines.append(f"| {words} | {' | '.join(cells)} |")
    folds = len({row["fold"] for row in nmnist["rows"]})
    runs = len(select(nmnist["rows"], neuron="zero"))
    longer = ", ".join(
        f"{neuron} {numbers.percent(select(patience['rows'], neuron=neuron))}"
        for neuron in ("exact LIF", "hard", "bernoulli", "zero")
    )
    lines += [
        "",
        "Chance is 10 % for a digit and 16.7 % for the order. Built-in data: "
        f"{seeds} seeds. {store.made(digits)} N-MNIST: {folds} folds of {runs // folds} seeds. "
        f"{store.made(nmnist)}",
        "",
        "- **Where time carries the answer, memory pays; where it does not, the neurons hardly "
        "differ.** The neuron with no memory stays at chance on the order; exact LIF leads. With "
        f"{patience['settings']['epochs']} epochs instead of {digits['settings']['epochs']}: "
        f"{longer}.",
        "- **A draw in evaluation is another network than its mean.** Trained with the draw for "
        f"{swaps['settings']['epochs']['order']} epochs, networks tell the order in "
        f"{numbers.percent(draw)} of recordings with a draw and in {numbers.percent(other)} with "
        f"its mean ({len(draw)} seeds).",
        speed("cpu", "CPU"),
        speed("cuda", "GPU"),
        "",
        *recorded(),
    ]
    return "\n".join(lines)


def speed(kind: str, words: str, folder: Path | None = None) -> str:
    """How fast the neurons are on a kind of device, as far as it was store."""
    try:
        found = store.read(f"scaling_{kind}", folder)
    except FileNotFoundError:
        return (
            f"- **Speed on a {words}: not measured yet.** Kernels for it are there "
            '(`backend="triton"`) and tested in Triton\'s interpreter.'
        )
    rows, both, facts = found["rows"], "forward + backward", found["provenance"]
    end = {"cpu": "compiled", "cuda": "kernel"}[kind]
    slow = ratio(rows, "LIF as released", "MPE as released", both)
    fair = ratio(rows, "LIF, fair", "MPE hard", both)
    fused = ratio(rows, f"LIF, {end}", f"MPE hard, {end}", both)
    drawn = ratio(rows, "MPE as released", f"MPE bernoulli, {end}", both).values()
    plain = ratio(rows, "LIF, fair", "LIF, hand-written", both).values()
    threads = f", {facts['threads']} threads" if kind == "cpu" else ""
    return (
        f"- **Speed on a {words}** ({facts['device']}{threads}, forward and backward, T = 64): the "
        f"released LIF takes {slow[64, 2**10]:.1f} times as long as the released MPE with 1024 "
        f"neurons and {slow[64, 2**16]:.1f} times with 65536; a fair LIF takes "
        f"{fair[64, 2**10]:.1f} and {fair[64, 2**16]:.1f} times as long as MPE with the hard rule. "
        f"With both fused, LIF takes {fused[64, 2**10]:.2f} and {fused[64, 2**16]:.2f} times as "
        f"long as MPE hard, and the paper's rule is {min(drawn):.1f} to {max(drawn):.1f} times as "
        f"fast as released ({sum(each >= 4 for each in drawn)} of {len(drawn)} sizes: at least 4 "
        f"times). The loop in plain torch takes {min(plain):.2f} to {max(plain):.2f} times as long "
        f"as one written by hand. {_against_peers(rows, both, end)}"
    )


def _against_peers(rows: list[dict], direction: str, end: str) -> str:
    """In how many sizes each of our fused neurons was slower than some peer, and where."""
    parts = []
    for name in (f"LIF, {end}", f"MPE hard, {end}"):
        slower = beaten(rows, name, direction)
        sizes = len(ratio(rows, name, name, direction))
        words = f"{name.replace(',', '')}, {len(slower)} of {sizes}"
        where = ", ".join(f"T = {t} with {n} neurons ({peer})" for (t, n), peer in slower.items())
        parts.append(words + (f": {where}" if where else ""))
    return (
        "Sizes in which the fastest neuron of another library (SpikingJelly, snnTorch, Norse) "
        f"beat ours: {'; '.join(parts)}."
    )


def claims() -> str:
    """The ledger: every claim of the paper, what we store, and a verdict."""
    return markdown(ledger.table(), "notebooks/")


def picture() -> bytes:
    """The README's picture: every run on the two questions of the built-in data."""
    rows = [row for row in store.read("digits")["rows"] if not row.get("membrane_weight")]
    short = {
        "counts": "counts, logistic",
        "zero": "no memory",
        "bernoulli": "MPE bernoulli",
        "mean": "MPE mean",
        "hard": "MPE hard",
        "exact LIF": "exact LIF",
    }
    groups = {
        title: {words: select(rows, neuron=neuron, label=label) for neuron, words in short.items()}
        for label, title in (("digit", "which digit?"), ("order", "which order of glances?"))
    }
    chance = dict(zip(groups, (0.1, 1 / 6), strict=True))
    return png(plot_accuracies(groups, chance, "memory pays only where time carries the answer"))


def filled(readme: str) -> str:
    """The README's text with its made parts made anew."""
    for name, make in (("map", notebook_map), ("findings", findings), ("ledger", claims)):
        pattern = rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)"
        if not re.search(pattern, readme, re.DOTALL):
            raise ValueError(f"expected the marks <!-- {name}: begin --> and end in the README")
        made = make()
        readme = re.sub(pattern, lambda m, made=made: f"{m[1]}{made}\n{m[2]}", readme, flags=re.S)
    return readme


def main() -> None:
    part = README.with_suffix(".part")
    part.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
    part.replace(README)
    PICTURE.write_bytes(picture())


if __name__ == "__main__":
    main()
