"""The figures of notebook 11: labelled, unchanged data, and the numbers on the map."""

import numpy as np
from figures import every

from mpe_lib.plot import randomness

LINE = np.linspace(0.2, 0.9, 5)
MAP = np.outer(LINE, LINE)
NAMES = ("exact LIF", "bernoulli", "mean", "hard", "zero")
THREE = {name: np.full((3, 2), 0.5) for name in ("bernoulli", "hard")}
TWO = ("which order?", "which digit?")
FIGURES = {  # name -> (axes, function, arguments)
    "draws": (2, randomness.plot_draws, {q: [(LINE, 0.5), (LINE, 0.6)] for q in TWO}, "t"),
    "chance": (1, randomness.plot_spike_chance,
        LINE, {"bernoulli": LINE, "mean": LINE**2}, "t"),
    "flips": (2, randomness.plot_flips, {q: (LINE, LINE, LINE) for q in TWO}, "t"),
    "swaps": (3, randomness.plot_swaps, {q: MAP for q in TWO}, NAMES, NAMES, "t"),
    "recalibrated": (2, randomness.plot_recalibrated, {q: THREE for q in TWO}, "t"),
    "bridge": (2, randomness.plot_bridge,
        {q: THREE for q in TWO}, ("0", "1", "exact"), dict.fromkeys(TWO, 0.1), "t"),
}  # fmt: skip
test_figure = every(FIGURES)


def test_the_map_shows_each_number_and_frames_the_diagonal():
    axis = randomness.plot_swaps({"order": MAP}, NAMES, NAMES).axes[0]
    assert [text.get_text() for text in axis.texts] == [f"{100 * v:.0f}" for v in MAP.flatten()]
    assert len(axis.patches) == 5
