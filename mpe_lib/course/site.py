"""The collection as a site that needs no network: ``python -m mpe_lib.course.site``.

Notebooks are copied from their stored outputs, which the tests compare with a fresh run; Sphinx
(``book/conf.py``, ``book/requirements.txt``) makes the pages, ``site/index.html`` first.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nbformat import read, v4

from ..files import whole
from ..results import store
from . import copies, many_gpus, suite, walk

BOOK = walk.ROOT / "book"
SITE = walk.ROOT / "site"
TEXTS = ("README.md", "data/README.md")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^()\s#]+)(?=[)#])")  # to a file of the collection
ONLY_IN_LAB = (
    "**An explorer stands here.** It moves only in JupyterLab, where this cell draws it again at "
    "each move of a control. The figure above is one of its pictures."
)
FILM = (
    "**A film stands here.** It plays where this cell is run. A figure above, which stands still, "
    "says the same."
)
MACHINE = "What this cell prints differs from machine to machine, so it is not stored."


def build(site: Path = SITE) -> None:
    """Write the site; a failure, or a warning of Sphinx, leaves the old one.

    Args:
        site: the folder to write.

    Raises:
        RuntimeError: Sphinx is missing, or stopped; its own words stand above.
    """
    with tempfile.TemporaryDirectory() as desk, whole(site, alone=True) as part:
        stage(Path(desk) / "source")
        pages = Path(desk) / "pages"  # myst-nb writes notebooks beside them: not into the clone
        command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going",
                   "-c", BOOK, "-d", f"{desk}/doctrees", f"{desk}/source", pages]  # fmt: skip
        if subprocess.call(command, cwd=walk.ROOT):
            raise RuntimeError(
                "expected Sphinx to finish without a warning, see above: if it is not installed, "
                "run make book, or pip install -r book/requirements.txt"
            )
        shutil.copytree(pages, part)


def stage(source: Path) -> None:
    """Lay out what Sphinx reads, in the folders of the repository so that links stay right."""
    shutil.copytree(BOOK / "pages", source)
    teaching = [path.relative_to(walk.ROOT) for path in walk.NOTEBOOKS.glob("TEACHING.md")]
    for name in (*TEXTS, *teaching):
        _carry(walk.ROOT / name, source / name)
    for path in store.FOLDER.glob("*.json"):
        _carry(path, source / "data" / "measured" / path.name)
    _replace(source / "results.md", "<!-- files -->", files())
    _replace(source / "results.md", "<!-- suite -->", suite.section())
    many = source / "many_gpus.md"
    many.write_text(many_gpus.fill(many.read_text(encoding="utf-8")), encoding="utf-8")
    if not teaching:
        _replace(source / "index.md", "notebooks/TEACHING\n", "")
    for path in walk.notebooks():
        notebook = read(path, as_version=4)
        walk.write(notebook, source / "downloads" / path.name)
        walk.write(page(notebook, path.name), source / "notebooks" / path.name)
        student = copies.student_version(read(path, as_version=4))
        walk.write(student, source / "downloads" / "student" / path.name)
    for path in [*source.rglob("*.md"), *(source / "notebooks").glob("*.ipynb")]:
        _replace(path, "](../README.md", "](../index.md")  # which is made of it
        for link in LINK.findall(path.read_text(encoding="utf-8")):
            here = path.parent / link
            there = walk.ROOT / path.parent.relative_to(source) / link
            if there.is_file() and not here.exists():
                _carry(there, here)


def _carry(there: Path, here: Path) -> None:
    here.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(there, here)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")


def page(notebook, name: str):
    """A notebook as a page: solutions and plumbing folded, and a sentence where only a running
    notebook shows anything."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.get("tags", [])
        if cell.metadata.get("jupyter", {}).get("source_hidden") and "remove-input" not in tags:
            solution = cell.metadata.get("nbgrader", {}).get("solution")
            cell.source = re.sub(copies.SOLUTION, "", cell.source).rstrip()
            cell.metadata.tags = [*tags, "hide-input"]
            show = "Show a solution" if solution else "Show the code"
            cell.metadata.mystnb = {"code_prompt_show": show, "code_prompt_hide": "Hide it"}
        if not cell.outputs and "explorer(" in cell.source:
            cells.append(v4.new_markdown_cell(f"{ONLY_IN_LAB} {_controls(cell.source)}"))
        elif not cell.outputs and "mpe_lib.plot.film" in cell.source:
            cells.append(v4.new_markdown_cell(FILM))
        elif not cell.outputs and walk.IGNORED in tags:
            cells.append(v4.new_markdown_cell(MACHINE))
    cells[0].source += (
        f"\n\n**To work in:** {{download}}`the notebook with the solutions taken out "
        f"<../downloads/student/{name}>`, or {{download}}`with solutions and outputs "
        f"<../downloads/{name}>`."
    )
    notebook.cells = cells
    return notebook


def _controls(source: str) -> str:
    """The words of an explorer's controls, as its cell has them."""
    words = [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Control"
    ]
    return f"Its controls: {'; '.join(words)}." if words else ""


def files() -> str:
    """A table of the measured results: what each file holds, the command, machine and date."""
    rows = ["| file | holds | made with | on | date |", "|---|---|---|---|---|"]
    for path in sorted(store.FOLDER.glob("*.json")):
        result = store.read(path.stem)
        facts = result["provenance"]
        rows.append(
            f"| {{download}}`{path.name} <data/measured/{path.name}>` | {result['what']} "
            f"| `{facts['command']}` | {facts['device']}, threads: {facts['threads']} "
            f"| {facts['date']} |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.course.site", description=__doc__)
    parser.parse_args()
    build()
    print(f"open {SITE / 'index.html'}")  # noqa: T201


if __name__ == "__main__":
    main()
