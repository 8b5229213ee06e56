"""Spiking neurons whose membrane potential is estimated, so that all time steps run at once.

The neurons of arXiv 2409.04978 beside the exact LIF, as functions of an input current
``x [T, B, ...]``; the notebooks in this repository are the way to learn them.
"""

from .core.dynamics import Trace, lif_sequence
from .core.estimate import estimate_membrane, mpe_sequence
from .core.exact import exact_parallel
from .core.losses import membrane_loss, spike_agreement, tet_loss
from .datasets import load_dataset, load_nmnist
from .datasets.digits import digits_in_motion
from .fast.neurons import LIF, MPE
from .fast.spikes import lif_spikes, mpe_spikes

__all__ = [
    "LIF",
    "MPE",
    "Trace",
    "digits_in_motion",
    "estimate_membrane",
    "exact_parallel",
    "lif_sequence",
    "lif_spikes",
    "load_dataset",
    "load_nmnist",
    "membrane_loss",
    "mpe_sequence",
    "mpe_spikes",
    "spike_agreement",
    "tet_loss",
]

__version__ = "0.1.0"
