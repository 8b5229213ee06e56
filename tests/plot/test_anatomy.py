"""The figures of notebook 07: labelled, unchanged data, and what the marks say."""

import numpy as np
import pytest
import torch
from figures import draw, every

from mpe_lib.plot import anatomy
from mpe_lib.studies.stationary import Split

LINE = torch.linspace(0, 1, 5)
DRAWN = torch.tensor([0.0, 0.0, 0.3, 0.5, 0.7])
SPLITS = [Split(0.1, 0.2, 0.3), Split(0.2, 0.1, 0.05)]
NAMES = ("exact LIF", "bernoulli", "hard", "zero")

FIGURES = {  # name -> (axes, function, arguments)
    "law": (2, anatomy.plot_law, LINE, {d: (0.1 + d, LINE + 0.1, DRAWN) for d in (0.25, 0.9)}, "t"),
    "rates": (2, anatomy.plot_predicted_rates,
        LINE, {d: {name: (LINE, LINE / 2) for name in NAMES} for d in (0.25, 0.9)}, "t"),
    "split": (2, anatomy.plot_split,
        (0, 1), {d: {rule: SPLITS for rule in NAMES[1:]} for d in (0.25, 0.9)}, "t"),
    "wrong": (2, anatomy.plot_wrong,
        LINE, {w: {rule: (LINE, LINE, 2 * LINE) for rule in NAMES[1:]} for w in "ab"}, "t"),
    "costs": (2, anatomy.plot_costs,
        LINE, {"a [1]": LINE, "b [1]": 1 - LINE}, {"m": 0.1, "d": 0.2, "h": 0.3}, "t"),
    "best": (2, anatomy.plot_best,
        LINE, {w: {"mean": LINE, "median": LINE / 2, "hard": LINE} for w in "ab"}, "t"),
    "measures": (2, anatomy.plot_measures,
        LINE, {"a [1]": {"hard": LINE, "never fires": LINE / 9}, "b [%]": {"zero": LINE}},
        ((0.5, 1), (-1, 1)), "t"),
}  # fmt: skip
test_figure = every(FIGURES)


def test_the_histogram_is_a_density_without_the_atom():
    axis = draw(FIGURES["law"]).axes[0]
    (bars,) = (each for each in axis.patches if hasattr(each, "get_data"))
    values, edges, _ = bars.get_data()
    assert (values * np.diff(edges)).sum() == pytest.approx(3 / 5)


def test_stems_are_as_long_as_the_atoms_are_heavy():
    stems = [axis.lines[1].get_ydata()[1] for axis in draw(FIGURES["law"]).axes]
    assert stems[0] / stems[1] == pytest.approx(0.35 / 1.0)


def test_the_parts_of_an_error_stand_on_each_other():
    axis = draw(FIGURES["split"]).axes[0]
    tops = {round(bar.get_y() + bar.get_height(), 6) for bar in axis.patches}
    assert {0.3, 0.4, 0.6, 0.05, 0.25, 0.35} == tops


def test_the_ring_is_at_the_lowest_cost():
    for axis, lowest in zip(draw(FIGURES["costs"]).axes, (0.0, 1.0), strict=True):
        (ring,) = (line for line in axis.lines if line.get_label() == "lowest")
        assert ring.get_xdata()[0] == lowest
