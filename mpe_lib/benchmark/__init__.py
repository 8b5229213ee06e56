"""One timing harness for every neuron, its contestants, and what is read from its rows.

``python -m mpe_lib.benchmark`` writes ``data/measured/scaling_*.json``. Every contestant gets
the same input, all take turns in every round, and a round's order is drawn; so a busy machine
disturbs all of them alike and their ratios can be trusted more than any one time. An
accelerator is waited for before each clock reading.
"""

from .contestants import CONTESTANTS, lineup, pick
from .harness import SIZES, STEPS, Neuron, one_call, rotation, side_by_side, sweep
from .memory import peak_bytes, peak_of, saved_bytes
from .rates import achieved, beaten, ideal_bytes, of_copy, ratio
from .released import ReleasedLIF, ReleasedMPE, indexing_lif, released_lif, released_mpe

__all__ = [
    "CONTESTANTS", "SIZES", "STEPS", "Neuron", "ReleasedLIF", "ReleasedMPE", "achieved", "beaten",
    "ideal_bytes", "indexing_lif", "lineup", "of_copy", "one_call", "peak_bytes", "peak_of", "pick",
    "ratio", "released_lif", "released_mpe", "rotation", "saved_bytes", "side_by_side", "sweep",
]  # fmt: skip
