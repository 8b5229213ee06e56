"""A second, slow variable: intervals grow, a step explodes or not, a cue outlasts silence."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..results.numbers import mean_interval
from ..systems.se_adlif import adlif_matrix, adlif_sequence
from ..systems.srnn import ThresholdTrace
from . import base
from .styles import (
    BLACK,
    BLUE,
    ESTIMATE,
    EXACT,
    GREEN,
    GREY,
    GRID,
    ORANGE,
    RESIDUAL,
    SPIKE,
    THRESHOLD,
)

SETTINGS = {"tau_u": 10.0, "tau_w": 100.0, "a": 0.9, "b": 1.0}  # of the explorer's neuron
ON, STEPS, NOISE = 100, 300, 4.0  # steps with a current, all steps, its spread in thresholds
OUTSIDE = {"marker": "x", "markersize": 5, "linestyle": ""}


def plot_tired(trace: ThresholdTrace, waits: Mapping[str, Sequence[int]], title="") -> Figure:
    """Potential and threshold of an adaptive neuron, and the intervals between its spikes.

    Args:
        trace: of one neuron, fields ``[T]``.
        waits: words -> intervals in steps, of the adaptive neuron and then of the others.
    """
    figure, (above, below) = base.new_figure(2, 1, (7, 4.6), height_ratios=(1.1, 1))
    steps, h = np.arange(len(trace.h)), trace.h.numpy()
    above.plot(steps, h, **EXACT, label="potential h")
    above.plot(steps, trace.v_threshold, **ESTIMATE, label="its threshold")
    (fired,) = np.nonzero(trace.s.numpy())
    above.plot(fired, h[fired], "o", color=SPIKE, markersize=5, label="spike")
    above.set(xlabel="time [step]", ylabel="potential\n[unit of x]", xlim=(-1, len(steps)))
    above.legend(loc="lower left", ncols=3, bbox_to_anchor=(0, 0.95), frameon=False)
    for look, (name, each) in zip((BLUE, GREY, ORANGE), waits.items(), strict=False):
        below.plot(range(1, len(each) + 1), each, label=name, markersize=4, **look)
    below.set(xlabel="interval [number since the first spike]", ylabel="interval\n[steps]")
    below.set_ylim(0, 1.15 * max(map(max, waits.values())))
    below.legend(loc="center right", frameon=False)
    return base.message(figure, title)


def plot_discs(panels: Mapping[str, Tensor], without: Tensor, title: str = "") -> Figure:
    """Eigenvalues of one step beside the edge of the unit disc; its upper half, they are pairs.

    Args:
        panels: words -> complex eigenvalues ``[n, 2]``; what lies outside the circle is a cross.
        without: real eigenvalues of the same neurons without the second variable.
    """
    labels = {"x": "real part [1]", "y": "imaginary part [1]"}
    figure, each = base.panels(panels, size=(7, 4.3), sharex=True, **labels)
    turn = np.linspace(0, np.pi / 2, 200)
    for axis, _, values in each:
        axis.plot(np.cos(turn), np.sin(turn), color="#000000", linewidth=1.2, label="modulus 1")
        values = values.flatten().numpy()
        values = values[values.imag >= 0]
        out = np.abs(values) > 1
        inside = {"color": ESTIMATE["color"], "linestyle": "", "marker": "o", "mfc": "none"}
        axis.plot(values[~out].real, values[~out].imag, **inside, ms=3, label="it fades")
        axis.plot(values[out].real, values[out].imag, color=SPIKE, label="it explodes", **OUTSIDE)
        plain = without.flatten().numpy()
        bar = {"color": GRID, "linestyle": "", "marker": "|", "markersize": 9}
        axis.plot(plain, 0 * plain, **bar, label="without w")
        axis.set(xlim=(0.5, 1.15), ylim=(-0.04, 0.74))
        axis.set_aspect("equal")
    return base.key_below(figure, title, columns=4)


def plot_silence(trace: ThresholdTrace, cue: int, lasts: int, go: int, title: str = "") -> Figure:
    """Thresholds and spikes of neurons that listen to one cue each, over one sequence.

    Args:
        trace: fields ``[T, neurons]``.
        cue: which neuron's cue was raised.
        lasts, go: steps of the cue, at the start, and of the go signal, at the end.
    """
    figure, (above, below) = base.new_figure(2, 1, (7, 4.2), sharex=True, height_ratios=(1.6, 1))
    total, neurons = trace.s.shape
    names = [f"neuron {k}" for k in range(neurons)]
    for k, look in enumerate((BLACK, BLUE, ORANGE, GREEN)[:neurons]):
        wide = 2.4 if k == cue else 1.4
        line = look | {"marker": "", "linewidth": wide}
        above.plot(trace.v_threshold[:, k], **line, label=names[k] + " (its cue)" * (k == cue))
        (fired,) = np.nonzero(trace.s[:, k].numpy())
        below.plot(fired, np.full(len(fired), -k), "|", color=look["color"], ms=9, mew=1.8)
    for axis in (above, below):
        axis.axvspan(-0.5, lasts - 0.5, color=RESIDUAL, alpha=0.2, linewidth=0)
        axis.axvspan(total - go - 0.5, total - 0.5, color=GRID, alpha=0.2, linewidth=0)
    above.set(ylabel="threshold [unit of x]", xlim=(-0.5, total - 0.5))
    below.set_yticks([-k for k in range(neurons)], names)
    below.set(ylim=(-neurons + 0.4, 0.6), xlabel="time [step]; shaded: the cue, and the go signal")
    return base.key_below(figure, title, columns=4)


def plot_forgetting(
    silent: Sequence[int], shares: Mapping[str, Sequence[float]], chance: float, title: str = ""
) -> Figure:
    """How often a cue is recalled after so many silent steps; dotted: a guess.

    Args:
        silent: steps.
        shares: words -> share recalled after each number of silent steps.
    """
    figure, axis = base.new_figure(size=(7, 3.6))
    for look, (name, each) in zip((BLUE, GREEN, ORANGE, GREY), shares.items(), strict=False):
        axis.plot(silent, 100 * np.asarray(each), label=name, markersize=5, **look)
    axis.axhline(100 * chance, **THRESHOLD)
    axis.set(ylim=(0, 104), ylabel="cue recalled [%]")
    base.log_axis(axis, silent, "silent steps [number]")
    return base.key_below(figure, title, columns=2)


def plot_recall(groups: Mapping[str, Sequence[float]], chance: float, title: str = "") -> Figure:
    """Every trained network a circle, their mean a bar with its 95 % interval; dotted: a guess."""
    figure, axis = base.new_figure(size=(7, 2.8))
    base.dots(axis, {name: [100 * each for each in values] for name, values in groups.items()})
    for k, values in enumerate(groups.values()):
        middle, low, high = (100 * each for each in mean_interval(values))
        bar = {"color": EXACT["color"], "capsize": 4, "linewidth": 1.4}
        axis.errorbar([middle], [-k - 0.3], xerr=[[middle - low], [high - middle]], **bar)
    axis.axvline(100 * chance, **THRESHOLD)
    axis.set(xlim=(0, 102), xlabel="cue recalled [%]")
    return base.message(figure, title)


def draw_adlif(seed: int, form: str, q: float, level: float) -> tuple[Figure, str]:
    """One SE-adLIF neuron with a noisy current that ends after a third of the time.

    Args:
        form: "symplectic" or "euler".
        q: strength of the second variable.
        level: mean of the current, in thresholds; without a current there is only a first push.
    """
    x = torch.zeros(STEPS, 1, dtype=torch.float64)
    noise = torch.randn(ON, 1, generator=torch.Generator().manual_seed(seed), dtype=x.dtype)
    x[:ON] = level + NOISE * noise
    trace = adlif_sequence(x, **SETTINGS, q=q, form=form)
    s, h, v, w = (each[:, 0].numpy() for each in trace)
    figure = base.new_figure(1, 1, (7, 4.4))[0]
    figure.clear()
    grid = figure.add_gridspec(2, 2, width_ratios=(1.7, 1))
    above = figure.add_subplot(grid[0, 0])
    below, plane = figure.add_subplot(grid[1, 0], sharex=above), figure.add_subplot(grid[:, 1])
    base.fixed(figure, 0.1, 0.12, 0.98, 0.93, hspace=0.3, wspace=0.38)
    above.plot(h, **EXACT)
    (fired,) = np.nonzero(s)
    above.plot(fired, h[fired], "o", color=SPIKE, markersize=4)
    above.axhline(1, **THRESHOLD)
    above.set(ylabel="potential h [threshold]", title="dots: spikes; grey: current on")
    below.plot(w, **ESTIMATE)
    below.set(ylabel="w [threshold]", xlabel="time [step]", xlim=(-1, STEPS))
    for axis in (above, below):
        axis.axvspan(-0.5, ON - 0.5, color=GRID, alpha=0.15, linewidth=0)
    plane.plot(v[-150:], w[-150:], color=GRID, linewidth=1)
    plane.plot(v[-1], w[-1], "s", color=SPIKE, markersize=7)
    plane.set(xlabel="potential v [threshold]", ylabel="w [threshold]")
    plane.set_title("last 150 steps; square: end")
    for axis in (above, plane):
        axis.title.set_fontsize(10)
    values = adlif_matrix(SETTINGS["tau_u"], SETTINGS["tau_w"], SETTINGS["a"], q, form)
    size = torch.linalg.eigvals(values).abs().max().item()
    return figure, (
        f"{form}, q {q:g}, current {level:g}: largest modulus {size:.3f}; {int(s[:ON].sum())} "
        f"spikes while the current lasts, {int(s[-100:].sum())} in the last 100 steps, where v is "
        f"between {v[-100:].min():.2f} and {v[-100:].max():.2f}."
    )
