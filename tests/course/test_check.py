import math

import pytest

from mpe_lib.course.check import NotYet
from mpe_lib.course.check.base import need, right
from mpe_lib.course.check.compare import match
from mpe_lib.course.check.forms import number


def test_hints_are_raised_and_never_hold_the_answer(capsys):
    with pytest.raises(NotYet, match="Not yet. Hint: look again"):
        need(False, "look again")
    need(True, "look again")
    right("Good.")
    assert capsys.readouterr().out == "Right. Good.\n"


@pytest.mark.parametrize(
    ("answer", "hint"),
    [(None, "got NoneType"), ("x", "got str"), ([1, 2], "got list"), (math.nan, "finite")],
)
def test_not_a_number_gets_a_hint(answer, hint):
    with pytest.raises(NotYet, match=hint):
        number(answer)


def test_a_known_mistake_gets_its_own_hint():
    match(0.10001, 0.1)
    with pytest.raises(NotYet, match="upside down"):
        match(10.0, 0.1, [(10, "upside down")])
    with pytest.raises(NotYet, match="go back to the equation"):
        match(3.0, 0.1, [(10, "upside down")])
