"""One neuron over time: input current, potential, spikes, all on one axis of steps."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from ..core.dynamics import Trace
from . import base
from .styles import ESTIMATE, EXACT, RESIDUAL, SPIKE, THRESHOLD


def plot_trace(x: Tensor, exact: Trace, estimate: Trace | None = None, title: str = "") -> Figure:
    """Input, potential before firing and spikes of one neuron, exact and (if given) estimated.

    Args:
        x: input current ``[T]``, in units of the threshold.
        exact, estimate: traces with fields ``[T]``.
    """
    steps = np.arange(len(x))
    figure, axes = base.new_figure(3, 1, base.PANELS, sharex=True, height_ratios=(1, 2.2, 1))
    base.current(axes[0], x.detach())
    axes[1].plot(steps, exact.h.detach(), **EXACT, label="exact LIF")
    if estimate is not None:
        axes[1].plot(steps, estimate.h.detach(), **ESTIMATE, label="estimate")
        area = {"color": RESIDUAL, "alpha": 0.35, "label": "difference"}
        axes[1].fill_between(steps, exact.h.detach(), estimate.h.detach(), **area)
    axes[1].axhline(1, **THRESHOLD)
    axes[1].set_ylabel("potential h\n[threshold]")
    axes[1].legend(loc="upper left", ncols=3, bbox_to_anchor=(0, 1.22), frameon=False)
    spike_rows(axes[2], [("exact", exact.s)] + ([("estimate", estimate.s)] if estimate else []))
    axes[2].set_xlabel("time [step]")
    axes[0].set_title(title)
    return figure


def spike_rows(axes, rows: Sequence[tuple[str, Tensor]]) -> None:
    """One row of marks for each named spike train ``[T]``; the first row is the reference:
    in the others a missed spike is an open circle and an extra one a cross."""
    reference = rows[0][1].detach() > 0
    for k, (_, s) in enumerate(rows):
        fired, place = s.detach() > 0, -float(k)
        both = np.flatnonzero(fired & reference)
        axes.plot(both, np.full(len(both), place), "|", color="#000000", markersize=9, mew=1.8)
        for wrong, marker in ((reference & ~fired, "o"), (fired & ~reference, "x")):
            where = np.flatnonzero(wrong)
            axes.plot(where, np.full(len(where), place), marker, color=SPIKE, mfc="none", ms=6)
    axes.set_yticks([-float(k) for k in range(len(rows))], [name for name, _ in rows])
    axes.set_ylim(-len(rows) + 0.4, 0.6)
