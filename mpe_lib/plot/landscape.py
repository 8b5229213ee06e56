"""The loss around trained networks: cuts, planes, widths and what one draw would say."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.figure import Figure

from ..results import store
from ..results.widths import LINE, cases, curvature, width
from . import base
from .styles import BLACK, BLUE, GREEN, GRID, ORANGE, SPIKE, THRESHOLD, style_of

SIZE = "size of the step [share of the filters]"
_rows = cache(lambda: store.read("landscape")["rows"])


def plot_cut(sizes: Sequence[float], losses: Sequence[float], rise: float, title: str) -> Figure:
    """One cut, the parabola that fits its middle, and the width at which it has risen."""
    figure, axis = base.new_figure(size=(7, 3.2))
    sizes, losses = np.asarray(sizes), np.asarray(losses)
    bend, wide = curvature(sizes, losses), width(sizes, losses, rise)
    near = np.abs(sizes) <= 0.5
    fit = np.polyval(np.polyfit(sizes[near], losses[near], 2), sizes[near])
    label = f"parabola for steps up to 0.5, c = {bend:.1f}"
    axis.plot(sizes, losses, **GREEN, label="loss along one direction", markersize=5)
    axis.plot(sizes[near], fit, color=SPIKE, linewidth=2.5, alpha=0.6, label=label)
    level = losses[np.abs(sizes).argmin()] + rise
    axis.axhline(level, **THRESHOLD)
    axis.annotate(f"{rise:g} nats higher", (-1, level), ha="left", va="bottom")
    for side in (-wide, wide):
        axis.axvline(side, color=GRID, linewidth=0.8)
    place = {"ha": "left", "va": "bottom", "color": "#4d4d4d"}
    axis.annotate(f" width {wide:.2f}", (wide, losses.min()), **place)
    axis.set(xlabel=SIZE, ylabel="loss [nats]")
    return base.key_below(figure, title)


def plot_scales(
    panels: dict[str, dict[float, Sequence[Sequence[float]]]], sizes: Sequence[float], title: str
) -> Figure:
    """Cuts through one function written with small and large filters.

    Args:
        panels: kind of direction -> scale of the filters -> losses of each cut.
    """
    figure, each = base.panels(panels, "{}", (7, 3.2), "size of the step [1]", "loss [nats]")
    styles = ORANGE, BLACK, BLUE
    for axis, _, cuts in each:
        for k, ((scale, losses), style) in enumerate(zip(cuts.items(), styles, strict=True)):
            look = {"label": f"filters x {scale:g}", "markersize": 5, "markevery": (k, 3)}
            axis.plot(sizes, np.mean(losses, 0), **style, **look)  # none hides another
    return base.key_below(figure, title)


def plot_planes(planes: dict[str, Sequence], sizes: Sequence[float], title: str) -> Figure:
    """The loss over two directions at once, one panel for each network, one scale of colours."""
    labels = {"x": "first direction [1]", "y": "second direction [1]"}
    figure, each = base.panels(planes, size=(7, 2.9), **labels)
    top = max(np.max(plane) for plane in planes.values())
    levels = np.arange(0, np.ceil(2 * top) / 2 + 0.01, 0.5)
    for axis, _, plane in each:
        shown = axis.contourf(sizes, sizes, plane, levels, cmap="cividis_r")
        axis.contour(sizes, sizes, plane, levels, colors="black", linewidths=0.4)
        axis.plot(0, 0, "+", color="black", markersize=8)
        axis.set_aspect("equal")
    figure.colorbar(shown, ax=figure.axes, shrink=0.85).set_label("loss [nats]")
    return base.message(figure, title)


def plot_cuts(cuts: dict[str, np.ndarray], sizes: Sequence[float], title: str) -> Figure:
    """Every cut of every network, thin, and the mean: one panel for each neuron, shared axes.

    Args:
        cuts: name -> losses ``[cuts, sizes]``.
    """
    figure, each = base.panels(cuts, "{}", (7, 2.9), "size of the step [1]", "loss [nats]")
    for axis, name, losses in each:
        look = {"linestyle": "-", "marker": "", "linewidth": 2.2}
        base.runs(axis, losses, style_of(name), sizes, thin=0.5, **look)
    return base.message(figure, title)


def plot_widths(panels: dict[str, dict[str, list[list[float]]]], title: str) -> Figure:
    """Every width: one row for each neuron, one marker for each training seed, one mark a cut."""
    figure, each = base.panels(panels, size=(7, 3.2), x="width [share of the filters]")
    looks = (("o", "#0072B2"), ("^", "#D55E00"), ("x", "#009E73"))
    for axis, _, by in each:
        for k, seeds in enumerate(by.values()):
            for j, (values, (mark, color)) in enumerate(zip(seeds, looks, strict=True)):
                place = np.full(len(values), -k + 0.22 * (1 - j))
                label = f"training seed {j}" if k == 0 else None
                axis.plot(values, place, mark, color=color, mfc="none", ms=6, label=label)
            middle = np.mean(seeds)
            axis.plot([middle] * 2, [-k - 0.38, -k + 0.38], color="#000000", linewidth=2)
        axis.set_yticks([-k for k in range(len(by))], list(by))
        axis.set_ylim(-len(by) + 0.4, 0.6)
    return base.key_below(figure, title)


def plot_pair_draws(differences: dict[str, Sequence[float]], title: str) -> Figure:
    """What one picture of two networks would say: all differences of widths, in order.

    Args:
        differences: name -> width of the one minus width of the other, one for each draw.
    """
    labels = "draws, in order [%]", "difference of widths\n[share of the filters]"
    figure, each = base.panels(differences, "{}", (7, 2.9), *labels)
    for axis, _, values in each:
        ordered = np.sort(values)
        place = 100 * (np.arange(len(ordered)) + 0.5) / len(ordered)
        up = ordered > 0
        axis.bar(place[~up], ordered[~up], 100 / len(ordered), color="#767676")
        axis.bar(place[up], ordered[up], 100 / len(ordered), color="#56B4E9", hatch="//", lw=0)
        axis.axhline(0, color="#000000", linewidth=1)
        axis.set_xlim(0, 100)
    return base.message(figure, title)


def plot_curves(panels: dict[str, dict[str, Sequence[Sequence[float]]]], title: str) -> Figure:
    """The training loss over the epochs: mean of the runs, and their range.

    Args:
        panels: question -> name of a rule -> one list over the epochs for each run.
    """
    figure, each = base.panels(panels, size=(7, 3.2), x="training time [epoch]", sharey=False)
    for axis, _, curves in each:
        for name, losses in curves.items():
            look = {"label": name, "markersize": 4, "markevery": 3}
            base.runs(axis, losses, style_of(name), area=0.2, **look)
        axis.set_ylim(bottom=0)
    figure.axes[0].set_ylabel("loss [nats]")
    return base.key_below(figure, title)


def draw_cuts(seed: int, direction: float, training: float, rise: float) -> tuple[Figure, str]:
    """The explorer: one stored cut through each network, and its width at this rise."""
    del seed  # nothing is drawn anew: the cuts are stored
    rows = [r for r in _rows() if (r["direction"], r["seed"]) == (direction, training)]
    figure, axis = base.new_figure(size=(7, 3.2))
    base.fixed(figure, 0.1, 0.32, 0.97, 0.9)
    wide = {}
    for name, (row,) in cases(rows).items():
        if name == "bernoulli, drawn":
            continue
        wide[name], style = width(LINE, row["loss"], rise), style_of(name)
        axis.plot(LINE, row["loss"], **style, label=name, markersize=4)
        level = row["loss"][len(LINE) // 2] + rise
        axis.plot([-wide[name], wide[name]], [level] * 2, "|", color=style["color"], ms=14)
    axis.set(xlabel=SIZE, ylabel="loss [nats]", ylim=(0, 4))
    axis.set_title("one direction, one training seed", fontsize=11)
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=3, frameon=False)
    flattest = max(wide, key=wide.get)
    words = ", ".join(f"{name} {value:.3f}" for name, value in wide.items())
    return figure, (
        f"direction {direction:g}, training seed {training:g}: width at a rise of {rise:g} nats "
        f"{words}; the flattest is {flattest}."
    )
