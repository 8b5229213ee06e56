"""Wrong answers and the hints that they get: one table is one test."""

import pytest

from mpe_lib.course.check import NotYet


def hints(check, cases, one=False):
    """A test that `check` gives each of the cases ``(answers, words of the hint)`` that hint.

    The answers are a tuple, or where there is `one`, the answer itself.
    """

    @pytest.mark.parametrize(("answers", "words"), cases)
    def test(answers, words):
        with pytest.raises(NotYet, match=words):
            check(answers) if one else check(*answers)

    return test
