"""The family of parallel neurons in one equation: its two sums, its rates, its residuals."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..core.causal import leak_matrix
from ..core.dynamics import lif_sequence
from ..core.estimate import mpe_sequence
from ..core.losses import residual, spike_agreement
from ..systems.fpt import fpt_sequence
from ..systems.psn import psn_sequence
from ..systems.psu import psu_sequence
from . import base
from .styles import DECAY_STYLES, ESTIMATE, EXACT, GRID, NOTHING, RESIDUAL, SPIKE, THRESHOLD
from .traces import spike_rows

SHOWN = {  # what an explorer offers, by name: (x, decay) -> trace
    "never reset (PSN)": lambda x, decay: psn_sequence(x, leak_matrix(len(x), decay)),
    "guess by the input (MPE hard)": lambda x, decay: mpe_sequence(x, "hard", decay, reset="soft"),
    "guess by a chance (PSU)": lambda x, decay: psu_sequence(x, decay),
    "one sweep (FPT)": lambda x, decay: fpt_sequence(x, decay, sweeps=1),
    "three sweeps (FPT)": lambda x, decay: fpt_sequence(x, decay, sweeps=3),
}


def plot_sums(x: Tensor, decay: float, title: str = "") -> Figure:
    """One exact neuron's potential, as a leaky sum of its input less one of its resets.

    Args:
        x: input current ``[T]``, in units of the threshold.
    """
    a = leak_matrix(len(x), decay, x.dtype)
    exact = lif_sequence(x[:, None], decay)
    charged = a @ x
    taken = ((a - torch.eye(len(x), dtype=x.dtype)) @ (exact.h - exact.v))[:, 0]
    figure, (above, below) = base.new_figure(2, 1, (7, 4.2), sharex=True)
    above.plot(charged, **NOTHING, label="A x: the input, never reset")
    above.fill_between(range(len(x)), taken, color=RESIDUAL, alpha=0.5, label="(A - 1) r: resets")
    above.set_ylabel("sum [threshold]")
    below.plot(exact.h[:, 0], **EXACT, label="h: the difference")
    below.axhline(1, **THRESHOLD)
    (fired,) = np.nonzero(exact.s[:, 0].numpy())
    below.plot(fired, exact.h[fired, 0], "o", color=SPIKE, label="spike")
    below.set(ylabel="h [threshold]", xlabel="time [step]")
    for axis in (above, below):
        axis.legend(frameon=False, ncols=2, loc="upper left")
        low, high = axis.get_ylim()
        axis.set_ylim(low, high + 0.35 * (high - low))  # room for the key
    return base.message(figure, title)


def plot_rates(decays: Sequence[float], rates: Mapping[str, Sequence[float]], title="") -> Figure:
    """How often each neuron fires, over the decay.

    Args:
        rates: name -> share of steps with a spike, at each decay; "exact LIF" is drawn first.
    """
    figure, axis = base.new_figure(size=(7, 3.4))
    looks = [EXACT | {"marker": "o"}, NOTHING | {"marker": "v"}, ESTIMATE | {"marker": "s"}]
    looks += [{"color": SPIKE, "linestyle": ":", "marker": "^"}, DECAY_STYLES[0.99]]
    for (name, values), look in zip(rates.items(), looks, strict=False):
        axis.plot(decays, 100 * np.asarray(values), label=name, markersize=5, **look)
    axis.set(xlabel="decay [1]", ylabel="steps with a spike [%]", ylim=(0, None))
    return base.key_below(figure, title, columns=3)


def plot_sweeps(wrong: Mapping[float, Sequence[float]], nothing: Mapping, title="") -> Figure:
    """Share of wrong steps after each number of sweeps; dotted: the neuron with no memory.

    Args:
        wrong: decay -> share of steps that differ from the neuron with soft reset, from sweep 0.
        nothing: decay -> the share for a neuron that takes the potential before for 0.
    """
    figure, axis = base.new_figure(size=(7, 3.4))
    for decay, shares in wrong.items():
        style = DECAY_STYLES[decay]
        percent = 100 * np.asarray(shares, dtype=float)
        axis.plot(percent, label=f"decay {decay:g}", **style | {"markersize": 5})
        axis.axhline(100 * nothing[decay], color=style["color"], linestyle=":", linewidth=1)
    axis.set_yscale("symlog", linthresh=0.01)
    axis.set(ylim=(0, 60), xlabel="sweeps [number]", ylabel="wrong steps [%]")
    ticks = (0, 0.01, 0.1, 1, 10)
    axis.set_yticks(ticks, [f"{each:g}" for each in ticks])
    return base.key_below(figure, title, columns=3)


def plot_residuals(
    found: Mapping[float, Mapping[str, tuple[float, float]]], title: str = ""
) -> Figure:
    """One bar for each neuron: the share of its spikes that its own equation would revise.

    Args:
        found: decay -> {neuron: (residual, share of steps that differ from the exact LIF)}.
    """
    figure, each = base.panels(found, "decay {:g}", (7, 4.6), "share of steps [%]", sharex=True)
    for axis, _, bars in each:
        places = range(len(bars))
        own, other = np.array(list(bars.values())).T * 100
        axis.barh(places, own, color=RESIDUAL, label="residual")
        look = {"color": EXACT["color"], "markerfacecolor": "none"}
        axis.plot(other, places, "D", ms=5, label="differs from exact LIF", **look)
        axis.set_yticks(places, bars)
        axis.invert_yaxis()
        axis.axvline(100 * bars["zero"][1], **THRESHOLD)
    each[0][0].set_ylim(len(bars) - 0.4, -0.6)  # the axis is shared
    return base.key_below(figure, title, columns=2)


def draw_family(seed: int, neuron: str, decay: float) -> tuple[Figure, str]:
    """One neuron of the family beside the neuron with soft reset, on the same noise.

    Args:
        neuron: a key of SHOWN.
    """
    x = 0.3 + 0.7 * torch.randn(60, 100, generator=torch.Generator().manual_seed(seed))
    exact, trace = lif_sequence(x, decay, reset="soft"), SHOWN[neuron](x, decay)
    figure, axes = base.new_figure(3, 1, base.PANELS, sharex=True, height_ratios=(0.8, 2, 0.7))
    base.fixed(figure, 0.13, 0.11, 0.99, 0.97, hspace=0.45)
    base.current(axes[0], x[:, 0])
    axes[1].plot(exact.h[:, 0], **EXACT, label="h, exact with soft reset")
    axes[1].plot(trace.h[:, 0], **ESTIMATE, label=f"h, {neuron}")
    axes[1].axhline(1, **THRESHOLD)
    axes[1].set_ylabel("potential h\n[threshold]")
    axes[1].legend(loc="lower left", ncols=2, bbox_to_anchor=(0, 0.95), frameon=False)
    spike_rows(axes[2], [("exact", exact.s[:, 0]), ("this", trace.s[:, 0])])
    axes[2].set_xlabel("time [step]; circle: missed, cross: extra")
    for axis in axes:
        axis.set_xlim(-0.5, 59.5)
        axis.spines["left"].set_color(GRID)
    off = spike_agreement(exact.s, trace.s)
    return figure, (
        f"{neuron}, decay {decay:g}, 100 neurons, 60 steps: {100 * (1 - off.equal):.1f} % of steps "
        f"differ from the neuron with soft reset ({100 * off.missed:.1f} % missed, "
        f"{100 * off.extra:.1f} % extra); residual {100 * residual(trace, x, decay):.1f} %."
    )
