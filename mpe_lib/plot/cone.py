"""What can reach a later step, and what a net made of it: the light cone.

In all of them ``title`` is the message of the figure.
"""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from .base import GRID, RULE_STYLES, SPIKE, THRESHOLD, key_below, new_figure

STYLES = RULE_STYLES | {
    "PSN-like": {"color": "#CC79A7", "linestyle": ":", "marker": "P"},
    "no shift": {"color": "#E69F00", "linestyle": (0, (1, 1)), "marker": "X"},
}


def plot_cone(reached: dict[str, dict[str, Sequence[float]]], title: str = "") -> Figure:
    """How often a change of one input step changes h so many steps later; 0 where never.

    Args:
        reached: panel -> {row: share of h that changed, by lag from 0}.
    """
    sizes = [len(rows) for rows in reached.values()]
    figure, axes = new_figure(
        len(reached), 1, (7, 1 + 0.33 * sum(sizes) + 0.4 * len(sizes)), sharex=True, squeeze=False,
        height_ratios=sizes,
    )  # fmt: skip
    for axis, (name, rows) in zip(axes[:, 0], reached.items(), strict=True):
        shares = np.array([np.asarray(row) for row in rows.values()])
        shown = np.ma.masked_equal(100 * shares, 0)
        image = axis.imshow(shown, cmap="cividis", vmin=0, vmax=100, aspect="auto")
        for k, lag in np.argwhere(shares == 0):
            axis.text(lag, k, "0", ha="center", va="center", color=GRID)
        axis.set_yticks(range(len(rows)), rows)
        axis.set_title(name, loc="left", fontsize=10)
        axis.set_xticks(range(shares.shape[1]))
    axes[-1, 0].set_xlabel("lag [steps]")
    axes[0, 0].figure.supylabel("neuron, sweeps [number]", fontsize=10)
    figure.colorbar(image, ax=list(axes[:, 0]), label="h that changed [%]")
    figure.suptitle(title, fontsize=11)
    return figure


def plot_pulse_pair(first: Tensor, second: Tensor, pad: int, title: str = "") -> Figure:
    """One pair of recordings of two channels: A before B, and B before A.

    Args:
        first, second: ``[T, 2]``, in units of the threshold.
        pad: steps at each end that are blank in every recording; shaded.
    """
    figure, axes = new_figure(2, 1, (7, 3.2), sharex=True, sharey=True)
    for axis, x, name in zip(axes, (first, second), ("A first", "B first"), strict=True):
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
        axis.set(ylabel="input\n[threshold]", ylim=(-0.1, 3), xlim=(-0.5, len(x) - 0.5))
        axis.set_title(name, loc="left", fontsize=10)
    axes[-1].set_xlabel("time [step]; shaded: blank in every recording")
    figure.suptitle(title, fontsize=11)
    return figure


def plot_ties(
    gaps: Sequence[int], panels: dict[str, dict[int, Sequence[float]]], title: str = ""
) -> Figure:
    """Share of pairs whose two orders get the same score, by gap; one line for each cone.

    Args:
        gaps: between the two things, in steps.
        panels: panel -> {furthest lag that can matter: shares of tied pairs}.
    """
    looks = (("#000000", "-", "o"), ("#0072B2", "--", "s"), ("#D55E00", "-.", "^"))
    figure, axes = new_figure(1, len(panels), (7, 3.2), sharey=True, squeeze=False)
    for axis, (name, lines) in zip(axes[0], panels.items(), strict=True):
        for (reach, ties), (color, line, marker) in zip(lines.items(), looks, strict=False):
            style = {"color": color, "linestyle": line, "marker": marker, "markersize": 5}
            axis.plot(gaps, 100 * np.asarray(ties), label=f"cone {reach} steps", **style)
            axis.axvline(reach + 0.5, color=color, linestyle=":", linewidth=1)
        axis.set_title(name, fontsize=10)
        axis.set(xlabel="gap g [steps]; dotted: cone", xticks=list(gaps), ylim=(-4, 106))
    axes[0][0].set_ylabel("pairs with equal scores [%]")
    key_below(figure, axes[0][0], title)
    return figure


def plot_ladder(
    panels: dict[str, tuple[Sequence[int], dict[str, tuple[Sequence, Sequence, float]]]],
    title: str = "",
) -> Figure:
    """Pairs put in the right order, by neuron and gap; "=" where every pair is tied.

    Args:
        panels: panel -> (gaps, {neuron: (shares of pairs, shares of ties, cone)}); the stairs
            are drawn at the cone, which may be infinite.
    """
    size = max(len(rows) for _, rows in panels.values())
    figure, axes = new_figure(
        1, len(panels), (7, 1.5 + 0.33 * size), squeeze=False,
        width_ratios=[len(gaps) for gaps, _ in panels.values()],
    )  # fmt: skip
    for axis, (name, (gaps, rows)) in zip(axes[0], panels.items(), strict=True):
        pairs = 100 * np.array([row[0] for row in rows.values()])
        ties = np.array([row[1] for row in rows.values()])
        axis.imshow(pairs, cmap="cividis", vmin=50, vmax=100, aspect="auto")
        for k, column in np.ndindex(*pairs.shape):
            words = "=" if ties[k, column] == 1 else f"{pairs[k, column]:.0f}"
            color = "#FFFFFF" if pairs[k, column] < 80 else "#000000"
            axis.text(column, k, words, ha="center", va="center", color=color)
        edge = np.array(
            [np.searchsorted(gaps, row[2], side="right") - 0.5 for row in rows.values()]
        )
        stairs = np.repeat(np.arange(len(rows) + 1) - 0.5, 2)[1:-1]
        axis.plot(np.repeat(edge, 2), stairs, color=SPIKE, linewidth=2.5, clip_on=False)
        axis.set_xticks(range(len(gaps)), gaps)
        axis.set_yticks(range(len(rows)), rows)
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("gap g [steps]")
        axis.spines[:].set_visible(False)
    for axis in axes[0][1:]:
        if list(panels.values())[0][1].keys() == list(panels.values())[-1][1].keys():
            axis.set_yticks([])
    figure.supylabel("neuron, sweeps [number]", fontsize=10)
    figure.suptitle(title, fontsize=11)
    return figure


def plot_scores(scores: dict[str, tuple[Tensor, Tensor]], title: str = "") -> Figure:
    """Score of each pair's two recordings against each other; right of the diagonal is right.

    Args:
        scores: panel -> (scores where A came first ``[N]``, where B came first ``[N]``).
    """
    figure, axes = new_figure(1, len(scores), (7, 3.7), squeeze=False)
    for axis, (name, (first, second)) in zip(axes[0], scores.items(), strict=True):
        both = torch.cat((first, second, torch.zeros(1)))
        low, high = both.min().item(), both.max().item()
        room = 0.08 * (high - low) + 0.05
        limits = (low - room, high + room)
        axis.plot(limits, limits, color="#000000", linewidth=1.2, label="tie")
        axis.plot(
            first, second, "o", color="#0072B2", mfc="none", ms=4, alpha=0.6, label="one pair"
        )
        axis.axvline(0, **THRESHOLD | {"linewidth": 1.8}, label="threshold 0")
        axis.axhline(0, **THRESHOLD | {"linewidth": 1.8})
        axis.set(xlim=limits, ylim=limits, xlabel="score, A first [1]", ylabel="score, B first [1]")
        axis.set_title(name, fontsize=10)
        axis.set_aspect("equal")
    key_below(figure, axes[0][0], title)
    return figure


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
    figure, axis = new_figure(1, 1, (7, 1.4 + 0.7 * len(tasks)))
    seen = set()
    for row, (chance, lines) in enumerate(tasks.values()):
        low, high = row - 0.42, row + 0.42
        axis.plot([100 * chance] * 2, [low, high], color=GRID, linewidth=4, alpha=0.6,
                  solid_capstyle="butt", label="_" if "chance" in seen else "chance")  # fmt: skip
        seen.add("chance")
        for k, (name, values) in enumerate(lines.items()):
            height = row - 0.3 + 0.6 * k / max(len(lines) - 1, 1)
            look = {key: STYLES[name][key] for key in ("color", "marker")}
            label = "_" if name in seen else name
            axis.plot(100 * np.asarray(values), [height] * len(values), linestyle="", alpha=0.85,
                      markersize=5, label=label, **look)  # fmt: skip
            seen.add(name)
        axis.axhline(row + 0.5, color=GRID, linewidth=0.5)
    axis.set_yticks(range(len(tasks)), tasks)
    axis.set(xlabel=what, ylim=(len(tasks) - 0.5, -0.5))
    handles, _ = axis.get_legend_handles_labels()
    columns = len(handles) if len(handles) < 7 else -(-len(handles) // 2)
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)
    figure.suptitle(title, fontsize=11)
    return figure
