"""Training: a recipe, one loop for one process or many, checkpoints, and what to look at.

``python -m mpe_lib.training --help`` is the same as a command.
"""

from ..datasets.events import Part
from .checkpoint import weights
from .look import counts_baseline, evaluate, predict, probe
from .loop import Run, train
from .recipe import Recipe

__all__ = [
    "Part",
    "Recipe",
    "Run",
    "counts_baseline",
    "evaluate",
    "predict",
    "probe",
    "train",
    "weights",
]
