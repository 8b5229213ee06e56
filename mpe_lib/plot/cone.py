"""What can reach a later step, and what a net made of it: the light cone."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..results.numbers import learned
from . import base
from .styles import GRID, SPIKE, THRESHOLD, style_of


def plot_cone(reached: dict[str, dict[str, Sequence[float]]], title: str = "") -> Figure:
    """How often a change of one input step changes h so many steps later; 0 where never.

    Args:
        reached: panel -> {row: share of h that changed, by lag from 0}.
    """
    sizes = [len(rows) for rows in reached.values()]
    size = (7, 1 + 0.33 * sum(sizes) + 0.4 * len(sizes))
    grid = {"down": True, "height_ratios": sizes}
    figure, each = base.panels(reached, size=size, x="lag [steps]", **grid)
    for axis, _, rows in each:
        shares = np.array([np.asarray(row) for row in rows.values()])
        shown = np.ma.masked_equal(100 * shares, 0)
        image = axis.imshow(shown, cmap="cividis", vmin=0, vmax=100, aspect="auto")
        for k, lag in np.argwhere(shares == 0):
            axis.text(lag, k, "0", ha="center", va="center", color=GRID)
        axis.set_yticks(range(len(rows)), rows)
        axis.set_xticks(range(shares.shape[1]))
    figure.supylabel("neuron + sweeps [number]", fontsize=10)
    figure.colorbar(image, ax=figure.axes, label="h that changed [%]")
    return base.message(figure, title)


def plot_pulse_pair(first: Tensor, second: Tensor, pad: int, title: str = "") -> Figure:
    """One pair of recordings of two channels: A before B, and B before A.

    Args:
        first, second: ``[T, 2]``, in units of the threshold.
        pad: steps at each end that are blank in every recording; shaded.
    """
    order = {"A first": first, "B first": second}
    words = {"x": "time [step]; shaded: blank in every recording", "y": "input\n[threshold]"}
    figure, each = base.panels(order, size=(7, 3.2), down=True, sharey=True, **words)
    for axis, _, x in each:
        for start in (-0.5, len(x) - pad - 0.5):
            axis.axvspan(start, start + pad, color=GRID, alpha=0.2, linewidth=0)
        for channel, letter in enumerate("AB"):
            style = {"color": ("#000000", "#0072B2")[channel], "linewidth": 2}
            (at,) = np.flatnonzero(x[:, channel])
            axis.plot([at, at], [0, x[at, channel]], linestyle=("-", "--")[channel], **style)
            axis.plot(at, x[at, channel], "os"[channel], color=style["color"])
            axis.annotate(
                letter, (at, x[at, channel]), (7, -4), textcoords="offset points",
                color=style["color"],
            )  # fmt: skip
        axis.axhline(0, color=GRID, linewidth=0.8)
        axis.set(ylim=(-0.1, 3), xlim=(-0.5, len(x) - 0.5))
    return base.message(figure, title)


def plot_ties(
    gaps: Sequence[int], panels: dict[str, dict[int, Sequence[float]]], title: str = ""
) -> Figure:
    """Share of pairs whose two orders get the same score, by gap; one line for each cone.

    Args:
        gaps: between the two things, in steps.
        panels: panel -> {furthest lag that can matter: shares of tied pairs}.
    """
    looks = (("#000000", "-", "o"), ("#0072B2", "--", "s"), ("#D55E00", "-.", "^"))
    labels = {"x": "gap g [steps]; dotted: cone", "y": "pairs with equal scores [%]"}
    figure, each = base.panels(panels, size=(7, 3.2), **labels)
    for axis, _, lines in each:
        for (reach, ties), (color, line, marker) in zip(lines.items(), looks, strict=False):
            style = {"color": color, "linestyle": line, "marker": marker, "markersize": 5}
            axis.plot(gaps, 100 * np.asarray(ties), label=f"cone {reach} steps", **style)
            axis.axvline(reach + 0.5, color=color, linestyle=":", linewidth=1)
        axis.set(xticks=list(gaps), ylim=(-4, 106))
    return base.key_below(figure, title)


def plot_ladder(
    panels: dict[str, tuple[Sequence[int], dict[str, tuple[Sequence, Sequence, float]]]],
    title: str = "",
) -> Figure:
    """Pairs put in the right order, by neuron and gap; "=" where every pair is tied, "1/3" where
    that many of the seeds have learned it.

    Args:
        panels: panel -> (gaps, {neuron: (shares of pairs, shares of ties, cone)}), for each gap a
            share for each seed; the stairs are drawn at the cone, which may be infinite.
    """
    size = max(len(rows) for _, rows in panels.values())
    grid = {"sharey": False, "width_ratios": [len(gaps) for gaps, _ in panels.values()]}
    figure, each = base.panels(panels, size=(7, 1.5 + 0.33 * size), x="gap g [steps]", **grid)
    for axis, _, (gaps, rows) in each:
        seeds = [row[0] for row in rows.values()]
        pairs = 100 * np.array([[np.mean(each) for each in row] for row in seeds])
        ties = np.array([[min(each) for each in row[1]] for row in rows.values()])
        axis.imshow(pairs, cmap="cividis", vmin=50, vmax=100, aspect="auto")
        for k, column in np.ndindex(*pairs.shape):
            words = "=" if ties[k, column] == 1 else learned(seeds[k][column]).replace(" of ", "/")
            color = "#FFFFFF" if pairs[k, column] < 80 else "#000000"
            axis.text(column, k, words, ha="center", va="center", color=color)
        edge = np.searchsorted(gaps, [row[2] for row in rows.values()], side="right") - 0.5
        stairs = np.repeat(np.arange(len(rows) + 1) - 0.5, 2)[1:-1]
        axis.plot(np.repeat(edge, 2), stairs, color=SPIKE, linewidth=2.5, clip_on=False)
        axis.set_xticks(range(len(gaps)), gaps)
        axis.set_yticks(range(len(rows)), rows)
        axis.spines[:].set_visible(False)
    if each[0][2][1].keys() == rows.keys():
        for axis in figure.axes[1:]:
            axis.set_yticks([])
    figure.supylabel("neuron + sweeps [number]", fontsize=10)
    return base.message(figure, title)


def plot_scores(scores: dict[str, tuple[Tensor, Tensor]], title: str = "") -> Figure:
    """Score of each pair's two recordings against each other; right of the diagonal is right.

    Args:
        scores: panel -> (scores where A came first ``[N]``, where B came first ``[N]``).
    """
    labels = {"x": "score, A first [1]", "y": "score, B first [1]"}
    figure, each = base.panels(scores, size=(7, 3.7), sharey=False, **labels)
    for axis, _, (first, second) in each:
        both = torch.cat((first, second, torch.zeros(1)))
        low, high = both.min().item(), both.max().item()
        room = 0.08 * (high - low) + 0.05
        limits = (low - room, high + room)
        axis.plot(limits, limits, color="#000000", linewidth=1.2, label="tie")
        ring = {"color": "#0072B2", "mfc": "none", "ms": 4, "alpha": 0.6}
        axis.plot(first, second, "o", **ring, label="one pair")
        axis.axvline(0, **THRESHOLD | {"linewidth": 1.8}, label="threshold 0")
        axis.axhline(0, **THRESHOLD | {"linewidth": 1.8})
        axis.set(xlim=limits, ylim=limits, aspect="equal")
    return base.key_below(figure, title)


def plot_tasks(
    tasks: dict[str, tuple[float, dict[str, Sequence[float]]]],
    title: str = "",
    what: str = "accuracy [%]",
) -> Figure:
    """Each neuron's score on each task, one mark for each seed, chance as a grey bar.

    Args:
        tasks: task -> (chance, {neuron: shares, one for each seed}).
        what: the axis, with its unit.
    """
    figure, axis = base.new_figure(size=(7, 1.4 + 0.7 * len(tasks)))
    seen = set()
    for row, (chance, lines) in enumerate(tasks.values()):
        low, high = row - 0.42, row + 0.42
        axis.plot([100 * chance] * 2, [low, high], color=GRID, linewidth=4, alpha=0.6,
                  solid_capstyle="butt", label="_" if "chance" in seen else "chance")  # fmt: skip
        seen.add("chance")
        for k, (name, values) in enumerate(lines.items()):
            height = row - 0.3 + 0.6 * k / max(len(lines) - 1, 1)
            look = style_of(name) | {"linestyle": "", "markersize": 5, "alpha": 0.85}
            label = "_" if name in seen else name
            axis.plot(100 * np.asarray(values), [height] * len(values), **look, label=label)
            seen.add(name)
        axis.axhline(row + 0.5, color=GRID, linewidth=0.5)
    axis.set_yticks(range(len(tasks)), tasks)
    axis.set(xlabel=what, ylim=(len(tasks) - 0.5, -0.5))
    return base.key_below(figure, title, columns=len(seen) if len(seen) < 7 else -(-len(seen) // 2))
