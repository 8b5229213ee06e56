"""The figures of notebook 13: labelled, with units; what is drawn is what is given."""

import numpy as np
import pytest
from figures import every, row_names

from mpe_lib.plot.confusion import plot_confusion
from mpe_lib.plot.cost import plot_energy, plot_sizes
from mpe_lib.plot.votes import plot_anytime, plot_leads

NAMES = ("exact LIF", "bernoulli", "zero")
LEADS = {name: [[-1.0, 0.5, k], [2.0, 1.0, 3.0]] for k, name in enumerate(NAMES)}
ANYTIME = {"q": {name: [[0.2, 0.5, 0.9], [0.3, 0.6, 0.8]] for name in NAMES},
           "r": {name: [[0.2, 0.5]] for name in NAMES}}  # fmt: skip
TENS = np.diag([9] * 10) + np.eye(10, k=1, dtype=int)
MANY = np.eye(30, dtype=int)
ENERGY = {"exact LIF": [3.0, 1.0], "zero": [3.5, 1.0], "dense": [5.0, 6.0]}
TOTALS = {"exact LIF": [3.9, 4.1], "zero": [4.5], "dense": [11.0]}

FIGURES = {  # name -> (axes, function, arguments)
    "leads": (2, plot_leads, LEADS, "t"),
    "anytime": (2, plot_anytime, ANYTIME, {"q": 0.1, "r": 0.5}, "t"),
    "confusion": (4, plot_confusion, dict.fromkeys(NAMES, TENS), "0123456789", "t"),
    "many classes": (2, plot_confusion, {"a": MANY}, [f"class {k}" for k in range(30)]),
    "sizes": (1, plot_sizes, {"a": 2e8, "b": 4e9}, "t"),
    "energy": (1, plot_energy, ENERGY, ("one", "two"), TOTALS, "t"),
}  # fmt: skip
test_figure = every(FIGURES)


def test_leads_are_drawn_as_they_are():
    axes = plot_leads(LEADS).axes
    for k, name in enumerate(NAMES):
        assert list(axes[0].lines[k].get_ydata()) == LEADS[name][0]
        assert list(axes[0].lines[k].get_xdata()) == [1, 2, 3]


def test_anytime_draws_the_mean_of_the_runs_in_percent():
    line = plot_anytime(ANYTIME, {"q": 0.1, "r": 0.5}).axes[0].lines[0]
    assert list(line.get_ydata()) == pytest.approx([25, 55, 85])


def test_confusion_writes_the_mistakes_and_leaves_the_matrix():
    matrix = [[8, 2, 0], [0, 5, 0], [1, 0, 199]]
    axis = plot_confusion({"a": matrix}, "xyz").axes[0]
    assert matrix == [[8, 2, 0], [0, 5, 0], [1, 0, 199]]
    words = {text.get_position(): text.get_text() for text in axis.texts}
    assert words == {(1, 0): "20"}  # half a percent of z is not written
    share = np.asarray(axis.images[0].get_array())
    assert np.allclose(share, [[80, 20, 0], [0, 100, 0], [0.5, 0, 99.5]])


def test_a_class_with_no_recordings_stays_empty():
    share = plot_confusion({"a": [[0, 0], [1, 3]]}, "ab").axes[0].images[0].get_array()
    assert np.allclose(share, [[0, 0], [25, 75]])


def test_pieces_of_energy_add_up():
    axis = plot_energy(ENERGY, ("one", "two"), TOTALS).axes[0]
    ends = sorted(patch.get_x() + patch.get_width() for patch in axis.patches)
    assert ends[-1] == pytest.approx(11) and row_names(axis) == list(ENERGY)
    assert [list(line.get_xdata()) for line in axis.lines] == list(TOTALS.values())


def test_floats_take_four_times_the_bytes():
    one, four = plot_sizes({"a": 2e8, "b": 4e9}).axes[0].lines
    assert list(four.get_xdata()) == [4 * each for each in one.get_xdata()] == [0.8, 16]
