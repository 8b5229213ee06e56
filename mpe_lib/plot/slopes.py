"""What a step has for a slope: surrogates, gradients through a reset, and how far they reach."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import base
from .styles import ESTIMATE, EXACT, GRID, NOTHING, SLOPES, SPIKE, THRESHOLD

NO_RESET = {"linestyle": ":", "linewidth": 1.6}


def plot_count(
    shifts: Sequence[float],
    one: Sequence[float],
    mean: Sequence[float],
    slopes: dict[str, Sequence[float]],
    title: str = "",
) -> Figure:
    """Spike count against a shift of the input, and the slopes that belong to it.

    Args:
        shifts: added to every input.
        one, mean: spikes of one neuron, and the mean over many.
        slopes: "one neuron", "mean of many", "surrogate" -> (shifts, spikes per threshold).
    """
    figure, axes = base.new_figure(2, 1, (7, 4.8), sharex=True)
    stairs = {"color": GRID, "linestyle": (0, (2, 0.7)), "linewidth": 2}
    looks = {"one neuron": stairs, "mean of many": EXACT, "surrogate": ESTIMATE}
    axes[0].step(shifts, one, where="mid", **looks["one neuron"])
    axes[0].plot(shifts, mean, **looks["mean of many"])
    axes[0].set_ylabel("count [spikes]")
    for name, values in slopes.items():
        axes[1].plot(*values, **looks[name], label=name)
    axes[1].set(xlabel="shift of the input [threshold]", ylabel="slope\n[spikes per threshold]")
    return base.key_below(figure, title, axes[1])


def plot_surrogates(
    d: Sequence[float],
    slopes: dict[str, Sequence[float]],
    chances: dict[str, Sequence[float]],
    measured: dict[str, tuple[Sequence[float], Sequence[float]]],
    title: str = "",
) -> Figure:
    """Slopes of the surrogates, and the chance of a spike whose slope each of them is.

    Args:
        d: distance ``h - v_threshold``.
        slopes, chances: surrogate -> values at d.
        measured: surrogate -> (distances, shares of steps that fired with a jittered threshold).
    """
    figure, axes = base.new_figure(1, 2, (7, 3.6), sharex=True)
    for style, name in zip(SLOPES, slopes, strict=True):
        line = {key: style[key] for key in ("color", "linestyle")}
        axes[0].plot(d, slopes[name], **line, label=name)
        axes[1].plot(d, chances[name], **line)
        mark = {"marker": style["marker"], "color": style["color"], "linestyle": ""}
        axes[1].plot(*measured[name], **mark, markersize=4, markerfacecolor="none")
    axes[1].step(d, np.asarray(d) > 0, where="mid", **NOTHING)
    axes[0].plot([], [], **NOTHING, label="the step itself")
    axes[0].set(ylabel="slope [1 / threshold]")
    axes[1].set(ylabel="chance of a spike [1]")
    for axis in axes:
        axis.set_xlabel("h − threshold [threshold]")
    return base.key_below(figure, title)


def plot_passed_back(
    h: Sequence[float], true: Sequence[float], surrogate: Sequence[float], title: str = ""
) -> Figure:
    """How much of dL/dh one step hands to the step before, against the potential there.

    Args:
        h: potential before firing at the earlier step.
        true, surrogate: ``dh[t+1] / dh[t]`` of the function as it runs, and as autograd has it.
    """
    figure, axis = base.new_figure(size=(7, 3))
    axis.plot(h, true, **EXACT, label="true slope")
    axis.plot(h, surrogate, **ESTIMATE, label="with the surrogate")
    below, last = np.asarray(surrogate) < 0, {"color": SPIKE, "alpha": 0.3, "hatch": "///"}
    axis.fill_between(h, 0, surrogate, where=below, linewidth=0, **last, label="sign turned")
    axis.axhline(0, color=GRID, linewidth=0.8)
    axis.axvline(1, **THRESHOLD)
    axis.set(xlabel="potential h[t] [threshold]", ylabel="dh[t+1] / dh[t] [1]")
    return base.key_below(figure, title)


def plot_reach(
    changed: dict[float, Sequence[float]],
    gaps: dict[float, tuple[Sequence[float], Sequence[float]]],
    gradients: dict[float, tuple[Sequence[float], Sequence[float]]],
    title: str = "",
) -> Figure:
    """How far the past reaches: forwards in spikes and potentials, backwards in the gradient.

    Args:
        changed: decay -> share of neurons whose spike differs k steps after a change ``[lags]``.
        gaps: decay -> (no reset, hard reset): mean difference of v after k steps ``[lags]``.
        gradients: decay -> (no reset, hard reset): mean size of dh[t]/dx[t-k] ``[lags]``.
    """
    figure, axes = base.new_figure(1, 3, (7, 3.8), sharex=True)
    for style, decay in zip(SLOPES, changed, strict=False):
        look = style | {"markersize": 3.5}
        axes[0].plot(100 * np.asarray(changed[decay]), **look, label=f"decay {decay:g}")
        for axis, (without, hard) in zip(axes[1:], (gaps[decay], gradients[decay]), strict=True):
            axis.plot(without, color=style["color"], **NO_RESET)
            axis.plot(hard, **look)
    axes[0].axhline(0, **NOTHING, label="zero (left)")
    axes[0].plot([], [], color=GRID, **NO_RESET, label="no reset")
    axes[0].set(ylabel="spikes changed [% of neurons]", title="forwards: spikes")
    axes[1].set(ylabel="mean gap of v [threshold]", title="forwards: potential")
    axes[2].set(ylabel="mean size of the gradient [1]", title="backwards: gradient")
    for axis in axes:
        axis.set(xlabel="distance [step]", xlim=(-0.7, 20.7))
        axis.title.set_fontsize(10)
    for axis in axes[1:]:
        axis.set(yscale="log", ylim=(1e-3, 1.5))
    return base.key_below(figure, title)
