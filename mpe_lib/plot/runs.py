"""The curves of training runs: the task loss and the accuracy on the validation part."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from . import base
from .styles import BLACK, BLUE, GREY, ORANGE, THRESHOLD, style_of


def plot_runs(
    groups: dict[str, list[dict]], title: str = "", chance: float | None = None
) -> Figure:
    """Two panels over the epochs; one thin line for each run, one style for each group.

    Args:
        groups: name -> rows with the lists ``task`` [nats] and ``validation`` [share]; at most
            four names. Names of neurons have the look that they have in all figures.
        chance: share that guessing gets, drawn dotted.
    """
    figure, axes = base.new_figure(1, 2, (7, 3.2))
    styles = [style_of(name, {}) for name in groups]
    if not all(styles) or any(styles.count(style) > 1 for style in styles):
        styles = BLACK, BLUE, ORANGE, GREY  # no neurons, or one neuron with and without sweeps
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
        axis.set_xlabel("training time [epoch]")
    axes[0].set_ylabel("task loss [nats]")
    axes[0].set_ylim(bottom=0)
    axes[1].set(ylabel="accuracy on the\nvalidation part [%]", ylim=(0, 102))
    if chance is not None:
        axes[1].axhline(100 * chance, **THRESHOLD)
    return base.key_below(figure, title)
