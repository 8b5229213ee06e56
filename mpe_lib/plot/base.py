"""What every figure shares: colours that colour-blind readers can tell apart, and `show`."""

from io import BytesIO

import matplotlib
from matplotlib.figure import Figure

# a colour never stands alone: each goes with a line style or a marker of its own
EXACT = {"color": "#000000", "linestyle": "-", "linewidth": 1.6}
ESTIMATE = {"color": "#0072B2", "linestyle": "--", "linewidth": 1.6}
NOTHING = {"color": "#767676", "linestyle": "-.", "linewidth": 1.4}
SPIKE, RESIDUAL, GRID = "#D55E00", "#CC79A7", "#767676"
THRESHOLD = {"color": GRID, "linestyle": ":", "linewidth": 1.2}
STRIP, PANELS = (7, 2.4), (7, 4.2)  # inches: one strip, three strips

# the rules, each with a colour, a line style and a marker; no two share any
RULE_STYLES = {
    "exact LIF": {"color": "#000000", "linestyle": "-", "marker": "o"},
    "bernoulli": {"color": "#0072B2", "linestyle": "--", "marker": "s"},
    "mean": {"color": "#009E73", "linestyle": (0, (5, 1, 1, 1)), "marker": "D"},
    "hard": {"color": "#D55E00", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "marker": "^"},
    "zero": {"color": "#767676", "linestyle": "-.", "marker": "v"},
}

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
}


def new_figure(rows: int = 1, columns: int = 1, size=STRIP, **kwargs):
    """(figure, axes) in the house style, without pyplot: nothing is kept open or global."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(rows, columns, **kwargs)
    return figure, axes


def key_below(figure: Figure, axis, title: str) -> None:
    """One legend below all panels, and the message above them."""
    handles, _ = axis.get_legend_handles_labels()
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
    figure.suptitle(title, fontsize=11)


def png(figure: Figure) -> bytes:
    """The picture of a figure, the same bytes each time."""
    buffer = BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
    return buffer.getvalue()


def show(figure: Figure, alt: str) -> None:
    """Display a figure with its text alternative, and print that text as "Figure: ...".

    Args:
        figure: made by a function of :mod:`mpe_lib.plot`.
        alt: one line with the rounded numbers that carry the message; nbval compares it,
            a screen reader reads it.

    Raises:
        ValueError: an empty text, or one of several lines.

    >>> show(new_figure()[0], "")
    Traceback (most recent call last):
    ...
    ValueError: alt must be one line that carries the figure's message, got '': say the numbers
    """
    from IPython.display import Image, display

    if not alt.strip() or "\n" in alt:
        raise ValueError(
            f"alt must be one line that carries the figure's message, got {alt!r}: say the numbers"
        )
    display(Image(png(figure), alt=alt))
    print(f"Figure: {alt}")  # noqa: T201
