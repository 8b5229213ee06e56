"""What data and networks cost: bytes of frames on the disk, energy of operations."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import base
from .styles import style_of

SHADES = ("#000000", "#0072B2", "#D55E00", "#767676", "#CC79A7", "#009E73")
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "+++")


def plot_sizes(sizes: dict[str, float], title: str = "") -> Figure:
    """Bytes of the frames of each data set, as counts of one byte and as floats of four.

    Args:
        sizes: name of the data set -> bytes at one byte for each number.
    """
    figure, axis = base.new_figure(size=(7, 1.4 + 0.3 * len(sizes)))
    rows = -np.arange(len(sizes))
    small = np.array(list(sizes.values())) / 1e9
    axis.hlines(rows, small, 4 * small, color="#767676", linewidth=0.8)
    axis.plot(small, rows, "o", color="#0072B2", label="one byte for each number")
    axis.plot(4 * small, rows, "s", color="#000000", mfc="none", label="four bytes, as floats")
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_yticks(rows, list(sizes))
    axis.set(xlabel="all parts of the data set [GB]", ylim=(rows[-1] - 0.6, 0.6))
    axis.grid(axis="x", color="#767676", alpha=0.3, linewidth=0.6)
    return base.key_below(figure, title)


def plot_energy(
    bars: dict[str, Sequence[float]],
    layers: Sequence[str],
    spread: dict[str, Sequence[float]],
    title: str = "",
) -> Figure:
    """One bar for each network, in pieces by layer, and a mark for each run's total.

    Args:
        bars: name of the network -> energy of each layer for one recording, in nJ, mean of runs.
        layers: their names.
        spread: name -> the total of each run, in nJ.
    """
    figure, axis = base.new_figure(size=(7, 1.7 + 0.42 * len(bars)))
    rows = -np.arange(len(bars))
    start = np.zeros(len(bars))
    for k, layer in enumerate(layers):
        piece = np.array([energies[k] for energies in bars.values()])
        hatch = HATCHES[(k + k // 6) % 6]  # so that a seventh layer is not like the first
        axis.barh(rows, piece, 0.62, start, color=SHADES[k % 6], hatch=hatch,
                  edgecolor="white", label=layer)  # fmt: skip
        start += piece
    for row, name in zip(rows, bars, strict=True):
        mark = style_of(name, {"marker": "o"})["marker"]
        totals = spread[name]
        axis.plot(totals, np.full(len(totals), row), mark, color="#000000", mfc="white", ms=5)
    axis.set_yticks(rows, list(bars))
    axis.set(xlabel="estimated energy of one recording [nJ]", xlim=(0, 1.08 * start.max()))
    return base.key_below(figure, title, columns=4)
