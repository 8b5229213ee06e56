"""An explorer: how far the front of exactness has come after so many sweeps."""

import torch
from matplotlib.figure import Figure

from ..core.dynamics import lif_sequence
from ..core.estimate import mpe_sequence
from . import base
from .styles import ESTIMATE, EXACT, GRID, RESIDUAL, THRESHOLD
from .traces import spike_rows


def draw_front(seed: int, sweeps: int, spread: float, decay: float) -> tuple[Figure, str]:
    """One neuron after a number of sweeps, and how many of a hundred are wrong at each step.

    Args:
        sweeps: passes from zero, at least 1.
        spread: of the input, whose mean is 0.4 thresholds; 0 is a constant drive.
    """
    generator = torch.Generator().manual_seed(seed)
    x = 0.4 + spread * torch.randn(60, 100, generator=generator)
    exact = lif_sequence(x, decay)
    swept = mpe_sequence(x, "zero", decay, sweeps=sweeps - 1)
    wrong = 100 * (swept.s != exact.s).float().mean(1)
    figure, axes = base.new_figure(3, 1, base.PANELS, sharex=True, height_ratios=(2, 0.7, 1))
    base.fixed(figure, 0.13, 0.11, 0.99, 0.92, hspace=0.2)
    axes[0].step(range(60), x[:, 0], where="mid", color=GRID, linewidth=1, label="input")
    axes[0].plot(exact.h[:, 0], **EXACT, label="h, exact LIF")
    axes[0].plot(swept.h[:, 0], **ESTIMATE, label=f"h, after sweep {sweeps}")
    axes[0].axhline(1, **THRESHOLD)
    axes[0].set_ylabel("input, potential h\n[threshold]")
    axes[0].legend(loc="lower right", ncols=3, bbox_to_anchor=(1, 0.97), frameon=False)
    spike_rows(axes[1], [("exact", exact.s[:, 0]), ("swept", swept.s[:, 0])])
    axes[2].bar(range(60), wrong.numpy(), width=1, color=RESIDUAL)
    axes[2].set(ylim=(0, 105), ylabel="wrong\n[% neurons]")
    axes[2].set_xlabel("time [step]; circle: missed, cross: extra; grey: exact by proof")
    for axis in axes:
        axis.axvspan(-0.5, min(sweeps, 60) - 0.5, color=GRID, alpha=0.15, linewidth=0)
        axis.set_xlim(-0.5, 59.5)
    done = (swept.s == exact.s).all(0).float().mean()
    return figure, (
        f"after sweep {sweeps} the first {min(sweeps, 60)} of 60 steps are exact by proof (grey); "
        f"of all steps {wrong.mean():.1f} % are wrong, and {100 * done:.0f} of 100 neurons have "
        "every spike right."
    )
