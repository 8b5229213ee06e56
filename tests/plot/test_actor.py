"""The figures of the spiking actor: labelled, unchanged data, and what the marks say."""

import numpy as np
import pytest
import torch
from figures import draw, every, explorer_says

from mpe_lib.plot import actor
from mpe_lib.systems.ilc_san import cuba_sequence

PULSE = torch.zeros(6, 1)
PULSE[0] = 0.45
TRACE, PLAIN = cuba_sequence(PULSE), cuba_sequence(PULSE, c_decay=0.0).h[:, 0]
HELD = {"spiking": [480.0, 500.0], "blind": [110.0, 120.0], "no force": [18.0, 20.0],
        "LQR": [498.0, 500.0]}  # fmt: skip
ERRORS = {"spiking": [0.5, 0.7], "blind": [2.0, 2.1], "no force": [2.6, 2.7], "LQR": [0.0, 0.0]}

FIGURES = {  # name -> (axes, function, arguments)
    "fall": (1, actor.plot_fall, {"no force": [5.7, 9.0, 13.0], "LQR": [5.7, 5.0, 4.0]}, 12, 0.02),
    "code": (2, actor.draw_code, 0, 0.6, 0.39, 5),
    "pulse": (1, actor.plot_pulse, TRACE, PLAIN),
    "actors": (1, actor.plot_actors, {"held [steps]": HELD}, "t"),
    "both": (2, actor.plot_actors, {"held [steps]": HELD, "error [N]": ERRORS}),
}
test_figure = every(FIGURES)


def test_a_line_is_an_angle_over_seconds():
    lines = draw(FIGURES["fall"]).axes[0].lines
    assert list(lines[0].get_ydata()) == [5.7, 9.0, 13.0]
    np.testing.assert_allclose(lines[1].get_xdata(), [0, 0.02, 0.04])
    assert {line.get_ydata()[0] for line in lines[2:]} == {12, -12}


def test_a_stroke_is_a_spike_in_the_row_of_the_number_that_its_neuron_prefers():
    left, right = draw(FIGURES["code"]).axes
    marks = left.lines[0]
    assert sorted(marks.get_ydata().round(2)) == [0.33, 0.33, 0.33, 1.0, 1.0]
    assert marks.get_xdata().min() > 0 and marks.get_xdata().max() < 5
    o, told = right.lines[1].get_data()
    assert np.abs(told - o).max() < 0.2


def test_narrow_neurons_leave_gaps_and_their_words_say_so():
    figure, words = actor.draw_code(0, 0.0, 0.1, 1)
    assert "0 0 0 0 0 0 0 0 0 0; their middle says nothing" in words
    assert "11 different ones, and all are silent on 99 %" in words
    assert np.isnan(figure.axes[1].lines[1].get_ydata()).mean() > 0.9


def test_the_explorer_answers_to_each_control():
    start = 0, -1.5, 0.2, 3
    others = [(0, 0.6, 0.2, 3), (0, -1.5, 1.0, 3), (0, -1.5, 0.2, 20)]
    assert explorer_says(actor.draw_code, start, others).startswith("o = -1.5, std 0.2, T = 3")


def test_a_star_stands_where_the_neuron_fires():
    lines = {line.get_label(): line for line in draw(FIGURES["pulse"]).axes[0].lines}
    assert lines["spike"].get_xdata().tolist() == [1]
    assert lines["spike"].get_ydata() == pytest.approx([0.5625])
    assert lines["potential h, one leak"].get_ydata().max() == pytest.approx(0.45)


def test_each_seed_has_a_point_and_two_actors_are_lines():
    held, errors = draw(FIGURES["both"]).axes
    lines = {line.get_label(): line for line in held.lines}
    assert [list(line.get_xdata()) for line in held.lines[:2]] == [[480, 500], [490, 490]]
    assert list(lines["LQR"].get_xdata()) == [499, 499]
    assert list(lines["no force"].get_xdata()) == [19, 19]
    assert [each.get_text() for each in held.get_yticklabels()] == ["spiking", "blind"]
    assert held.get_xlim()[1] > 500 and errors.get_xlim()[0] < 0 < 2.7 < errors.get_xlim()[1]
