"""What comes in the evening: names, encodings, metadata and files that must cost nothing."""

import json
import os

import nbformat
import pytest
from classroom import NAME, answered, cell, given, hand_in, solved

from mpe_lib.course.grading import examine as module
from mpe_lib.course.grading.grade import fingerprint, table
from mpe_lib.course.grading.restore import exercises, restore, unanswered
from mpe_lib.course.grading.sandbox import Limits
from mpe_lib.course.grading.submissions import Unreadable, find, read
from mpe_lib.course.grading.words import note
from mpe_lib.course.walk import NOTEBOOKS

CHECK = "ex00-shape-check"


def put(folder, inside, data=None):
    path = folder / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(nbformat.writes(answered()).encode() if data is None else data)
    return path


def reads(tmp_path, data):
    notebook = read(put(tmp_path, "x.ipynb", data))
    assert not notebook.metadata  # a page is made of it: a broken widget state stopped that
    assert restore(notebook, given()) == {} and exercises(notebook) == exercises(given())
    assert cell(notebook, "ex00-shape").source.startswith("shape = (100, 8, 32)")
    nbformat.validate(notebook)
    return notebook


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_encodings_cost_nothing(tmp_path, codec):
    notebook = answered(shape="shape = (100, 8, 32)  # Größe")
    text = json.dumps(notebook, ensure_ascii=False)
    text = text if codec.startswith("utf") else text.encode(codec, "replace").decode(codec)
    assert "Größe" in cell(reads(tmp_path, text.encode(codec)), "ex00-shape").source


def odd(change):
    raw = json.loads(nbformat.writes(answered()))
    change(raw)
    return json.dumps(raw).encode()


ODD = {
    "a widget state of Colab": lambda raw: raw["metadata"].update(
        widgets={"application/vnd.jupyter.widget-state+json": {"abc": {"model_module": "a"}}}
    ),
    "metadata of the wrong kind": lambda raw: raw.update(metadata=["a"]),
    "a kernel without a name": lambda raw: raw["metadata"].update(kernelspec=3, language_info=[]),
    "tags": lambda raw: [c["metadata"].update(tags="a", vscode=1, id=3) for c in raw["cells"]],
    "no ids": lambda raw: [c.pop("id") for c in raw["cells"]],
    "ids": lambda raw: [c.update(id="?" * 99) for c in raw["cells"]],
    "attachments": lambda raw: [c.update(attachments=7) for c in raw["cells"]],
    "outputs": lambda raw: [c.update(outputs="a", execution_count="b") for c in raw["cells"]],
    "a cell that is none": lambda raw: raw["cells"].insert(0, 3),
    "a cell of no kind": lambda raw: raw["cells"].insert(0, {"source": 4, "metadata": None}),
    "half a character": lambda raw: raw["cells"][0].update(source="a \ud83d b"),
    "another format": lambda raw: raw.update(nbformat="4", nbformat_minor=None),
    "format 3": lambda raw: raw.update(nbformat=3, worksheets=[{"cells": [
        {k: v for k, v in c.items() if k != "source"} | {"input": c["source"]}
        for c in raw.pop("cells")]}]),
}  # fmt: skip


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_what_other_editors_write_costs_nothing(tmp_path, change):
    reads(tmp_path, odd(change))


MADE = ["{} (1).ipynb", "{}(1).ipynb", "{}-Copy1.ipynb", "{}-1.ipynb", "{}.ipynb.json",
        "Copy of {}.ipynb", "Kopie von {}.ipynb", "{} - Copy (2).ipynb", "{} copy.ipynb",
        "{}.IPYNB", "{}.ipynb.txt", "{} (1).ipynb.json", "{}_final.ipynb"]  # fmt: skip


@pytest.mark.parametrize("made", [*MADE, NAME.upper() + ".ipynb"])
def test_a_name_that_a_program_made_is_what_it_is(tmp_path, made):
    path = put(tmp_path, f"ada/{made.format(NAME)}")
    (one,), lines = find(tmp_path)
    assert (one.student, one.name, one.path, one.reason) == ("ada", NAME, path, "")
    assert lines == [f"ada/{path.name}: counts for {NAME}"]


def test_of_several_attempts_one_counts_and_is_said(tmp_path):
    for inside in (f"ada/{NAME} (3).ipynb", f"ada/{NAME}.ipynb", f"bo/{NAME} (9).ipynb",
                   f"bo/{NAME} (10).ipynb", f"cy/try 9/{NAME}.ipynb",
                   f"cy/try 10/{NAME}.ipynb"):  # fmt: skip
        put(tmp_path, inside)
    put(tmp_path, f"dee/{NAME}.ipynb", b"")
    put(tmp_path, f"dee/{NAME} (1).ipynb")
    found, lines = find(tmp_path)
    used = {each.student: str(each.path.relative_to(tmp_path)) for each in found}
    assert used == {"ada": f"ada/{NAME}.ipynb", "bo": f"bo/{NAME} (10).ipynb",
                    "cy": f"cy/try 10/{NAME}.ipynb", "dee": f"dee/{NAME} (1).ipynb"}  # fmt: skip
    assert f"ada/{NAME} (3).ipynb: not graded, ada/{NAME}.ipynb counts for {NAME}" in lines
    assert any(
        line.startswith(f"dee/{NAME}.ipynb: not graded (the file is empty)") for line in lines
    )


@pytest.mark.parametrize("name", [f"ada/{NAME}.zip", f"ada/deep/{NAME}.py", f"ada_{NAME}.zip"])
def test_what_is_no_notebook_gets_a_row(tmp_path, name):
    put(tmp_path, name, b"PK")
    (one,), _ = find(tmp_path)
    assert one.student == "ada" and "hand in the notebook itself" in one.reason
    put(tmp_path, f"ada/{NAME}.ipynb")
    (one,), lines = find(tmp_path)
    assert not one.reason and "counts for" in lines[0]


def test_names_are_read_whatever_their_bytes(tmp_path):
    composed, apart = "J\u00fcrgen", "Ju\u0308rgen"
    put(tmp_path, f"{composed}/{NAME}.ipynb")
    put(tmp_path, f"{apart}/01_the_lif_neuron.ipynb")
    put(tmp_path, f"{os.fsdecode(b'J' + bytes([0xFC]) + b'rgen')}/02_estimate_the_membrane.ipynb")
    put(tmp_path, f"=1\x1b[31m\u202e/{NAME}.ipynb")
    put(tmp_path, os.fsdecode(b"\xff.txt"), b"")
    found, lines = find(tmp_path)
    assert [each.student for each in found] == ["=1␛[31m(U+202E)"] + 3 * [composed]
    assert "\n".join(lines).isprintable() or all(line.isprintable() for line in lines)
    assert "ÿ.txt: not graded, its name is none of the notebooks'" in lines


def test_a_table_has_no_formula_and_no_control_character():
    row = dict(student="=1+1", notebook=NAME, exercise="a", points=-1.0, of=1.0,
               note="\t@a\x1b[2J", confined="yes")  # fmt: skip
    lines = table([row, row | {"note": "+1"}, row | {"note": "-a"}]).split("\r\n")
    assert lines[1] == f"'=1+1,{NAME},a,-1.0,1.0,'␉@a␛[2J,yes"
    assert lines[2].endswith(",'+1,yes") and lines[3].endswith(",'-a,yes")
    assert note("\x1b[31mred\x1b[0m\n\u202eb" + "c" * 9999).startswith("red (U+202E)bccc")


def test_a_notebook_with_solutions_is_no_hand_in(tmp_path):
    source = (NOTEBOOKS / f"{NAME}.ipynb").read_bytes()
    path = put(tmp_path, f"ada/clone/notebooks/{NAME}.ipynb", source)
    with pytest.raises(Unreadable, match="the teacher's notebook, with its solutions"):
        read(path)
    mine = put(tmp_path, f"ada/clone/notebooks/student/{NAME}.ipynb")
    (one,), lines = find(tmp_path)
    assert one.path == mine and "its solutions" in lines[0]
    pasted = answered(shape="### BEGIN SOLUTION\nshape = (100, 8, 32)\n### END SOLUTION")
    assert read(hand_in(tmp_path, "bo", pasted)) and read(hand_in(tmp_path, "cy", solved()))


def test_a_file_without_end_is_not_read(tmp_path):
    for inside in ("ada/core.bin", f"ada/{NAME}.ipynb"):
        with put(tmp_path, inside, b"{").open("r+b") as file:
            file.truncate(40 * 2**30)
    (one,), _ = find(tmp_path)
    with pytest.raises(Unreadable, match="40960 MB, more than 50"):
        read(one.path)
    assert str(tmp_path / "ada" / "core.bin") in fingerprint(tmp_path)


class Here:
    """A kernel without a kernel: what cells defined, asked by name."""

    def __init__(self):
        self.names = {}

    def run(self, cell):
        exec(cell.source if "shape" in cell.source or "decay" in cell.source else "", self.names)


def judged(notebook, monkeypatch):
    """The notes of a submission whose cells run here."""
    from contextlib import contextmanager

    monkeypatch.setattr(module, "kernel", contextmanager(lambda *_: iter([Here()])))
    monkeypatch.setattr(module.Answers, "__missing__", lambda self, k: self.session.names[k])
    restore(notebook, given())
    for each in notebook.cells:
        if each.cell_type == "code" and not each.metadata.get("nbgrader") and (
                "mpe_again" not in each.metadata and "LATER" not in each.source):  # fmt: skip
            each.source = ""
    return module.attempt(notebook, Limits(), None, {}, 1e12)


def test_a_check_moved_or_copied_costs_nothing(monkeypatch):
    for change in ("moved up", "copied to the end", "copied to the top"):
        notebook = answered()
        check = cell(notebook, CHECK)
        if change == "moved up":
            notebook.cells.remove(check)
        later = nbformat.v4.new_code_cell("shape = 7  # LATER")
        twin = nbformat.from_dict(check)
        twin.metadata.nbgrader.points = 100
        notebook.cells[:] = ([*notebook.cells, later, twin] if "end" in change
                             else [twin, *notebook.cells])  # fmt: skip
        result, notes, _ = judged(notebook, monkeypatch)
        assert not notes[CHECK], (change, notes)
        assert sorted(exercises(result)) == sorted(exercises(given())), change


def test_an_answer_in_a_copy_above_its_stub_is_the_answer():
    notebook = answered()
    stub = nbformat.from_dict(cell(given(), "ex00-shape"))
    place = notebook.cells.index(cell(notebook, "ex00-shape"))
    notebook.cells.insert(place + 1, stub)
    restore(notebook, given())
    assert cell(notebook, "ex00-shape").source == "shape = (100, 8, 32)" and stub.source == ""
    assert unanswered(notebook, given()) == set()
