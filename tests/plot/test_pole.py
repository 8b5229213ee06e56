"""The figures of the pole: labelled, unchanged data, and a film that shows what was so far."""

import numpy as np
import pytest
from figures import draw, every

from mpe_lib.plot import film as films
from mpe_lib.plot import pole

DRAW = np.random.default_rng(0)
STATES = np.ones((13, 4))
STATES[:, 0], STATES[:, 2] = np.linspace(-1, 0.5, 13), np.linspace(0.1, -0.1, 13)
PUSHES, SPIKES = np.linspace(8, -2, 12), DRAW.random((60, 10)) < 0.3
ALONE = np.stack([np.full(5, -1.0), np.zeros(5), np.linspace(0.1, 1.6, 5), np.zeros(5)], 1)


pytestmark = pytest.mark.filterwarnings("ignore:Animation was deleted")


def film(*arguments):
    return pole.pole_film(*arguments)._fig  # no public way


FIGURES = {  # name -> (axes, function, arguments)
    "strip": (3, pole.pole_strip, STATES, PUSHES, SPIKES, ALONE),
    "strip, one actor": (3, pole.pole_strip, STATES, PUSHES, SPIKES),
    "film": (2, film, STATES, SPIKES, ALONE, 3),
}
test_figure = every(FIGURES)


def test_the_strip_lays_poles_over_each_other_and_shows_every_spike():
    scene, cells, push = draw(FIGURES["strip"]).axes
    poles = [line for line in scene.lines if len(line.get_xdata()) == 2 and line.get_zorder() == 2]
    feet = [line.get_xdata()[0] for line in poles]
    np.testing.assert_allclose(feet, [-1, *np.linspace(-1, 0.5, 7)])
    lengths = [np.hypot(*np.ptp([line.get_xdata(), line.get_ydata()], axis=1)) for line in poles]
    np.testing.assert_allclose(lengths, pole.LENGTH)
    tops = [line.get_xdata()[1] - line.get_xdata()[0] for line in poles[1:]]
    np.testing.assert_allclose(tops, np.sin(np.linspace(0.1, -0.1, 7)), atol=1e-12)
    assert [text.get_text() for text in scene.texts] == ["0.0 s", "0.2 s"]
    (marks,) = cells.lines
    assert len(marks.get_xdata()) == SPIKES.sum() and cells.get_xlim() == push.get_xlim()


def test_the_film_shows_the_state_and_the_spikes_so_far():
    made = pole.pole_film(STATES, SPIKES, ALONE)
    for moment in (0, 6, 12):
        marks, clock, fallen, _, rod, cart = made._func(moment)  # no public way
        assert len(marks.get_xdata()) == SPIKES[: 5 * moment].sum()
        assert clock.get_text() == f"{0.02 * moment:.2f} s"
        assert rod.get_xdata()[0] == STATES[moment, 0]
        assert cart.get_x() + cart.get_width() / 2 == pytest.approx(STATES[moment, 0])
        assert fallen.get_xdata()[0] == -1
    assert fallen.get_ydata()[1] < pole.CART[1]  # it lies
    assert made._interval == pytest.approx(1000 * 0.02 * 12 / 59)


def test_a_page_holds_each_picture_once_and_few_colours_make_it_light():
    page = pole.pole_film(STATES, SPIKES, ALONE, frames=3).to_jshtml()
    light = films.light(page)
    assert page.count("data:image/png;base64,") == light.count("data:image/png;base64,") == 3
    assert len(light) - 9000 < 0.4 * (len(page) - 9000)  # 9 kB are the player
    assert films.light(page) == light


@pytest.mark.parametrize("frames", [1, 61])
def test_a_film_is_neither_long_nor_still(frames):
    with pytest.raises(ValueError, match=f"frames must be between 2 and 60, got {frames}"):
        pole.pole_film(STATES, SPIKES, frames=frames)
