"""The figures of missed and extra spikes: labelled, unchanged data, and what the marks say."""

import numpy as np
import torch
from figures import every, explorer_says

from mpe_lib import Trace, lif_sequence, mpe_sequence, spike_agreement
from mpe_lib.plot import agreement, raster

torch.manual_seed(0)
X = 0.5 + 0.5 * torch.randn(20, 6)
EXACT, RULE = lif_sequence(X), mpe_sequence(X, seed=0)
NOTHING = mpe_sequence(X, "zero")
LINE, TWO = torch.linspace(0, 1, 5), (0.25, 0.9)


def one(trace):
    return Trace(*(None if field is None else field[:, 0] for field in trace))


FIGURES = {  # name -> (axes, function, arguments)
    "rules": (3, raster.plot_rules,
        X[:, 0], one(EXACT), {"mean": one(RULE), "zero": one(NOTHING)}, "t"),
    "raster": (3, raster.plot_raster, EXACT.s, {"bernoulli": RULE.s, "zero": NOTHING.s}, "t"),
    "errors": (4, agreement.plot_errors,
        LINE, {(d, s): {"zero": (LINE, LINE)} for d in TWO for s in (0.5, 1.0)}, "t"),
    "agreement": (4, agreement.plot_agreement,
        LINE, {d: {"zero": LINE + 0.1, "hard": LINE / 9} for d in TWO}, "t"),
    "map": (3, agreement.plot_map,
        LINE, LINE, {d: (LINE[:, None] * LINE - 0.3).numpy() for d in TWO}, "t"),
    "same rate": (2, agreement.plot_same_rate,
        LINE, {"exact LIF": LINE, "bernoulli": LINE / 2, "zero": LINE}, {"zero": LINE}, "t"),
    "sweeps": (3, agreement.plot_sweeps, {"bernoulli": np.eye(3, 9), "zero": np.eye(3, 9)}, "t"),
    "explorer": (3, raster.draw_agreement, 0, 0.5, 0.5, 0.25),
}  # fmt: skip
test_figure = every(FIGURES)


def test_a_raster_marks_each_missed_and_extra_spike_once():
    axis = raster.plot_raster(EXACT.s, {"zero": NOTHING.s}).axes[1]
    drawn = {line.get_label(): len(line.get_xdata()) for line in axis.lines}
    _, missed, extra = spike_agreement(EXACT.s, NOTHING.s)
    assert drawn["missed"] == round(missed * X.numel()) > 0
    assert drawn["extra"] == round(extra * X.numel())
    assert drawn["missed"] + drawn["same spike"] == EXACT.s.sum()


def test_the_map_hatches_what_is_worse():
    values = np.where(np.arange(5)[:, None] > 2, 0.02, -0.02) * np.ones(5)
    axis = agreement.plot_map(LINE, LINE, {0.25: values}).axes[0]
    (hatched,) = [each for each in axis.collections if "///" in (getattr(each, "hatches", 0) or [])]
    corners = np.concatenate([path.vertices for path in hatched.get_paths()])
    assert corners[:, 0].min() > 0.5 and corners[:, 0].max() == 1


def test_the_explorer_answers_in_words_and_repeats_itself():
    others = ((1, 0.5, 0.5, 0.25), (0, 1.0, 0.5, 0.25), (0, 0.5, 1.0, 0.25), (0, 0.5, 0.5, 0.9))
    first = explorer_says(raster.draw_agreement, (0, 0.5, 0.5, 0.25), others)
    assert "zero misses" in first
