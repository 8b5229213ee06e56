"""Where an estimate and the exact LIF differ: traces, rasters, and an explorer."""

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..core.dynamics import Trace, lif_sequence
from ..core.estimate import mpe_sequence
from ..core.losses import spike_agreement
from . import base
from .styles import EXACT, EXTRA, MISSED, RESIDUAL, SAME, THRESHOLD, style_of
from .traces import spike_rows


def plot_rules(x: Tensor, exact: Trace, estimates: dict[str, Trace], title: str = "") -> Figure:
    """Input of one neuron, and one panel for each rule: potential, missed and extra spikes.

    Args:
        x: input current ``[T]``, in units of the threshold.
        exact: trace with fields ``[T]``.
        estimates: rule -> trace with fields ``[T]``.
    """
    rows, steps = len(estimates), np.arange(len(x))
    figure, axes = base.new_figure(1 + rows, 1, (7, 1.6 + 1.35 * rows), sharex=True)
    base.current(axes[0], x)
    every = torch.cat([exact.h, *(trace.h for trace in estimates.values())])
    low, high = every.min().item() - 0.2, every.max().item() + 0.5
    for axis, (name, trace) in zip(axes[1:], estimates.items(), strict=True):
        style = style_of(name) | {"marker": "", "linewidth": 1.5}
        axis.fill_between(steps, exact.h, trace.h, color=RESIDUAL, alpha=0.35, linewidth=0)
        axis.plot(steps, exact.h, **EXACT)
        axis.plot(steps, trace.h, **style)
        axis.axhline(1, **THRESHOLD)
        marks(axis, exact.s[:, None], trace.s[:, None], height=high, size=6)
        wrong = int((exact.s != trace.s).sum())
        axis.set_title(f"{name}: {wrong} of {len(x)} steps wrong", loc="left", fontsize=10)
        axis.set(ylim=(low, high + 0.35), ylabel="h [threshold]")
    axes[-1].set_xlabel("time [step]")
    axes[-1].plot([], [], **EXACT, label="exact LIF")
    axes[-1].fill_between([], [], color=RESIDUAL, alpha=0.35, label="difference")
    return base.key_below(figure, title, axes[-1])


def plot_raster(exact: Tensor, estimates: dict[str, Tensor], title: str = "") -> Figure:
    """Spikes of a population: exact on top, then each estimate with its missed and extra spikes.

    Args:
        exact: spikes ``[T, N]``.
        estimates: rule -> spikes ``[T, N]``.
    """
    spikes = {"exact LIF": exact} | estimates
    grid = {"size": (7, 0.6 + 2 * len(spikes)), "down": True, "sharey": True}
    figure, each = base.panels(spikes, x="time [step]", y="neuron [index]", **grid)
    for axis, _, s in each:
        marks(axis, exact, s, size=4)
        axis.set_ylim(-1, exact.shape[1])
    return base.key_below(figure, title, axis)


def draw_agreement(seed: int, mean: float, spread: float, decay: float) -> tuple[Figure, str]:
    """Input, potential and spikes of one neuron, with the shares of a hundred such in words."""
    generator = torch.Generator().manual_seed(seed)
    x = mean + spread * torch.randn(60, 100, generator=generator)
    exact = lif_sequence(x, decay)
    traces = {name: mpe_sequence(x, name, decay, seed=seed) for name in ("bernoulli", "zero")}
    figure, axes = base.new_figure(3, 1, base.PANELS, sharex=True, height_ratios=(1, 2, 1.2))
    base.fixed(figure, 0.13, 0.11, 0.99, 0.98, hspace=0.25)
    base.current(axes[0], x[:, 0])
    axes[1].plot(exact.h[:, 0], **EXACT, label="exact LIF")
    for name, trace in traces.items():
        axes[1].plot(trace.h[:, 0], **style_of(name) | {"marker": ""}, label=name)
    axes[1].axhline(1, **THRESHOLD)
    axes[1].set_ylabel("potential h\n[threshold]")
    spike_rows(axes[2], [("exact", exact.s[:, 0])] + [(n, t.s[:, 0]) for n, t in traces.items()])
    axes[2].set_xlabel("time [step]; circle: missed, cross: extra")
    axes[1].legend(loc="lower right", ncols=3, bbox_to_anchor=(1, 0.96), frameon=False)
    lines = []
    for name, trace in traces.items():
        _, missed, extra = spike_agreement(exact.s, trace.s)
        lines.append(f"{name} misses {100 * missed:.1f} % and adds {100 * extra:.1f} %")
    return figure, f"exact LIF fires on {100 * exact.s.mean():.1f} % of steps; {'; '.join(lines)}."


def marks(
    axis, exact: Tensor, s: Tensor, height=0.0, size=5.0, missed="missed", extra="extra"
) -> None:
    """Same, missed and extra spikes of ``[T, N]``; neuron n is drawn at height + n."""
    fired, mine = exact.numpy() > 0, s.numpy() > 0
    looks = (SAME, MISSED | {"label": missed}, EXTRA | {"label": extra})
    for where, style in zip((fired & mine, fired & ~mine, ~fired & mine), looks, strict=True):
        step, neuron = np.nonzero(where)
        axis.plot(step, height + neuron, linestyle="", markersize=size, **style)
