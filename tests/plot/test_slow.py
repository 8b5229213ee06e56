"""The figures of a slow variable: labelled, unchanged data, and marks where they belong."""

import numpy as np
import torch
from figures import draw, every, explorer_says

from mpe_lib.plot import slow
from mpe_lib.systems.srnn import ThresholdTrace, alif_sequence

X = torch.full((60, 4), 0.6, dtype=torch.float64)
TRACE = alif_sequence(X, b0=0.1)
ONE = ThresholdTrace(*(each[:, 0] for each in TRACE))
VALUES = torch.tensor([[0.8 + 0.1j, 0.8 - 0.1j], [0.98 + 0.4j, 0.98 - 0.4j]])
SHARES = {"a": [1.0, 0.5], "b": [0.25, 0.26]}
GROUPS = {"a": [0.9, 1.0, 0.95], "b": [0.2, 0.3, 0.25]}

FIGURES = {  # name -> (axes, function, arguments)
    "tired": (2, slow.plot_tired, ONE, {"beta 1.8": [5, 6, 7], "beta 0": [4, 4, 4]}),
    "discs": (2, slow.plot_discs, {"a": VALUES, "b": VALUES[:1]}, VALUES.real),
    "silence": (2, slow.plot_silence, TRACE, 1, 10, 10),
    "forgetting": (1, slow.plot_forgetting, [25, 50], SHARES, 0.25),
    "recall": (1, slow.plot_recall, GROUPS, 0.25),
    "explorer": (3, slow.draw_adlif, 0, "euler", 60, 20),
}
test_figure = every(FIGURES)


def test_a_dot_stands_on_every_spike():
    above, below = draw(FIGURES["tired"]).axes
    (dots,) = [line for line in above.lines if line.get_label() == "spike"]
    assert dots.get_xdata().tolist() == ONE.s.nonzero().flatten().tolist() != []
    assert below.lines[0].get_ydata().tolist() == [5, 6, 7]


def test_what_lies_outside_the_circle_is_a_cross_and_of_a_pair_one_is_drawn():
    for axis, fades, explodes in zip(draw(FIGURES["discs"]).axes, (1, 1), (1, 0), strict=True):
        circle, inside, outside, plain = axis.lines
        np.testing.assert_allclose(np.hypot(*circle.get_data()), 1)
        assert len(inside.get_xdata()) == fades and len(outside.get_xdata()) == explodes
        assert outside.get_marker() == "x" and not np.any(plain.get_ydata())


def test_every_spike_of_the_silence_is_a_mark():
    _, below = draw(FIGURES["silence"]).axes
    assert sum(len(line.get_xdata()) for line in below.lines) == int(TRACE.s.sum())


def test_an_interval_stands_around_its_mean():
    axis = draw(FIGURES["recall"]).axes[0]
    ends = axis.containers[0][2][0].get_paths()[0].vertices[:, 0]
    assert np.isclose(ends.mean(), 95) and ends[0] < 90 and ends[1] > 100


def test_the_explorer_answers_in_words():
    first = explorer_says(
        slow.draw_adlif,
        (0, "euler", 60, 20),
        ((1, "euler", 60, 20), (0, "symplectic", 60, 20), (0, "euler", 228, 20),
         (0, "euler", 60, 5)),
    )  # fmt: skip
    assert first.startswith("euler, q 60, current 20: largest modulus 0.97")
    assert "0 in the last 100 steps" in first
    assert "0 in the last 100 steps" not in slow.draw_adlif(0, "euler", 228, 20)[1]
