"""A class of ten is graded; submissions that cheat or break out; every notebook's own solutions."""

import re

import nbformat
import pytest
from classroom import DECAY, NAME, SHAPE, answered, cell, given, hand_in, limits, solved

from mpe_lib.course import copies, walk
from mpe_lib.course.grading.examine import examine
from mpe_lib.course.grading.grade import fingerprint, grade

pytestmark = pytest.mark.slow
LOOP = """
while True:
    try:
        while True:
            pass
    except KeyboardInterrupt:
        pass
"""
EAT = "hoard = []\nwhile True:\n    hoard.append(bytearray(2**26))"
# student: points of the two exercises, and the note of the first one that failed or was touched
EXPECTED = {
    "crashing": (0, 1, "a cell above was stopped: it ended the Python process"),
    "deleted": (1, 1, "deleted and was put back"),
    "eating": (0, 1, "shape: name 'shape' is not defined"),
    "edited": (0, 1, "edited and was put back; Not yet. Hint: use each of the three numbers"),
    "empty": (0, 0, "the file is empty"),
    "looping": (0, 1, "a cell above was stopped: it ran longer than 30 s"),
    "no_notebook": (0, 0, "not a notebook: no JSON"),
    "right": (1, 1, ""),
    "slow": (1, 1, ""),
    "wrong": (0, 1, "Not yet. Hint: the batch comes second here"),
}


def class_of_ten(folder):
    deleted, edited = answered(), answered("shape = (1, 2, 3)")
    deleted.cells.remove(cell(deleted, "ex00-shape-check"))
    cell(edited, "ex00-shape-check").source = "print('Right.')"
    for student, notebook in {
        "right": answered(),
        "wrong": answered("shape = (8, 100, 32)"),
        "empty": "",
        "looping": answered(LOOP),
        "eating": answered(EAT),
        "crashing": answered("import os\nos._exit(0)"),
        "deleted": deleted,
        "edited": edited,
        "no_notebook": "I did this on paper.",
        "slow": answered("import time\ntime.sleep(4)\nshape = (100, 8, 32)"),
    }.items():
        hand_in(folder, student, notebook)


def scores(rows):
    table = {}
    for row in rows:
        table.setdefault(row["student"], []).append(row)
    return table


def test_a_class_of_ten(tmp_path, capsys):
    submissions, out = tmp_path / "handed in", tmp_path / "out"
    class_of_ten(submissions)
    before = fingerprint(submissions)
    table = scores(grade(submissions, out, limits(cell_seconds=30, memory=3 * 2**29), 2))
    assert fingerprint(submissions) == before
    assert sorted(table) == sorted(EXPECTED)
    for student, (first, second, note) in EXPECTED.items():
        assert [row["points"] for row in table[student]] == [first, second], student
        assert (note in table[student][0]["note"]) if note else not table[student][0]["note"]
        page = (out / "feedback" / student / f"{NAME}.html").read_text("utf-8")
        assert f"(Score: {first + second:.1f} / 2.0)" in page
    lines = (out / "scores.csv").read_text("utf-8").splitlines()
    assert lines[0] == "student,notebook,exercise,points,of,note,confined" and len(lines) == 21
    assert "right: 2 of 2 points" in capsys.readouterr().out
    assert not list(tmp_path.rglob("*.part"))


CHEATS = {
    "patches the checks": """
import builtins, mpe_lib.course.check.base as base, mpe_lib.course.check.nb00 as nb00
nb00.shape = nb00.decay = base.need = base.match = lambda *a, **k: None
get_ipython().showtraceback = lambda *a, **k: print("Right.")
shape = (1, 2, 3)""",
    "equals everything": """
class Any(tuple):
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __len__ = lambda self: 3
    __hash__ = None
shape = Any((1, 2, 3))""",
    "rewrites the wire": """
from mpe_lib.course.grading import wire
wire.pack = lambda value: '["__import__", "os"]'
shape = (1, 2, 3)""",
    "prints for ever": "while True:\n    print('Right.' * 1000)",
    "falls over": "import ctypes\nctypes.string_at(0)",
}


def test_cheats_get_nothing_for_it(tmp_path):
    for student, text in CHEATS.items():
        hand_in(tmp_path / "in", student, answered(text, decay="decay_of_tau_2 = 2"))
    table = scores(grade(tmp_path / "in", tmp_path / "out", limits(cell_seconds=30), 2))
    assert {s: [row["points"] for row in rows] for s, rows in table.items()} == {
        student: [0, 0] for student in CHEATS
    }


def test_a_copy_with_the_imports_of_before_gets_its_points(tmp_path):
    lines = "from mpe_lib import measured\nfrom mpe_lib.plot import plot_trace, show\n"
    names = "shape = (100, 8, 32) if measured and show and 'install' not in dir() else 0"
    hand_in(tmp_path / "in", "ada", answered(lines + names))
    (first, second) = grade(tmp_path / "in", tmp_path / "out", limits(cell_seconds=60))
    assert first["points"] == second["points"] == 1, first["note"]


def test_a_copy_of_a_lesson_that_is_two_now_is_graded_as_both(tmp_path):
    """A 13 of before, with the names, stubs and checks that it was handed out with."""
    cells = []
    for stem in ("13_real_recordings", "14_the_papers_datasets"):
        notebook = given(stem)
        for one, check in zip(copies.answers(notebook), copies.graded(notebook), strict=True):
            for each in (one, check):
                name = each.metadata.nbgrader.grade_id
                each.metadata.nbgrader.grade_id = name.replace("ex14", "ex13")
                each.source = each.source.replace("nb14", "nb13")
            one.source = "# YOUR CODE HERE\nraise NotImplementedError()"
            cells += [one, check]
    for one in cells:
        if one.metadata.nbgrader.grade_id == "ex13-leak":
            one.source = (
                "def leaked(training, test):\n"
                "    parts = [{n.split('_')[0] for n in names} for names in (training, test)]\n"
                "    return sorted(parts[0] & parts[1])"
            )
    whole = nbformat.v4.new_notebook(cells=cells)
    path = tmp_path / "in" / "ada" / "13_train_on_the_papers_datasets.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(whole, path)
    rows = grade(tmp_path / "in", tmp_path / "out", limits(cell_seconds=60))
    found = {row["exercise"]: (row["notebook"][:2], row["points"], row["note"]) for row in rows}
    assert found == {
        "ex13-matrix": ("13", 0, "not answered"), "ex13-anytime": ("13", 0, "not answered"),
        "ex13-layer": ("13", 0, "not answered"), "ex14-leak": ("14", 1, ""),
        "ex14-shares": ("14", 0, "not answered"),
    }  # fmt: skip


def test_what_is_not_here_costs_what_needs_it_and_is_named(tmp_path):
    notebook = answered(f"%matplotlib widget\n{SHAPE}", decay="import not_there\n" + DECAY)
    hand_in(tmp_path / "in", "ada", notebook)
    first, second = grade(tmp_path / "in", tmp_path / "out", limits(cell_seconds=60))
    assert first["points"] == 1 and not first["note"] and second["points"] == 0
    assert (
        "a cell above ended with ModuleNotFoundError: No module named 'not_there'"
        in (second["note"])
    )


def test_an_answer_that_is_half_open_is_not_answered(tmp_path):
    notebook = answered(shape="shape = ...  # I do not know", decay="decay_of_tau_2 = 0.5\n"
                        "decay_of_beta_09 = ...")  # fmt: skip
    hand_in(tmp_path / "in", "ada", notebook)
    rows = grade(tmp_path / "in", tmp_path / "out", limits(cell_seconds=60))
    found = [(row["points"], row["note"]) for row in rows]
    assert found == [(0, "not answered"), (0, "Not answered yet.")]


def test_a_function_that_never_ends_and_one_that_floods_us(tmp_path):
    """A check that catches exceptions must not take the end of a kernel for one of them."""
    check = "from mpe_lib.course.check import nb04\nnb04.decode(decode)"
    cells = ["def decode(raw):\n    while True:\n        pass", check,
             "def decode(raw):\n    return 'x' * 10**9", check.replace("decode)", "decode) # 2"),
             SHAPE, "from mpe_lib.course.check import nb00\nnb00.shape(shape)"]  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    for i in (1, 3, 5):
        marks = dict(grade_id=str(i), grade=True, solution=False, points=1, schema_version=3)
        notebook.cells[i].metadata["nbgrader"] = marks
    _, notes = examine(notebook, limits(cell_seconds=20), tmp_path)
    assert notes["1"] == "stopped: it ran longer than 20 s"
    assert notes["3"] and notes["5"] == ""


def test_without_walls_that_is_said_and_a_change_is_noticed(tmp_path, capsys):
    own = hand_in(tmp_path / "in", "vandal", "")
    own.write_text(nbformat.writes(answered(f"open({str(own)!r}, 'w').close()")))
    hand_in(tmp_path / "in", "looping", answered(LOOP))
    with pytest.raises(RuntimeError, match="trust no score.*vandal"):
        grade(tmp_path / "in", tmp_path / "out", limits(cell_seconds=30, confined=False))
    text = (tmp_path / "out" / "scores.csv").read_text()
    assert "looping,00_start_here,ex00-decay,1.0,1.0,,no" in text
    assert "student code is NOT shut in" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("part", range(5))  # each goes to the worker who is free
def test_the_solutions_of_all_notebooks_get_all_points(tmp_path, part):
    paths = walk.notebooks()[part::5]
    (tmp_path / "in" / "teacher").mkdir(parents=True)
    for path in paths:
        nbformat.write(solved(path.stem), tmp_path / "in" / "teacher" / path.name)
    rows = grade(tmp_path / "in", tmp_path / "out", limits(cell_seconds=600, notebook_seconds=3600))
    assert {row["notebook"] for row in rows} == {path.stem for path in paths}
    lost = [row for row in rows if row["points"] != row["of"] or row["note"]]
    assert not lost


def test_a_page_runs_no_script_of_a_student(tmp_path):
    bold = "<b onclick=alert(1)>b</b><script>alert(2)</script>"
    notebook = answered(f"{SHAPE}\nfrom IPython.display import HTML\nHTML({bold!r})")
    notebook.cells[0].source = "<script>alert(3)</script><img src=x onerror=alert(4)>"
    hand_in(tmp_path / "in", "ada", notebook)
    grade(tmp_path / "in", tmp_path / "out", limits())
    page = (tmp_path / "out" / "feedback" / "ada" / f"{NAME}.html").read_text("utf-8")
    assert "<script>alert" not in page and not re.search(r"<(b|img)[^>]*alert", page)
