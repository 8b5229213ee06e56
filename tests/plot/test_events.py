"""The figures of events and frames: labelled, unchanged data, and what the marks say."""

import numpy as np
import torch
from figures import draw, every

from mpe_lib.plot import events

RNG = np.random.default_rng(0)
T = np.sort(RNG.integers(300_000, size=200))
X, Y, P = RNG.integers(20, size=200), RNG.integers(20, size=200), RNG.integers(2, size=200)
LEVEL = np.linspace(0, 1, 2000)
MEMORY = np.floor(LEVEL / 0.25) * 0.25
EVENTS = [(500, 1), (1000, 1), (1500, 0)]
FRAMES = torch.from_numpy(RNG.poisson(0.4, (3, 2, 20, 20))).float()
INK = RNG.random((8, 8))
EDGES = {"time": [100, 200], "count": [90, 230]}
SHARES = {"digit": [0.8, 0.6], "order": [0.2, 1.0]}

FIGURES = {  # name -> (axes, function, arguments)
    "pixel": (2, events.plot_pixel, LEVEL, MEMORY, EVENTS, 0.25, "t"),
    "cloud": (2, events.plot_cloud, np.zeros((61, 2)), 5, (T, Y, P), "t"),
    "polarity": (2, events.plot_polarity, INK, {"a": FRAMES[0], "b": FRAMES[1]}, "t"),
    "frames": (7, events.plot_frames,
        {by: (FRAMES, (0, 100, 200, 300)) for by in ("time", "count")}, "t"),
    "told": (1, events.plot_told, (1, 3), SHARES, {"digit": 0.1, "order": 1 / 6}, "t"),
    "clocks": (2, events.plot_clocks, {"a": (T, EDGES), "b": (T, EDGES)}, "t"),
    "zeros": (1, events.plot_zeros, (1, 4), {k: [0.1, 0.9] for k in "abc"}, "t"),
    "rate": (1, events.plot_event_rate, T, P, 2, "t"),
}  # fmt: skip
test_figure = every(FIGURES)


def marks(axis):
    return {line.get_marker(): line for line in axis.lines if line.get_marker() in ("^", "v")}


def test_every_event_is_marked_once_in_the_direction_of_its_polarity():
    drawn = marks(events.plot_pixel(LEVEL, MEMORY, EVENTS, 0.25).axes[1])
    assert drawn["^"].get_xdata().tolist() == [0.5, 1.0] and drawn["v"].get_xdata() == [1.5]
    drawn = marks(events.plot_cloud(np.zeros((61, 2)), 5, (T, Y, P)).axes[1])
    assert len(drawn["^"].get_xdata()) == P.sum()
    assert len(drawn["v"].get_xdata()) == len(P) - P.sum()


def test_polarity_marks_the_majority_at_its_pixel():
    counts = torch.zeros(2, 20, 20)
    counts[1, 4, 7], counts[0, 9, 2] = 2, 3  # ON at row 4, column 7; OFF at row 9, column 2
    counts[:, 15, 15] = 1  # as many of both: no mark
    drawn = marks(events.plot_polarity(INK, {"a": counts, "b": counts}).axes[0])
    assert (drawn["^"].get_xdata(), drawn["^"].get_ydata()) == ([7], [4])
    assert (drawn["v"].get_xdata(), drawn["v"].get_ydata()) == ([2], [9])


def test_frames_are_drawn_on_one_scale_with_their_edges():
    figure = draw(FIGURES["frames"])
    images = [axis.images[0] for axis in figure.axes[:6]]
    assert len({image.get_clim() for image in images}) == 1
    np.testing.assert_array_equal(images[1].get_array(), FRAMES[1].sum(0))
    assert figure.axes[1].get_title() == "100-200 ms"
