"""The estimate taken apart: the law of v, rates, errors, wrong spikes, and how to count them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from . import base
from .styles import (
    ESTIMATE,
    EXACT,
    GRID,
    PARTS,
    RESIDUAL,
    RULE_STYLES,
    SILENT,
    SPIKE,
    THRESHOLD,
    style_of,
)

RINGS = {"linestyle": "", "markersize": 5, "markerfacecolor": "none"}


def plot_law(
    v: Tensor, panels: dict[float, tuple[float, Tensor, Tensor]], title: str = ""
) -> Figure:
    """Density of the potential on paper over a histogram, and its atom at 0 as a stem.

    Args:
        v: potentials up to the threshold ``[n]``.
        panels: decay -> (mass of the atom, density ``[n]``, simulated potentials ``[m]``).
    """
    x, y = "potential v [threshold]", "density [1 / threshold]"
    figure, each = base.panels(panels, "decay {:g}", (7, 3.4), x, y)
    top = max(density.max().item() for _, density, _ in panels.values())
    longest = max(rate for rate, _, _ in panels.values())
    for axis, _, (rate, density, drawn) in each:
        values, edges = drawn[drawn != 0].numpy(), np.linspace(v[0].item(), v[-1].item(), 61)
        counts = np.histogram(values, edges)[0] / drawn.numel() / np.diff(edges)
        bars = {"fill": True, "color": RESIDUAL, "alpha": 0.4, "label": "simulated"}
        axis.stairs(counts, edges, **bars)
        axis.plot(v, density, **EXACT, label="density, on paper")
        stem = {"color": SPIKE, "marker": "o", "markevery": [1], "linewidth": 2.4}
        tip = 1.35 * top * rate / longest  # stems compare between panels, not with the density
        axis.plot([0, 0], [0, tip], **stem, label="atom at v = 0")
        axis.text(-0.08, tip, f"{100 * rate:.0f} % at 0", ha="right", va="center")
        axis.axvline(1, **THRESHOLD)
    axis.set_ylim(0, 1.45 * top)
    return base.key_below(figure, title)


def plot_predicted_rates(
    means: Tensor, panels: dict[float, dict[str, tuple[Tensor, Tensor]]], title: str = ""
) -> Figure:
    """Firing rates on paper (lines) and simulated (markers) over the mean of the input.

    Args:
        means: of the input ``[n]``.
        panels: decay -> {neuron: (on paper, simulated), each ``[n]``}.
    """
    x, y = "input mean [threshold]", "firing rate [% of steps]"
    figure, each = base.panels(panels, "decay {:g}", (7, 3.6), x, y)
    for axis, _, lines in each:
        for name, (paper, drawn) in lines.items():
            _paper_and_drawn(axis, means, paper, drawn, name, f"{name}, simulated")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    pairs = list(zip(handles[::2], handles[1::2], strict=True))
    names = [label.split(",")[0] for label in labels[::2]]
    figure.legend(pairs, names, loc="outside lower center", ncols=5, frameon=False)
    return base.message(figure, title)


def plot_split(
    means: Sequence[float], panels: dict[float, dict[str, Sequence]], title: str = ""
) -> Figure:
    """The mean square error of each rule in three parts, stacked, over the mean of the input.

    Args:
        means: of the input.
        panels: decay -> {rule: one (bias, variance, unknowable) for each mean}.
    """
    y = "mean square error\n[threshold²]"
    figure, each = base.panels(panels, "decay {:g}", (7, 5.4), y=y, down=True, sharex=False)
    for axis, _, rules in each:
        places, names = [], []
        for k, (rule, splits) in enumerate(rules.items()):
            at = np.arange(len(means)) * (len(rules) + 1) + k
            bias, variance, floor = np.asarray(splits, dtype=float).T
            below = np.zeros(len(means))
            for values, (part, style) in zip((floor, bias, variance), PARTS.items(), strict=True):
                label = None if k else part
                edge = {"edgecolor": "white", "linewidth": 0.5, "width": 0.85}
                axis.bar(at, values, bottom=below, **style, **edge, label=label)
                below = below + values
            places.extend(at)
            names.extend([rule[:4] + "." if len(rule) > 4 else rule] * len(means))
        axis.set_xticks(places, names, rotation=90)
        axis.set_title(axis.get_title("left"), loc="left", fontsize=10, pad=18)
        axis.set_ylim(top=1.05 * axis.get_ylim()[1])
        for k, mean in enumerate(means):
            place = (k * (len(rules) + 1) + (len(rules) - 1) / 2, 1.01)  # in data, in shares
            above = {"ha": "center", "transform": axis.get_xaxis_transform()}
            axis.text(*place, f"input mean {mean:g}", **above)
    return base.key_below(figure, title)


def plot_wrong(
    decays: Tensor, panels: dict[str, dict[str, tuple[Tensor, Tensor, Tensor]]], title: str = ""
) -> Figure:
    """Share of wrong steps over the decay: on paper, simulated, and to first order.

    Args:
        decays: factors kept per step ``[n]``.
        panels: input in words -> {rule: (on paper, simulated, first order), each ``[n]``}.
    """
    labels = {"x": "decay per step [1]", "y": "wrong spikes [% of steps]"}
    figure, each = base.panels(panels, size=(7, 3.8), sharey=False, **labels)
    for axis, _, rules in each:
        for name, (paper, drawn, first) in rules.items():
            _paper_and_drawn(axis, decays, paper, drawn, name, "simulated")
            thin = {"color": style_of(name)["color"], "linestyle": ":", "linewidth": 2}
            axis.plot(decays, 100 * first, **thin, label="first order")
        axis.set_ylim(0, 165 * max(paper.max().item() for paper, _, _ in rules.values()))
    return base.key_below(figure, title, columns=2)


def plot_costs(
    guess: Tensor, costs: dict[str, Tensor], marks: dict[str, float], title: str = ""
) -> Figure:
    """What each guess costs at one input, counted in two ways; a ring on each lowest point.

    Args:
        guess: values of v_hat ``[n]``.
        costs: axis label -> cost ``[n]``.
        marks: three names -> a guess worth a line.
    """
    figure, axes = base.new_figure(1, len(costs), (7, 3.4), squeeze=False)
    lines = (EXACT, ESTIMATE, {"color": GRID, "linestyle": "-.", "linewidth": 1.4})
    for axis, (label, cost) in zip(axes[0], costs.items(), strict=True):
        axis.plot(guess, cost, color="#009E73", linewidth=2.4, label="cost")
        for (name, at), style in zip(marks.items(), lines, strict=True):
            axis.axvline(at, **style, label=name)
        low = int(cost.argmin())
        ring = RINGS | {"marker": "o", "markersize": 11, "markeredgewidth": 2, "color": SPIKE}
        axis.plot(guess[low], cost[low], **ring, label="lowest")
        axis.set(xlabel="guess v_hat [threshold]", ylabel=label)
    return base.key_below(figure, title)


def plot_best(x: Tensor, panels: dict[str, dict[str, Tensor]], title: str = "") -> Figure:
    """Rules as curves over the input: the mean of v, its median, and ``hard``.

    Args:
        x: inputs ``[n]``.
        panels: input in words -> {"mean": , "median": , "hard": , each ``[n]``}.
    """
    labels = {"x": "input x [threshold]", "y": "guess v_hat [threshold]"}
    figure, each = base.panels(panels, size=(7, 3.4), **labels)
    styles = {"mean": EXACT, "median": ESTIMATE | {"linewidth": 2.6}}
    styles["hard"] = RULE_STYLES["hard"] | {"markersize": 4, "markevery": 12, "linewidth": 1.2}
    for axis, _, lines in each:
        for name, values in lines.items():
            label = name if name == "hard" else f"{name} of v given x"
            axis.plot(x, values, **styles[name], label=label)
        axis.axvline(1, **THRESHOLD)
    return base.key_below(figure, title)


def plot_measures(
    means: Tensor,
    measures: dict[str, dict[str, Tensor]],
    limits: Sequence[tuple[float, float]],
    title: str = "",
) -> Figure:
    """The same spike trains under several measures, over the mean of the input.

    Args:
        means: of the input ``[n]``.
        measures: axis label -> {rule, or "never fires": values ``[n]``}.
        limits: of each axis; an arrow marks where a line leaves them.
    """
    figure, axes = base.new_figure(1, len(measures), (7, 3.6), squeeze=False)
    for axis, (label, lines), ends in zip(axes[0], measures.items(), limits, strict=True):
        for name, values in lines.items():
            style = style_of(name, SILENT) | {"markersize": 4, "linewidth": 1.4}
            axis.plot(means, values, **style, label=name)
        axis.set(xlabel="input mean\n[threshold]", ylabel=label, ylim=ends)
        base.mark_cuts(axis)
    return base.key_below(figure, title)


def _paper_and_drawn(axis, x, paper: Tensor, drawn: Tensor, name: str, simulated: str) -> None:
    """Shares on paper as the rule's line, simulated as its markers, in percent."""
    style = style_of(name)
    axis.plot(x, 100 * paper, **style, markersize=0, label=f"{name}, on paper")
    marks = RINGS | {"color": style["color"], "marker": style["marker"]}
    axis.plot(x, 100 * drawn, **marks, label=simulated)
