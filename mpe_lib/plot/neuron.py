"""One exact neuron: its membrane, its resets, its rate, and an explorer."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..core.dynamics import Trace, lif_sequence
from ..core.estimate import mpe_sequence
from . import base
from .styles import EXACT, NOTHING, SLOPES, SPIKE, THRESHOLD
from .traces import spike_rows


def plot_membrane(
    times: Sequence[float],
    curve: Sequence[float],
    panels: dict[float, dict[str, Sequence[float]]],
    title: str = "",
) -> Figure:
    """The continuous membrane, and what two step rules make of it for each length of a step.

    Args:
        times: of the curve, in ms.
        curve: potential ``[times]``.
        panels: step in ms -> {"exponential" or "Euler": potential after each step ``[T]``}.
    """
    size, labels = (7, 0.9 + 2 * len(panels)), ("time [ms]", "potential\n[threshold]")
    words, grid = "one step is {:g} ms", {"down": True, "sharey": True}
    figure, each = base.panels(panels, words, size, *labels, **grid)
    marks = {"exponential": {"marker": "o", "color": "#0072B2"}}
    marks["Euler"] = {"marker": "x", "color": SPIKE, "markeredgewidth": 1.6}
    for axis, step, rules in each:
        axis.plot(times, curve, **EXACT, label="membrane, continuous")
        for name, v in rules.items():
            after = step * np.arange(1, len(v) + 1)
            size = 4 if len(v) > 20 else 7
            style = {"linestyle": "", "markerfacecolor": "none", "markersize": size, "zorder": 3}
            axis.plot(after, v, label=name, **style | marks[name])
    return base.key_below(figure, title)


def plot_resets(x: Tensor, traces: dict[str, Trace], title: str = "") -> Figure:
    """Potential before firing and spikes of one input, a panel for each kind of reset.

    Args:
        x: input current ``[T]``.
        traces: reset -> trace with fields ``[T]``.
    """
    steps, rows = np.arange(len(x)), len(traces)
    figure, axes = base.new_figure(1 + rows, 1, (7, 1.4 + 1.2 * rows), sharex=True)
    base.current(axes[0], x)
    top = max(trace.h.max().item() for trace in traces.values())
    for axis, (name, trace) in zip(axes[1:], traces.items(), strict=True):
        axis.plot(steps, trace.h, **EXACT, label="potential h")
        axis.axhline(1, **THRESHOLD, label="threshold")
        fired = np.flatnonzero(trace.s > 0)
        marks = {"linestyle": "", "marker": "|", "markersize": 9, "markeredgewidth": 2}
        axis.plot(fired, np.full(len(fired), 1.2 * top), color=SPIKE, label="spike", **marks)
        words = "1 spike" if len(fired) == 1 else f"{len(fired)} spikes"
        axis.set_title(f"reset {name}: {words}", loc="left", fontsize=10)
        axis.set(ylim=(-0.1 * top, 1.4 * top), ylabel="h\n[threshold]")
    axes[-1].set(xlabel="time [step]", xticks=steps[::2])
    return base.key_below(figure, title, axes[1])


def plot_staircase(
    x: Sequence[float],
    rates: dict[str, tuple[Sequence[float], Sequence[float]]],
    title: str = "",
) -> Figure:
    """Firing rate against a constant input: the formula as a line, the simulation as marks.

    Args:
        x: the constant input.
        rates: "decay ..." -> (formula, measured), each spikes per step; "zero" among them.
    """
    figure, axis = base.new_figure(size=(7, 3.8))
    for k, (name, (formula, measured)) in enumerate(rates.items()):
        style = NOTHING | {"marker": "v"} if name == "zero" else dict(SLOPES[k % len(SLOPES)])
        mark = {"marker": style.pop("marker"), "markersize": 5, "markerfacecolor": "none"}
        axis.plot(x, formula, **style)
        axis.plot(x[3::12], measured[3::12], color=style["color"], **mark | {"linestyle": ""})
        axis.plot([], [], **style, **mark, label=name)
    axis.set(xlabel="constant input x [threshold]", ylabel="firing rate [spikes per step]")
    axis.set_ylim(-0.03, 1.06)
    return base.key_below(figure, title)


def plot_neuron(x: Tensor, exact: Trace, nothing: Trace, title: str = "") -> Figure:
    """Input, potential and spikes of one exact neuron beside the neuron with no memory.

    Args:
        x: input current ``[T]``.
        exact, nothing: traces with fields ``[T]``; in the lowest strip a missed spike of the
            neuron with no memory is an open circle, an extra one a cross.
    """
    figure, axes = base.new_figure(3, 1, base.PANELS, sharex=True, height_ratios=(1, 2, 0.9))
    base.fixed(figure, 0.13, 0.11, 0.99, 0.93 if title else 0.98, hspace=0.25)
    base.current(axes[0], x)
    axes[1].plot(exact.h, **EXACT, label="exact LIF")
    axes[1].plot(nothing.h, **NOTHING, label="zero")
    for axis in axes[:2]:
        axis.axhline(1, **THRESHOLD)
    axes[1].set_ylabel("potential h\n[threshold]")
    spike_rows(axes[2], [("exact", exact.s), ("zero", nothing.s)])
    axes[2].set_xlabel("time [step]; circle: missed, cross: extra")
    axes[1].legend(loc="lower right", ncols=2, bbox_to_anchor=(1, 0.96), frameon=False)
    axes[0].set_title(title)
    return figure


def draw_trace(seed: int, mean: float, spread: float, decay: float) -> tuple[Figure, str]:
    """Input, potential and spikes of one exact neuron, with the rates of a hundred in words."""
    generator = torch.Generator().manual_seed(seed)
    x = mean + spread * torch.randn(60, 100, generator=generator)
    exact, nothing = lif_sequence(x, decay), mpe_sequence(x, "zero", decay)
    first = [Trace(*(each[:, 0] for each in trace[:3])) for trace in (exact, nothing)]
    figure = plot_neuron(x[:, 0], *first)
    words = (
        f"constant input fires above {1 - decay:.2f}; here the mean is {mean:g}. Exact LIF fires"
    )
    rates = f"on {100 * exact.s.mean():.1f} % of steps, zero on {100 * nothing.s.mean():.1f} %."
    return figure, f"{words} {rates}"
