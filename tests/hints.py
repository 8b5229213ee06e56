"""Wrong answers and the hints that they get from a notebook's own checks: one table is one test."""

from functools import cache

import nbformat
import pytest

from mpe_lib.course import walk
from mpe_lib.course.check import NotYet
from mpe_lib.course.copies import asked


@cache
def checks(module: str) -> dict[str, tuple[str, list[str]]]:
    """What the check cells of a notebook call -> (the program of the cell, names it reads)."""
    start = module.removeprefix("nb")
    (path,) = (path for path in walk.notebooks() if path.stem.startswith(start))
    found = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            function, names = asked(cell)
            found[function] = cell.source, names
    return found


def answered(names: list[str], answers) -> dict:
    """The names that a check reads, with the answers of a case."""
    return dict(zip(names, answers if len(names) > 1 else (answers,), strict=True))


TABLES: dict[str, list] = {}  # what a check cell calls -> its cases


def hints(check, cases):
    """A test that the check cell which calls `check` hints at each of the cases ``(answers, words
    of the hint)``; where it reads several answers, they are a tuple."""
    module = check.__module__.rpartition(".")[2]
    function = f"{module}.{check.__name__}"
    TABLES[function] = cases
    program, names = checks(module)[function]

    @pytest.mark.parametrize(("answers", "words"), cases)
    def test(answers, words):
        given = answered(names, answers)
        with pytest.raises(NotYet, match=words):
            exec(program, given)

    return test
