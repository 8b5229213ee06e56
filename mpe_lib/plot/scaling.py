"""How the cost grows: ratios of times, time per neuron-step, memory."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import base
from .styles import GRID, NEURON_STYLES, STEP_STYLES, THRESHOLD, style_of


def plot_ratios(
    panels: dict[str, dict[tuple[int, int], float]],
    title: str = "",
    words: str = "time LIF / time MPE [1]",
) -> Figure:
    """Time of one neuron over that of another against the number of neurons, one line for each T.

    Args:
        panels: name -> {(T, N): ratio}; both axes are logarithmic; 1 is drawn dotted.
        words: of the vertical axis.
    """
    figure, each = base.panels(panels, size=(7, 3.4), y=words)
    for axis, _, ratios in each:
        for steps, style in STEP_STYLES.items():
            line = sorted((n, value) for (t, n), value in ratios.items() if t == steps)
            if line:
                axis.loglog(*zip(*line, strict=True), **style, label=f"T = {steps}", markersize=5)
        axis.axhline(1, **THRESHOLD)
        _density_axis(axis, sorted({n for _, n in ratios}))
    ticks = [0.1, 0.3, 1, 3, 10, 30]
    figure.axes[0].set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    figure.axes[0].minorticks_off()
    return base.key_below(figure, title, columns=5)


def plot_cost(
    rows: Sequence[dict],
    steps: int,
    direction: str,
    title: str = "",
    names: Sequence[str] = tuple(NEURON_STYLES),
) -> Figure:
    """Time per neuron-step against the number of neurons, one line for each neuron.

    Args:
        rows: of :func:`mpe_lib.studies.scaling.harness.sweep`.
        steps: the T to show.
        direction: "forward" or "forward + backward".
        names: the neurons to draw, by the names of the benchmark.
    """
    figure, axis = base.new_figure(size=(7, 3.2))
    mine = [row for row in rows if row["T"] == steps and row["pass"] == direction]
    for name in names:
        line = sorted((row["N"], 1e6 * row["median_ms"] / steps / row["N"])
                      for row in mine if row["neuron"] == name)  # fmt: skip
        if line:
            _curve(axis, line, name)
    _density_axis(axis, sorted({row["N"] for row in mine}))
    return _beside(figure, "time per neuron-step [ns]", title)


def plot_memory(bytes_by_neuron: dict[str, float], floor: float, title: str = "") -> Figure:
    """Bytes kept for backward by each neuron, and the least that any neuron could keep.

    Args:
        bytes_by_neuron: name -> bytes per neuron-step.
        floor: the input and the spikes alone, drawn dotted.
    """
    figure, axis = base.new_figure(size=(7, 0.9 + 0.32 * len(bytes_by_neuron)))
    names = list(bytes_by_neuron)
    places = -np.arange(len(names))
    axis.barh(places, list(bytes_by_neuron.values()), color="#0072B2", height=0.6)
    for place, value in zip(places, bytes_by_neuron.values(), strict=True):
        axis.annotate(f"{value:.3g}", (value, place), xytext=(4, 0), va="center",
                      textcoords="offset points")  # fmt: skip
    axis.axvline(floor, color=GRID, linestyle=":")
    axis.set_yticks(places, names)
    axis.set_xlabel("memory kept for backward [bytes per neuron-step]")
    axis.set_title(title, fontsize=11)
    return figure


def plot_shares(shares: dict[str, dict[tuple[int, int], float]], title: str = "") -> Figure:
    """How near a neuron comes to a copy of its input, against the number of neurons.

    Args:
        shares: name -> {(T, N): bytes per second over those of a copy}, one T for all; both
            axes are logarithmic; 1, the copy itself, is drawn dotted.
    """
    figure, axis = base.new_figure(size=(7, 3.2))
    for name, cells in shares.items():
        _curve(axis, sorted((n, value) for (_, n), value in cells.items()), name)
    axis.axhline(1, **THRESHOLD)
    _density_axis(axis, sorted({n for cells in shares.values() for _, n in cells}))
    ticks = [0.003, 0.01, 0.03, 0.1, 0.3, 1]
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    return _beside(figure, "bytes per second / copy's [1]", title)


def plot_peaks(rows: Sequence[dict], size: int, names: Sequence[str], title: str = "") -> Figure:
    """Memory of forward and backward at its peak against the number of steps.

    Args:
        rows: of :func:`mpe_lib.studies.scaling.harness.sweep`, with "peak_bytes".
        size: the number of neurons to show.
        names: the neurons to draw, by the names of the benchmark.
    """
    figure, axis = base.new_figure(size=(7, 3.2))
    mine = [row for row in rows if row["N"] == size and row["pass"] == "forward + backward"]
    for name in names:
        own = (row for row in mine if row["neuron"] == name)
        _curve(axis, sorted((row["T"], row["peak_bytes"] / 2**20) for row in own), name)
    base.log_axis(axis, sorted({row["T"] for row in mine}), "steps T [number]")
    return _beside(figure, "peak memory of a call [MiB]", title)


def _curve(axis, points: list[tuple[float, float]], name: str) -> None:
    axis.loglog(*zip(*points, strict=True), **style_of(name), label=name, markersize=5)


def _beside(figure: Figure, y: str, title: str) -> Figure:
    """The key to the right of the one panel, the message above it."""
    figure.axes[0].set_ylabel(y)
    figure.axes[0].set_title(title, fontsize=11)
    figure.legend(loc="outside right center", frameon=False)
    return figure


def _density_axis(axis, sizes: list[int]) -> None:
    axis.set_xticks(sizes, [f"$2^{{{n.bit_length() - 1}}}$" for n in sizes])
    axis.minorticks_off()
    axis.set_xlabel("neurons in the layer [number]")
