"""Where an estimate and the exact LIF differ: traces, rasters, agreement, maps, and an explorer.

In all of them ``title`` is the message of the figure, and spikes are 0 or 1.
"""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..dynamics import Trace, lif_sequence
from ..estimate import mpe_sequence
from ..losses import spike_agreement
from .base import EXACT, GRID, PANELS, RESIDUAL, RULE_STYLES, SPIKE, THRESHOLD, new_figure
from .traces import spike_rows

MISSED = {"marker": "o", "color": SPIKE, "markerfacecolor": "none", "label": "missed"}
EXTRA = {"marker": "x", "color": "#0072B2", "label": "extra"}
SAME = {"marker": "|", "color": GRID, "label": "same spike"}


def plot_rules(x: Tensor, exact: Trace, estimates: dict[str, Trace], title: str = "") -> Figure:
    """Input of one neuron, and one panel for each rule: potential, missed and extra spikes.

    Args:
        x: input current ``[T]``, in units of the threshold.
        exact: trace with fields ``[T]``.
        estimates: rule -> trace with fields ``[T]``.
    """
    rows, steps = len(estimates), np.arange(len(x))
    figure, axes = new_figure(1 + rows, 1, (7, 1.6 + 1.35 * rows), sharex=True)
    axes[0].step(steps, x, where="mid", color=GRID, linewidth=1.4)
    axes[0].set_ylabel("input\n[threshold]")
    every = torch.cat([exact.h, *(trace.h for trace in estimates.values())])
    low, high = every.min().item() - 0.2, every.max().item() + 0.5
    for axis, (name, trace) in zip(axes[1:], estimates.items(), strict=True):
        style = RULE_STYLES[name] | {"marker": "", "linewidth": 1.5}
        axis.fill_between(steps, exact.h, trace.h, color=RESIDUAL, alpha=0.35, linewidth=0)
        axis.plot(steps, exact.h, **EXACT)
        axis.plot(steps, trace.h, **style)
        axis.axhline(1, **THRESHOLD)
        _marks(axis, exact.s[:, None], trace.s[:, None], height=high, size=6)
        wrong = int((exact.s != trace.s).sum())
        axis.set_title(f"{name}: {wrong} of {len(x)} steps wrong", loc="left", fontsize=10)
        axis.set(ylim=(low, high + 0.35), ylabel="h [threshold]")
    axes[-1].set_xlabel("time [step]")
    axes[-1].plot([], [], **EXACT, label="exact LIF")
    axes[-1].fill_between([], [], color=RESIDUAL, alpha=0.35, label="difference")
    _key(figure, axes[-1], title)
    return figure


def plot_raster(exact: Tensor, estimates: dict[str, Tensor], title: str = "") -> Figure:
    """Spikes of a population: exact on top, then each estimate with its missed and extra spikes.

    Args:
        exact: spikes ``[T, N]``.
        estimates: rule -> spikes ``[T, N]``.
    """
    spikes = {"exact LIF": exact} | estimates
    figure, axes = new_figure(len(spikes), 1, (7, 0.6 + 2 * len(spikes)), sharex=True, sharey=True)
    for axis, (name, s) in zip(axes, spikes.items(), strict=True):
        _marks(axis, exact, s, size=4)
        axis.set_title(name, loc="left", fontsize=10)
        axis.set(ylabel="neuron [index]", ylim=(-1, exact.shape[1]))
    axes[-1].set_xlabel("time [step]")
    _key(figure, axes[-1], title)
    return figure


def plot_errors(
    means: Sequence[float],
    panels: dict[tuple[float, float], dict[str, tuple[Sequence, Sequence]]],
    title: str = "",
) -> Figure:
    """Extra spikes upwards and missed ones downwards, against the mean of the input.

    Args:
        means: of the input, in units of the threshold.
        panels: (decay, spread) -> {rule: (missed, extra)}, each a share of all steps.
    """
    decays, spreads = (sorted({key[i] for key in panels}) for i in (0, 1))
    grid = {"sharex": True, "sharey": "row", "squeeze": False}
    figure, axes = new_figure(len(decays), len(spreads), (7, 4.6), **grid)
    for (decay, spread), lines in panels.items():
        axis = axes[decays.index(decay)][spreads.index(spread)]
        for name, (missed, extra) in lines.items():
            style = RULE_STYLES[name] | {"markersize": 4, "linewidth": 1.3}
            axis.plot(means, 100 * np.asarray(extra), **style, label=name)
            axis.plot(means, -100 * np.asarray(missed), **style)
        axis.axhline(0, color="#000000", linewidth=0.8)
        axis.set_title(f"decay {decay:g}, spread {spread:g}", fontsize=10)
    for row in axes:
        row[0].set_ylabel("missed | extra\n[% of steps]")
        row[0].yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    for axis in axes[-1]:
        axis.set_xlabel("input mean [threshold]")
    _key(figure, axes[0][0], title)
    return figure


def plot_agreement(
    means: Sequence[float], wrong: dict[float, dict[str, Sequence[float]]], title: str = ""
) -> Figure:
    """Equal steps, and below them the share of zero's disagreements that each rule removes.

    Args:
        means: of the input, in units of the threshold.
        wrong: decay -> {rule: share of steps that disagree with exact LIF}, "zero" among them.
    """
    figure, axes = new_figure(2, len(wrong), (7, 5), sharex=True, sharey="row", squeeze=False)
    for column, (decay, rules) in zip(axes.T, wrong.items(), strict=True):
        nothing = np.asarray(rules["zero"])
        for name, values in rules.items():
            style = RULE_STYLES[name] | {"markersize": 4}
            column[0].plot(means, 100 * (1 - np.asarray(values)), **style, label=name)
            column[1].plot(means, 100 * (1 - np.asarray(values) / nothing), **style)
        column[0].set_title(f"decay {decay:g}", fontsize=10)
        column[1].set(ylim=(-150, 105), xlabel="input mean [threshold]")
    axes[0][0].set(ylim=(0, 104), ylabel="equal steps [%]")
    axes[1][0].set_ylabel("removed of zero's\ndisagreements [%]")
    _key(figure, axes[0][0], title)
    return figure


def plot_map(
    means: Sequence[float],
    spreads: Sequence[float],
    worse: dict[float, np.ndarray],
    title: str = "",
) -> Figure:
    """How many more steps a rule gets wrong than no memory; hatched: worse by 0.1 % or more.

    Args:
        means, spreads: of the input, in units of the threshold.
        worse: decay -> ``[means, spreads]``, share of steps wrong minus that of zero.
    """
    figure, axes = new_figure(1, len(worse), (7, 3.4), sharey=True, squeeze=False)
    means, spreads = np.asarray(means), np.asarray(spreads)
    limit = 100 * max(np.abs(values).max() for values in worse.values())
    for axis, (decay, values) in zip(axes[0], worse.items(), strict=True):
        percent = 100 * np.asarray(values).T  # [spreads, means]
        colours = {"cmap": "PuOr_r", "vmin": -limit, "vmax": limit, "shading": "gouraud"}
        mesh = axis.pcolormesh(means, spreads, percent, **colours)
        axis.contourf(means, spreads, percent, [0.1, limit + 1], colors="none", hatches=["///"])
        axis.contour(means, spreads, percent, [0.1], colors="#000000", linewidths=1.4)
        axis.axvline(1, **THRESHOLD)
        axis.set_title(f"decay {decay:g}", fontsize=10)
        axis.set_xlabel("input mean [threshold]")
    axes[0][0].set_ylabel("input spread [threshold]")
    figure.colorbar(mesh, ax=list(axes[0]), label="wrong, beyond zero's\n[% of steps]")
    figure.suptitle(title, fontsize=11)
    return figure


def plot_same_rate(
    spreads: Sequence[float],
    rates: dict[str, Sequence[float]],
    missed: dict[str, Sequence[float]],
    title: str = "",
) -> Figure:
    """Firing rates, and below them the share of the exact neuron's spikes that are missed.

    Args:
        spreads: of the input, in units of the threshold.
        rates: neuron -> share of steps with a spike.
        missed: rule -> share of the exact spikes that it misses.
    """
    figure, axes = new_figure(2, 1, (7, 4.6), sharex=True)
    gap = np.abs(np.asarray(rates["bernoulli"]) - np.asarray(rates["exact LIF"]))
    for axis, lines in zip(axes, (rates, missed), strict=True):
        axis.axvline(spreads[int(gap.argmin())], **THRESHOLD)
        for name, values in lines.items():
            style = RULE_STYLES[name] | {"markersize": 4, "label": name}
            axis.plot(spreads, 100 * np.asarray(values), **style)
    axes[0].set_ylabel("firing rate\n[% of steps]")
    axes[1].set(ylabel="missed [% of\nexact spikes]", xlabel="input spread [threshold]")
    axes[1].set_ylim(0, 104)
    _key(figure, axes[0], title)
    return figure


def plot_sweeps(wrong: dict[str, np.ndarray], title: str = "") -> Figure:
    """Share of neurons that are wrong at each step, after each number of sweeps.

    Args:
        wrong: starting guess -> ``[sweeps, T]``, shares in [0, 1].
    """
    figure, axes = new_figure(len(wrong), 1, (7, 0.8 + 1.8 * len(wrong)), sharex=True)
    top = 100 * max(values.max() for values in wrong.values())
    for axis, (name, values) in zip(axes, wrong.items(), strict=True):
        image = axis.imshow(100 * values, cmap="cividis", vmin=0, vmax=top, aspect="auto")
        stairs = np.append(np.arange(len(values)), len(values) - 1)
        edge = {"where": "pre", "color": "#FFFFFF", "linewidth": 2, "linestyle": "--"}
        axis.step(stairs + 0.5, np.arange(len(stairs)) - 0.5, **edge)
        axis.set_title(f"first guess: {name}", loc="left", fontsize=10)
        axis.set(ylabel="sweeps\n[number]", yticks=range(0, len(values), 2))
    axes[-1].set_xlabel("time [step]")
    figure.colorbar(image, ax=list(axes), label="neurons wrong [%]")
    figure.suptitle(title, fontsize=11)
    return figure


def draw_agreement(seed: int, mean: float, spread: float, decay: float) -> tuple[Figure, str]:
    """Input, potential and spikes of one neuron, with the shares of a hundred such in words.

    Args:
        seed: of the input and of the rule's draw.
        mean, spread: of the input, in units of the threshold.
        decay: factor kept per step.
    """
    generator = torch.Generator().manual_seed(seed)
    x = mean + spread * torch.randn(60, 100, generator=generator)
    exact = lif_sequence(x, decay)
    traces = {name: mpe_sequence(x, name, decay, seed=seed) for name in ("bernoulli", "zero")}
    figure, axes = new_figure(3, 1, PANELS, sharex=True, height_ratios=(1, 2, 1.2))
    figure.set_layout_engine(None)  # fixed margins: a redraw must be quick
    figure.subplots_adjust(0.13, 0.11, 0.99, 0.98, hspace=0.25)
    axes[0].step(range(60), x[:, 0], where="mid", color=GRID, linewidth=1.4)
    axes[1].plot(exact.h[:, 0], **EXACT, label="exact LIF")
    for name, trace in traces.items():
        axes[1].plot(trace.h[:, 0], **RULE_STYLES[name] | {"marker": ""}, label=name)
    axes[1].axhline(1, **THRESHOLD)
    axes[0].set_ylabel("input\n[threshold]")
    axes[1].set_ylabel("potential h\n[threshold]")
    spike_rows(axes[2], [("exact", exact.s[:, 0])] + [(n, t.s[:, 0]) for n, t in traces.items()])
    axes[2].set_xlabel("time [step]; circle: missed, cross: extra")
    axes[1].legend(loc="lower right", ncols=3, bbox_to_anchor=(1, 0.96), frameon=False)
    lines = []
    for name, trace in traces.items():
        _, missed, extra = spike_agreement(exact.s, trace.s)
        lines.append(f"{name} misses {100 * missed:.1f} % and adds {100 * extra:.1f} %")
    return figure, f"exact LIF fires on {100 * exact.s.mean():.1f} % of steps; {'; '.join(lines)}."


def _marks(axis, exact: Tensor, s: Tensor, height: float = 0.0, size: float = 5) -> None:
    """Same, missed and extra spikes of ``[T, N]``; neuron n is drawn at height + n."""
    fired, mine = exact.numpy() > 0, s.numpy() > 0
    for where, style in ((fired & mine, SAME), (fired & ~mine, MISSED), (~fired & mine, EXTRA)):
        step, neuron = np.nonzero(where)
        axis.plot(step, height + neuron, linestyle="", markersize=size, **style)


def _key(figure: Figure, axis, title: str) -> None:
    """One legend below all panels, and the message above them."""
    handles, _ = axis.get_legend_handles_labels()
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
    figure.suptitle(title, fontsize=11)
