"""Pictures: functions that return a figure and never change its data, and ``show``."""

from .agreement import plot_agreement, plot_errors, plot_map, plot_same_rate, plot_sweeps
from .base import new_figure, show
from .raster import draw_agreement, plot_raster, plot_rules
from .scaling import plot_cost, plot_memory, plot_ratios
from .traces import plot_trace
from .training import plot_accuracies, plot_gap, plot_rates

__all__ = [
    "draw_agreement",
    "new_figure",
    "plot_accuracies",
    "plot_agreement",
    "plot_cost",
    "plot_errors",
    "plot_gap",
    "plot_map",
    "plot_memory",
    "plot_raster",
    "plot_rates",
    "plot_ratios",
    "plot_rules",
    "plot_same_rate",
    "plot_sweeps",
    "plot_trace",
    "show",
]
