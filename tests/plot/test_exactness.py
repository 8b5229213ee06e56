"""The figures of the sweeps: labelled, unchanged data, and what their marks say."""

import numpy as np
import torch
from figures import every, explorer_says

from mpe_lib import lif_sequence
from mpe_lib.plot import exactness, front

DRIVES = ("weak", "middle", "strong", "wide", "constant", "periodic")
ONE = {"median": 2, "p99": 5, "worst": 9}
ROWS = [
    {"decay": decay, "T": steps, "drive": name, "start": "hard", "spikes": ONE, "certificate": ONE}
    for decay in (0.25, 0.5, 0.9, 0.99)
    for steps in (16, 64, 256)
    for name in DRIVES
]
COST = [
    {"neuron": name, "T": t, "N": n, "pass": kind, "median_ms": t * n / 1e4}
    for name in ("LIF, fair", "one sweep", "exact_parallel, decay 0.25")
    for t in (16, 64)
    for n in (1024, 16384)
    for kind in ("forward", "forward + backward")
]
torch.manual_seed(0)
X = 0.4 + 0.4 * torch.randn(30, 1)
V = lif_sequence(X, 0.9).v[:, 0]
LATE = torch.cat((V[5:9] + 0.1, V[9:]))
ERROR = torch.eye(6, 30)
GRADIENT = {"a": {0.25: {1: [0.2, 0.3], 4: [0.01, 0.02]}}, "b": {0.9: {1: [0.5], 4: [0.0]}}}
FIGURES = {  # name -> (axes, function, arguments)
    "copies": (2, exactness.plot_copies, {"a": (V, {5: LATE}), "b": (V, {5: LATE})}, "t"),
    "fronts": (3, exactness.plot_fronts, {"a": ERROR, "b": ERROR}, "t"),
    "counts": (6, exactness.plot_counts, [r for r in ROWS if r["T"] == 64], "t"),
    "growth": (2, exactness.plot_growth, [r for r in ROWS if r["decay"] == 0.9], "t"),
    "bill": (2, exactness.plot_bill, COST, "t"),
    "gradient": (2, exactness.plot_gradient, GRADIENT, "t"),
    "explorer": (3, front.draw_front, 0, 5, 0.5, 0.9),
}  # fmt: skip
test_figure = every(FIGURES)


def test_a_copy_is_drawn_until_it_is_the_exact_neuron_and_then_starred():
    axis = exactness.plot_copies({"a": (V, {5: LATE}), "b": (V, {})}).axes[0]
    (copy,) = [line for line in axis.lines if line.get_label() == "from step 5"]
    assert list(copy.get_xdata()) == [5, 6, 7, 8, 9]
    (star,) = [line for line in axis.lines if line.get_marker() == "*"]
    assert list(star.get_xdata()) == [9]


def test_exact_steps_are_white_in_the_fronts():
    image = exactness.plot_fronts({"a": ERROR, "b": ERROR}).axes[0].images[0]
    shown = image.get_array()
    assert shown.mask.sum() == (ERROR == 0).sum() and shown.compressed().tolist() == [1.0] * 6


def test_bars_reach_from_the_median_to_the_worst():
    axis = exactness.plot_counts([r for r in ROWS if r["T"] == 64]).axes[0]
    for bars in axis.containers:
        ends = np.concatenate([path.vertices for path in bars[2][0].get_paths()])
        assert ends[:, 1].min() == 2 and ends[:, 1].max() == 9


def test_the_explorer_answers_in_words_and_repeats_itself():
    others = ((1, 5, 0.5, 0.9), (0, 9, 0.5, 0.9), (0, 5, 0.1, 0.9), (0, 5, 0.5, 0.5))
    assert "first 5 of 60" in explorer_says(front.draw_front, (0, 5, 0.5, 0.9), others)
    assert "0.0 % are wrong, and 100 of 100" in front.draw_front(0, 60, 0, 0.9)[1]
