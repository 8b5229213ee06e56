"""The figures of many passports: labelled, unchanged data, and what the marks say."""

import numpy as np
import pytest
import torch
from figures import draw, every, explorer_says

from mpe_lib.plot import passports
from mpe_lib.systems.node import charges

CHANCE = {"recall 4": 1 / 8, "interval": 1 / 8, "digits by row": 1 / 10}
SUITES = {
    "zero": {"recall 4": 0.12, "interval": 0.13, "digits by row": 0.5},
    "clock": {"recall 4": 0.13, "interval": 0.12, "digits by row": 0.5},
    "PSN": {"recall 4": 1.0, "interval": 0.9, "digits by row": 0.92},
}
ROWS = [
    {
        "neuron": name,
        "suite": suite,
        "order": {"11": 0.5 if name == "zero" else 1.0},
        "reach": {"furthest": 39 if name == "PSN" else 0, "causal": name != "PSN"},
        "stationary": name == "zero",
        "parameters": 12,
        "cost": [{"steps": t, "kind": "plain", "times_the_lif": 0.2} for t in (16, 1024)],
    }
    for name, suite in SUITES.items()
]
V = torch.linspace(-1, 2, 61)
PUSHED = {name: each(V, torch.full_like(V, 0.7)) - V for name, each in charges().items()}
WIDTH = {50: {1: 0.7, 10: 0.9}, 5: {10: 0.7, 100: 0.9}}

FIGURES = {  # name -> (axes, function, arguments)
    "charges": (1, passports.plot_charges, V, PUSHED, "t"),
    "passports": (4, passports.plot_passports, ROWS, CHANCE, "t"),
    "clock": (1, passports.plot_clock, ROWS, ["PSN", "clock"], "t"),
    "width": (1, passports.plot_width, WIDTH, "t"),
    "explorer": (3, passports.draw_nudge, 0, "MPE hard, two sweeps", 12, 0.9),
}
test_figure = every(FIGURES)


def test_the_leaky_charge_crosses_zero_at_its_input():
    lines = {line.get_label(): line for line in draw(FIGURES["charges"]).axes[0].lines[:5]}
    assert np.interp(0.7, *lines["lif"].get_data()) == pytest.approx(0, abs=1e-6)
    assert np.interp(1.4, *lines["lif, input kept"].get_data()) == pytest.approx(0, abs=1e-6)
    assert lines["if"].get_ydata() == pytest.approx(0.7)


def test_a_page_has_its_bar_and_its_marks():
    felt, needs, right, _ = draw(FIGURES["passports"]).axes
    assert [patch.get_width() for patch in felt.patches] == [0, 0, 39]
    future, clock = felt.lines
    assert [*future.get_ydata()] == [2] and [*clock.get_ydata()] == [1, 2]
    assert [*needs.lines[0].get_xdata()] == [12, 12, 12]
    assert [*right.lines[0].get_xdata()] == pytest.approx([12, 13, 100])
    assert right.lines[1].get_xdata()[0] == 12.5  # chance
    assert [tick.get_text() for tick in felt.get_yticklabels()] == [*SUITES]


def test_two_answers_of_a_neuron_stand_in_its_row():
    axis = draw(FIGURES["clock"]).axes[0]
    first, _, cue, _ = axis.lines
    assert [*first.get_xdata()] == [100, 100] and [*cue.get_xdata()] == [100, 13]


def test_the_places_of_votes_are_steps_times_neurons():
    axis = draw(FIGURES["width"]).axes[0]
    assert [[*line.get_xdata()] for line in axis.lines[:2]] == [[50, 500], [50, 500]]


@pytest.mark.parametrize(
    ("neuron", "late", "early"),
    [("exact LIF", 19, 0), ("MPE hard, one step", 1, 0), ("MPE hard, two sweeps", 3, 0),
     ("sliding PSN, k = 8", 7, 0), ("PSN, its weights drawn", 19, 20), ("a clock", 0, 0)],
)  # fmt: skip
def test_a_nudge_is_felt_where_it_must_be(neuron, late, early):
    state = torch.random.get_rng_state()
    words = passports.draw_nudge(0, neuron, 20, 0.9)[1]
    assert f"{late} later and {early} earlier" in words
    assert torch.equal(state, torch.random.get_rng_state())


def test_every_control_of_the_explorer_changes_what_it_says():
    start = (0, "MPE hard, two sweeps", 12, 0.9)
    others = [
        (1, *start[1:]), (0, "a clock", 12, 0.9), (0, start[1], 20, 0.9), (*start[:3], 0.5),
    ]  # fmt: skip
    for neuron in passports.NUDGED:  # another sample is another picture, whatever the neuron
        explorer_says(passports.draw_nudge, (0, neuron, 12, 0.9), [(1, neuron, 12, 0.9)])
    first = explorer_says(passports.draw_nudge, start, others)
    assert "step 12" in first and "3 later and 0 earlier" in first
