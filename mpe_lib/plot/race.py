"""Spikes that race along the edges of a graph, and what learned delays are worth."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from . import base
from .styles import ESTIMATE, EXACT, GRID, NOTHING, SPIKE, THRESHOLD

WON = EXACT | {"linewidth": 2.2}
LATE = {"color": GRID, "linestyle": "--", "linewidth": 1.2}


def plot_race(
    edges: Tensor,
    delays: Tensor,
    arrival: Sequence[float],
    lengths: Sequence[float],
    hops: Sequence[float],
    places: Sequence[tuple[float, float]],
    title: str = "",
) -> Figure:
    """A graph with the first spike of each node, and below it all spikes that arrive, in time.

    Args:
        edges, delays: from, to ``[2, E]``, and steps ``[E]``.
        arrival: first spike of each node, inf for none.
        lengths: of the shortest path to each node, as another method finds it.
        hops: the number of edges to each node, which is all that a race without delays sees.
        places: of the nodes in the picture.
    """
    figure, (graph, time) = base.new_figure(2, 1, (7, 6.4), height_ratios=(1.9, 1))
    names = [chr(ord("A") + k) for k in range(len(places))]
    xs, ys = zip(*places, strict=True)
    won = [arrival[u] + d == arrival[v] for u, v, d in _links(edges, delays)]
    for (u, v, d), first in zip(_links(edges, delays), won, strict=True):
        _edge(graph, places[u], places[v], d, WON if first else LATE)
    for k, (x, y) in enumerate(places):
        there = np.isfinite(arrival[k])
        face = "white" if there else "#dddddd"
        graph.plot(x, y, "o", ms=23, mfc=face, mec=SPIKE if there else GRID, mew=1.8, zorder=3)
        graph.annotate(names[k], (x, y), ha="center", va="center", weight="bold", zorder=4)
        words = f"{_said(arrival[k])} | {_said(lengths[k])} | {_said(hops[k])}"
        up = 1 if y > np.mean(ys) else -1  # away from the middle, where the edges are
        graph.annotate(words, (x, y + 0.42 * up), ha="center", va="center", zorder=4)
    graph.set(xlim=(min(xs) - 0.6, max(xs) + 0.6), ylim=(min(ys) - 0.6, max(ys) + 0.6))
    graph.set_title("at a node: first spike | Dijkstra [step] | edges away [number]", fontsize=10)
    graph.axis("off")
    _arrivals(time, names, edges, delays, arrival)
    return base.key_below(figure, title, axis=time, columns=2)


def _links(edges: Tensor, delays: Tensor) -> list[tuple[int, int, int]]:
    return list(zip(*edges.tolist(), delays.tolist(), strict=True))


def _said(steps: float) -> str:
    return f"{steps:.0f}" if np.isfinite(steps) else "none"


def _edge(axis: Axes, start, end, delay: int, style: dict) -> None:
    """An arrow, bent a little, with its delay beside the middle."""
    look = {"arrowstyle": "-|>", "color": style["color"], "linestyle": style["linestyle"]}
    look |= {"linewidth": style["linewidth"], "shrinkA": 13, "shrinkB": 13, "mutation_scale": 13}
    axis.annotate("", end, start, arrowprops=look | {"connectionstyle": "arc3,rad=0.12"})
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2 + 0.09 * (y1 - y0), (y0 + y1) / 2 - 0.09 * (x1 - x0)
    axis.annotate(str(delay), middle, ha="center", va="center", color=style["color"],
                  bbox={"fc": "white", "ec": "none", "pad": 0.6})  # fmt: skip


def _arrivals(axis: Axes, names, edges, delays, arrival) -> None:
    """Every spike that reaches a node: the first, which fires it, and those that come later."""
    firsts = [(t, k) for k, t in enumerate(arrival) if np.isfinite(t)]
    reached = [(arrival[u] + d, v) for u, v, d in _links(edges, delays) if np.isfinite(arrival[u])]
    later = [(t, v) for t, v in reached if t > arrival[v]]
    axis.plot(
        [t for t, _ in later],
        [v for _, v in later],
        "x",
        color=GRID,
        ms=7,
        mew=1.6,
        label="a later one",
    )
    axis.plot(
        [t for t, _ in firsts],
        [v for _, v in firsts],
        "o",
        color=SPIKE,
        ms=7,
        label="first spike: it fires",
    )
    axis.set_yticks(range(len(names)), names)
    axis.set(ylim=(len(names) - 0.5, -0.5), xlabel="time [step]", ylabel="node")
    axis.grid(axis="y", color=GRID, alpha=0.25, linewidth=0.6)


def plot_areas(
    groups: Mapping[int, Mapping[str, Sequence[float]]],
    hops: Sequence[float],
    title: str = "",
) -> Figure:
    """AUROC of near and far nodes by what the delays are, one panel for each size of a node.

    Args:
        groups: neurons of a node -> what its delays are -> AUROC, one for each seed.
        hops: AUROC of the number of edges, one for each seed; their mean is drawn.
    """
    figure, each = base.panels(groups, "{} neurons a node", (7, 2.9), x="AUROC [1]")
    for axis, _, lines in each:
        base.dots(axis, lines)
        axis.axvline(np.mean(hops), **NOTHING, label="number of edges, no network")
        axis.axvline(0.5, **THRESHOLD, label="chance")
        axis.set_xlim(0.45, 1.03)
    return base.key_below(figure, title)


def plot_delays(
    delays: Mapping[str, Sequence[Sequence[float]]], lengths: Sequence[float], title: str = ""
) -> Figure:
    """The delays of each relation, a mark for each neuron of each run, over its hidden length.

    Args:
        delays: words -> ``[relations, neurons of all runs]`` in steps.
        lengths: of the relations; a message of delay d arrives d + 1 steps later.
    """
    figure, each = base.panels(delays, size=(7, 3.2), x="hidden length of the relation [1]",
                               y="step of arrival, d + 1 [step]")  # fmt: skip
    for axis, _, rows in each:
        for length, row in zip(lengths, rows, strict=True):
            place = length + np.linspace(-0.22, 0.22, len(row)) if len(row) > 1 else [length]
            axis.plot(place, np.add(row, 1), "o", color=ESTIMATE["color"], mfc="none", ms=5)
            axis.plot([length - 0.3, length + 0.3], [np.mean(row) + 1] * 2, **WON)
        axis.plot([0.5, 4.5], [0.5, 4.5], **THRESHOLD)
        axis.set(xticks=list(lengths), xlim=(0.4, 4.6), ylim=(0.6, 5.4))
    return base.message(figure, title)
