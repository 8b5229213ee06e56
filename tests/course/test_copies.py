"""The copies that students work in: what is left to fill in, what is kept, what is renewed."""

import sys

import nbformat
import pytest
from classroom import exercise
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mpe_lib.course import copies, lab, walk


@pytest.fixture
def folder(tmp_path, monkeypatch):
    home = tmp_path / "my course" / "notebooks"
    home.mkdir(parents=True)
    monkeypatch.setattr(walk, "NOTEBOOKS", home)
    monkeypatch.setattr(walk, "STUDENT", home / "student")
    store(home, "00_hello", "see [data](../data/README.md)", ("a", "x = 3", "nb00.f(x)"),
          ("b", "def g(y):\n    return y", "nb00.g(g)"))  # fmt: skip
    store(home, "01_more", "more", ("c", "z = 1", "nb01.h(z)"))
    return home


def store(home, stem, text, *exercises):
    cells = [new_markdown_cell(f"# {stem}\n{text}"), new_code_cell("import math")]
    for name, solution, call in exercises:
        solution = f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION"
        cells += exercise(name, solution, call)
    nbformat.write(new_notebook(cells=cells), home / f"{stem}.ipynb")


def student(home, stem="00_hello"):
    return nbformat.read(home / "student" / f"{stem}.ipynb", 4)


def answer(home, values, stem="00_hello"):
    """A student fills in cells of a copy."""
    copy = student(home, stem)
    for cell in copies.answers(copy):
        cell.source = values.get(cell.metadata.nbgrader.grade_id, cell.source)
    nbformat.write(copy, home / "student" / f"{stem}.ipynb")


def sources(home, stem="00_hello"):
    cells = copies.answers(student(home, stem))
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells}


def test_a_copy_has_a_name_to_fill_in_and_no_solution(folder, capsys):
    copies.write_all()
    assert "2 new copies without solutions in" in capsys.readouterr().out
    copy = student(folder)
    assert sources(folder) == {
        "a": "x = ...  # your answer", "b": "def g(y):\n    ...  # your answer",
    }  # fmt: skip
    assert "](../../data/README.md)" in copy.cells[0].source
    for cell in copies.graded(copy):
        assert not cell.metadata["editable"]
    assert all("jupyter" not in cell.metadata and not cell.get("outputs") for cell in copy.cells)


def test_what_is_there_stays(folder, capsys):
    copies.write_all()
    answer(folder, {"a": "x = 5"})
    mine = (folder / "student" / "00_hello.ipynb").read_bytes()
    copies.write_all()
    assert (folder / "student" / "00_hello.ipynb").read_bytes() == mine
    said = capsys.readouterr().out
    assert "0 new copies" in said and "2 that were there stay" in said and "earlier" not in said


def test_copies_of_an_earlier_edition_are_named_and_renewed_with_their_answers(folder, capsys):
    copies.write_all()
    answer(folder, {"a": "x = 5"})
    store(folder, "00_hello", "another text", ("a", "x = 3", "nb00.f(x)"),
          ("b", "def g(y, z):\n    return y", "nb00.g(g)"))  # fmt: skip
    before = (folder / "student" / "00_hello.ipynb").read_bytes()
    copies.write_all()
    said = capsys.readouterr().out
    assert "of an earlier edition, and kept: 00_hello.ipynb." in said and "--renew" in said
    assert (folder / "student" / "00_hello.ipynb").read_bytes() == before
    copies.write_all(renew=True)
    assert "renewed, with 1 answers carried over: 00_hello.ipynb" in capsys.readouterr().out
    assert "another text" in student(folder).cells[0].source
    assert sources(folder) == {"a": "x = 5", "b": "def g(y, z):\n    ...  # your answer"}
    assert (folder / "student" / "earlier" / "00_hello.ipynb").read_bytes() == before
    copies.write_all(renew=True)
    assert "renewed" not in capsys.readouterr().out


def test_an_answer_follows_its_exercise_to_another_notebook(folder, monkeypatch, capsys):
    copies.write_all()
    answer(folder, {"b": "def g(y):\n    return 7"})
    (folder / "00_hello.ipynb").unlink()
    store(folder, "02_new", "new", ("d", "def g(y):\n    return y", "nb02.g(g)"))
    monkeypatch.setitem(copies.MOVED, "b", "d")
    copies.write_all(renew=True)
    assert sources(folder, "02_new") == {"d": "def g(y):\n    return 7"}
    assert not (folder / "student" / "00_hello.ipynb").exists()
    assert (folder / "student" / "earlier" / "00_hello.ipynb").exists()


def test_a_damaged_copy_is_put_aside_and_never_lost(folder, capsys):
    copies.write_all()
    for text in ("my work", "my other work"):
        (folder / "student" / "00_hello.ipynb").write_text(text)
        copies.write_all()
        assert "kept: 00_hello.ipynb" in capsys.readouterr().out
        copies.write_all(renew=True)
        assert sources(folder)["a"] == "x = ...  # your answer"
    kept = sorted((folder / "student" / "earlier").glob("*.ipynb"))
    assert [path.read_text() for path in kept] == ["my work", "my other work"]


def test_blank_cells_of_all_editions_are_known():
    for source in ("", "x = ...", "a = ...  # your answer\nb = ...", "# YOUR CODE HERE\n"
                   "raise NotImplementedError()", "def f(x):\n    # YOUR CODE HERE\n"
                   "    raise NotImplementedError()"):  # fmt: skip
        assert copies.blank(source), source
    for source in ("x = 3", "x = ...\ny = 2", "def f(x):\n    return x"):
        assert not copies.blank(source), source


def test_wrong_words_are_refused(monkeypatch, capsys):
    for words in (["html", "--renew"], ["students", "--new"]):
        monkeypatch.setattr(sys, "argv", ["walk", *words])
        with pytest.raises(SystemExit):
            walk.main()
    said = capsys.readouterr().err
    assert "--renew goes with students" in said
    assert "no further words after students, got --new" in said


@pytest.mark.parametrize("root, browser, expected", [
    (True, True, ["--allow-root"]), (False, True, []), (False, False, ["--no-browser"]),
])  # fmt: skip
def test_the_lab_is_told_what_this_machine_asks_for(folder, monkeypatch, root, browser, expected):
    started = []
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0 if root else 1000, raising=False)
    if not browser:
        monkeypatch.setattr(lab.webbrowser, "get", raising(lab.webbrowser.Error))
    else:
        monkeypatch.setattr(lab.webbrowser, "get", lambda: None)
    monkeypatch.setattr(walk, "ROOT", folder.parent)
    monkeypatch.setattr(lab.subprocess, "call", lambda command, cwd: started.append(command) or 0)
    monkeypatch.setattr(sys, "argv", ["walk", "lab", "--port=8890"])
    with pytest.raises(SystemExit):
        walk.main()
    (command,) = started
    assert command[command.index("notebooks/student/00_hello.ipynb") + 1 :] == [
        *expected, "--port=8890",
    ]  # fmt: skip


def raising(error):
    def stop():
        raise error

    return stop
