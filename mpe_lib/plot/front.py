"""An explorer: how far the front of exactness has come after so many sweeps."""

import torch
from matplotlib.figure import Figure

from ..dynamics import lif_sequence
from ..estimate import mpe_sequence
from .base import ESTIMATE, EXACT, GRID, RESIDUAL, THRESHOLD, new_figure
from .traces import spike_rows


def draw_front(seed: int, sweeps: int, spread: float, decay: float) -> tuple[Figure, str]:
    """One neuron after a number of sweeps, and how many of a hundred are wrong at each step.

    Args:
        seed: of the input, mean 0.4 thresholds.
        sweeps: passes from zero, at least 1.
        spread: of the input, in thresholds; 0 is a constant drive.
        decay: factor kept per step.
    """
    generator = torch.Generator().manual_seed(seed)
    x = 0.4 + spread * torch.randn(60, 100, generator=generator)
    exact = lif_sequence(x, decay)
    swept = mpe_sequence(x, "zero", decay, sweeps=sweeps - 1)
    wrong = 100 * (swept.s != exact.s).float().mean(1)
    figure, axes = new_figure(4, 1, (7, 5), sharex=True, height_ratios=(1, 1.7, 0.7, 1))
    figure.set_layout_engine(None)  # fixed margins: a redraw must be quick
    figure.subplots_adjust(0.13, 0.1, 0.99, 0.98, hspace=0.3)
    axes[0].step(range(60), x[:, 0], where="mid", color=GRID, linewidth=1.4)
    axes[0].set_ylabel("input\n[threshold]")
    axes[1].plot(exact.h[:, 0], **EXACT, label="exact LIF")
    axes[1].plot(swept.h[:, 0], **ESTIMATE, label=f"after sweep {sweeps}")
    axes[1].axhline(1, **THRESHOLD)
    axes[1].set_ylabel("potential h\n[threshold]")
    axes[1].legend(loc="lower right", ncols=2, bbox_to_anchor=(1, 0.93), frameon=False)
    spike_rows(axes[2], [("exact", exact.s[:, 0]), ("swept", swept.s[:, 0])])
    axes[3].bar(range(60), wrong.numpy(), width=1, color=RESIDUAL)
    axes[3].set(ylim=(0, 105), ylabel="wrong\n[% neurons]")
    axes[3].set_xlabel("time [step]; circle: missed, cross: extra; grey: exact by proof")
    for axis in axes:
        axis.axvspan(-0.5, min(sweeps, 60) - 0.5, color=GRID, alpha=0.15, linewidth=0)
        axis.set_xlim(-0.5, 59.5)
    done = (swept.s == exact.s).all(0).float().mean()
    return figure, (
        f"after sweep {sweeps} the first {min(sweeps, 60)} of 60 steps are exact by proof (grey); "
        f"of all steps {wrong.mean():.1f} % are wrong, and {100 * done:.0f} of 100 neurons have "
        "every spike right."
    )
