"""The figures of single spikes: labelled, unchanged data, and marks where the spike is."""

import math

import numpy as np
import torch
from figures import draw, every, explorer_says

from mpe_lib.plot import first_spike
from mpe_lib.systems.rel_psp import spike_times

T_IN, WEIGHT = torch.tensor([0.0, 0.4, 0.8, 1.3]), torch.tensor([1.0, -0.5, 1.2, -3.0])
QUIET = torch.tensor([0.2, -0.1, 0.1, -3.0])
W = torch.linspace(-1, 1, 5)
T, SLOPE = torch.tensor([math.inf, math.inf, 3.0, 2.0, 1.0]), torch.tensor([0, 0, -9.0, -2, -1])
FOUND = {"late": [0.05, 0.1], "worst": [0.1, 0.4], "lost": [0.0, 0.01], "spread": [0.4]}
START = (0, -1.5, 1.2, 1.0)

FIGURES = {  # name -> (axes, function, arguments)
    "potential": (1, first_spike.plot_potential, T_IN, WEIGHT, 2.2, "t"),
    "silent": (1, first_spike.plot_potential, T_IN, QUIET, 2.2, "t"),
    "explorer": (2, first_spike.draw_spike, *START),
    "explorer, silent": (2, first_spike.draw_spike, 0, -6, 0.1, 0),
    "clock": (2, first_spike.plot_clock, [0.1, 0.2], FOUND, "t"),
    "silence": (2, first_spike.plot_silence, W, {"a": (T, SLOPE), "b": (T / 2, SLOPE / 3)}, "t"),
    "wrong": (1, first_spike.plot_wrong, {"a": [0.03, 0.04], "b": [0.1]}, 0.9, "t"),
}
test_figure = every(FIGURES)


def lines(axis):
    return {line.get_label(): line for line in axis.lines}


def test_the_spike_lies_on_the_potential_and_the_cross_does_not():
    (axis,) = draw(FIGURES["potential"]).axes
    (at,), (height,) = lines(axis)["spike"].get_data()
    assert math.isclose(at, spike_times(T_IN[None], WEIGHT[None]).item(), rel_tol=1e-6)
    t, v = lines(axis)["potential V"].get_data()
    assert height == 1 and t[-1] == at and math.isclose(v[-1], 1, rel_tol=1e-9)
    (cross,) = [line for line in axis.lines if line.get_marker() == "x"]
    assert math.isclose(cross.get_xdata()[0], 2.14 / 1.3, rel_tol=1e-6)
    ups = [line.get_marker() for line in axis.lines if line.get_marker() in "^v"]
    assert ups == ["^", "v", "^", "v"]


def test_a_silent_neuron_has_no_spike():
    assert "spike" not in lines(draw(FIGURES["silent"]).axes[0])
    bars = draw(FIGURES["explorer, silent"]).axes[1].patches
    assert [bar.get_height() for bar in bars] == [0] * 4


def test_no_line_leads_across_the_edge():
    above, below = draw(FIGURES["silence"]).axes
    assert np.isnan(above.lines[0].get_ydata()[:2]).all()
    np.testing.assert_array_equal(below.lines[0].get_ydata()[2:], SLOPE[2:])
    np.testing.assert_array_equal(below.lines[1].get_ydata()[:2], [0, 0])


def test_the_explorer_says_what_counts():
    others = [(0, 1, 0.5, 1.0), (0, -6, 0.1, 0), (1, *START[1:]), (0, -1.5, 1.2, 0.5)]
    said = explorer_says(first_spike.draw_spike, START, others)
    assert "it fires at 0.727; what counts are the inputs 1, 2, 3;" in said and "0.00." in said
    assert "all four slopes are 0" in first_spike.draw_spike(0, -6, 0.1, 0)[1]
