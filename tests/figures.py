"""What the tests of all figures ask: labelled axes, readable text, series apart, data left."""

from itertools import combinations

import numpy as np
from palette import APART, distance

from mpe_lib.plot import base


def drawn_axes(number, make):
    """The axes of a figure that was drawn; there are so many, no text is below 10 points, and
    every reader can tell the lines of an axis apart."""
    figure = make()
    base.png(figure)
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


def has_x_unit(axis):
    """Is there a unit in brackets below the axis, or below one that shares its scale?"""
    shared = axis.get_shared_x_axes().get_siblings(axis)
    return any("[" in each.get_xlabel() for each in shared)


def has_y_unit(axis):
    """Is there a unit in brackets beside the axis, or beside one that shares its scale?"""
    shared = axis.get_shared_y_axes().get_siblings(axis)
    return any("[" in each.get_ylabel() for each in shared)


def is_bar(axis):
    """Is it the scale of a colour map?"""
    return axis.get_label() == "<colorbar>"


def row_names(axis):
    """What stands at the ticks of the vertical axis."""
    return [label.get_text() for label in axis.get_yticklabels()]


def leaves_alone(make, *data):
    """Does making a figure leave arrays or tensors as they were?"""
    before = [np.asarray(each).copy() for each in data]
    make()
    return all(np.array_equal(old, np.asarray(new)) for old, new in zip(before, data, strict=True))
