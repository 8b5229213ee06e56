"""The scaling surface: how many times as long one neuron takes as another, over T and N."""

from collections.abc import Sequence

from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..results.timings import ratio
from . import base
from .styles import SPIKE

RANGE = (0.1, 30)  # of the colours, always the same, so that a colour keeps its meaning


def plot_surface(
    ratios: dict[tuple[int, int], float],
    framed: tuple[int, int] | None = None,
    title: str = "",
) -> Figure:
    """A cell for each T and N with the ratio in it; below 1 it says "slower" too.

    Args:
        ratios: {(T, N): ratio}, of :func:`mpe_lib.results.timings.ratio`; a size that is missing
            stays white.
        framed: the cell to point at.
    """
    steps, sizes = (sorted(set(each)) for each in zip(*ratios, strict=True))
    figure, axis = base.new_figure(size=base.PANELS)
    base.fixed(figure, 0.1, 0.13, 1.03, 0.91)
    table = [[ratios.get((t, n), float("nan")) for n in sizes] for t in steps]
    scale = LogNorm(*RANGE, clip=True)
    shown = axis.imshow(table, cmap="cividis", norm=scale, aspect="auto", origin="lower")
    for (t, n), value in ratios.items():
        color = "white" if scale(value) < 0.45 else "black"
        text = _short(value) if value >= 1 else f"{_short(value)}\nslower"
        place = sizes.index(n), steps.index(t)
        axis.text(*place, text, color=color, ha="center", va="center", fontsize=11)
    if framed:
        corner = (sizes.index(framed[1]) - 0.47, steps.index(framed[0]) - 0.47)
        axis.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=SPIKE, linewidth=3))
    axis.set_xticks(range(len(sizes)), [str(n) for n in sizes])
    axis.set_yticks(range(len(steps)), [str(t) for t in steps])
    axis.set(xlabel="neurons in the layer N [number]", ylabel="steps T [number]")
    bar = figure.colorbar(shown, ax=axis)
    ticks = [0.1, 0.3, 1, 3, 10]
    bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    bar.minorticks_off()
    bar.set_label("time LIF / time MPE [1]")
    axis.set_title(title, fontsize=11)
    return figure


def draw_surface(
    rows: Sequence[dict], seed: int, lif: str, mpe: str, direction: str
) -> tuple[Figure, str]:
    """The surface of two neurons, its largest cell framed, and the same in words.

    Args:
        rows: of :func:`mpe_lib.studies.scaling.harness.sweep`; an explorer wants
            ``functools.partial(draw_surface, rows)``.
        seed: not used, since nothing is timed anew: the rows are stored.
        lif, mpe: two neurons of the rows; the time of the first is divided by the second's.
        direction: "forward" or "forward + backward".

    Raises:
        ValueError: a neuron or a pass that is not in the rows.

    >>> cell = {"T": 4, "N": 8, "pass": "forward"}
    >>> rows = [cell | {"neuron": "a", "median_ms": 3}, cell | {"neuron": "b", "median_ms": 2}]
    >>> draw_surface(rows, 0, "a", "b", "forward")[1][:53]
    'forward, time of a over time of b: from 1.5 at T = 4,'
    """
    del seed
    there = sorted({row["neuron"] for row in rows if row["pass"] == direction})
    if not {lif, mpe} <= set(there):
        raise ValueError(
            f"expected two neurons that were timed, got {lif!r} and {mpe!r} with pass "
            f"{direction!r}: choose among {there}"
        )
    ratios = ratio(rows, lif, mpe, direction)
    largest, smallest = (choose(ratios, key=ratios.get) for choose in (max, min))
    figure = plot_surface(ratios, largest, f"{lif} against {mpe}, {direction}")
    faster = sum(value > 1 for value in ratios.values())
    return figure, (
        f"{direction}, time of {lif} over time of {mpe}: from {_at(ratios, smallest)} to "
        f"{_at(ratios, largest)} (framed); {mpe} is faster in {faster} of {len(ratios)} sizes."
    )


def _at(ratios: dict, cell: tuple[int, int]) -> str:
    return f"{_short(ratios[cell])} at T = {cell[0]}, N = {cell[1]}"


def _short(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"
