"""Right answers in many styles and plausible wrong ones: the notebook and the grader agree."""

import contextlib
import io
import runpy
from functools import cache
from pathlib import Path

import nbformat
import pytest
from classroom import IMPORTED, Kernel

from mpe_lib.course import walk
from mpe_lib.course.check import NotYet
from mpe_lib.course.copies import graded
from mpe_lib.course.grading.examine import Answers, judge

TABLES = sorted((Path(__file__).parent / "answers").glob("*.py"))
ANSWERS = {}
for table in TABLES:
    ANSWERS |= runpy.run_path(str(table))["ANSWERS"]
CASES = [
    pytest.param(name, source, right, id=f"{name}-{'right' if right else 'wrong'}-{k}")
    for name, (rights, wrongs) in ANSWERS.items()
    for right, sources in ((True, rights), (False, wrongs))
    for k, source in enumerate(sources)
]


@cache
def checks() -> dict[str, str]:
    """Each exercise -> the source of its check cell, in reading order."""
    notebooks = (nbformat.read(path, as_version=4) for path in walk.notebooks())
    cells = (cell for notebook in notebooks for cell in graded(notebook))
    return {c.metadata.nbgrader.grade_id.removesuffix("-check"): c.source for c in cells}


@cache
def above() -> dict:
    """What the cells above an exercise define."""
    scope = {}
    exec(IMPORTED + "import math\nimport numpy as np\n", scope)
    return scope


@pytest.mark.parametrize(("name", "source", "right"), CASES)
def test_the_notebook_and_the_grader_agree(name, source, right):
    scope = dict(above())
    if "found" in source:  # an answer may change it
        scope["found"] = scope["results"]()
    exec(source, scope)
    hints = in_a_notebook(checks()[name], scope), in_the_grader(checks()[name], scope)
    if right:
        assert hints == ("", "")
    else:
        assert all(hint.startswith("Not yet. Hint: ") for hint in hints), hints


def in_a_notebook(check, scope) -> str:
    """The hint, empty if right."""
    try:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(check, dict(scope))
    except NotYet as hint:
        return str(hint)
    assert printed.getvalue().startswith("Right. ")
    return ""


def in_the_grader(check, scope) -> str:
    """The grader's note, empty if right."""
    return judge(nbformat.v4.new_code_cell(check), Answers(Kernel(**scope)))


def test_every_exercise_has_three_right_answers_and_three_wrong_ones():
    assert set(ANSWERS) == set(checks())
    for name, (right, wrong) in ANSWERS.items():
        assert len(set(right)) >= 3 and len(set(wrong)) >= 3, name
