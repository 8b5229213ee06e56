"""Sweeps towards the exact neuron: where they are right, how many it takes, what they cost."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from torch import Tensor

from . import base
from .styles import (
    BLACK,
    BLUE,
    DECAY_STYLES,
    EXACT,
    GREEN,
    GREY,
    GRID,
    ORANGE,
    RESIDUAL,
    SPIKE,
    THRESHOLD,
)


def plot_copies(panels: dict[str, tuple[Tensor, dict[int, Tensor]]], title: str = "") -> Figure:
    """The exact potential, and copies of the neuron that start later from a guess.

    Args:
        panels: words -> (exact v ``[T]``, {first step: v of the copy from that step on}).
    """
    x = "time [step]; star: from here on the copy is the exact neuron"
    labels = {"x": x, "y": "potential v\n[threshold]"}
    figure, each = base.panels(panels, size=(7, 0.9 + 1.7 * len(panels)), down=True, **labels)
    for axis, _, (exact, copies) in each:
        axis.plot(exact, **EXACT, label="exact LIF")
        for style, (first, v) in zip((BLUE, ORANGE, GREEN), copies.items(), strict=False):
            steps = np.arange(first, first + len(v))
            apart = np.flatnonzero(v.numpy() != exact[first:].numpy())
            last = int(apart[-1]) + 2 if len(apart) else 1  # drawn until it is the exact one
            line = style | {"markersize": 4, "linewidth": 1.4, "markevery": [0]}
            axis.plot(steps[:last], v[:last], **line, label=f"from step {first}")
            if last <= len(v) - 1:
                axis.plot(steps[last - 1], v[last - 1], "*", color=style["color"], markersize=11)
        axis.axhline(1, **THRESHOLD)
    return base.key_below(figure, title)


def plot_fronts(panels: dict[str, Tensor], title: str = "") -> Figure:
    """Error of the potential of one neuron at each step after each sweep; white is exact.

    Args:
        panels: words -> ``|v - exact v|`` ``[sweeps, T]`` in thresholds, the first row after
            one sweep.
    """
    labels = {"x": "time [step]", "y": "after sweep [number]"}
    figure, each = base.panels(panels, size=(7, 3.6), **labels)
    for axis, _, error in each:
        seen = np.ma.masked_equal(np.asarray(error, dtype=float), 0.0)
        sweeps, steps = seen.shape
        place = {"extent": (-0.5, steps - 0.5, sweeps + 0.5, 0.5), "aspect": "auto"}
        colours = {"cmap": "viridis_r", "norm": LogNorm(1e-7, 1), "interpolation": "nearest"}
        image = axis.imshow(seen, **place, **colours)
        axis.plot([0.5, sweeps + 0.5], [0.5, sweeps + 0.5], color=SPIKE, linestyle="--")
        axis.set_xlim(-0.5, steps - 0.5)
    figure.colorbar(image, ax=figure.axes, label="error of v [threshold]")
    return base.message(figure, title)


def plot_counts(rows: Sequence[dict], title: str = "") -> Figure:
    """Sweeps over the decay, one panel for each drive: median (mark) and worst (tip of the bar).

    Args:
        rows: of data/measured/sweeps.json, one T and one start.
    """
    drives, decays = (list(dict.fromkeys(row[key] for row in rows)) for key in ("drive", "decay"))
    figure, axes = base.new_figure(2, -(-len(drives) // 2), (7, 4.8), sharex=True, sharey=True)
    places = np.arange(len(decays))
    looks = {
        "spikes": ("spikes right", -0.13, {"color": "#0072B2", "marker": "o"}),
        "certificate": ("certified", 0.13, {"color": SPIKE, "marker": "s"}),
    }
    for axis, drive in zip(axes.flat, drives, strict=False):
        mine = {row["decay"]: row for row in rows if row["drive"] == drive}
        for field, (words, aside, look) in looks.items():
            middle, worst = (
                np.array([mine[decay][field][key] for decay in decays])
                for key in ("median", "worst")
            )
            bar = {"linestyle": "", "markersize": 5, "capsize": 3, "label": words}
            axis.errorbar(places + aside, middle, (0 * middle, worst - middle), **bar, **look)
        axis.axhline(rows[0]["T"] + 1, **THRESHOLD)
        axis.set(xticks=places, xticklabels=[f"{decay:g}" for decay in decays], yscale="log")
        axis.set(ylim=(0.8, 2 * rows[0]["T"]), yticks=[1, 4, 16, 64], yticklabels=[1, 4, 16, 64])
        axis.minorticks_off()
        axis.set_title(drive, fontsize=10)
    for axis in axes[:, 0]:
        axis.set_ylabel("sweeps [number]")
    for axis in axes[-1]:
        axis.set_xlabel("decay per step [1]")
    return base.key_below(figure, title, columns=3)


def plot_growth(rows: Sequence[dict], title: str = "") -> Figure:
    """Certified sweeps over the number of steps T: the median and the worst neuron.

    Args:
        rows: of data/measured/sweeps.json, one decay and one start.
    """
    keys = {key: key for key in ("median", "worst")}
    words = "{} of 10 000 neurons (dotted: T + 1)"
    figure, each = base.panels(keys, words, (7, 3.4), y="sweeps to certificate\n[number]")
    drives = list(dict.fromkeys(row["drive"] for row in rows))
    steps = sorted({row["T"] for row in rows})
    rose = {"color": RESIDUAL, "linestyle": (0, (1, 1)), "marker": "P"}
    looks = (BLUE, ORANGE, GREEN, BLACK, rose, GREY)
    for axis, key, _ in each:
        axis.plot(steps, np.add(steps, 1), **THRESHOLD)
        for look, drive in zip(looks, drives, strict=False):
            mine = {row["T"]: row["certificate"][key] for row in rows if row["drive"] == drive}
            axis.plot(steps, [mine[t] for t in steps], **look, markersize=5, label=drive)
        ticks = [1, 4, 16, 64, 256]
        axis.set(yscale="log", yticks=ticks, yticklabels=ticks)
        base.log_axis(axis, steps, "steps T [number]")
    return base.key_below(figure, title)


def plot_bill(rows: Sequence[dict], title: str = "") -> Figure:
    """Processor time of a forward pass over T, one panel for each number of neurons.

    Args:
        rows: of data/measured/sweeps_cost.json.
    """
    rows = [row for row in rows if row["pass"] == "forward"]
    names, sizes = (list(dict.fromkeys(row[key] for row in rows)) for key in ("neuron", "N"))
    dotted = {"color": "#000000", "linestyle": ":", "marker": "P"}
    sparse = {"color": GRID, "linestyle": (0, (1, 3)), "marker": "x"}
    looks = (BLACK, GREY, BLUE, ORANGE, dotted, sparse)
    y = "processor time of a\nforward pass [ms]"
    figure, each = base.panels(dict.fromkeys(sizes), "{} neurons", (7, 4), y=y)
    for axis, size, _ in each:
        for look, name in zip(looks, names, strict=False):
            mine = [row for row in rows if row["neuron"] == name and row["N"] == size]
            steps, times = [row["T"] for row in mine], [row["median_ms"] for row in mine]
            axis.plot(steps, times, **look, markersize=5, label=name)
        axis.set_yscale("log")
        base.log_axis(axis, steps, "steps T [number]")
    return base.key_below(figure, title, columns=2)


def plot_gradient(
    panels: dict[str, dict[float, dict[int, Sequence[float]]]], title: str = ""
) -> Figure:
    """Relative error of the gradient over the number of sweeps, a line for each decay.

    Args:
        panels: words -> {decay: {sweeps: errors over the seeds}}; drawn are mean and range.
    """
    figure, each = base.panels(panels, size=(7, 3.4), y="error of the gradient,\nrelative [1]")
    for axis, _, decays in each:
        for decay, lines in decays.items():
            values = np.array([lines[k] for k in lines])  # [sweeps, seeds]
            style = DECAY_STYLES[decay]
            axis.plot(list(lines), values.mean(1), **style, markersize=4, label=f"decay {decay:g}")
            low, high = np.maximum(values.min(1), 1e-9), np.maximum(values.max(1), 1e-9)
            axis.fill_between(list(lines), low, high, color=style["color"], alpha=0.25, linewidth=0)
        axis.axhline(1, **THRESHOLD)
        axis.set(yscale="log", ylim=(5e-4, 1.5))
        base.log_axis(axis, [1, 2, 4, 8, 16, 32, 64], "sweeps [number]")
    return base.key_below(figure, title, columns=4)
