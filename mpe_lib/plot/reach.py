"""An explorer: which later spikes does one pulse change?"""

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..core.dynamics import lif_sequence
from ..core.estimate import mpe_sequence
from . import base
from .raster import marks


def draw_cone(seed: int, pulse: float, sweeps: float, decay: float) -> tuple[Figure, str]:
    """A pulse into a random net of two layers, and the spikes of the second that it changes.

    Args:
        pulse: the step that gets the pulse.
        sweeps: refinement passes of the estimating neurons; the exact net has none.
    """
    pulse, sweeps = int(pulse), int(sweeps)
    generator = torch.Generator().manual_seed(seed)
    weights = [2 * torch.randn(n, 16, generator=generator) / n**0.5 for n in (4, 16)]
    x = torch.randn(40, 1, 4, generator=generator)
    other = x.clone()
    other[pulse] += 2
    figure, axes = base.new_figure(2, 1, (7, 4.4), sharex=True)
    base.fixed(figure, 0.1, 0.19, 0.99, 0.93, hspace=0.25)
    reach, words = 2 * (sweeps + 1), []
    for axis, name in zip(axes, ("hard", "exact LIF"), strict=True):
        before, after = (_second_layer(each, weights, name, sweeps, decay) for each in (x, other))
        marks(axis, before, after, missed="taken away", extra="added")
        last = np.flatnonzero((before != after).any(1).numpy())
        lag = int(last[-1]) - pulse if len(last) else 0
        changed = int((before != after).sum())
        words.append(f"{name}: {changed} spikes change, the last {lag} steps after the pulse")
        axis.axvspan(pulse - 0.5, pulse + reach + 0.5, color="#0072B2", alpha=0.13, linewidth=0)
        axis.axvline(pulse, color="#000000", linewidth=1)
        axis.set(ylabel="neuron [index]", ylim=(-1, 16), xlim=(-0.5, 39.5))
        axis.set_title(f"{name}, sweeps: {sweeps}" if name == "hard" else name, loc="left", size=10)
    axes[1].set_xlabel("time [step]; line: the pulse, shaded: the cone")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="lower center", ncols=3, frameon=False)
    return figure, f"the cone ends at lag {reach}; {'; '.join(words)}."


def _second_layer(x, weights, name, sweeps, decay) -> Tensor:
    """Spikes ``[T, 16]`` of the second layer."""
    for each in weights:
        current = x @ each + 0.2
        if name == "exact LIF":
            x = lif_sequence(current, decay).s
        else:
            x = mpe_sequence(current, name, decay, sweeps=sweeps).s
    return x[:, 0]
