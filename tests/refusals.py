"""Wrong calls and the words with which they are refused: one table is one test."""

import pytest


def refused(call, cases, error=ValueError):
    """A test that `call` refuses each of the cases ``(wrong, words)``.

    Wrong are settings by name in a dict, several arguments in a tuple, or one argument.
    """

    @pytest.mark.parametrize(("wrong", "words"), cases)
    def test(wrong, words):
        arguments = wrong if isinstance(wrong, tuple) else (wrong,)
        with pytest.raises(error, match=words):
            call(**wrong) if isinstance(wrong, dict) else call(*arguments)

    return test
