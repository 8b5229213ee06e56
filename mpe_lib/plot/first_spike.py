"""One spike for each neuron, and when: potential, a clock beside it, and how it falls silent."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from ..systems.rel_psp import potential, spike_times
from . import base
from .styles import BLUE, ESTIMATE, EXACT, GRID, NOTHING, ORANGE, RESIDUAL, SPIKE, THRESHOLD


def plot_potential(t_in: Tensor, weight: Tensor, until: float, title: str = "") -> Figure:
    """The broken line of one neuron's potential, where it fires, and the line of all its inputs.

    Args:
        t_in, weight: of its inputs ``[I]``; the threshold is 1.
        until: end of the axis.
    """
    figure, axis = base.new_figure(size=(7, 3.6))
    _potential(axis, t_in, weight, until)
    axis.set_xlabel("time [unit of the inputs]")
    return base.key_below(figure, title, columns=3)


def draw_spike(seed: int, weight: float, time: float, first: float) -> tuple[Figure, str]:
    """A neuron of four inputs: its potential and spike, and how its time answers to each weight.

    Args:
        seed: draws the second and third input; input 1 comes at time 0.
        weight, time: of the last input.
        first: weight of input 1.
    """
    generator = torch.Generator().manual_seed(seed + 2)
    t_in = torch.cat((torch.zeros(1), torch.rand(2, generator=generator), torch.tensor([time])))
    drawn = 0.6 * torch.randn(2, generator=generator)
    weights = torch.cat((torch.tensor([first]), drawn, torch.tensor([weight]))).double()
    weights.requires_grad_()
    t_in = t_in.double()
    t = spike_times(t_in[None], weights[None])[0, 0]
    slopes = torch.zeros(4)
    if t < math.inf:
        (slopes,) = torch.autograd.grad(t, weights)
    weights = weights.detach()
    figure, (above, below) = base.new_figure(2, 1, base.PANELS, height_ratios=(2, 1))
    base.fixed(figure, 0.12, 0.11, 0.98, 0.9, hspace=0.55)
    _potential(above, t_in, weights, 3.0, everything=False)
    above.legend(loc="lower left", ncols=3, bbox_to_anchor=(0, 0.97), frameon=False)
    above.set(xlim=(-0.05, 3.0), xlabel="time [unit of the inputs]")
    below.bar(range(1, 5), slopes.numpy(), width=0.5, color=RESIDUAL)
    below.axhline(0, color=GRID, linewidth=1)
    low = min(-0.5, 1.15 * slopes.min().item())
    below.set(ylim=(low, -0.1 * low), xlim=(0.4, 4.6), ylabel="dt / dw\n[time²]")
    below.set_xticks(range(1, 5), [f"input {k}" for k in range(1, 5)])
    where = f"last input at {time:g} with weight {weight:g}, input 1 with {first:g}"
    if t == math.inf:
        return figure, f"{where}: the neuron is silent, and all four slopes are 0."
    inside = (t_in < t).nonzero()[:, 0] + 1
    said = ", ".join(f"{slope:.2f}" for slope in slopes.tolist())
    return figure, (
        f"{where}: it fires at {t.item():.3f}; what counts are the inputs "
        f"{', '.join(map(str, inside.tolist()))}; slopes dt/dw of the four: {said}."
    )


def _potential(axis: Axes, t_in: Tensor, weight: Tensor, until: float, everything=True) -> None:
    """The broken line up to the spike, thin after it; triangles are inputs, the wider the larger.

    everything: also the line that all inputs make, and where it passes the threshold.
    """
    t_in, weight = t_in.double(), weight.double()
    fires = spike_times(t_in[None], weight[None]).item()
    ends = torch.tensor([0.0, until, min(fires, until)], dtype=torch.float64)
    corners = torch.cat((t_in, ends)).unique()
    v = potential(t_in[None], weight[None], corners)[:, 0, 0]
    before = corners <= min(fires, until)
    axis.plot(corners[before], v[before], **EXACT, label="potential V")
    if fires < until:
        axis.plot(corners[~before | (corners == fires)], v[~before | (corners == fires)], **NOTHING,
                  label="V, had it not fired")  # fmt: skip
        axis.plot(fires, 1, "o", color=SPIKE, markersize=8, label="spike")
    low, high = min(-0.2, v.min().item()), max(1.3, min(1.05 * v.max().item(), 2.2))
    if everything:
        total, lifted = weight.sum().item(), (weight @ t_in).item()
        t = np.array([0.0, until])
        axis.plot(t, total * t - lifted, **ESTIMATE, label="the line of all inputs")
        axis.plot((1 + lifted) / total, 1, "x", color=ESTIMATE["color"], markersize=8, mew=2)
    axis.axhline(1, **THRESHOLD)
    tall = high - low
    axis.set(xlim=(-0.05 * until, until), ylim=(low - 0.42 * tall, high))
    order = t_in.argsort().argsort().tolist()  # in two rows, so that no two weights overlap
    for k, at, w in zip(order, t_in.tolist(), weight.tolist(), strict=True):
        floor = low - (0.15, 0.32)[k % 2] * tall
        up = w >= 0
        look = {"marker": "^" if up else "v", "color": BLUE["color"] if up else ORANGE["color"]}
        axis.plot(at, floor, **look, markersize=8, clip_on=False)
        axis.annotate(f"{w:+.2g}", (at, floor), (7, 0), textcoords="offset points", va="center")
    axis.set_ylabel("potential V\n[threshold]")


def plot_clock(steps: Sequence[float], found: Mapping[str, Sequence[float]], title="") -> Figure:
    """How late a clock sees the spikes, and how many it never sees, over its step.

    Args:
        steps: of the clocks.
        found: "late" (mean), "worst": over the spikes that the clock sees; "lost": share of the
            spikes; "spread": of the spike times themselves, what one is off who answers with
            their mean.
    """
    figure, (left, right) = base.new_figure(1, 2, (7, 3.5))
    left.plot(steps, found["late"], **BLUE, label="clock, mean")
    left.plot(steps, found["worst"], **ORANGE | {"markersize": 5}, label="clock, worst")
    left.plot(steps, np.divide(steps, 2), **THRESHOLD, label="half a step")
    left.axhline(found["spread"][0], **NOTHING, label="answer with the mean")
    left.set(yscale="log", ylabel="late by [unit of the inputs]")
    right.plot(steps, 100 * np.asarray(found["lost"]), **BLUE)
    right.set(ylabel="spikes that it loses [%]", ylim=(0, None))
    for axis in (left, right):
        base.log_axis(axis, steps, "step of the clock [unit of the inputs]")
    return base.key_below(figure, title, columns=4)


def plot_silence(
    weight: Sequence[float], lines: Mapping[str, tuple[Tensor, Tensor]], title: str = ""
) -> Figure:
    """A spike's time, and its slope, while one weight is lowered until the neuron is silent.

    Args:
        weight: that is changed, per unit of time.
        lines: words -> (spike times, slopes dt / dw), each as long as `weight`; inf is silent.
    """
    figure, (above, below) = base.new_figure(2, 1, (7, 4.6), sharex=True)
    for style, (words, (t, slope)) in zip((BLUE, ORANGE), lines.items(), strict=False):
        line = {k: style[k] for k in ("color", "linestyle")} | {"linewidth": 1.8}
        fires = np.isfinite(np.asarray(t))
        above.plot(weight, np.where(fires, t, np.nan), **line, label=words)
        for part in (fires, ~fires):  # no line leads across the edge
            below.plot(weight, np.where(part, slope, np.nan), **line)
    above.set(ylim=(0, 4), ylabel="spike time t\n[unit of the inputs]")
    below.set(ylim=(-6, 0.5), ylabel="slope dt / dw\n[time²]")
    below.set(xlabel="weight w of the second input [threshold / unit of time]")
    for axis in (above, below):
        base.mark_cuts(axis)
        for style, (t, _) in zip((BLUE, ORANGE), lines.values(), strict=False):
            edge = np.asarray(weight)[np.isfinite(np.asarray(t))].min()
            axis.axvline(edge, color=style["color"], linestyle=":", linewidth=1.2)
    return base.key_below(figure, title, columns=2)


def plot_wrong(groups: Mapping[str, Sequence[float]], chance: float, title: str = "") -> Figure:
    """Shares that were answered wrong, a row for each who answered, on a logarithmic axis.

    Args:
        groups: who answered -> share of wrong answers, one for each run.
        chance: share of wrong answers of who knows nothing.
    """
    figure, axis = base.new_figure(size=(7, 1.4 + 0.36 * len(groups)))
    base.dots(axis, {name: 100 * np.asarray(values) for name, values in groups.items()})
    axis.axvline(100 * chance, **THRESHOLD)
    axis.annotate("chance", (100 * chance, 0.5), (-3, 0), textcoords="offset points", ha="right",
                  va="top", color="#4d4d4d")  # fmt: skip
    base.log_axis(axis, [2, 5, 10, 20, 50, 100], "wrong digits of the test part [%]")
    axis.set_xlim(1.5, 110)
    return base.message(figure, title)
