"""How often an estimate and the exact LIF differ, over inputs, decays and sweeps."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import base
from .styles import THRESHOLD, style_of


def plot_errors(
    means: Sequence[float],
    panels: dict[tuple[float, float], dict[str, tuple[Sequence, Sequence]]],
    title: str = "",
) -> Figure:
    """Extra spikes upwards and missed ones downwards, against the mean of the input.

    Args:
        means: of the input, in units of the threshold.
        panels: (decay, spread) -> {rule: (missed, extra)}, each a share of all steps.
    """
    decays, spreads = (sorted({key[i] for key in panels}) for i in (0, 1))
    grid = {"sharex": True, "sharey": "row", "squeeze": False}
    figure, axes = base.new_figure(len(decays), len(spreads), (7, 4.6), **grid)
    for (decay, spread), lines in panels.items():
        axis = axes[decays.index(decay)][spreads.index(spread)]
        for name, (missed, extra) in lines.items():
            style = style_of(name) | {"markersize": 4, "linewidth": 1.3}
            axis.plot(means, 100 * np.asarray(extra), **style, label=name)
            axis.plot(means, -100 * np.asarray(missed), **style)
        axis.axhline(0, color="#000000", linewidth=0.8)
        axis.set_title(f"decay {decay:g}, spread {spread:g}", fontsize=10)
    for row in axes:
        row[0].set_ylabel("missed | extra\n[% of steps]")
        row[0].yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    for axis in axes[-1]:
        axis.set_xlabel("input mean [threshold]")
    return base.key_below(figure, title)


def plot_agreement(
    means: Sequence[float], wrong: dict[float, dict[str, Sequence[float]]], title: str = ""
) -> Figure:
    """Equal steps, and below them the share of zero's disagreements that each rule removes.

    Args:
        means: of the input, in units of the threshold.
        wrong: decay -> {rule: share of steps that disagree with exact LIF}, "zero" among them.
    """
    grid = {"sharex": True, "sharey": "row", "squeeze": False}
    figure, axes = base.new_figure(2, len(wrong), (7, 5), **grid)
    for column, (decay, rules) in zip(axes.T, wrong.items(), strict=True):
        nothing = np.asarray(rules["zero"])
        for name, values in rules.items():
            style = style_of(name) | {"markersize": 4}
            column[0].plot(means, 100 * (1 - np.asarray(values)), **style, label=name)
            column[1].plot(means, 100 * (1 - np.asarray(values) / nothing), **style)
        column[0].set_title(f"decay {decay:g}", fontsize=10)
        column[1].set(ylim=(-150, 105), xlabel="input mean [threshold]")
        base.mark_cuts(column[1])
    axes[0][0].set(ylim=(0, 104), ylabel="equal steps [%]")
    axes[1][0].set_ylabel("removed of zero's\ndisagreements [%]")
    return base.key_below(figure, title)


def plot_map(
    means: Sequence[float],
    spreads: Sequence[float],
    worse: dict[float, np.ndarray],
    title: str = "",
) -> Figure:
    """How many more steps a rule gets wrong than no memory; hatched: worse by 0.1 % or more.

    Args:
        means, spreads: of the input, in units of the threshold.
        worse: decay -> ``[means, spreads]``, share of steps wrong minus that of zero.
    """
    x, y = "input mean [threshold]", "input spread [threshold]"
    figure, each = base.panels(worse, "decay {:g}", (7, 3.4), x, y)
    means, spreads = np.asarray(means), np.asarray(spreads)
    limit = 100 * max(np.abs(values).max() for values in worse.values())
    for axis, _, values in each:
        percent = 100 * np.asarray(values).T  # [spreads, means]
        colours = {"cmap": "PuOr_r", "vmin": -limit, "vmax": limit, "shading": "gouraud"}
        mesh = axis.pcolormesh(means, spreads, percent, **colours)
        axis.contourf(means, spreads, percent, [0.1, limit + 1], colors="none", hatches=["///"])
        axis.contour(means, spreads, percent, [0.1], colors="#000000", linewidths=1.4)
        axis.axvline(1, **THRESHOLD)
    figure.colorbar(mesh, ax=figure.axes, label="wrong, beyond zero's\n[% of steps]")
    return base.message(figure, title)


def plot_same_rate(
    spreads: Sequence[float],
    rates: dict[str, Sequence[float]],
    missed: dict[str, Sequence[float]],
    title: str = "",
) -> Figure:
    """Firing rates, and below them the share of the exact neuron's spikes that are missed.

    Args:
        spreads: of the input, in units of the threshold.
        rates: neuron -> share of steps with a spike.
        missed: rule -> share of the exact spikes that it misses.
    """
    figure, axes = base.new_figure(2, 1, (7, 4.6), sharex=True)
    gap = np.abs(np.asarray(rates["bernoulli"]) - np.asarray(rates["exact LIF"]))
    for axis, lines in zip(axes, (rates, missed), strict=True):
        axis.axvline(spreads[int(gap.argmin())], **THRESHOLD)
        for name, values in lines.items():
            style = style_of(name) | {"markersize": 4, "label": name}
            axis.plot(spreads, 100 * np.asarray(values), **style)
    axes[0].set_ylabel("firing rate\n[% of steps]")
    axes[1].set(ylabel="missed [% of\nexact spikes]", xlabel="input spread [threshold]")
    axes[1].set_ylim(0, 104)
    return base.key_below(figure, title)


def plot_sweeps(wrong: dict[str, np.ndarray], title: str = "") -> Figure:
    """Share of neurons that are wrong at each step, after each number of sweeps.

    Args:
        wrong: starting guess -> ``[sweeps, T]``, shares in [0, 1].
    """
    words = {"words": "first guess: {}", "x": "time [step]", "y": "sweeps\n[number]"}
    figure, each = base.panels(wrong, size=(7, 0.8 + 1.8 * len(wrong)), down=True, **words)
    top = 100 * max(values.max() for values in wrong.values())
    for axis, _, values in each:
        image = axis.imshow(100 * values, cmap="cividis", vmin=0, vmax=top, aspect="auto")
        stairs = np.append(np.arange(len(values)), len(values) - 1)
        edge = {"where": "pre", "color": "#FFFFFF", "linewidth": 2, "linestyle": "--"}
        axis.step(stairs + 0.5, np.arange(len(stairs)) - 0.5, **edge)
        axis.set(yticks=range(0, len(values), 2))
    figure.colorbar(image, ax=figure.axes, label="neurons wrong [%]")
    return base.message(figure, title)
