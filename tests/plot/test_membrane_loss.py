"""The figures of the membrane loss: labelled, unchanged data, and what the marks say."""

import numpy as np
import pytest
from figures import drawn_axes, leaves_alone, row_names

from mpe_lib.plot import membrane_loss

LINE = np.linspace(0.1, 1, 5)
GROUPS = {"one": LINE, "another": LINE[::-1] / 2}

FIGURES = {  # name -> (axes, make)
    "marks": (2, lambda: membrane_loss.plot_marks(
        {d: {"bernoulli": (0.2, 0.3), "zero": (0.5, 2.0)} for d in (0.25, 0.9)}, "t")),
    "pulls": (2, lambda: membrane_loss.plot_pulls(GROUPS, GROUPS, "t")),
    "kappa": (2, lambda: membrane_loss.plot_kappa(
        {name: (LINE[:, None] - [0.3, 0.5], [2, 3]) for name in ("Adam", "SGD")}, "t")),
    "ways": (3, lambda: membrane_loss.plot_ways(
        {"fixed": LINE, "trained": -LINE}, LINE, LINE / 3, "t")),
    "scale": (2, lambda: membrane_loss.plot_scale(
        LINE, {"zero": LINE}, {"zero": LINE}, {"zero": 1.0}, "t")),
    "outcomes": (2, lambda: membrane_loss.plot_outcomes(
        {"size\n[threshold]": (GROUPS, 0.4), "accuracy\n[%]": (GROUPS, None)}, "t")),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_axes_are_there_with_units_and_large_text(name):
    for axis in drawn_axes(*FIGURES[name]):
        assert "[" in axis.get_xlabel()
        beside = axis.get_shared_y_axes().get_siblings(axis)
        titled = any("[" in each.get_ylabel() + each.get_title() for each in beside)
        assert titled or not any(row.replace(".", "").isdigit() for row in row_names(axis))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_leaves_its_data_alone(name):
    assert leaves_alone(FIGURES[name][1], LINE)


def test_every_run_is_drawn_and_the_bar_is_their_mean():
    axis = membrane_loss.plot_outcomes({"x [1]": (GROUPS, None)}).axes[0]
    for k, values in enumerate(GROUPS.values()):
        runs, mean = axis.lines[2 * k : 2 * k + 2]
        assert list(runs.get_xdata()) == list(values)
        assert np.allclose(mean.get_xdata(), np.mean(values))


def test_the_two_distances_differ_in_shape():
    axis = membrane_loss.plot_marks({0.25: {"zero": (0.5, 2.0)}}).axes[0]
    markers = {line.get_marker(): line.get_xdata()[0] for line in axis.lines}
    assert markers["s"] == 0.5 and markers["o"] == 2.0
