"""The figures of the race and of learned delays: labelled, unchanged data, true marks."""

import math

import numpy as np
import pytest
import torch
from figures import draw, every

from mpe_lib.plot import race

EDGES, DELAYS = torch.tensor([[0, 0, 1, 3], [1, 2, 2, 2]]), torch.tensor([2, 9, 3, 1])
ARRIVAL, HOPS = [0.0, 2.0, 5.0, math.inf], [0.0, 1.0, 1.0, math.inf]
PLACES = [(0, 0), (1, 1), (2, 0), (2, 1)]
GROUPS = {8: {"learned": [1.0, 0.9], "none": [0.7, 0.8]}, 2: {"learned": [1.0], "none": [0.7]}}
LEARNED = {"8 neurons": [[0.0, 0.1], [1.0, 2.0], [4.0, 3.9]], "1 neuron": [[0.0], [1.0], [4.0]]}

FIGURES = {  # name -> (axes, function, arguments)
    "race": (2, race.plot_race, EDGES, DELAYS, ARRIVAL, ARRIVAL, HOPS, PLACES, "t"),
    "areas": (2, race.plot_areas, GROUPS, [0.7, 0.6], "t"),
    "delays": (2, race.plot_delays, LEARNED, [1, 2, 4], "t"),
}
test_figure = every(FIGURES)


def test_each_node_says_its_arrival_and_late_spikes_are_crosses():
    graph, time = draw(FIGURES["race"]).axes
    said = [text.get_text() for text in graph.texts if "|" in text.get_text()]
    assert said == ["0 | 0 | 0", "2 | 2 | 1", "5 | 5 | 1", "none | none | none"]
    late, first = time.lines
    assert late.get_xydata().tolist() == [[9, 2]]
    assert first.get_xydata().tolist() == [[0, 0], [2, 1], [5, 2]]


def test_the_edges_of_the_winners_are_bold():
    arrows = [text for text in draw(FIGURES["race"]).axes[0].texts if text.arrow_patch]
    bold = [arrow.arrow_patch.get_linewidth() > 2 for arrow in arrows]
    assert bold == [True, False, True, False]


def test_a_race_without_a_late_spike_is_drawn():
    edges, delays = EDGES[:, :1], DELAYS[:1]
    made = race.plot_race(edges, delays, ARRIVAL[:2], ARRIVAL[:2], HOPS[:2], PLACES[:2])
    assert len(made.axes[1].lines) == 2


def test_the_baselines_stand_where_they_are():
    for axis in draw(FIGURES["areas"]).axes:
        places = {line.get_label(): line.get_xdata()[0] for line in axis.lines}
        assert places["chance"] == 0.5
        assert places["number of edges, no network"] == pytest.approx(0.65)


def test_a_delay_is_drawn_as_its_arrival_one_step_later():
    axis = draw(FIGURES["delays"]).axes[0]
    circles = [line.get_ydata() for line in axis.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(circles, [[1.0, 1.1], [2.0, 3.0], [5.0, 4.9]])
