"""Pictures: functions that return a figure and never change its data, and ``show``."""

from .agreement import plot_agreement, plot_errors, plot_map, plot_same_rate, plot_sweeps
from .anatomy import (
    plot_best,
    plot_costs,
    plot_law,
    plot_measures,
    plot_predicted_rates,
    plot_split,
    plot_wrong,
)
from .base import new_figure, show
from .cone import (
    plot_cone,
    plot_ladder,
    plot_pulse_pair,
    plot_scores,
    plot_tasks,
    plot_ties,
)
from .confusion import plot_confusion
from .cost import plot_energy, plot_sizes
from .curves import draw_curves
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
from .exactness import (
    plot_bill,
    plot_copies,
    plot_counts,
    plot_fronts,
    plot_gradient,
    plot_growth,
)
from .front import draw_front
from .guess import draw_guess, plot_coin, plot_guesses, plot_moments, plot_rms
from .landscape import (
    draw_cuts,
    plot_curves,
    plot_cut,
    plot_cuts,
    plot_pair_draws,
    plot_planes,
    plot_scales,
    plot_widths,
)
from .ledger import plot_verdicts
from .membrane_loss import (
    plot_kappa,
    plot_marks,
    plot_outcomes,
    plot_pulls,
    plot_scale,
    plot_ways,
)
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
from .reach import draw_cone
from .runs import plot_runs
from .scaling import plot_cost, plot_memory, plot_peaks, plot_ratios, plot_shares
from .slopes import plot_count, plot_passed_back, plot_reach, plot_surrogates
from .surface import draw_surface, plot_surface
from .traces import plot_trace
from .training import plot_accuracies, plot_gap, plot_rates
from .votes import plot_anytime, plot_leads

__all__ = [
    "draw_agreement",
    "draw_cone",
    "draw_curves",
    "draw_cuts",
    "draw_front",
    "draw_guess",
    "draw_surface",
    "draw_trace",
    "new_figure",
    "plot_accuracies",
    "plot_agreement",
    "plot_anytime",
    "plot_before",
    "plot_best",
    "plot_bill",
    "plot_bridge",
    "plot_clocks",
    "plot_cloud",
    "plot_coin",
    "plot_cone",
    "plot_confusion",
    "plot_constant",
    "plot_copies",
    "plot_cost",
    "plot_costs",
    "plot_count",
    "plot_counts",
    "plot_curves",
    "plot_cut",
    "plot_cuts",
    "plot_draws",
    "plot_energy",
    "plot_errors",
    "plot_event_rate",
    "plot_flips",
    "plot_frames",
    "plot_fronts",
    "plot_gap",
    "plot_gradient",
    "plot_growth",
    "plot_guesses",
    "plot_kappa",
    "plot_ladder",
    "plot_law",
    "plot_leads",
    "plot_map",
    "plot_marks",
    "plot_measures",
    "plot_membrane",
    "plot_memory",
    "plot_memory_map",
    "plot_moments",
    "plot_neuron",
    "plot_nudge",
    "plot_outcomes",
    "plot_pair_draws",
    "plot_passed_back",
    "plot_peaks",
    "plot_pixel",
    "plot_planes",
    "plot_polarity",
    "plot_predicted_rates",
    "plot_pulls",
    "plot_pulse_pair",
    "plot_raster",
    "plot_rates",
    "plot_ratios",
    "plot_reach",
    "plot_recalibrated",
    "plot_resets",
    "plot_rms",
    "plot_rules",
    "plot_runs",
    "plot_same_rate",
    "plot_scale",
    "plot_scales",
    "plot_scores",
    "plot_shares",
    "plot_sizes",
    "plot_spike_chance",
    "plot_split",
    "plot_staircase",
    "plot_surface",
    "plot_surrogates",
    "plot_swaps",
    "plot_sweeps",
    "plot_tasks",
    "plot_ties",
    "plot_told",
    "plot_trace",
    "plot_verdicts",
    "plot_ways",
    "plot_widths",
    "plot_wrong",
    "plot_zeros",
    "show",
]
