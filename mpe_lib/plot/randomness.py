"""What a draw does to an accuracy, and what happens to a network whose neurons are swapped."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from . import base
from .styles import THRESHOLD, style_of


def plot_draws(
    panels: dict[str, Sequence[tuple[Sequence[float], float]]], title: str = ""
) -> Figure:
    """The accuracies of several runs of one and the same network, for each training seed.

    Args:
        panels: question -> for each network (accuracies of its runs, accuracy of its mean).
    """
    square = style_of("bernoulli") | {"linestyle": "", "markersize": 5, "mfc": "none"}
    bar = style_of("mean") | {"marker": "", "linewidth": 2}
    labels = {"x": "network, by its training seed [number]", "y": "test accuracy [%]"}
    figure, each = base.panels(panels, size=(7, 3.2), **labels)
    for axis, _, networks in each:
        for k, (runs, expected) in enumerate(networks):
            words = (None, None) if k else ("one run with the draw", "run as mean, no draw")
            place = k + np.linspace(-0.25, 0.25, len(runs))
            axis.plot(place, 100 * np.asarray(runs), **square, label=words[0])
            axis.plot([k - 0.35, k + 0.35], [100 * expected] * 2, **bar, label=words[1])
        axis.set_xticks(range(len(networks)), [str(k) for k in range(len(networks))])
    return base.key_below(figure, title)


def plot_spike_chance(
    x: Sequence[float], chances: dict[str, Sequence[float]], title: str = ""
) -> Figure:
    """Probability of a spike against the input of the step, one line for each rule.

    Args:
        x: input of the step, in units of the threshold.
        chances: rule -> probability at each x.
    """
    figure, axis = base.new_figure(size=(7, 3.0))
    for name, values in chances.items():
        style = style_of(name) | {"marker": "", "linewidth": 1.8, "drawstyle": "steps-mid"}
        axis.plot(x, values, **style, label=name)
    axis.fill_between(
        x, chances["bernoulli"], chances["mean"], color="#CC79A7", alpha=0.35, linewidth=0,
        step="mid", label="difference",
    )  # fmt: skip
    axis.axvline(1, **THRESHOLD)
    axis.set(xlabel="input x[t] [threshold]", ylabel="probability of a spike [1]")
    axis.set_ylim(-0.04, 1.1)
    return base.key_below(figure, title)


def plot_flips(
    panels: dict[str, tuple[Sequence[float], Sequence[float], Sequence[float]]],
    title: str = "",
) -> Figure:
    """How often another run answers otherwise, by the lead of the winner in the first run.

    Args:
        panels: question -> (leads in units of the noise, share of flips at each, predicted).
    """
    labels = {"x": "lead of the winner [noise]", "y": "other runs that\nanswer otherwise [%]"}
    figure, each = base.panels(panels, size=(7, 3.2), **labels)
    for axis, _, (leads, shares, expected) in each:
        style = style_of("bernoulli") | {"linestyle": ""}
        axis.plot(leads, 100 * np.asarray(shares), **style, label="measured")
        axis.plot(leads, 100 * np.asarray(expected), "k:", label="predicted from the noise")
        axis.axhline(0, color="#767676", linewidth=0.8)
    return base.key_below(figure, title)


def plot_swaps(
    panels: dict[str, np.ndarray], trained: Sequence[str], run_as: Sequence[str], title: str = ""
) -> Figure:
    """Accuracy of each network (row) under each neuron (column), as a map with its numbers.

    Args:
        panels: question -> ``[trained, run_as]``, the mean over seeds.
        trained, run_as: names of the rows and columns; where they agree a frame is drawn.
    """
    labels = {"x": "run as [neuron]", "y": "trained with [neuron]"}
    figure, each = base.panels(panels, size=(7, 3.7), **labels)
    for axis, _, values in each:
        percent = 100 * np.asarray(values)
        image = axis.imshow(percent, cmap="cividis", vmin=0, vmax=100, aspect="auto")
        for (row, column), value in np.ndenumerate(percent):
            colour = "#000000" if value > 55 else "#FFFFFF"
            axis.text(column, row, f"{value:.0f}", color=colour, ha="center", va="center")
            if trained[row] == run_as[column]:
                edge = {"fill": False, "edgecolor": "#D55E00", "linewidth": 2.2}
                axis.add_patch(Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, **edge))
        axis.set_xticks(range(len(run_as)), run_as, rotation=35, ha="right")
        axis.set_yticks(range(len(trained)), trained)
    figure.colorbar(image, ax=figure.axes, label="test accuracy [%]")
    return base.message(figure, title)


def plot_recalibrated(
    panels: dict[str, dict[str, tuple[Sequence[float], Sequence[float], Sequence[float]]]],
    title: str = "",
) -> Figure:
    """Own neuron, exact LIF, and exact LIF with statistics measured anew; a line for each run.

    Args:
        panels: question -> {trained with: (own, exact, exact recalibrated), each by seed}.
    """
    labels = {"x": "run as [neuron]", "y": "test accuracy [%]"}
    figure, each = base.panels(panels, size=(7, 3.4), **labels)
    for axis, _, lines in each:
        for name, three in lines.items():
            percent, look = 100 * np.transpose(three), {"linewidth": 1.8, "label": name}
            base.runs(axis, percent, style_of(name), range(3), thin=0.6, **look)
        axis.set_xticks(range(3), ["own\nneuron", "exact\nLIF", "exact,\nrecalibr."])
        axis.set_ylim(0, 102)
    return base.key_below(figure, title)


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
    """
    labels = {"x": "sweeps in evaluation [number]", "y": "test accuracy [%]"}
    figure, each = base.panels(panels, size=(7, 3.2), **labels)
    places = range(len(sweeps))
    for axis, question, lines in each:
        for name, values in lines.items():
            look = {"linewidth": 1.8, "label": f"trained with {name}"}
            base.runs(axis, 100 * np.transpose(values), style_of(name), places, thin=0.6, **look)
        axis.axhline(100 * chance[question], **THRESHOLD, label="chance")
        axis.set_xticks(places, sweeps)
        axis.set_ylim(0, 102)
    return base.key_below(figure, title)
