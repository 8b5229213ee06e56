"""Which rows of the result files: by their fields, by question, in pairs, folds together."""

from collections.abc import Iterator
from statistics import mean

Results = dict[str, dict]  # name of a result file -> what it holds


class NotMeasured(LookupError):
    """What a number needs is not there; the message says what."""


class Found(dict):
    """Results in which a file that is not there is said to be missing.

    >>> Found()["landscape"]
    Traceback (most recent call last):
    ...
    mpe_lib.results.rows.NotMeasured: landscape.json is not there
    """

    def __missing__(self, name: str):
        raise NotMeasured(f"{name}.json is not there")


def select(rows: list[dict], field: str = "test", **wanted) -> list:
    """The values of one field in all rows that have the wanted values.

    >>> select([{"neuron": "zero", "test": 0.5}, {"neuron": "mean", "test": 1}], neuron="zero")
    [0.5]
    """
    return [row[field] for row in rows if all(row.get(k) == v for k, v in wanted.items())]


def studied(found: Results) -> Iterator[tuple[str, str, list[dict]]]:
    """(name of the file, words for the question, rows) of each question asked of recordings."""
    for name, result in found.items():
        if result.get("study") == "recordings":
            for question, words in result.get("titles", {}).items():
                yield name, words, [r for r in result["rows"] if r["question"] == question]


def questions(found: Results) -> Iterator[tuple[str, list[dict]]]:
    """(words, rows) of each question that was learned with and without the membrane loss.

    Raises:
        NotMeasured: there is none.
    """
    asked = [(words, rows) for _, words, rows in studied(found)
             if any(row.get("membrane_weight") and "membrane" in row for row in rows)]  # fmt: skip
    if not asked:
        raise NotMeasured("no networks were trained with the membrane loss")
    yield from asked


def runs(rows: list[dict], neuron: str, weight: float = 0.0) -> dict[tuple, dict]:
    """The rows of one network by (seed, fold); weight is that of the membrane loss."""
    return {
        (row["seed"], row.get("fold")): row
        for row in rows
        if row["neuron"] == neuron and row.get("membrane_weight", 0.0) == weight
    }


def paired(rows: list[dict], first: str, w: float, second: str, w2: float) -> list[tuple]:
    """(row of the first, row of the second) with the same seed and fold.

    Raises:
        NotMeasured: there is no pair.
    """
    one, other = runs(rows, first, w), runs(rows, second, w2)
    if pairs := [(row, other[key]) for key, row in one.items() if key in other]:
        return pairs
    raise NotMeasured(f"no pair of {first} (weight {w:g}) and {second} (weight {w2:g})")


def pooled(rows: list[dict]) -> list[tuple[float, int]]:
    """(accuracy, test samples) of each seed: its folds together use each recording once.

    >>> pooled([{"seed": 0, "test": 1.0, "n": 3}, {"seed": 0, "test": 0.0, "n": 1}])
    [(0.75, 4)]
    """
    found = []
    for seed in sorted({row["seed"] for row in rows}):
        mine = [row for row in rows if row["seed"] == seed]
        n = sum(row["n"] for row in mine)
        found.append((sum(row["test"] * row["n"] for row in mine) / n, n))
    return found


def own_draw(found: Results) -> tuple[list[float], list[float]]:
    """Accuracy on the order of nets trained with the draw: run with it, and with its mean."""
    which = {"label": "order", "trained": "bernoulli", "recalibrated": False}
    draw, other = (
        [mean(each) for each in select(found["randomness"]["rows"], run_as=name, **which)]
        for name in ("bernoulli, drawn", "mean")
    )
    if not draw:
        raise NotMeasured("no network was run with its draw")
    return draw, other
