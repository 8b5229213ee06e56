import json
import re
from importlib import import_module

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import mpe_lib
from mpe_lib.course import readme, site, walk
from mpe_lib.results import store


def paged(*cells):
    first = new_markdown_cell("# 00 Hello")
    return site.page(new_notebook(cells=[first, *cells]), "00_hello.ipynb").cells


def test_a_solution_is_folded_and_its_marks_are_gone():
    cell = new_code_cell("### BEGIN SOLUTION\nx = 3\n### END SOLUTION")
    cell.metadata.update(nbgrader={"solution": True}, jupyter={"source_hidden": True})
    _, cell = paged(cell)
    assert cell.source == "x = 3" and "hide-input" in cell.metadata.tags
    assert cell.metadata.mystnb.code_prompt_show == "Show a solution"
    _, cell = paged(new_code_cell("show(x)", metadata={"jupyter": {"source_hidden": True}}))
    assert cell.metadata.mystnb.code_prompt_show == "Show the code"
    marks = {"jupyter": {"source_hidden": True}, "tags": ["remove-input"]}
    _, cell = paged(new_code_cell("predict(x)", metadata=marks))
    assert cell.metadata.tags == ["remove-input"] and "mystnb" not in cell.metadata


def test_what_stays_empty_says_why():
    box = 'box = explorer(draw, {"mean": Control("Input mean (mean) [threshold]", 1, (0, 1))})'
    machine = new_code_cell("print(version)", metadata={"tags": [walk.IGNORED]})
    cells = paged(new_code_cell(box), machine, new_code_cell("x = 1"))
    assert [cell.cell_type for cell in cells[1:]] == ["code", "markdown"] * 2 + ["code"]
    assert "moves only in JupyterLab" in cells[2].source
    assert cells[2].source.endswith("Its controls: Input mean (mean) [threshold].")
    assert cells[4].source == site.MACHINE
    film = "from mpe_lib.plot.film import page\ndisplay(HTML(page(film, alt)))"
    *_, last = paged(new_code_cell(film, metadata={"tags": [walk.IGNORED]}))
    assert last.source == site.FILM


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("my book") / "source"
    site.stage(folder)
    return folder


def test_every_notebook_can_be_downloaded_with_and_without_solutions(source):
    for path in walk.notebooks():
        whole = source / "downloads" / path.name
        assert nbformat.read(whole, 4) == nbformat.read(path, 4)
        student = source / "downloads" / "student" / path.name
        assert "BEGIN SOLUTION" not in student.read_text(encoding="utf-8")
        first = nbformat.read(source / "notebooks" / path.name, 4).cells[0].source
        assert f"<../downloads/{path.name}>" in first
        assert f"<../downloads/student/{path.name}>" in first


def test_every_result_is_listed_with_its_command(source):
    text = (source / "results.md").read_text(encoding="utf-8")
    for path in store.FOLDER.glob("*.json"):
        assert json.loads((source / "data" / "measured" / path.name).read_text())
        (line,) = (line for line in text.splitlines() if f"<data/measured/{path.name}>" in line)
        assert store.read(path.stem)["provenance"]["command"] in line


def test_what_is_linked_is_there_too(source):
    texts = [*source.rglob("*.md"), *(source / "notebooks").glob("*.ipynb")]
    links = [(path, link) for path in texts for link in site.LINK.findall(path.read_text("utf-8"))]
    assert len(links) > 80
    assert [link for path, link in links if not (path.parent / link).exists()] == []
    assert (source / "CITATION.cff").exists()  # linked, and no page itself


def test_the_pole_stands_on_the_front_page_and_its_words_are_those_of_the_ride(source):
    text = (source / "index.md").read_text(encoding="utf-8")
    (alt,) = re.findall(r"!\[(.+)\]\(data/pole\.png\)", text)
    assert (source / "data" / "pole.png").read_bytes() == readme.POLE.read_bytes()
    ride = next(row["ride"] for row in store.read("pole")["rows"] if "ride" in row)
    pushes, places = ride["pushes"], [state[0] for state in ride["states"]]
    fired = {neuron for step in ride["fired"] for neuron in step}
    assert f"from {max(pushes):.1f} newton to the right to {-min(pushes):.1f} to the left" in alt
    assert f"within {0.02 * len(pushes):.1f} seconds" in alt and len(fired) == 4
    assert abs(places[-1] - places[0] - 1.5) < 0.1 and abs(ride["states"][-1][2]) < 0.035
    assert abs(ride["alone"][-1][2]) > 1.5  # it lies


def test_the_library_page_has_every_public_name():
    text = (site.BOOK / "pages" / "api.rst").read_text(encoding="utf-8")
    _, *sections = re.split(r"\.\. currentmodule:: (\S+)", text)
    found = {}
    for module, section in zip(sections[::2], sections[1::2], strict=True):
        found[module] = re.findall(r"auto(?:function|class):: (\w+)$", section, re.M)
        assert all(hasattr(import_module(module), name) for name in found[module])
    assert sorted(found["mpe_lib"]) == sorted(mpe_lib.__all__)


def test_a_warning_of_sphinx_leaves_the_old_site(tmp_path, monkeypatch):
    old = tmp_path / "site"
    old.mkdir()
    (old / "index.html").write_text("old")
    monkeypatch.setattr(site.subprocess, "call", lambda *_, **__: 1)
    with pytest.raises(RuntimeError, match="expected Sphinx to finish without a warning"):
        site.build(old)
    assert (old / "index.html").read_text() == "old"
