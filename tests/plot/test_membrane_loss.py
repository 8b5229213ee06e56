"""The figures of the membrane loss: labelled, unchanged data, and what the marks say."""

import numpy as np
from figures import every

from mpe_lib.plot import membrane_loss

LINE = np.linspace(0.1, 1, 5)
GROUPS = {"one": LINE, "another": LINE[::-1] / 2}

FIGURES = {  # name -> (axes, function, arguments)
    "marks": (2, membrane_loss.plot_marks,
        {d: {"bernoulli": (0.2, 0.3), "zero": (0.5, 2.0)} for d in (0.25, 0.9)}, "t"),
    "pulls": (2, membrane_loss.plot_pulls, GROUPS, GROUPS, "t"),
    "kappa": (2, membrane_loss.plot_kappa,
        {name: (LINE[:, None] - [0.3, 0.5], [2, 3]) for name in ("Adam", "SGD")}, "t"),
    "ways": (3, membrane_loss.plot_ways, {"fixed": LINE, "trained": -LINE}, LINE, LINE / 3, "t"),
    "scale": (2, membrane_loss.plot_scale,
        LINE, {"zero": LINE}, {"zero": LINE}, {"zero": 1.0}, "t"),
    "outcomes": (2, membrane_loss.plot_outcomes,
        {"size\n[threshold]": (GROUPS, 0.4), "accuracy\n[%]": (GROUPS, None)}, "t"),
}  # fmt: skip
test_figure = every(FIGURES)


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
