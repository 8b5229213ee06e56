"""The scaling surface: its numbers, its frame, its words."""

from functools import partial

from figures import every
from refusals import refused

from mpe_lib.plot import surface

RATIOS = {(4, 8): 0.5, (4, 16): 2.0, (8, 8): 12.3, (8, 16): 1.0, (16, 8): 120.0}
CELLS = [{"T": t, "N": n, "pass": "forward"} for t in (4, 8) for n in (8, 16)]
ROWS = [cell | {"neuron": "b", "median_ms": 2.0} for cell in CELLS]
ROWS += [cell | {"neuron": "a", "median_ms": k + 1.0} for k, cell in enumerate(CELLS)]


test_figure = every({"surface": (2, surface.plot_surface, RATIOS, (8, 8), "t")})


def test_each_cell_has_its_number_and_below_one_a_word_too():
    axis = surface.plot_surface(RATIOS).axes[0]
    found = {text.get_position(): text.get_text() for text in axis.texts}
    expected = {(0, 0): "0.5\nslower", (1, 0): "2", (0, 1): "12", (1, 1): "1", (0, 2): "120"}
    assert found == expected and not axis.patches


def test_numbers_stand_out_from_their_cell():
    axis = surface.plot_surface({(4, 8): 1 / 8, (4, 16): 25.0}).axes[0]
    assert [text.get_color() for text in axis.texts] == ["white", "black"]


def test_the_frame_is_around_the_largest_and_the_words_say_where():
    figure, words = surface.draw_surface(ROWS, 0, "a", "b", "forward")
    (frame,) = figure.axes[0].patches
    assert frame.get_x() < 1 < frame.get_x() + 0.94 and frame.get_y() < 1 < frame.get_y() + 0.94
    assert words == (
        "forward, time of a over time of b: from 0.5 at T = 4, N = 8 to 2 at T = 8, N = 16 "
        "(framed); b is faster in 2 of 4 sizes."
    )


test_what_was_not_timed_is_refused = refused(partial(surface.draw_surface, ROWS, 0), [
    (("a", "c", "forward"), "expected two neurons that were timed"),
    (("a", "b", "backward"), "expected two neurons that were timed"),
])  # fmt: skip
