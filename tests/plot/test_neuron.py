"""The figures of one exact neuron and its slopes: labelled, unchanged data, what the marks say."""

import numpy as np
import torch
from figures import every, explorer_says

from mpe_lib import Trace, lif_sequence
from mpe_lib.plot import neuron, slopes

torch.manual_seed(0)
X = 0.5 + 0.5 * torch.randn(20, 1)
TRACES = {
    reset: Trace(*(None if each is None else each[:, 0] for each in lif_sequence(X, reset=reset)))
    for reset in ("hard", "soft", "none")
}
LINE = torch.linspace(0.01, 1, 24)
TWO = (0.25, 0.9)
NAMES = ("triangle", "sigmoid", "atan")


def each(value):
    return dict.fromkeys(NAMES, value)


FIGURES = {  # name -> (axes, function, arguments)
    "membrane": (2, neuron.plot_membrane,
        LINE, LINE, {k: {"exponential": LINE, "Euler": LINE} for k in (2, 28)}, "t"),
    "resets": (4, neuron.plot_resets, X[:, 0], TRACES, "t"),
    "staircase": (1, neuron.plot_staircase,
        LINE, {name: (LINE, LINE) for name in ("decay 0.9", "decay 0.25", "zero")}, "t"),
    "count": (2, slopes.plot_count,
        LINE, LINE, LINE, dict.fromkeys(("one neuron", "mean of many", "surrogate"), (LINE, LINE)),
        "t"),
    "surrogates": (2, slopes.plot_surrogates,
        LINE, each(LINE), each(LINE), each((LINE, LINE)), "t"),
    "passed back": (1, slopes.plot_passed_back, LINE, LINE, LINE - 0.5, "t"),
    "reach": (3, slopes.plot_reach,
        dict.fromkeys(TWO, LINE), dict.fromkeys(TWO, (LINE, LINE)),
        dict.fromkeys(TWO, (LINE, LINE)), "t"),
    "neuron": (3, neuron.plot_neuron, X[:, 0], TRACES["hard"], TRACES["none"], "t"),
    "explorer": (3, neuron.draw_trace, 0, 0.5, 0.5, 0.25),
}  # fmt: skip
test_figure = every(FIGURES)


def test_points_of_the_membrane_stand_at_the_end_of_their_steps():
    figure = neuron.plot_membrane([0, 56], [0, 1], {28: {"Euler": [0.5, 1.0]}, 2: {}}, "t")
    (line,) = [each for each in figure.axes[0].lines if each.get_label() == "Euler"]
    assert line.get_xdata().tolist() == [28, 56]


def test_each_reset_shows_its_spikes():
    figure = neuron.plot_resets(X[:, 0], TRACES)
    for axis, trace in zip(figure.axes[1:], TRACES.values(), strict=True):
        (line,) = [each for each in axis.lines if each.get_label() == "spike"]
        assert line.get_xdata().tolist() == np.flatnonzero(trace.s).tolist()


def test_the_turned_sign_is_hatched_where_the_slope_is_negative():
    axis = slopes.plot_passed_back(LINE, LINE, LINE - 0.5).axes[0]
    (filled,) = axis.collections
    corners = np.concatenate([path.vertices for path in filled.get_paths()])
    assert corners[:, 1].min() < 0 and corners[:, 1].max() <= 0


def test_the_explorer_answers_in_words_and_repeats_itself():
    others = ((1, 0.5, 0.5, 0.25), (0, 1.0, 0.5, 0.25), (0, 0.5, 1.0, 0.25), (0, 0.5, 0.5, 0.9))
    first = explorer_says(neuron.draw_trace, (0, 0.5, 0.5, 0.25), others)
    assert "fires above 0.75" in first


def test_the_explorer_shows_the_rheobase_when_there_is_no_spread():
    below, above = (neuron.draw_trace(0, mean, 0.0, 0.25)[1] for mean in (0.7, 0.8))
    assert "Exact LIF fires on 0.0 %" in below and "Exact LIF fires on 0.0 %" not in above
