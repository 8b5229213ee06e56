"""What every claim of the ledger shares: its line, the five verdicts, and when a number decides."""

from collections.abc import Iterator
from statistics import mean
from typing import NamedTuple

from scipy.stats import t as student

from . import measured
from .experiments import select

HOLDS, PART, NOT = "holds", "holds in part", "does not hold here"
CANNOT, MISSING = "cannot be tested here", "not measured yet"
VERDICTS = (HOLDS, PART, NOT, CANNOT, MISSING)

Results = dict[str, dict]


class Entry(NamedTuple):
    """One line of the ledger; where is a tuple of the first two letters of notebooks."""

    claim: str
    says: str
    measured: str
    verdict: str
    where: tuple[str, ...]


def beyond(differences: list[float]) -> int:
    """Sign of the mean where its 95 % interval leaves out 0, else 0; one value decides nothing.

    >>> beyond([1.0, 1.1, 0.9]), beyond([1.0, -1.1, 0.9]), beyond([5.0])
    (1, 0, 0)
    """
    middle = measured.spread(differences)[0]
    return 0 if abs(middle) <= half_width(differences) else (1 if middle > 0 else -1)


def half_width(differences: list[float]) -> float:
    """Half the width of the 95 % interval of the mean (Student's t); infinite for one value.

    >>> round(half_width([1.0, 1.1, 0.9]), 3), half_width([5.0])
    (0.248, inf)
    """
    if len(differences) < 2:
        return float("inf")
    deviation = measured.spread(differences)[1]
    return float(student.ppf(0.975, len(differences) - 1)) * deviation / len(differences) ** 0.5


def verdict_of(held: list[bool]) -> str:
    """All, some or none of the tests of a claim held."""
    return HOLDS if all(held) else PART if any(held) else NOT


def questions(found: Results) -> Iterator[tuple[str, list[dict]]]:
    """(name, rows) of each question that networks were trained on."""
    for label in ("digit", "order"):
        yield label, [row for row in found["digits"]["rows"] if row["label"] == label]
    if "nmnist" in found:
        yield "N-MNIST", found["nmnist"]["rows"]


def paired(rows: list[dict], first: str, w: float, second: str, w2: float) -> list[tuple]:
    """(row of the first, row of the second) with the same seed and fold."""
    sides = [
        {(r["seed"], r.get("fold")): r for r in rows
         if r["neuron"] == neuron and r.get("membrane_weight") == weight}
        for neuron, weight in ((first, w), (second, w2))
    ]  # fmt: skip
    return [(sides[0][key], sides[1][key]) for key in sides[0] if key in sides[1]]


def points(values: list[float], digits: int = 1, unit: float = 100) -> str:
    """Mean and standard deviation with a sign, in percentage points."""
    middle, deviation = measured.spread(values)
    return f"{unit * middle:+.{digits}f} ± {unit * deviation:.{digits}f}"


def own_draw(found: Results) -> tuple[list[float], list[float]]:
    """Accuracy on the order of nets trained with the draw: run with it, and with its mean."""
    which = {"label": "order", "trained": "bernoulli", "recalibrated": False}
    draw, other = (
        [mean(each) for each in select(found["randomness"]["rows"], run_as=name, **which)]
        for name in ("bernoulli", "mean")
    )
    return draw, other
