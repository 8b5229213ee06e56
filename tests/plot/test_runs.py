"""The curves of runs: every run is drawn, the groups stay apart, epochs are whole numbers."""

import pytest
from figures import every

from mpe_lib.plot.runs import plot_runs

ROWS = [{"task": [2.0, 1.0, 0.5 + k / 10], "validation": [0.2, 0.5, 0.8]} for k in range(3)]
GROUPS = {"exact LIF": ROWS, "bernoulli": ROWS[:2], "hard": ROWS[1:], "zero": ROWS[:1]}


ONE = {"hard": [{"task": [1.0], "validation": [0.5]}]}
test_figure = every({"four": (2, plot_runs, GROUPS, "t", 0.1), "one epoch": (2, plot_runs, ONE)})


def test_epochs_are_whole_numbers():
    for axis in plot_runs(GROUPS).axes:
        assert all(tick == int(tick) for tick in axis.get_xticks())


def test_every_run_is_drawn():
    left, right = plot_runs(GROUPS).axes
    assert len(left.lines) == len(right.lines) == 3 + 2 + 2 + 1
    assert list(left.lines[2].get_ydata()) == ROWS[2]["task"]
    assert list(right.lines[0].get_ydata()) == pytest.approx([20, 50, 80])


def test_a_neuron_looks_as_in_all_figures_and_others_get_looks_in_turn():
    two = {"exact LIF": ROWS[:1], "zero": ROWS[:1]}
    assert [line.get_color() for line in plot_runs(two).axes[0].lines] == ["#000000", "#767676"]
    two["weights alone"] = ROWS[:1]
    assert plot_runs(two).axes[0].lines[1].get_color() == "#0072B2"
    swept = {"hard": ROWS[:1], "hard + 2": ROWS[:1]}
    assert len({line.get_color() for line in plot_runs(swept).axes[0].lines}) == 2
