import nbformat
import pytest
from classroom import exercise
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mpe_lib.course import walk


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A collection of one notebook, in a folder with a space in its name."""
    home = tmp_path / "my course" / "notebooks"
    home.mkdir(parents=True)
    monkeypatch.setattr(walk, "NOTEBOOKS", home)
    monkeypatch.setattr(walk, "PAGES", tmp_path / "walk")
    machine = new_code_cell("print(id(object()))")
    machine.metadata["tags"] = ["nbval-ignore-output"]
    solution, check = exercise("a", "### BEGIN SOLUTION\nx = 3\n### END SOLUTION", "assert x == 3")
    cells = [new_markdown_cell("# 00 Hello\n[next](01_more.ipynb)"), machine, solution, check,
             new_code_cell("print(x + 1); object()")]  # fmt: skip
    for i, cell in enumerate(cells):
        cell.id = f"c{i}"
    nbformat.write(new_notebook(cells=cells), home / "00_hello.ipynb")
    return home


def test_refresh_twice_changes_nothing(folder):
    path = folder / "00_hello.ipynb"
    walk.refresh()
    first = path.read_bytes()
    walk.refresh()
    assert path.read_bytes() == first
    cells = nbformat.read(path, 4).cells
    assert cells[1].outputs == [] and cells[4].outputs[0].text == "4\n"
    assert cells[4].outputs[1].data["text/plain"] == "<object at 0x...>"
    assert [cell.execution_count for cell in cells[1:]] == [1, 2, 3, 4]
    assert not list(folder.glob("*.part"))


def test_pages_have_an_index_and_working_links(folder, capsys):
    walk.to_html()
    index = (walk.PAGES / "index.html").read_text()
    page = (walk.PAGES / "00_hello.html").read_text()
    assert 'href="00_hello.html">00 Hello</a>' in index and 'href="01_more.html"' in page
    assert "[1/1] running 00_hello.ipynb" in capsys.readouterr().out


def test_a_page_folds_what_is_folded_and_has_what_stands_for_a_widget(folder):
    path = folder / "00_hello.ipynb"
    source = nbformat.read(path, 4)
    question = "from mpe_lib.course.predict import predict, seal\n"
    question += 'predict("So?", "no", "yes", sealed=seal("So?", "yes"))'
    source.cells.append(new_code_cell(question, metadata={"tags": ["remove-input"]}))
    nbformat.write(source, path)
    walk.to_html()
    page = (walk.PAGES / "00_hello.html").read_text()
    assert page.count("<details><summary>Code</summary>") == 1  # the solution
    assert "sealed" not in page
    assert "<details><summary>The answer, when you have chosen</summary>" in page
    assert "jupyter-widgets" not in page.split("<body")[1]


def test_failing_notebook_leaves_the_old_pages(folder):
    walk.to_html()
    path = folder / "00_hello.ipynb"
    path.write_text(path.read_text().replace("x = 3", "x = 4"))
    with pytest.raises(Exception, match="AssertionError"):
        walk.to_html()
    assert (walk.PAGES / "00_hello.html").exists()


def test_tidy_masks_and_keeps():
    shown = new_output("display_data", {"text/plain": "at 0x7f0011223344"})
    (cell,) = walk.tidy(new_notebook(cells=[new_code_cell("1", outputs=[shown])])).cells
    assert cell.outputs[0].data["text/plain"] == "at 0x..."


def test_tidy_joins_what_was_printed_in_pieces():
    pieces = [
        new_output("stream", text="a\n"),
        new_output("stream", text="b\n"),
        new_output("display_data", {"text/plain": "x"}),
        new_output("stream", text="c\n"),
        new_output("stream", name="stderr", text="d\n"),
    ]
    (cell,) = walk.tidy(new_notebook(cells=[new_code_cell("1", outputs=pieces)])).cells
    assert [each.get("text") for each in cell.outputs] == ["a\nb\n", None, "c\n", "d\n"]
