"""How wide the loss is around a trained network, from stored cuts through it."""

import numpy as np

LINE = np.linspace(-1, 1, 17)
RISE = 0.5  # nats


def curvature(sizes, losses, reach: float = 0.5) -> float:
    """c of the parabola ``loss = l + b a + c a^2`` that fits best where ``|a| <= reach``.

    >>> round(curvature([-0.5, 0.0, 0.5], [2.0, 1.0, 2.0]), 3)
    4.0
    """
    near = np.abs(np.asarray(sizes)) <= reach + 1e-9
    return float(np.polyfit(np.asarray(sizes)[near], np.asarray(losses)[near], 2)[0])


def width(sizes, losses, rise: float = RISE) -> float:
    """Distance at which the loss has risen by `rise` over that of the centre: mean of both sides.

    A side on which it never does counts with the last size.

    >>> width([-2.0, -1.0, 0.0, 1.0, 2.0], [1.0, 0.5, 0.0, 1.0, 2.0])
    0.75
    """
    sizes, losses = np.asarray(sizes, float), np.asarray(losses, float)
    middle = int(np.abs(sizes).argmin())
    found = []
    for side in (slice(middle, None), slice(middle, None, -1)):
        a, high = np.abs(sizes[side]), losses[side] - losses[middle] - rise
        above = np.flatnonzero(high > 0)
        if not len(above):
            found.append(a[-1])
            continue
        k = above[0]
        found.append(a[k - 1] + (a[k] - a[k - 1]) * high[k - 1] / (high[k - 1] - high[k]))
    return float(np.mean(found))


def cases(rows: list[dict]) -> dict[str, list[dict]]:
    """Stored cuts by the name of the neuron."""
    found: dict[str, list[dict]] = {}
    for row in rows:
        if row["kind"] == "line":
            found.setdefault(row["neuron"], []).append(row)
    return found


def widths(rows: list[dict]) -> dict[str, list[list[float]]]:
    """Name of the case -> a list over the seeds -> the width along each direction."""
    return {
        name: [
            [width(LINE, row["loss"]) for row in lines if row["seed"] == seed]
            for seed in sorted({row["seed"] for row in lines})
        ]
        for name, lines in cases(rows).items()
    }


def flatter(first: list[list[float]], second: list[list[float]]) -> tuple[float, int]:
    """Share of all pairs of (seed, direction), one of each network, in which the first is wider.

    >>> flatter([[1.0, 3.0]], [[2.0], [0.5]])
    (0.75, 4)
    """
    pairs = [a > b for x in first for a in x for y in second for b in y]
    return sum(pairs) / len(pairs), len(pairs)
