"""Pictures: functions that return a figure and never change its data, and ``show``."""

from .base import new_figure, show
from .scaling import plot_cost, plot_memory, plot_ratios
from .traces import plot_trace
from .training import plot_accuracies, plot_gap, plot_rates

__all__ = [
    "new_figure",
    "plot_accuracies",
    "plot_cost",
    "plot_gap",
    "plot_memory",
    "plot_rates",
    "plot_ratios",
    "plot_trace",
    "show",
]
