"""What a draw does to an accuracy, and what happens to a network whose neurons are swapped.

In all of them ``title`` is the message of the figure; shares come in and percent is drawn.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .base import RULE_STYLES, THRESHOLD, key_below, new_figure


def plot_draws(
    panels: dict[str, Sequence[tuple[Sequence[float], float]]], title: str = ""
) -> Figure:
    """The accuracies of several runs of one and the same network, for each training seed.

    Args:
        panels: question -> for each network (accuracies of its runs, accuracy of its mean).
    """
    figure, axes = new_figure(1, len(panels), (7, 3.2), sharey=True, squeeze=False)
    for axis, (question, networks) in zip(axes[0], panels.items(), strict=True):
        for k, (runs, expected) in enumerate(networks):
            percent = 100 * np.asarray(runs)
            place = k + np.linspace(-0.25, 0.25, len(percent))
            style = {"color": RULE_STYLES["bernoulli"]["color"], "mfc": "none"}
            label = "one run with the draw" if k == 0 else None
            axis.plot(place, percent, "s", markersize=5, label=label, **style)
            axis.plot(
                [k - 0.35, k + 0.35], [100 * expected] * 2, linewidth=2,
                **{key: RULE_STYLES["mean"][key] for key in ("color", "linestyle")},
                label="run as mean, no draw" if k == 0 else None,
            )  # fmt: skip
        axis.set_xticks(range(len(networks)), [str(k) for k in range(len(networks))])
        axis.set(xlabel="network, by its training seed [number]")
        axis.set_title(question, fontsize=10)
    axes[0][0].set_ylabel("test accuracy [%]")
    key_below(figure, axes[0][0], title)
    return figure


def plot_spike_chance(
    x: Sequence[float], chances: dict[str, Sequence[float]], threshold: float = 1.0, title: str = ""
) -> Figure:
    """Probability of a spike against the input of the step, one line for each rule.

    Args:
        x: input of the step, in units of the threshold.
        chances: rule -> probability at each x.
        threshold: drawn dotted.
    """
    figure, axis = new_figure(size=(7, 3.0))
    for name, values in chances.items():
        style = RULE_STYLES[name] | {"marker": "", "linewidth": 1.8, "drawstyle": "steps-mid"}
        axis.plot(x, values, **style, label=name)
    axis.fill_between(
        x, chances["bernoulli"], chances["mean"], color="#CC79A7", alpha=0.35, linewidth=0,
        step="mid", label="difference",
    )  # fmt: skip
    axis.axvline(threshold, **THRESHOLD)
    axis.set(
        xlabel="input x[t] [threshold]", ylabel="probability of a spike [1]", ylim=(-0.04, 1.1)
    )
    key_below(figure, axis, title)
    return figure


def plot_flips(
    panels: dict[str, tuple[Sequence[float], Sequence[float], Sequence[float]]],
    title: str = "",
) -> Figure:
    """How often another run answers otherwise, by the lead of the winner in the first run.

    Args:
        panels: question -> (leads in units of the noise, share of flips at each, predicted).
    """
    figure, axes = new_figure(1, len(panels), (7, 3.2), sharey=True, squeeze=False)
    for axis, (question, (leads, shares, expected)) in zip(axes[0], panels.items(), strict=True):
        style = {"color": RULE_STYLES["bernoulli"]["color"], "linestyle": "", "marker": "s"}
        axis.plot(leads, 100 * np.asarray(shares), **style, label="measured")
        axis.plot(leads, 100 * np.asarray(expected), "k:", label="predicted from the noise")
        axis.axhline(0, color="#767676", linewidth=0.8)
        axis.set(xlabel="lead of the winner [noise]")
        axis.set_title(question, fontsize=10)
    axes[0][0].set_ylabel("other runs that\nanswer otherwise [%]")
    key_below(figure, axes[0][0], title)
    return figure


def plot_swaps(
    panels: dict[str, np.ndarray], trained: Sequence[str], run_as: Sequence[str], title: str = ""
) -> Figure:
    """Accuracy of each network (row) under each neuron (column), as a map with its numbers.

    Args:
        panels: question -> ``[trained, run_as]``, the mean over seeds.
        trained, run_as: names of the rows and columns; where they agree a frame is drawn.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.7), sharey=True, squeeze=False)
    for axis, (question, values) in zip(axes[0], panels.items(), strict=True):
        percent = 100 * np.asarray(values)
        image = axis.imshow(percent, cmap="cividis", vmin=0, vmax=100, aspect="auto")
        for (row, column), value in np.ndenumerate(percent):
            colour = "#000000" if value > 55 else "#FFFFFF"
            axis.text(column, row, f"{value:.0f}", color=colour, ha="center", va="center")
            if trained[row] == run_as[column]:
                edge = {"fill": False, "edgecolor": "#D55E00", "linewidth": 2.2}
                axis.add_patch(_square(column, row, edge))
        axis.set_xticks(range(len(run_as)), run_as, rotation=35, ha="right")
        axis.set_yticks(range(len(trained)), trained)
        axis.set_xlabel("run as [neuron]")
        axis.set_title(question, fontsize=10)
    axes[0][0].set_ylabel("trained with [neuron]")
    figure.colorbar(image, ax=list(axes[0]), label="test accuracy [%]")
    figure.suptitle(title, fontsize=11)
    return figure


def plot_recalibrated(
    panels: dict[str, dict[str, tuple[Sequence[float], Sequence[float], Sequence[float]]]],
    title: str = "",
) -> Figure:
    """Own neuron, exact LIF, and exact LIF with statistics measured anew; a line for each run.

    Args:
        panels: question -> {trained with: (own, exact, exact recalibrated), each by seed}.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.4), sharey=True, squeeze=False)
    for axis, (question, lines) in zip(axes[0], panels.items(), strict=True):
        for name, three in lines.items():
            percent = 100 * np.asarray(three)  # [3, seeds]
            style = RULE_STYLES[name]
            axis.plot(range(3), percent, color=style["color"], linewidth=0.6, alpha=0.6)
            axis.plot(range(3), percent.mean(1), **style, linewidth=1.8, label=name)
        axis.set_xticks(range(3), ["own\nneuron", "exact\nLIF", "exact,\nrecalibr."])
        axis.set_title(question, fontsize=10)
        axis.set_xlabel("run as [neuron]")
        axis.set_ylim(0, 102)
    axes[0][0].set_ylabel("test accuracy [%]")
    key_below(figure, axes[0][0], title)
    return figure


def plot_bridge(
    panels: dict[str, dict[str, Sequence[Sequence[float]]]],
    sweeps: Sequence[str],
    chance: dict[str, float],
    title: str = "",
) -> Figure:
    """Accuracy of a network whose own neuron is refined, sweep by sweep, up to exact LIF.

    Args:
        panels: question -> {trained with: one list over the seeds for each number of sweeps}.
        sweeps: names of the places on the axis, the last one "exact".
        chance: question -> share that guessing gets, drawn dotted.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.2), sharey=True, squeeze=False)
    for axis, (question, lines) in zip(axes[0], panels.items(), strict=True):
        for name, values in lines.items():
            percent = 100 * np.asarray(values)  # [sweeps, seeds]
            style = RULE_STYLES[name]
            axis.plot(percent, color=style["color"], linewidth=0.6, alpha=0.6)
            axis.plot(percent.mean(1), **style, linewidth=1.8, label=f"trained with {name}")
        axis.axhline(100 * chance[question], **THRESHOLD, label="chance")
        axis.set_xticks(range(len(sweeps)), sweeps)
        axis.set(xlabel="sweeps in evaluation [number]", ylim=(0, 102))
        axis.set_title(question, fontsize=10)
    axes[0][0].set_ylabel("test accuracy [%]")
    key_below(figure, axes[0][0], title)
    return figure


def _square(column: int, row: int, edge: dict):
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, **edge)
