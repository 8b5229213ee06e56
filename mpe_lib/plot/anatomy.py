"""The estimate taken apart: the law of v, rates, errors, wrong spikes, and how to count them.

In all of them ``title`` is the message of the figure; inputs and potentials are in units of the
threshold, shares in [0, 1].
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from .base import ESTIMATE, EXACT, GRID, RESIDUAL, RULE_STYLES, SPIKE, THRESHOLD, key_below
from .base import new_figure as new

MARKS = {"linestyle": "", "markersize": 5, "markerfacecolor": "none"}
SILENT = {"color": "#CC79A7", "linestyle": ":", "marker": "x"}
PARTS = {  # of the error, from the floor up
    "no rule can know": {"color": "#BBBBBB", "hatch": ""},
    "bias": {"color": "#0072B2", "hatch": "//"},
    "draw": {"color": "#CC79A7", "hatch": ".."},
}


def plot_law(
    v: Tensor, panels: dict[float, tuple[float, Tensor, Tensor]], title: str = ""
) -> Figure:
    """Density of the potential on paper over a histogram, and its atom at 0 as a stem.

    Args:
        v: potentials up to the threshold ``[n]``.
        panels: decay -> (mass of the atom, density ``[n]``, simulated potentials ``[m]``).
    """
    figure, axes = new(1, len(panels), (7, 3.4), sharey=True, squeeze=False)
    top = max(density.max().item() for _, density, _ in panels.values())
    longest = max(rate for rate, _, _ in panels.values())
    for axis, (decay, (rate, density, drawn)) in zip(axes[0], panels.items(), strict=True):
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
        axis.set_title(f"decay {decay:g}", fontsize=10)
        axis.set_xlabel("potential v [threshold]")
    axes[0][0].set(ylabel="density [1 / threshold]", ylim=(0, 1.45 * top))
    key_below(figure, axes[0][0], title)
    return figure


def plot_predicted_rates(
    means: Tensor, panels: dict[float, dict[str, tuple[Tensor, Tensor]]], title: str = ""
) -> Figure:
    """Firing rates on paper (lines) and simulated (markers) over the mean of the input.

    Args:
        means: of the input ``[n]``.
        panels: decay -> {neuron: (on paper, simulated), each ``[n]``}.
    """
    figure, axes = new(1, len(panels), (7, 3.6), sharey=True, squeeze=False)
    for axis, (decay, lines) in zip(axes[0], panels.items(), strict=True):
        for name, (paper, drawn) in lines.items():
            style = RULE_STYLES[name]
            axis.plot(means, 100 * paper, **style, markersize=0, label=f"{name}, on paper")
            marks = MARKS | {"color": style["color"], "marker": style["marker"]}
            axis.plot(means, 100 * drawn, **marks, label=f"{name}, simulated")
        axis.set_title(f"decay {decay:g}", fontsize=10)
        axis.set_xlabel("input mean [threshold]")
    axes[0][0].set_ylabel("firing rate [% of steps]")
    handles, labels = axes[0][0].get_legend_handles_labels()
    pairs = [(handles[i], handles[i + 1]) for i in range(0, len(handles), 2)]
    names = [label.split(",")[0] for label in labels[::2]]
    figure.legend(pairs, names, loc="outside lower center", ncols=5, frameon=False)
    figure.suptitle(title, fontsize=11)
    return figure


def plot_split(
    means: Sequence[float], panels: dict[float, dict[str, Sequence]], title: str = ""
) -> Figure:
    """The mean square error of each rule in three parts, stacked, over the mean of the input.

    Args:
        means: of the input.
        panels: decay -> {rule: one (bias, variance, unknowable) for each mean}.
    """
    figure, axes = new(len(panels), 1, (7, 5.4), squeeze=False)
    for axis, (decay, rules) in zip(axes[:, 0], panels.items(), strict=True):
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
        axis.set_ylabel("mean square error\n[threshold²]")
        axis.set_title(f"decay {decay:g}", loc="left", fontsize=10, pad=18)
        axis.set_ylim(top=1.05 * axis.get_ylim()[1])
        for k, mean in enumerate(means):
            x = k * (len(rules) + 1) + (len(rules) - 1) / 2
            axis.text(x, 1.01, f"input mean {mean:g}", ha="center", transform=_above(axis))
    key_below(figure, axes[0][0], title)
    return figure


def plot_wrong(
    decays: Tensor, panels: dict[str, dict[str, tuple[Tensor, Tensor, Tensor]]], title: str = ""
) -> Figure:
    """Share of wrong steps over the decay: on paper, simulated, and to first order.

    Args:
        decays: factors kept per step ``[n]``.
        panels: input in words -> {rule: (on paper, simulated, first order), each ``[n]``}.
    """
    figure, axes = new(1, len(panels), (7, 3.8), squeeze=False)
    for axis, (words, rules) in zip(axes[0], panels.items(), strict=True):
        for name, (paper, drawn, first) in rules.items():
            style = RULE_STYLES[name]
            axis.plot(decays, 100 * paper, **style, markersize=0, label=f"{name}, on paper")
            marks = MARKS | {"color": style["color"], "marker": style["marker"]}
            axis.plot(decays, 100 * drawn, **marks, label="simulated")
            thin = {"color": style["color"], "linestyle": ":", "linewidth": 2}
            axis.plot(decays, 100 * first, **thin, label="first order")
        axis.set_ylim(0, 165 * max(paper.max().item() for paper, _, _ in rules.values()))
        axis.set_title(words, fontsize=10)
        axis.set(xlabel="decay per step [1]", ylabel="wrong spikes [% of steps]")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    figure.suptitle(title, fontsize=11)
    return figure


def plot_costs(
    guess: Tensor, costs: dict[str, Tensor], marks: dict[str, float], title: str = ""
) -> Figure:
    """What each guess costs at one input, counted in two ways; a ring on each lowest point.

    Args:
        guess: values of v_hat ``[n]``.
        costs: axis label -> cost ``[n]``.
        marks: three names -> a guess worth a line.
    """
    figure, axes = new(1, len(costs), (7, 3.4), squeeze=False)
    lines = (EXACT, ESTIMATE, {"color": GRID, "linestyle": "-.", "linewidth": 1.4})
    for axis, (label, cost) in zip(axes[0], costs.items(), strict=True):
        axis.plot(guess, cost, color="#009E73", linewidth=2.4, label="cost")
        for (name, at), style in zip(marks.items(), lines, strict=True):
            axis.axvline(at, **style, label=name)
        low = int(cost.argmin())
        ring = MARKS | {"marker": "o", "markersize": 11, "markeredgewidth": 2, "color": SPIKE}
        axis.plot(guess[low], cost[low], **ring, label="lowest")
        axis.set(xlabel="guess v_hat [threshold]", ylabel=label)
    key_below(figure, axes[0][0], title)
    return figure


def plot_best(x: Tensor, panels: dict[str, dict[str, Tensor]], title: str = "") -> Figure:
    """Rules as curves over the input: the mean of v, its median, and ``hard``.

    Args:
        x: inputs ``[n]``.
        panels: input in words -> {"mean": , "median": , "hard": , each ``[n]``}.
    """
    figure, axes = new(1, len(panels), (7, 3.4), sharey=True, squeeze=False)
    styles = {"mean": EXACT, "median": ESTIMATE | {"linewidth": 2.6}}
    styles["hard"] = RULE_STYLES["hard"] | {"markersize": 4, "markevery": 12, "linewidth": 1.2}
    for axis, (words, lines) in zip(axes[0], panels.items(), strict=True):
        for name, values in lines.items():
            label = name if name == "hard" else f"{name} of v given x"
            axis.plot(x, values, **styles[name], label=label)
        axis.axvline(1, **THRESHOLD)
        axis.set_title(words, fontsize=10)
        axis.set_xlabel("input x [threshold]")
    axes[0][0].set_ylabel("guess v_hat [threshold]")
    key_below(figure, axes[0][0], title)
    return figure


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
        limits: of each axis; a line that leaves them leaves the picture.
    """
    figure, axes = new(1, len(measures), (7, 3.6), squeeze=False)
    panels = zip(axes[0], measures.items(), limits, strict=True)
    for axis, (label, lines), ends in panels:
        for name, values in lines.items():
            style = RULE_STYLES.get(name, SILENT) | {"markersize": 4, "linewidth": 1.4}
            axis.plot(means, values, **style, label=name)
        axis.set(xlabel="input mean\n[threshold]", ylabel=label, ylim=ends)
    key_below(figure, axes[0][0], title)
    return figure


def _above(axis):
    """Places along x in data, along y in shares of the axis."""
    return axis.get_xaxis_transform()
