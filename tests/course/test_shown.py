"""What an exercise shows in a real kernel: one line, whatever was answered, and never a source."""

import os
import re
import sys
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from classroom import IMPORTED
from hints import TABLES, asked
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from mpe_lib.course import walk
from mpe_lib.course.copies import answers, graded, student_version

HERE = Path(__file__).parent
MODULES = [path.stem for path in sorted(HERE.glob("test_check_*.py"))]
# in the kernel: the tables of wrong answers, and one of their cases as the answers of a check
START = f"""
import sys
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}]
import hints
for name in {MODULES!r}:
    __import__(name)
def case(function, names, k):
    globals().update(hints.answered(names, hints.TABLES[function][k][0]))
"""
LEAKS = re.compile(r"File |\.py|---->|Traceback|line \d|BEGIN SOLUTION|def |need\(|match\(")


def tables() -> dict[str, list]:
    sys.path.insert(0, str(HERE))
    try:
        for name in MODULES:
            import_module(name)
    finally:
        sys.path.remove(str(HERE))
    return TABLES


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """run(source) -> what its cell shows, as a page has it."""
    where = str(tmp_path_factory.mktemp("kernel"))
    client = NotebookClient(new_notebook(), allow_errors=True, timeout=120, kernel_name="python3",
                            resources={"metadata": {"path": where}})  # fmt: skip
    client.nb.cells.append(new_code_cell())
    paths = os.pathsep.join(filter(None, (str(walk.ROOT), os.environ.get("PYTHONPATH"))))
    with client.setup_kernel(env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}):

        def go(source: str) -> str:
            cell = new_code_cell(source)
            client.execute_cell(cell, 0)
            return "\n".join(filter(None, map(words, cell.outputs)))

        assert go(START) == go(IMPORTED) == ""
        yield go


def words(output) -> str:
    if output.output_type == "error":
        return "\n".join(output.traceback)
    if output.output_type == "stream":
        return output.text.rstrip("\n")
    return re.sub("<[^>]+>", "", output.data.get("text/html", output.data["text/plain"]))


@pytest.mark.parametrize("path", walk.notebooks(), ids=lambda path: path.stem)
def test_a_wrong_answer_shows_one_line_and_gives_nothing_away(run, path):
    source = nbformat.read(path, as_version=4)
    found = tables()
    solved = {c.metadata.nbgrader.grade_id: c.source for c in answers(source)}
    for check in graded(source):
        function, names = asked(check)
        run(check.source.rpartition("\n")[0])  # its import
        for k in range(len(found[function])):
            assert run(f"case({function!r}, {names!r}, {k})") == ""
            shown = run(check.source)
            assert shown.startswith("Not yet. Hint: ") and "\n" not in shown, (function, k, shown)
            assert not LEAKS.search(shown) and str(walk.ROOT) not in shown, (function, k, shown)
            answer = solved[check.metadata.nbgrader.grade_id.removesuffix("-check")]
            body = [
                line.strip() for line in answer.splitlines() if " = " in line or "return" in line
            ]
            assert not any(line.split("  #")[0] in shown for line in body), (function, k, shown)


@pytest.mark.parametrize("path", walk.notebooks(), ids=lambda path: path.stem)
def test_right_says_why_and_untouched_says_so(run, path):
    source = nbformat.read(path, as_version=4)
    copy = student_version(nbformat.from_dict(source))
    for check, solved, stub in zip(graded(source), answers(source), answers(copy), strict=True):
        assert run(stub.source) == ""
        assert run(check.source) == "Not answered yet.", check.source
        run(solved.source)
        shown = run(check.source)
        assert shown.startswith("Right. ") and len(shown) > 25 and "\n" not in shown, shown


def test_an_answer_that_no_check_expects_shows_one_line_too(run):
    class_ = "class Odd:\n    def __eq__(self, other):\n        raise OSError('one\\ntwo')\n"
    assert run(class_ + "odd = Odd()") == ""
    shown = run("from mpe_lib.course.check import nb05\nnb05.relative(odd, 1, 1)")
    assert shown == "Not yet. Hint: first_relative should be one number, got Odd"
    run("from mpe_lib.course.check.base import exercise")
    shown = run("exercise(lambda answer: 1 / 0)(1)")
    assert shown.startswith("Not yet. Hint: the check cannot read this answer (ZeroDivisionError")
    assert "\n" not in shown and not LEAKS.search(shown)


def test_the_test_would_see_a_source(run):
    run("from mpe_lib.course.check.base import NotYet\ndel NotYet._render_traceback_")
    run("from mpe_lib.course.check import nb00")
    assert LEAKS.search(run("nb00.shape((8, 100, 32))"))
