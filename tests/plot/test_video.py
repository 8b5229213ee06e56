"""The strip, the fading and the film: labelled, unchanged data, small, and without a network."""

import re
from base64 import b64decode
from io import BytesIO

import matplotlib.image
import numpy as np
import pytest
import torch
from figures import draw, every

from mpe_lib.plot import film as films
from mpe_lib.plot import video

DRAW = torch.Generator().manual_seed(0)
EVENTS = torch.randint(-2, 3, (12, 6, 8), generator=DRAW).float()
EVENTS[8:] = 0
LIGHT = torch.rand(12, 6, 8, generator=DRAW)


def membrane(decay):
    v, found = torch.zeros(6, 8), []
    for x in EVENTS.unbind(0):
        v = decay * v + x
        found.append(v)
    return torch.stack(found)


ROWS = {"scene": LIGHT, "events": EVENTS} | {decay: membrane(decay) for decay in (0.0, 0.9)}
FADING = {decay: membrane(decay) for decay in (0.0, 0.5, 0.9)}

FIGURES = {  # name -> (axes, function, arguments)
    "strip": (12, video.plot_strip, ROWS, [1, 5, 10], "t"),
    "fading": (1, video.plot_fading, FADING, 8, "t"),
    "alike": (1, video.plot_alike, {0.0: [0.1, 0.2], 0.9: [0.5, 0.7], 1.0: [0.4, 0.6]}, "t"),
    "ways": (1, video.plot_ways, {"flat": [0.0, 0.0], "EVSNN, decay 0": [0.2, 0.1]}, "t"),
    "one": (1, video.plot_strip, {"scene": LIGHT.numpy()}, [0]),
}
test_figure = every(FIGURES)


def test_the_strip_shows_the_steps_and_nothing_is_middle_grey():
    axes = np.array(draw(FIGURES["strip"]).axes).reshape(4, 3)
    assert [axis.get_title() for axis in axes[0]] == ["step 1", "step 5", "step 10"]
    assert [line[0].get_ylabel() for line in axes] == ["scene", "events", "decay 0", "decay 0.9"]
    for line, each in zip(axes, ROWS.values(), strict=True):
        images = [axis.images[0] for axis in line]
        assert len({image.get_clim() for image in images}) == 1  # one scale for all its steps
        for image, step in zip(images, (1, 5, 10), strict=True):
            np.testing.assert_array_equal(image.get_array(), each[step])
    low, high = axes[3, 0].images[0].get_clim()
    assert low == -high < 0 < axes[0, 0].images[0].get_clim()[0]


def test_the_fading_is_that_of_the_pictures_and_of_the_law():
    lines = draw(FIGURES["fading"]).axes[0].lines
    for decay, found, law in zip(FADING, lines, lines[3:], strict=False):
        expected = decay ** np.arange(5)
        np.testing.assert_allclose(law.get_ydata(), expected)
        np.testing.assert_allclose(found.get_ydata(), expected, atol=1e-6)
    other = FADING | {0.9: FADING[0.5]}
    assert draw((1, video.plot_fading, other, 8)).axes[0].lines[2].get_ydata()[1] == 0.5


@pytest.fixture(scope="module")
def page():
    return films.page(video.film(ROWS, range(6, 10)), 'what is "seen"')


def test_a_film_has_a_frame_for_each_step_and_needs_no_network(page):
    frames = re.findall(r'data:image/png;base64,([^"]+)"', page)
    assert len(frames) == 4 and not re.search(r"https?://|fa fa-|<link", page)
    pictures = [matplotlib.image.imread(BytesIO(b64decode(each))) for each in frames]
    assert len({picture.shape for picture in pictures}) == 1  # nothing moves but the pictures
    assert all((a != b).any() for a, b in zip(pictures, pictures[1:], strict=False))
    assert len(page) < 4 * 9_000 + 20_000


def test_a_film_says_what_it_shows_and_is_the_same_each_time(page):
    assert 'alt="what is &quot;seen&quot;"' in page and 'aria-label="frame"' in page
    assert page.count("aria-label") >= 10 and "▶" in page
    assert films.page(video.film(ROWS, range(6, 10)), 'what is "seen"') == page
    backwards = films.page(video.film(ROWS, range(9, 5, -1)), 'what is "seen"')
    names = [re.search(r'id="_anim_img(\w+)"', each).group(1) for each in (page, backwards)]
    assert names[0] != names[1]  # two films of one page have players of their own


def test_a_film_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="a film has at most 60 frames, got 61: take every"):
        video.film({"scene": torch.zeros(61, 4, 4)}, range(61))


def test_the_mean_lies_over_the_recordings_and_a_mark_is_a_seed():
    lines = draw(FIGURES["alike"]).axes[0].lines
    mean = next(line for line in lines if line.get_label().startswith("mean"))
    np.testing.assert_allclose(mean.get_ydata(), [0.15, 0.6, 0.5])
    flat, _, trained, mean, chance = draw(FIGURES["ways"]).axes[0].lines
    assert [*flat.get_xdata()] == [0, 0] and [*trained.get_xdata()] == [0.2, 0.1]
    assert mean.get_xdata() == pytest.approx([0.15, 0.15]) and [*chance.get_xdata()] == [0, 0]
