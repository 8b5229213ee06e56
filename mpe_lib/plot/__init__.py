"""Pictures: each function takes numbers and returns a figure; `show` displays it with its text."""

from .base import new_figure, show
from .traces import plot_trace

__all__ = ["new_figure", "plot_trace", "show"]
