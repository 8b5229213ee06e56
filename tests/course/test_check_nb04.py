import pytest
from hints import hints

from mpe_lib.course.check import NotYet, nb04


def turn(rise, fall, contrast):
    on = int(rise / contrast)
    return on, max(int((on * contrast - (rise - fall)) / contrast), 0)


def decode(raw):
    x, y, high, middle, low = raw
    return (high & 127) << 16 | middle << 8 | low, x, y, high >> 7


def test_other_right_answers_pass(capsys):
    nb04.turn(turn)
    nb04.turn(lambda *values: [float(each) for each in turn(*values)])
    nb04.burst(28.6, 100.0)
    nb04.decode(decode)
    nb04.decode(lambda raw: list(decode(raw)))
    assert capsys.readouterr().out.count("Right.") == 5


def floor_off(rise, fall, contrast):  # forgets to cut at 0
    return int(rise / contrast), int((int(rise / contrast) * contrast - rise + fall) // contrast)


test_hints_of_turn = hints(nb04.turn, [
    (None, "the function itself"),
    ((4, 1), "the function itself"),
    (lambda *_: None, "return two numbers, on and off, got NoneType"),
    (lambda *_: (1, 2, 3), "return two numbers"),
    (lambda *_: (None, 1), "each of on, off should be one number, got NoneType"),
    (lambda *_: (4, "a"), "each of on, off should be one number, got str"),
    (lambda r, f, c: (r / c, f / c), "whole number"),
    (lambda r, f, c: 1 / 0, "your function raised ZeroDivisionError"),
    (lambda r: (1, 1), "your function raised TypeError"),
    (lambda *v: turn(*v)[::-1], "ON comes first"),
    (lambda r, f, c: (round(r / c), turn(r, f, c)[1]), "for the rise you round"),
    (lambda *_: (4, 1), "begin with the rise alone"),
    (lambda r, f, c: (int(r / c), int(f / c)), "what does the pixel remember at the turn"),
    (floor_off, "never negative"),
    (lambda r, f, c: (int(r / c), max(turn(r, f, c)[1], 1)), "too small for any event"),
    (lambda r, f, c: (int(r / c), 0), "are between them"),
])  # fmt: skip


def test_on_equal_to_off_is_pointed_out():
    with pytest.raises(NotYet, match="equal only if the light comes back"):
        nb04.turn(lambda r, f, c: (int(r / c), int(r / c)))


test_hints_of_burst = hints(nb04.burst, [
    ((None, 100), "first_edge should be one number, got NoneType"),
    ((28.6, "a"), "second_edge should be one number"),
    ((100, 28.6), "are the two edges swapped"),
    ((100, 200), "the lamp's events count too"),
    ((28.6, 300), "within the recording"),
    ((100 / 7, 100), "leaves out the events of the lamp"),
    ((50, 100), "when the lamp goes out"),
    ((200, 250), "who else sends some"),
    ((100 / 3, 100), "come on top"),
    ((99.9, 120), "how many come in each of the first ms"),
    ((20, 100), "how many in a frame"),
    ((28.6, 200), "the 800th is when"),
    ((28.6, 57.1), "more slowly"),
    ((28.6, 50), "frame 1 ends with the 800th"),
    ((28.6, 250), "100 more events"),
    ((28.6, 77), "without the lamp"),
])  # fmt: skip


def changed(rule):
    return lambda raw: rule(*decode(raw), raw)


test_hints_of_decode = hints(nb04.decode, [
    (None, "the function itself"),
    (lambda raw: None, "return four whole numbers, t, x, y, p, got NoneType"),
    (lambda raw: (1, 2), "return four whole numbers"),
    (lambda raw: (None, 1, 1, 1), "each of t, x, y, p should be one number"),
    (lambda raw: raw[7], "your function raised IndexError"),
    (changed(lambda t, x, y, p, _: (x, y, t, p)), "in the order t, x, y, p"),
    (changed(lambda t, x, y, p, _: (x, y, p, t)), "in the order t, x, y, p"),
    (changed(lambda t, x, y, p, _: (t, y, x, p)), "x and y are swapped"),
    (changed(lambda t, x, y, p, _: (t + (p << 23), x, y, p)), "8388608 too large: whose bit"),
    (
        changed(lambda t, x, y, p, raw: (int.from_bytes(raw[2:], "little"), x, y, p)),
        "largest part first",
    ),
    (changed(lambda t, x, y, p, _: (t & 65535, x, y, p)), "seven of them are in the third"),
    (changed(lambda t, x, y, p, _: (t, x, y, p << 7)), "move its bit to the lowest place"),
    (changed(lambda t, x, y, p, _: (t, x, y, 1 - p)), "1 is ON"),
    (changed(lambda t, x, y, p, _: (t + 1, x, y, p)), "t is wrong for 40 of 40"),
    (changed(lambda t, x, y, p, _: (t, x + 1, y, p)), "x is wrong for 40"),
    (lambda raw: (1940, 9, 1, 1), "t is wrong for"),
])  # fmt: skip
