"""The figures of the memory suite: labelled, unchanged data, and what the lines say."""

import numpy as np
from figures import draw, every

from mpe_lib.plot import suite

FOUND = {"exact LIF": {1: [1.0, 0.8], 2: [0.5, 0.7]}, "zero": {1: [0.1, 0.1], 2: [0.1, 0.2]}}
AREAS = {"zero": [0.1, 0.15], "exact LIF": [0.75, 0.75]}
FIGURES = {  # name -> (axes, function, arguments)
    "reach": (1, suite.plot_reach, FOUND, 1 / 8, "t"),
    "areas": (1, suite.plot_areas, AREAS, 1 / 8, "t"),
}
test_figure = every(FIGURES)


def test_a_line_is_the_mean_over_the_seeds():
    axis = draw(FIGURES["reach"]).axes[0]
    lines = {line.get_label(): line for line in axis.lines}
    np.testing.assert_allclose(lines["exact LIF"].get_data(), [[1, 2], [90, 60]])
    assert axis.lines[-1].get_ydata()[0] == 12.5
    assert [text.get_text() for text in axis.get_xticklabels()] == ["1", "2"]


def test_the_largest_area_stands_first():
    axis = draw(FIGURES["areas"]).axes[0]
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["exact LIF", "zero"]
    np.testing.assert_allclose(axis.lines[0].get_xdata(), [75, 75])
