"""The curves of runs: every run is drawn, the groups stay apart, epochs are whole numbers."""

import copy

import pytest
from figures import drawn_axes, has_x_unit, has_y_unit

from mpe_lib.plot.runs import plot_runs

ROWS = [{"task": [2.0, 1.0, 0.5 + k / 10], "validation": [0.2, 0.5, 0.8]} for k in range(3)]
GROUPS = {"exact LIF": ROWS, "bernoulli": ROWS[:2], "hard": ROWS[1:], "zero": ROWS[:1]}


def test_axes_have_units_and_the_groups_stay_apart():
    for axis in drawn_axes(2, lambda: plot_runs(GROUPS, "four neurons", chance=0.1)):
        assert has_x_unit(axis) and has_y_unit(axis)
        assert all(tick == int(tick) for tick in axis.get_xticks())


def test_every_run_is_drawn_and_none_is_changed():
    before = copy.deepcopy(GROUPS)
    left, right = plot_runs(GROUPS).axes
    assert before == GROUPS
    assert len(left.lines) == len(right.lines) == 3 + 2 + 2 + 1
    assert list(left.lines[2].get_ydata()) == ROWS[2]["task"]
    assert list(right.lines[0].get_ydata()) == pytest.approx([20, 50, 80])


def test_one_epoch_can_be_drawn():
    drawn_axes(2, lambda: plot_runs({"hard": [{"task": [1.0], "validation": [0.5]}]}))


def test_a_neuron_looks_as_in_all_figures_and_others_get_looks_in_turn():
    two = {"exact LIF": ROWS[:1], "zero": ROWS[:1]}
    assert [line.get_color() for line in plot_runs(two).axes[0].lines] == ["#000000", "#767676"]
    two["weights alone"] = ROWS[:1]
    assert plot_runs(two).axes[0].lines[1].get_color() == "#0072B2"
