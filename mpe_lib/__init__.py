"""Spiking neurons whose membrane potential is estimated, so that all time steps run at once.

The neurons of arXiv 2409.04978 beside the exact LIF, as functions of an input current
``x [T, B, ...]``; the notebooks in this repository are the way to learn them.
"""

from importlib import import_module

__version__ = "0.4.0"

# where each public name lives: a part is loaded when it is asked for, and not the whole
HOMES = {
    "LIF": "fast.neurons",
    "MPE": "fast.neurons",
    "Trace": "core.dynamics",
    "digits_in_motion": "datasets.digits",
    "estimate_membrane": "core.estimate",
    "exact_parallel": "core.exact",
    "lif_sequence": "core.dynamics",
    "lif_spikes": "fast.spikes",
    "load_dataset": "datasets.loader",
    "load_nmnist": "datasets.nmnist",
    "membrane_loss": "core.losses",
    "mpe_sequence": "core.estimate",
    "mpe_spikes": "fast.spikes",
    "spike_agreement": "core.losses",
    "tet_loss": "core.losses",
}
__all__ = [*HOMES]


def __getattr__(name: str):
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
