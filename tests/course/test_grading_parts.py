"""Submissions put back, found and graded: the parts of grading that need no kernel."""

import nbformat
import pytest
from classroom import NAME, answered, cell, given, hand_in, limits

from mpe_lib.course.grading.grade import grade
from mpe_lib.course.grading.gradebook import Book
from mpe_lib.course.grading.restore import exercises, failed, restore, unanswered
from mpe_lib.course.grading.submissions import Unreadable, find, read

CHECK = "ex00-shape-check"


def test_an_intact_submission_is_left_alone():
    notebook, sources = answered(), [each.source for each in answered().cells]
    assert restore(notebook, given()) == {}
    assert [each.source for each in notebook.cells] == sources
    assert unanswered(notebook, given()) == set()
    assert unanswered(given(), given()) == {CHECK, "ex00-decay-check"}


def test_locked_cells_are_put_back():
    notebook = answered()
    check = cell(notebook, CHECK)
    check.source = "pass"
    check.metadata.nbgrader.update(points=100, grade=False, locked=False)
    notebook.cells.remove(cell(notebook, "ex00-decay-check"))
    notes = restore(notebook, given())
    assert "edited" in notes[CHECK] and "deleted" in notes["ex00-decay-check"]
    assert exercises(notebook) == exercises(given()) == {CHECK: 1, "ex00-decay-check": 1}
    assert cell(notebook, CHECK).source == cell(given(), CHECK).source
    place = notebook.cells.index(cell(notebook, "ex00-decay-check"))
    assert notebook.cells[place - 1] is cell(notebook, "ex00-decay")
    nbformat.validate(notebook)


def test_a_check_as_it_was_handed_out_before_is_intact():
    notebook = answered()
    check = cell(notebook, CHECK)
    check.source = check.source.replace("mpe_lib.course.check", "mpe_lib.check")
    assert check.source != cell(given(), CHECK).source and restore(notebook, given()) == {}
    assert cell(notebook, CHECK).source == cell(given(), CHECK).source


def test_added_and_copied_cells_earn_nothing():
    notebook = answered()
    twin = nbformat.from_dict(cell(notebook, CHECK))
    extra = nbformat.from_dict(cell(notebook, CHECK))
    extra.metadata.nbgrader.grade_id = "mine"
    strange = nbformat.v4.new_code_cell(metadata={"nbgrader": {"grade_id": ["a", "list"]}})
    notebook.cells += [twin, extra, strange]
    restore(notebook, given())
    assert list(exercises(notebook)) == ["ex00-decay-check", CHECK]  # the last copy counts
    nbformat.validate(notebook)


def test_a_notebook_without_any_marks_still_gets_its_checks():
    notebook = answered()
    for each in notebook.cells:
        each.metadata = nbformat.from_dict({})
    restore(notebook, given())
    assert sorted(exercises(notebook)) == sorted(exercises(given()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("nothing", "no JSON"),
        ("[1]", "JSON but not a notebook"),
        ('{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "not a notebook"),
        ("[" * 100_000, "no JSON"),
        ('{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5}', "not a noteb"),
    ],
)
def test_what_is_no_notebook_is_said(tmp_path, text, words):
    with pytest.raises(Unreadable, match=words):
        read(hand_in(tmp_path, "ada", text))


def test_what_was_handed_in_untouched_is_intact(tmp_path):
    notebook = read(hand_in(tmp_path, "ada", answered()))
    assert restore(notebook, given()) == {}
    assert cell(notebook, "ex00-shape").source == "shape = (100, 8, 32)"


def test_links_and_notebooks_of_other_editors(tmp_path):
    path = hand_in(tmp_path, "ada", answered())
    (tmp_path / "link.ipynb").symlink_to(path)
    with pytest.raises(Unreadable, match="link"):
        read(tmp_path / "link.ipynb")
    old = answered()
    old.nbformat_minor = 2
    for each in old.cells:
        each.pop("id", None)
    notebook = read(hand_in(tmp_path, "bo", nbformat.v4.writes(old)))
    restore(notebook, given())
    nbformat.validate(notebook)


def test_submissions_are_found_and_the_rest_is_said(tmp_path):
    hand_in(tmp_path, "ada", answered())
    hand_in(tmp_path, "bo/deeper", answered())
    (tmp_path / f"cy_{NAME}.ipynb").write_text("")
    (tmp_path / "ada" / "essay.ipynb").write_text("")
    (tmp_path / "dee").mkdir()
    (tmp_path / "bo" / "again").mkdir()
    (tmp_path / "bo" / "again" / f"{NAME}.ipynb").write_text("")
    found, lines = find(tmp_path)
    assert [(each.student, each.name) for each in found] == [(s, NAME) for s in ("ada", "bo", "cy")]
    assert [line.split(":")[0] for line in lines] == [
        "ada/essay.ipynb", f"bo/again/{NAME}.ipynb", "dee"]  # fmt: skip
    assert lines[1].endswith(f"not graded, bo/deeper/{NAME}.ipynb counts for {NAME}")


def test_refusals_say_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="one folder for each student"):
        find(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="expected files like ada/00_start_here"):
        find(tmp_path)
    hand_in(tmp_path / "in", "ada", answered())
    with pytest.raises(ValueError, match="outside"):
        grade(tmp_path / "in", tmp_path / "in" / "out", limits())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scores.csv").write_text("student\n")
    with pytest.raises(FileExistsError, match="earlier grading"):
        grade(tmp_path / "in", tmp_path / "out", limits())


def graded(folder, **submissions):
    """(student, points, note) of all exercises of these submissions."""
    for student, notebook in submissions.items():
        hand_in(folder / "in", student, notebook)
    rows = grade(folder / "in", folder / "out", limits())
    return {(row["student"], row["points"], row["note"]) for row in rows}


def test_one_that_breaks_the_grader_does_not_stop_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr("mpe_lib.course.grading.grade.run", lambda command, seconds: "Killed")
    notes = graded(tmp_path, ada=answered(), bo="")
    assert notes == {
        ("ada", 0, "could not be graded: ChildProcessError: Killed"),
        ("bo", 0, "the file is empty"),
    }
    assert (tmp_path / "out" / "feedback" / "ada" / f"{NAME}.html").exists()


def test_one_that_nbgrader_cannot_take_does_not_stop_the_others(tmp_path, monkeypatch):
    taken = Book.record

    def record(self, student, name, graded):
        if student == "ada" and "taken" not in cell(graded, CHECK).outputs[0].evalue:
            raise ValueError("cannot be taken")
        return taken(self, student, name, graded)

    monkeypatch.setattr(Book, "record", record)
    notes = graded(tmp_path, ada="", bo="")
    assert {(student, note) for student, _, note in notes} == {
        ("ada", "could not be entered: ValueError: cannot be taken"),
        ("bo", "the file is empty"),
    }


def test_the_gradebook_keeps_points_and_makes_a_page(tmp_path):
    book = Book(tmp_path / "gradebook.db")
    book.add_assignment(NAME, given())
    graded = failed(given(), "the file is empty")
    cell(graded, CHECK).outputs = []
    assert book.record("ada", NAME, graded) == {CHECK: 1, "ex00-decay-check": 0}
    book.feedback("ada", NAME, graded, ["a <b> note"], tmp_path / "ada.html")
    page = (tmp_path / "ada.html").read_text("utf-8")
    assert "Score: 1.0 / 2.0" in page and "a &lt;b&gt; note" in page and "the file is empty" in page
