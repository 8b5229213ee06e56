"""What the tests of all figures ask: labelled axes, readable text, series apart, data left."""

import pickle
from itertools import combinations

import pytest
from palette import APART, distance

from mpe_lib.plot.show import png


def every(figures):
    """The test of what is asked of every figure, for {name: (axes, function, *arguments)}."""

    @pytest.mark.parametrize("name", figures)
    def test(name):
        number, _, *arguments = figures[name]
        before = pickle.dumps(arguments)
        for axis in drawn_axes(number, lambda: draw(figures[name])):
            says(axis, "x")
            says(axis, "y")
        assert pickle.dumps(arguments) == before, "the figure changed its data"

    return test


def draw(entry):
    """The figure of an entry of such a table."""
    _, function, *arguments = entry
    made = function(*arguments)
    return made[0] if isinstance(made, tuple) else made  # an explorer has words too


def explorer_says(draw, start, others):
    """The words of an explorer where it starts: the same again, and others at the other values."""
    first, again = draw(*start)[1], draw(*start)[1]
    assert first == again
    for values in others:
        assert draw(*values)[1] != first, values
    return first


def drawn_axes(number, make):
    """The axes of a figure that was drawn; there are so many, no text is below 10 points, and
    every reader can tell the lines of an axis apart."""
    figure = make()
    png(figure, dpi=100)
    assert len(figure.axes) == number
    for axis in figure.axes:
        lines = [line for line in axis.get_lines() if not line.get_label().startswith("_")]
        for one, other in combinations(lines, 2):
            names = one.get_label(), other.get_label()
            colors = one.get_color(), other.get_color()
            assert names[0] == names[1] or cue(one) != cue(other), names
            assert colors[0] == colors[1] or distance(*colors) >= APART, names
        for text in axis.findobj(lambda artist: hasattr(artist, "get_fontsize")):
            assert not text.get_text() or text.get_fontsize() >= 10, text.get_text()
    return figure.axes


def cue(line):
    """What tells a line apart without its colour: dashes, width, the shape of its markers."""
    dashes = str(line._dash_pattern) if line.get_linestyle() != "None" else ""  # no public way
    filled = line.get_markerfacecolor() != "none"
    return line.get_linestyle(), dashes, line.get_linewidth(), line.get_marker(), filled


def says(axis, side):
    """Does a side of an axis say what it shows: a unit in brackets (beside it, beside one that
    shares its scale, or in the title of the panel), or words in place of numbers?"""
    shared = getattr(axis, f"get_shared_{side}_axes")().get_siblings(axis)
    words = [getattr(each, f"get_{side}label")() for each in shared] + [axis.get_title()]
    if is_bar(axis):
        words.append(axis.get_xlabel() + axis.get_ylabel())
    if side == "y":
        words.append(axis.figure.get_supylabel())
    labels = [label for each in shared for label in getattr(each, f"get_{side}ticklabels")()]
    ticks = [label.get_text() for label in labels if "$" not in label.get_text()]
    named = any(sign.isalpha() for tick in ticks for sign in tick)
    assert named or any("[" in each for each in words), (side, words, ticks)


def is_bar(axis):
    """Is it the scale of a colour map?"""
    return axis.get_label() == "<colorbar>"


def row_names(axis):
    """What stands at the ticks of the vertical axis."""
    return [label.get_text() for label in axis.get_yticklabels()]
