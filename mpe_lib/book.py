"""The collection as a site that needs no network: ``python -m mpe_lib.book`` (``make book``).

Notebooks are copied from their stored outputs, which the tests compare with a fresh run; Sphinx
(``book/conf.py``, ``book/requirements.txt``) makes the pages, ``site/index.html`` first.
"""

import argparse
import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nbformat import read, v4

from . import measured, walk

BOOK = walk.ROOT / "book"
SITE = walk.ROOT / "site"
TEXTS = ("README.md", "data/README.md", "data/order_and_digit.png", "CITATION.cff")
ONLY_IN_LAB = (
    "**An explorer stands here.** It moves only in JupyterLab, where this cell draws it again at "
    "each step of a slider. The figure above is one of its pictures."
)
MACHINE = "What this cell prints differs from machine to machine, so it is not stored."


def build(site: Path = SITE) -> None:
    """Write the site; a failure, or a warning of Sphinx, leaves the old one.

    Args:
        site: the folder to write; ``<site>.source`` and ``<site>.part`` beside it are scratch.

    Raises:
        RuntimeError: Sphinx is missing, or stopped; its own words stand above.
    """
    source, part = site.with_name(f"{site.name}.source"), site.with_name(f"{site.name}.part")
    for folder in (source, part):
        shutil.rmtree(folder, ignore_errors=True)
    stage(source)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going",
               "-c", str(BOOK), "-d", str(source / ".doctrees"), str(source), str(part)]  # fmt: skip
    if subprocess.call(command, cwd=walk.ROOT):
        raise RuntimeError(
            "expected Sphinx to finish without a warning, see above: if it is not installed, "
            "run make book, or pip install -r book/requirements.txt"
        )
    shutil.rmtree(site, ignore_errors=True)
    part.rename(site)
    shutil.rmtree(source)


def stage(source: Path) -> None:
    """Lay out what Sphinx reads, in the folders of the repository so that links stay right."""
    shutil.copytree(BOOK / "pages", source)
    teaching = [path.relative_to(walk.ROOT) for path in walk.NOTEBOOKS.glob("TEACHING.md")]
    for name in (*TEXTS, *teaching):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(walk.ROOT / name, source / name)
    _replace(source / "results.md", "<!-- files -->", files())
    if not teaching:
        _replace(source / "index.md", "notebooks/TEACHING\n", "")
    for path in measured.FOLDER.glob("*.json"):
        (source / "data" / "measured").mkdir(exist_ok=True)
        shutil.copy(path, source / "data" / "measured")
    for path in walk.notebooks():
        notebook = read(path, as_version=4)
        walk.write(notebook, source / "downloads" / path.name)
        walk.write(page(notebook, path.name), source / "notebooks" / path.name)
        student = walk.student_version(read(path, as_version=4))
        walk.write(student, source / "downloads" / "student" / path.name)


def page(notebook, name: str):
    """A notebook as a page: alternative texts where Sphinx looks for them, solutions folded, and
    a sentence where only a running notebook shows anything.

    Raises:
        ValueError: a cell with two pictures; Sphinx takes one alternative text for each cell.
    """
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        alts = [
            output.metadata["image/png"]["alt"]
            for output in cell.outputs
            if "image/png" in output.get("data", {})
        ]
        if len(alts) > 1:
            raise ValueError(f"expected one picture to a cell, {name} has {len(alts)}: split it")
        options = {"image": {"alt": alts[0]}} if alts else {}
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = re.sub(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", cell.source).rstrip()
            cell.metadata.tags = [*cell.metadata.get("tags", []), "hide-input"]
            options |= {"code_prompt_show": "Show a solution", "code_prompt_hide": "Hide it"}
        if options:
            cell.metadata.mystnb = options
        if not cell.outputs and "explorer(" in cell.source:
            cells.append(v4.new_markdown_cell(f"{ONLY_IN_LAB} {_sliders(cell.source)}"))
        elif not cell.outputs and walk.IGNORED in cell.metadata.get("tags", []):
            cells.append(v4.new_markdown_cell(MACHINE))
    cells[0].source += (
        f"\n\n**To work in:** {{download}}`the notebook with the solutions taken out "
        f"<../downloads/student/{name}>`, or {{download}}`with solutions and outputs "
        f"<../downloads/{name}>`."
    )
    notebook.cells = cells
    return notebook


def _replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _sliders(source: str) -> str:
    """The words of an explorer's controls, as its cell has them."""
    words = [
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Control"
    ]
    return f"Its sliders: {'; '.join(words)}." if words else ""


def files() -> str:
    """A table of the measured results: what each file holds, the command, machine and date."""
    rows = ["| file | holds | made with | on | date |", "|---|---|---|---|---|"]
    for path in sorted(measured.FOLDER.glob("*.json")):
        result = measured.read(path.stem)
        facts = result["provenance"]
        rows.append(
            f"| {{download}}`{path.name} <data/measured/{path.name}>` | {result['what']} "
            f"| `{facts['command']}` | {facts['device']}, {facts['threads']} threads "
            f"| {facts['date']} |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.book", description=__doc__)
    parser.parse_args()
    build()
    print(f"open {SITE / 'index.html'}")  # noqa: T201


if __name__ == "__main__":
    main()
