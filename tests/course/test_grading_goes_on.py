"""A long evening of grading: interrupted, damaged, disturbed, and gone on with."""

from functools import partial

import pytest
from classroom import NAME, answered, cell, given, hand_in, limits
from tqdm import tqdm

from mpe_lib.course.grading import grade as module
from mpe_lib.course.grading.fingerprints import changes, fingerprint, key
from mpe_lib.course.grading.gradebook import Book
from mpe_lib.course.grading.kept import Kept
from mpe_lib.course.grading.sandbox import Limits
from mpe_lib.course.grading.submissions import Submission

CHECK = "ex00-shape-check"


@pytest.fixture
def ran(monkeypatch):
    """Which shapes were run; nothing runs, and every check is right."""
    seen = []

    def apart(notebook, limits, folder):
        shape = cell(notebook, "ex00-shape").source
        seen.append(shape)
        if shape == "stop":
            raise KeyboardInterrupt
        return notebook, {CHECK: "", "ex00-decay-check": ""}

    monkeypatch.setattr(module, "apart", apart)
    monkeypatch.setattr(module, "draw_fonts", lambda folder: None)
    return seen


def test_an_interrupted_grading_goes_on_where_it_was(tmp_path, ran, capsys):
    paths = {s: hand_in(tmp_path / "in", s, answered(s)) for s in ("ada", "bo", "cy")}
    paths["dee"] = hand_in(tmp_path / "in", "dee", answered("stop"))
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        module.grade(tmp_path / "in", out, limits())
    assert ran == ["ada", "bo", "cy", "stop"] and not (out / "scores.csv").exists()
    again = hand_in(tmp_path / "new", "bo", answered("bo anew"))
    paths["bo"].write_bytes(again.read_bytes())
    paths["dee"].write_bytes(hand_in(tmp_path / "new", "dee", answered("dee")).read_bytes())
    (kept,) = [p for p in (out / "unfinished").iterdir() if '"cy"' in p.read_text()]
    kept.write_text(kept.read_text()[:100])  # half of it, as a full disk leaves it
    ran.clear()
    capsys.readouterr()
    rows = module.grade(tmp_path / "in", out, limits())
    assert sorted(ran) == ["bo anew", "cy", "dee"]
    assert "goes on where it was interrupted: 1 of 4 are graded already" in capsys.readouterr().out
    assert [row["student"] for row in rows] == [s for s in paths for _ in range(2)]
    assert sorted(p.name for p in out.iterdir()) == ["feedback", "gradebook.db", "scores.csv"]
    with pytest.raises(FileExistsError, match="earlier grading"):
        module.grade(tmp_path / "in", out, limits())


def test_what_a_grading_depends_on(tmp_path):
    one = Submission("ada", NAME, hand_in(tmp_path, "ada", answered()))
    first = key(one, given(), Limits(), "a")
    other = given()
    other.cells[0].source = "another lesson"
    assert len({first, key(one, given(), Limits(), "b"), key(one, other, Limits(), "a"),
                key(one, given(), Limits(cell_seconds=1), "a")}) == 4  # fmt: skip


def test_what_the_grader_failed_at_is_not_kept(tmp_path, ran, monkeypatch):
    def broken(notebook, limits, folder):
        raise ChildProcessError("Killed")

    monkeypatch.setattr(module, "apart", broken)
    monkeypatch.setattr(Kept, "keep", lambda *_: pytest.fail("kept"))
    hand_in(tmp_path / "in", "ada", answered())
    (row, _) = module.grade(tmp_path / "in", tmp_path / "out", limits())
    assert "ChildProcessError: Killed" in row["note"]


def test_a_file_that_comes_meanwhile_is_named_and_no_alarm(tmp_path):
    path = hand_in(tmp_path, "ada", answered())
    before = fingerprint(tmp_path)
    hand_in(tmp_path, "bo", answered())
    assert changes(before, tmp_path) == ([], [f"bo/{NAME}.ipynb"])
    path.write_text("another")
    assert changes(before, tmp_path)[0] == [str(path)]
    path.unlink()
    assert changes(before, tmp_path)[0] == [str(path)]


def test_a_page_that_cannot_be_made_costs_no_point(tmp_path, ran, monkeypatch, capsys):
    made = Book.feedback

    def feedback(self, student, name, graded, notes, path):
        if cell(graded, "ex00-shape").source == "no page":
            raise ValueError("a bad page")
        if student == "bo":
            raise OSError("no page at all")
        made(self, student, name, graded, notes, path)

    monkeypatch.setattr(Book, "feedback", feedback)
    hand_in(tmp_path / "in", "ada", answered("no page"))
    hand_in(tmp_path / "in", "bo", answered())
    rows = module.grade(tmp_path / "in", tmp_path / "out", limits())
    assert [row["points"] for row in rows] == [1, 1, 1, 1]
    said = capsys.readouterr().out
    assert said.count("no page could be made of what was handed in (ValueError: a bad page)") == 1
    page = (tmp_path / "out" / "feedback" / "ada" / f"{NAME}.html").read_text("utf-8")
    assert "Score: 2.0 / 2.0" in page and "no page could be made" in page


def test_a_zip_gets_a_row_and_a_page(tmp_path, ran):
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / f"{NAME}.zip").write_bytes(b"PK")
    rows = module.grade(tmp_path / "in", tmp_path / "out", limits())
    assert [row["points"] for row in rows] == [0, 0] and not ran
    assert "got .zip: unpack it" in rows[0]["note"]


def test_the_bar_says_what_runs(tmp_path, ran, monkeypatch, capfd):
    monkeypatch.setattr("mpe_lib.course.grading.running.tqdm", partial(tqdm, disable=False))
    hand_in(tmp_path / "in", "ada", answered())
    module.grade(tmp_path / "in", tmp_path / "out", limits())
    assert "grading: 100%" in capfd.readouterr().err
