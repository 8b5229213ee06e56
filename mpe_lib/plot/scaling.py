"""How the cost grows: ratios of times, time per neuron-step, memory."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .base import GRID, THRESHOLD, new_figure

# one colour, line style and marker for each number of steps, light to dark
STEP_STYLES = {
    4: {"color": "#B8A400", "linestyle": ":", "marker": "v"},
    8: {"color": "#009E73", "linestyle": (0, (3, 1, 1, 1)), "marker": "^"},
    16: {"color": "#D55E00", "linestyle": "-.", "marker": "D"},
    32: {"color": "#0072B2", "linestyle": "--", "marker": "s"},
    64: {"color": "#000000", "linestyle": "-", "marker": "o"},
}
DASHES = (0, (5, 1, 1, 1))
# three groups of series; what stands in one figure has colours of its own
NEURON_STYLES = {
    "LIF as released": {"color": "#D55E00", "linestyle": "-.", "marker": "v"},
    "LIF, indexing": {"color": "#B8A400", "linestyle": ":", "marker": "x"},
    "LIF, fair": {"color": "#000000", "linestyle": "-", "marker": "o"},
    "MPE as released": {"color": "#CC79A7", "linestyle": (0, (1, 1)), "marker": "P"},
    "MPE bernoulli": {"color": "#0072B2", "linestyle": "--", "marker": "s"},
    "MPE mean": {"color": "#009E73", "linestyle": DASHES, "marker": "D"},
    "MPE hard": {"color": "#56B4E9", "linestyle": (0, (3, 1, 1, 1)), "marker": "^"},
    "copy": {"color": "#767676", "linestyle": ":", "marker": "."},
}
FUSED_STYLES = {
    "LIF, compiled": {"color": "#B8A400", "linestyle": "-", "marker": "*"},
    "MPE hard, compiled": {"color": "#0072B2", "linestyle": (0, (4, 1)), "marker": "<"},
    "MPE bernoulli, compiled": {"color": "#CC79A7", "linestyle": "-", "marker": "h"},
    "LIF, kernel": {"color": "#000000", "linestyle": ":", "marker": "p"},
    "MPE hard, kernel": {"color": "#D55E00", "linestyle": "--", "marker": ">"},
    "MPE bernoulli, kernel": {"color": "#009E73", "linestyle": "-.", "marker": "d"},
}
PEER_STYLES = {
    "SpikingJelly LIF": {"color": "#D55E00", "linestyle": "--", "marker": "1"},
    "SpikingJelly PSN": {"color": "#009E73", "linestyle": (0, (6, 1)), "marker": "+"},
    "SpikingJelly SlidingPSN": {"color": "#000000", "linestyle": "-.", "marker": "2"},
    "snnTorch Leaky": {"color": "#CC79A7", "linestyle": DASHES, "marker": "X"},
    "Norse LIFBox": {"color": "#B8A400", "linestyle": ":", "marker": "3"},
    "Norse LIFBox, compiled": {"color": "#56B4E9", "linestyle": (0, (3, 1, 1, 1)), "marker": "4"},
}


def plot_ratios(
    panels: dict[str, dict[tuple[int, int], float]],
    title: str = "",
    words: str = "time LIF / time MPE [1]",
) -> Figure:
    """Time of one neuron over that of another against the number of neurons, one line for each T.

    Args:
        panels: name -> {(T, N): ratio}; both axes are logarithmic; 1 is drawn dotted.
        title: the message of the figure.
        words: of the vertical axis.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.4), sharey=True, squeeze=False)
    for axis, (name, ratios) in zip(axes[0], panels.items(), strict=True):
        for steps, style in STEP_STYLES.items():
            line = sorted((n, value) for (t, n), value in ratios.items() if t == steps)
            if line:
                axis.loglog(*zip(*line, strict=True), **style, label=f"T = {steps}", markersize=5)
        axis.axhline(1, **THRESHOLD)
        _density_axis(axis, sorted({n for _, n in ratios}))
        axis.set_title(name, fontsize=10)
    axes[0][0].set_ylabel(words)
    ticks = [0.1, 0.3, 1, 3, 10, 30]
    axes[0][0].set_yticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes[0][0].minorticks_off()
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
    figure.suptitle(title, fontsize=11)
    return figure


def plot_cost(
    rows: Sequence[dict],
    steps: int,
    direction: str,
    title: str = "",
    names: Sequence[str] = tuple(NEURON_STYLES),
) -> Figure:
    """Time per neuron-step against the number of neurons, one line for each neuron.

    Args:
        rows: of :func:`mpe_lib.benchmark.sweep`.
        steps: the T to show.
        direction: "forward" or "forward + backward".
        title: the message of the figure.
        names: the neurons to draw, by the names of the benchmark.
    """
    figure, axis = new_figure(size=(7, 3.2))
    mine = [row for row in rows if row["T"] == steps and row["pass"] == direction]
    for name in names:
        line = sorted((row["N"], 1e6 * row["median_ms"] / steps / row["N"])
                      for row in mine if row["neuron"] == name)  # fmt: skip
        if line:
            style = style_of(name)
            axis.loglog(*zip(*line, strict=True), **style, label=name, markersize=5)
    _density_axis(axis, sorted({row["N"] for row in mine}))
    axis.set_ylabel("time per neuron-step [ns]")
    axis.set_title(title, fontsize=11)
    figure.legend(loc="outside right center", frameon=False)
    return figure


def plot_memory(bytes_by_neuron: dict[str, float], floor: float, title: str = "") -> Figure:
    """Bytes kept for backward by each neuron, and the least that any neuron could keep.

    Args:
        bytes_by_neuron: name -> bytes per neuron-step.
        floor: the input and the spikes alone, drawn dotted.
        title: the message of the figure.
    """
    figure, axis = new_figure(size=(7, 0.9 + 0.32 * len(bytes_by_neuron)))
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
        title: the message of the figure.
    """
    figure, axis = new_figure(size=(7, 3.2))
    for name, cells in shares.items():
        line = sorted((n, value) for (_, n), value in cells.items())
        axis.loglog(*zip(*line, strict=True), **style_of(name), label=name, markersize=5)
    axis.axhline(1, **THRESHOLD)
    _density_axis(axis, sorted({n for cells in shares.values() for _, n in cells}))
    ticks = [0.003, 0.01, 0.03, 0.1, 0.3, 1]
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.set_ylabel("bytes per second / copy's [1]")
    axis.set_title(title, fontsize=11)
    figure.legend(loc="outside right center", frameon=False)
    return figure


def plot_peaks(rows: Sequence[dict], size: int, names: Sequence[str], title: str = "") -> Figure:
    """Memory of forward and backward at its peak against the number of steps.

    Args:
        rows: of :func:`mpe_lib.benchmark.sweep`, with "peak_bytes".
        size: the number of neurons to show.
        names: the neurons to draw, by the names of the benchmark.
        title: the message of the figure.
    """
    figure, axis = new_figure(size=(7, 3.2))
    mine = [row for row in rows if row["N"] == size and row["pass"] == "forward + backward"]
    for name in names:
        line = sorted((row["T"], row["peak_bytes"] / 2**20)
                      for row in mine if row["neuron"] == name)  # fmt: skip
        style = style_of(name)
        axis.loglog(*zip(*line, strict=True), **style, label=name, markersize=5)
    steps = sorted({row["T"] for row in mine})
    axis.set_xticks(steps, [str(each) for each in steps])
    axis.minorticks_off()
    axis.set_xlabel("steps T [number]")
    axis.set_ylabel("peak memory of a call [MiB]")
    axis.set_title(title, fontsize=11)
    figure.legend(loc="outside right center", frameon=False)
    return figure


def style_of(name: str) -> dict:
    """Colour, line and marker of a contestant of the benchmark."""
    return (NEURON_STYLES | FUSED_STYLES | PEER_STYLES)[name]


def _density_axis(axis, sizes: list[int]) -> None:
    axis.set_xticks(sizes, [f"$2^{{{n.bit_length() - 1}}}$" for n in sizes])
    axis.minorticks_off()
    axis.set_xlabel("neurons in the layer [number]")
