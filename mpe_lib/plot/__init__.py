"""Pictures: functions that return a figure and never change its data, and ``show``."""

from .agreement import plot_agreement, plot_errors, plot_map, plot_same_rate, plot_sweeps
from .base import new_figure, show
from .estimate import plot_before, plot_constant, plot_memory_map, plot_nudge
from .events import (
    plot_clocks,
    plot_cloud,
    plot_event_rate,
    plot_frames,
    plot_pixel,
    plot_polarity,
    plot_told,
    plot_zeros,
)
from .guess import draw_guess, plot_coin, plot_guesses, plot_moments, plot_rms
from .neuron import draw_trace, plot_membrane, plot_neuron, plot_resets, plot_staircase
from .randomness import (
    plot_bridge,
    plot_draws,
    plot_flips,
    plot_recalibrated,
    plot_spike_chance,
    plot_swaps,
)
from .raster import draw_agreement, plot_raster, plot_rules
from .scaling import plot_cost, plot_memory, plot_ratios
from .slopes import plot_count, plot_passed_back, plot_reach, plot_surrogates
from .traces import plot_trace
from .training import plot_accuracies, plot_gap, plot_rates

__all__ = [
    "draw_agreement",
    "draw_guess",
    "draw_trace",
    "new_figure",
    "plot_accuracies",
    "plot_agreement",
    "plot_before",
    "plot_bridge",
    "plot_clocks",
    "plot_cloud",
    "plot_coin",
    "plot_constant",
    "plot_cost",
    "plot_count",
    "plot_draws",
    "plot_errors",
    "plot_event_rate",
    "plot_flips",
    "plot_frames",
    "plot_gap",
    "plot_guesses",
    "plot_map",
    "plot_membrane",
    "plot_memory",
    "plot_neuron",
    "plot_memory_map",
    "plot_moments",
    "plot_nudge",
    "plot_passed_back",
    "plot_pixel",
    "plot_polarity",
    "plot_raster",
    "plot_rates",
    "plot_ratios",
    "plot_reach",
    "plot_recalibrated",
    "plot_resets",
    "plot_rms",
    "plot_rules",
    "plot_same_rate",
    "plot_spike_chance",
    "plot_staircase",
    "plot_surrogates",
    "plot_swaps",
    "plot_sweeps",
    "plot_told",
    "plot_trace",
    "plot_zeros",
    "show",
]
