"""The curves of training runs: the task loss and the accuracy on the validation part."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .base import RULE_STYLES, THRESHOLD, key_below, new_figure

STYLES = (
    {"color": "#000000", "linestyle": "-", "marker": "o"},
    {"color": "#0072B2", "linestyle": "--", "marker": "s"},
    {"color": "#D55E00", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "marker": "^"},
    {"color": "#767676", "linestyle": "-.", "marker": "v"},
)


def plot_runs(
    groups: dict[str, list[dict]], title: str = "", chance: float | None = None
) -> Figure:
    """Two panels over the epochs; one thin line for each run, one style for each group.

    Args:
        groups: name -> rows with the lists ``task`` [nats] and ``validation`` [share]; at most
            four names. Names of neurons have the look that they have in all figures.
        title: the message of the figure.
        chance: share that guessing gets, drawn dotted.
    """
    figure, axes = new_figure(1, 2, (7, 3.2))
    known = all(name in RULE_STYLES for name in groups)
    styles = [RULE_STYLES[name] for name in groups] if known else STYLES
    for (name, rows), style in zip(groups.items(), styles, strict=False):
        for k, row in enumerate(rows):
            epochs = range(1, len(row["task"]) + 1)
            look = style | {"linewidth": 1.2, "markersize": 4}
            look["markevery"] = max(1, len(row["task"]) // 8)
            look["label"] = name if k == 0 else None
            axes[0].plot(epochs, row["task"], **look)
            axes[1].plot(epochs, [100 * each for each in row["validation"]], **look)
    for axis in axes:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes[0].set(xlabel="training time [epoch]", ylabel="task loss [nats]")
    axes[0].set_ylim(bottom=0)
    axes[1].set(
        xlabel="training time [epoch]", ylabel="accuracy on the\nvalidation part [%]", ylim=(0, 102)
    )
    if chance is not None:
        axes[1].axhline(100 * chance, **THRESHOLD)
    key_below(figure, axes[0], title)
    return figure
