"""The figures of the light cone: labelled, unchanged data, and what the marks say."""

import numpy as np
import torch
from figures import draw, every, explorer_says

from mpe_lib.plot import cone, reach
from mpe_lib.studies.pairs import pulses

INF = float("inf")
FIRST, SECOND = (each[:, 0] for each in pulses(3, 2, torch.Generator().manual_seed(0)))
SHARES = np.array([[1.0, 0.5, 0.0], [1.0, 0.0, 0.0]])
ROWS = {"zero": ([[0.5] * 2] * 2, [[1, 1]] * 2, 0),
        "hard, 0": ([[0.88, 0.92], [0.5] * 2], [[0, 0], [1, 1]], 1),
        "exact LIF": ([[1.0, 1.0], [1.0, 0.4]], [[0, 0], [0, 1]], INF)}  # fmt: skip
LINE = torch.linspace(-1, 1, 7)

FIGURES = {  # name -> (axes, function, arguments)
    "cone": (3, cone.plot_cone,
        {"1 layer": {"hard, 0": SHARES[0], "zero": SHARES[1]}, "2": {"hard, 0": SHARES[0]}}, "t"),
    "pulses": (2, cone.plot_pulse_pair, FIRST, SECOND, 12, "t"),
    "ties": (2, cone.plot_ties, [1, 2, 3], {p: {2: LINE[:3], 4: LINE[:3]} for p in "ab"}),
    "ladder": (2, cone.plot_ladder, {"a": ([1, 2], ROWS), "b": ([1, 2], ROWS)}, "t"),
    "scores": (2, cone.plot_scores, {"a": (LINE, LINE + 1), "b": (LINE, LINE)}, "t"),
    "tasks": (1, cone.plot_tasks,
        {"x": (0.5, {"zero": [0.5, 0.5], "exact LIF": [0.9]}), "y": (0.1, {"zero": [0.2]})}, "t"),
    "explorer": (2, reach.draw_cone, 0, 10, 1, 0.9),
}  # fmt: skip
test_figure = every(FIGURES)


def test_the_cone_writes_a_zero_where_nothing_arrives():
    axis = draw(FIGURES["cone"]).axes[0]
    assert [text.get_text() for text in axis.texts] == ["0"] * 3
    assert sorted(text.get_position() for text in axis.texts) == [(1, 1), (2, 0), (2, 1)]


def test_the_ladder_marks_ties_and_draws_its_stairs_at_the_cone():
    axis = draw(FIGURES["ladder"]).axes[0]
    assert [text.get_text() for text in axis.texts] == ["=", "=", "90", "=", "100", "1/2"]
    (stairs,) = axis.lines
    assert list(stairs.get_xdata()[::2]) == [-0.5, 0.5, 1.5]


def test_the_explorer_answers_in_words_and_keeps_to_the_cone():
    others = ((1, 10, 1, 0.9), (0, 20, 1, 0.9), (0, 10, 4, 0.9), (0, 10, 1, 0.25))
    first = explorer_says(reach.draw_cone, (0, 10, 1, 0.9), others)
    assert first.startswith("the cone ends at lag 4")
    for seed in range(20):
        words = reach.draw_cone(seed, 10, 1, 0.9)[1]
        assert int(words.split("the last ")[1].split()[0]) <= 4
