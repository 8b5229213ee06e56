"""What the membrane loss compares, how it pulls, and what training makes of it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import base
from .styles import ESTIMATE, EXACT, GRID, SPIKE, THRESHOLD, TURNS, style_of


def plot_marks(distances: dict[float, dict[str, tuple[float, float]]], title: str = "") -> Figure:
    """The squared distance of each guess from the neuron's own potential and from the exact one.

    Args:
        distances: decay -> rule -> (from its own v, from the exact v), thresholds squared.
    """
    x = "squared distance [threshold²]"
    figure, each = base.panels(distances, "decay {:g}", (7, 2.9), x)
    for axis, _, rules in each:
        for k, (own, exact) in enumerate(rules.values()):
            axis.plot([own, exact], [-k, -k], color=GRID, linewidth=1.2, zorder=1)
            axis.plot(own, -k, "s", color=ESTIMATE["color"], ms=7)
            axis.plot(exact, -k, "o", color=EXACT["color"], mfc="none", ms=8, mew=1.6)
        for line, words in zip(axis.lines[1:3], ("own v (the loss)", "exact v"), strict=True):
            line.set_label(f"from {words}")
        axis.set_yticks([-k for k in range(len(rules))], list(rules))
        axis.set(xscale="log", xlim=(0.03, 6), ylim=(-len(rules) + 0.4, 0.6))
        axis.set_xticks([0.1, 1], ["0.1", "1"])
    return base.key_below(figure, title, columns=2)


def plot_pulls(
    ratios: dict[str, Sequence[float]], cosines: dict[str, Sequence[float]], title: str = ""
) -> Figure:
    """How long the pull of the membrane loss is beside the task's, and where it points.

    Args:
        ratios: networks -> length of the loss's pull as a share of the task's, one for each seed.
        cosines: the same networks: cosine between the two pulls.
    """
    figure, axes = base.new_figure(1, 2, (7, 1.5 + 0.42 * len(ratios)), sharey=True)
    for axis, groups, scale in ((axes[0], ratios, 100), (axes[1], cosines, 1)):
        base.dots(axis, {name: scale * np.asarray(values) for name, values in groups.items()})
    axes[0].set(xlabel="length [% of the task's]", xlim=(0, None))
    axes[1].axvline(0, **THRESHOLD)
    axes[1].set(xlabel="cosine [-1 to 1]", xlim=(-1.05, 1.05))
    return base.message(figure, title)


def plot_kappa(
    panels: dict[str, tuple[Sequence[Sequence[float]], Sequence[float]]], title: str = ""
) -> Figure:
    """Trained weights over the steps of the optimiser, and where they were said to cross 0.

    Args:
        panels: name -> (weights ``[steps, curves]``, derived steps of the crossings).
    """
    labels = {"x": "optimiser [step]", "y": "weight of a step, κ [1]"}
    figure, each = base.panels(panels, size=(7, 3.2), **labels)
    for axis, _, (kappa, derived) in each:
        kappa = np.asarray(kappa)
        steps = np.arange(1, len(kappa) + 1)
        lines = axis.plot(steps, kappa, color=ESTIMATE["color"], linewidth=0.8, alpha=0.7)
        lines[0].set_label("trained weights")
        axis.plot(derived, np.zeros(len(derived)), "|", color=SPIKE, ms=14, mew=1.6,
                  label="derived crossing")  # fmt: skip
        axis.axhline(0, **THRESHOLD)
        axis.set_xlim(0, 1.02 * len(kappa))
    return base.key_below(figure, title)


def plot_ways(
    losses: dict[str, Sequence[float]],
    weights: Sequence[float],
    distance: Sequence[float],
    title: str = "",
) -> Figure:
    """The membrane loss under each treatment of its weights; below, where a softmax puts them.

    Args:
        losses: treatment -> loss at each step of the optimiser, thresholds squared.
        weights: of the softmax at the end, ``[T]``.
        distance: mean squared distance at each time step ``[T]``.
    """
    figure, axes = base.new_figure(1, 3, (7, 3.2), width_ratios=(1.7, 1, 1))
    for (name, values), look in zip(losses.items(), TURNS, strict=False):
        style = look | {"markersize": 4, "markevery": (2, 14)}
        axes[0].plot(np.arange(1, len(values) + 1), np.asarray(values), **style, label=name)
    axes[0].axhline(0, **THRESHOLD)
    top = max(map(max, losses.values()))  # a loss without a floor leaves below
    axes[0].set(xlabel="optimiser [step]", ylabel="membrane loss [threshold²]")
    axes[0].set_ylim(-3 * float(top), 1.2 * float(top))
    base.mark_cuts(axes[0])
    weights, distance = np.asarray(weights), np.asarray(distance)
    time = np.arange(len(weights))
    axes[1].bar(time, distance, color=GRID, hatch="//", edgecolor="#FFFFFF")
    axes[1].set(xlabel="time [step]", title="squared distance\n[threshold²]")
    axes[2].bar(time, weights, color=ESTIMATE["color"])
    axes[2].axhline(1 / len(weights), **THRESHOLD)
    axes[2].set(xlabel="time [step]", title="weight, softmax\n[1]")
    for axis in axes[1:]:
        axis.title.set_fontsize(10)
        axis.set_xticks([0, len(weights) // 2, len(weights) - 1])
    return base.key_below(figure, title)


def plot_scale(
    scales: Sequence[float],
    losses: dict[str, Sequence[float]],
    relative: dict[str, Sequence[float]],
    limits: dict[str, float],
    title: str = "",
) -> Figure:
    """The loss and the relative distance against the size of the input.

    Args:
        scales: standard deviations of the input, units of the threshold.
        losses: rule -> membrane loss, thresholds squared.
        relative: rule -> rms(v_hat - v) / rms(v).
        limits: rule -> the derived relative distance of a vanishing signal.
    """
    figure, axes = base.new_figure(1, 2, (7, 3.4), sharex=True)
    for axis, lines in zip(axes, (losses, relative), strict=True):
        for rule, values in lines.items():
            axis.plot(scales, values, **style_of(rule) | {"markersize": 4}, label=rule)
        axis.set(xscale="log", xlabel="size of the input [threshold]")
    axes[0].set(yscale="log", ylabel="membrane loss\n[threshold²]")
    for rule, value in limits.items():
        axes[1].axhline(value, color=style_of(rule)["color"], linestyle=":", linewidth=1.2)
    axes[1].set(ylabel="relative distance\n[share of v]", ylim=(0, 1.08))
    return base.key_below(figure, title)


def plot_outcomes(
    panels: dict[str, tuple[dict[str, Sequence[float]], float | None]], title: str = ""
) -> Figure:
    """One panel for each quantity, one row for each way of training, one marker for each run.

    Args:
        panels: quantity and its unit -> (way -> values of the runs, a level to draw or None).
    """
    rows = len(next(iter(panels.values()))[0])
    figure, axes = base.new_figure(
        1, len(panels), (7, 1.5 + 0.36 * rows), sharey=True, squeeze=False
    )
    for axis, (name, (groups, level)) in zip(axes[0], panels.items(), strict=True):
        base.dots(axis, groups)
        if level is not None:
            axis.axvline(level, **THRESHOLD)
        axis.set_xlabel(name)
        axis.set_xlim(left=0)
    return base.message(figure, title)
