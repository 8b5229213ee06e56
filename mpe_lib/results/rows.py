"""Which rows of a result file: by the values of their fields, by question, in pairs."""

from collections.abc import Iterator
from statistics import mean

Results = dict[str, dict]  # name of a result file -> what it holds


def select(rows: list[dict], field: str = "test", **wanted) -> list:
    """The values of one field in all rows that have the wanted values.

    >>> select([{"neuron": "zero", "test": 0.5}, {"neuron": "mean", "test": 1}], neuron="zero")
    [0.5]
    """
    return [row[field] for row in rows if all(row.get(k) == v for k, v in wanted.items())]


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


def own_draw(found: Results) -> tuple[list[float], list[float]]:
    """Accuracy on the order of nets trained with the draw: run with it, and with its mean."""
    which = {"label": "order", "trained": "bernoulli", "recalibrated": False}
    draw, other = (
        [mean(each) for each in select(found["randomness"]["rows"], run_as=name, **which)]
        for name in ("bernoulli", "mean")
    )
    return draw, other
