"""What every figure shares: its panels, the runs in them, and the key below."""

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .styles import ESTIMATE, EXACT, GRID, RULE_STYLES

__all__ = ["RULE_STYLES", "new_figure", "panels", "runs"]  # the first is only passed on

STRIP, PANELS = (7, 2.4), (7, 4.2)  # inches: one strip, three strips
STYLE = {
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "svg.hashsalt": "mpe",
    "svg.fonttype": "path",  # a page has its own fonts
}


def new_figure(rows: int = 1, columns: int = 1, size=STRIP, **kwargs):
    """(figure, axes) in the house style, without pyplot: nothing is kept open or global."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(rows, columns, **kwargs)
    return figure, axes


def panels(
    data: dict, words: str = "{}", size=STRIP, x: str = "", y: str = "", down=False, **grid
) -> tuple[Figure, list[tuple]]:
    """One panel for each key, titled with it: beside each other, or one below the other.

    Args:
        data: key -> what its panel shows.
        words: of a title, with ``{}`` for the key.
        size: of the figure, in inches.
        x, y: labels of the axes, with their units; where panels share an axis only the outer
            one has its label.
        down: one below the other.
        grid: for ``Figure.subplots``. The vertical axis is shared, or, down, the horizontal one.

    Returns:
        the figure, and for each panel (axis, key, value).

    >>> figure, each = panels({0.5: "a", 0.9: "b"}, "decay {:g}", x="time [step]", y="h [1]")
    >>> [(axis.get_title(), axis.get_ylabel(), key, value) for axis, key, value in each]
    [('decay 0.5', 'h [1]', 0.5, 'a'), ('decay 0.9', '', 0.9, 'b')]
    """
    shape, shared = ((len(data), 1), "sharex") if down else ((1, len(data)), "sharey")
    grid = {shared: True, "squeeze": False} | grid
    figure, axes = new_figure(*shape, size, **grid)
    axes = list(axes.flat)
    for axis, key in zip(axes, data, strict=True):
        axis.set_title(words.format(key), loc="left" if down else "center", fontsize=10)
        if axis is (axes[-1] if down else axes[0]) or not grid[shared]:
            axis.set(**{shared[-1] + "label": x if down else y})
        axis.set(**{"ylabel": y} if down else {"xlabel": x})
    return figure, list(zip(axes, data, data.values(), strict=True))


def runs(axis: Axes, values, style: dict, x=None, thin=0.0, area=0.0, **look) -> None:
    """The mean of several runs, over each of them as a thin line, or over their range.

    Args:
        values: ``[runs, points]``.
        style: of the mean; the runs have its colour.
        x: places of the points; counted from 1 where not given.
        thin, area: opacity of the runs, and of the area between the lowest and the highest.
        look: further settings of the mean.

    >>> axis = new_figure()[1]
    >>> runs(axis, [[1.0, 2.0], [3.0, 4.0]], RULE_STYLES["hard"], thin=0.6)
    >>> [line.get_ydata().tolist() for line in axis.lines]
    [[1.0, 2.0], [3.0, 4.0], [2.0, 3.0]]
    """
    values = np.asarray(values)
    x = np.arange(1, values.shape[1] + 1) if x is None else x
    if thin:
        axis.plot(x, values.T, color=style["color"], linewidth=0.6, alpha=thin)
    if area:
        low, high = values.min(0), values.max(0)
        axis.fill_between(x, low, high, color=style["color"], alpha=area, linewidth=0)
    axis.plot(x, values.mean(0), **style | look)


def dots(axis: Axes, groups: dict[str, Sequence[float]]) -> None:
    """One row for each group: every run as an open circle, the mean as a bar."""
    for k, values in enumerate(groups.values()):
        axis.plot(values, np.full(len(values), -k), "o", color=ESTIMATE["color"], mfc="none", ms=5)
        axis.plot([np.mean(values)] * 2, [-k - 0.3, -k + 0.3], color=EXACT["color"], linewidth=2)
    axis.set_yticks([-k for k in range(len(groups))], list(groups))
    axis.set_ylim(-len(groups) + 0.4, 0.6)


def current(axis: Axes, x) -> None:
    """The input ``[T]`` of a neuron, in units of the threshold."""
    axis.step(np.arange(len(x)), x, where="mid", color=GRID, linewidth=1.4)
    axis.set_ylabel("input\n[threshold]")


def mark_cuts(axis: Axes) -> None:
    """An arrow where a line leaves its panel at the top or bottom: it goes on, and is not drawn.

    >>> axis = new_figure()[1]
    >>> _ = axis.plot([0, 1, 2], [0, 1, 3]), axis.set(ylim=(-1, 2))
    >>> mark_cuts(axis)
    >>> [(line.get_marker(), *line.get_xydata()[0].tolist()) for line in axis.lines[1:]]
    [('^', 1.5, 2.0)]
    """
    for line in list(axis.lines):
        x, y = (np.asarray(each, dtype=float) for each in line.get_data())
        for limit, out, marker in zip(axis.get_ylim(), (np.less, np.greater), "v^", strict=True):
            left = out(y, limit)
            for k in np.flatnonzero(left[:-1] != left[1:]):
                place = x[k] + (limit - y[k]) / (y[k + 1] - y[k]) * (x[k + 1] - x[k])
                axis.plot(place, limit, marker, color=line.get_color(), ms=7, clip_on=False)


def log_axis(axis: Axes, ticks: Sequence, label: str = "") -> None:
    """A logarithmic horizontal axis with these ticks and no others."""
    axis.set(xscale="log", xlabel=label)
    axis.set_xticks(ticks, [str(each) for each in ticks])
    axis.minorticks_off()


def fixed(figure: Figure, *edges: float, **space: float) -> None:
    """Margins that are not worked out anew: a redraw must be quick."""
    figure.set_layout_engine(None)
    figure.subplots_adjust(*edges, **space)


def message(figure: Figure, title: str) -> Figure:
    """The message above all panels."""
    figure.suptitle(title, fontsize=11)
    return figure


def key_below(figure: Figure, title: str, axis: Axes | None = None, columns: int = 6) -> Figure:
    """One legend below all panels, of one of them (the first), and the message above them."""
    handles, labels = (axis or figure.axes[0]).get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)
    return message(figure, title)
