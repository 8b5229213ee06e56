"""The figures of notebook 11: labelled, unchanged data, and the numbers on the map."""

import numpy as np
import pytest
from figures import drawn_axes, has_y_unit, is_bar, leaves_alone

from mpe_lib.plot import randomness

LINE = np.linspace(0.2, 0.9, 5)
MAP = np.outer(LINE, LINE)
NAMES = ("exact LIF", "bernoulli", "mean", "hard", "zero")
THREE = {name: np.full((3, 2), 0.5) for name in ("bernoulli", "hard")}
TWO = ("which order?", "which digit?")
FIGURES = {  # name -> (axes, make)
    "draws": (2, lambda: randomness.plot_draws({q: [(LINE, 0.5), (LINE, 0.6)] for q in TWO}, "t")),
    "chance": (1, lambda: randomness.plot_spike_chance(
        LINE, {"bernoulli": LINE, "mean": LINE**2}, title="t")),
    "flips": (2, lambda: randomness.plot_flips({q: (LINE, LINE, LINE) for q in TWO}, "t")),
    "swaps": (3, lambda: randomness.plot_swaps({q: MAP for q in TWO}, NAMES, NAMES, "t")),
    "recalibrated": (2, lambda: randomness.plot_recalibrated({q: THREE for q in TWO}, "t")),
    "bridge": (2, lambda: randomness.plot_bridge(
        {q: THREE for q in TWO}, ("0", "1", "exact"), dict.fromkeys(TWO, 0.1), "t")),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_axes_are_there_with_units_and_large_text(name):
    axes = drawn_axes(*FIGURES[name])
    for axis in axes:
        assert is_bar(axis) or "[" in axis.get_xlabel()
        assert is_bar(axis) or has_y_unit(axis) or axis is not axes[0]


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_leaves_its_data_alone(name):
    assert leaves_alone(FIGURES[name][1], LINE, MAP, THREE["hard"])


def test_the_map_shows_each_number_and_frames_the_diagonal():
    axis = randomness.plot_swaps({"order": MAP}, NAMES, NAMES).axes[0]
    assert [text.get_text() for text in axis.texts] == [f"{100 * v:.0f}" for v in MAP.flatten()]
    assert len(axis.patches) == 5
