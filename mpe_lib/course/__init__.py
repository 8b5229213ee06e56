"""What needs the clone: the notebooks, their checks and explorers, grading, README and site."""

from ..files import clone

clone()
