"""Links inside the collection lead to files that are there, and to headings that are there."""

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from mpe_lib.course import walk

TEXTS = [
    walk.ROOT / "README.md",
    walk.ROOT / "data" / "README.md",
    *walk.NOTEBOOKS.glob("*.md"),
    *walk.notebooks(),
]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^()\s]+)\)")


def text_of(path: Path) -> str:
    """The words of a page; of a notebook, its markdown cells and what it shows as markdown."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    parts = []
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        for output in cell.get("outputs", []):
            parts.append(output.get("data", {}).get("text/markdown", ""))
    return "\n\n".join(parts)


def anchors(path: Path) -> set[str]:
    """What can stand after # in a link to this page: as JupyterLab and as GitHub make it."""
    headings = re.findall(r"(?m)^#+ +(.+?) *$", text_of(path))
    plain = [re.sub(r"[`*]", "", heading) for heading in headings]
    lab = {heading.replace(" ", "-") for heading in plain}
    return lab | {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in plain}


def broken(path: Path, text: str) -> list[str]:
    """The links in a text of the page at path that lead nowhere."""
    lost = []
    for link in LINK.findall(text):
        file, _, anchor = unquote(link).partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    return lost


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(walk.ROOT)))
def test_links_lead_somewhere(path):
    assert not broken(path, text_of(path))


def test_links_are_there_to_be_checked():
    assert sum(len(LINK.findall(text_of(path))) for path in TEXTS) > 80


def test_a_broken_link_is_found():
    page = walk.ROOT / "README.md"
    right = "[a](notebooks/ledger.ipynb#Summary) [b](#the-walk) [c](https://arxiv.org/none)"
    assert broken(page, right) == []
    wrong = ["notebooks/13_none.ipynb", "notebooks/ledger.ipynb#none", "#nowhere"]
    assert broken(page, " ".join(f"[x]({link})" for link in wrong)) == wrong
