"""The parts of the README that are made from other files: ``python -m mpe_lib.course.readme``.

The map comes from the first cells of the notebooks, the findings from ``data/measured/``; a test
asserts that the README says what these files say.
"""

import re

from .. import files
from ..results import ledger
from ..results.ledger import Entry
from . import walk
from .findings import findings, picture, pole

README = walk.ROOT / "README.md"
PICTURE = walk.ROOT / "data" / "order_and_digit.png"
POLE = walk.ROOT / "data" / "pole.png"  # on the site's front page


def markdown(entries: list[Entry], folder: str = "") -> str:
    """The table as Markdown.

    Args:
        entries: of :func:`mpe_lib.results.ledger.table`.
        folder: of the notebooks as seen from the page, with its slash; notebooks that are there
            become links, the others stay numbers.
    """
    rows = ["| claim | the paper says | we measured | verdict | where |", "|---|---|---|---|---|"]
    for claim, says, found, verdict, where in entries:
        places = ", ".join(_link(number, folder) for number in where)
        rows.append(f"| {claim} | {says} | {found} | **{verdict}** | {places} |")
    return "\n".join(rows)


def _link(number: str, folder: str) -> str:
    for path in walk.notebooks():
        if path.stem.startswith(number):
            return f"[{number}]({folder}{path.name})"
    return number


def notebook_map() -> str:
    """A table of the notebooks: title, minutes, what the reader will be able to do."""
    rows = ["| notebook | minutes | you will be able to |", "|---|---|---|"]
    for path in walk.notebooks():
        first = walk.nbformat.read(path, as_version=4).cells[0].source
        title = first.splitlines()[0].lstrip("# ")
        able = re.search(r"You will be able to\*\* (.+?)\.?$", first, re.MULTILINE).group(1)
        minutes = re.search(r"Minutes:\*\* (.+?) to read", first).group(1)
        rows.append(f"| [{title}](notebooks/{path.name}) | {minutes} | {able} |")
    return "\n".join(rows)


def claims() -> str:
    """The ledger: every claim of the paper, what we measured, and a verdict."""
    return markdown(ledger.table(), "notebooks/")


def filled(readme: str) -> str:
    """The README's text with its made parts made anew."""
    for name, make in (("map", notebook_map), ("findings", findings), ("ledger", claims)):
        pattern = rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)"
        if not re.search(pattern, readme, re.DOTALL):
            raise ValueError(f"expected the marks <!-- {name}: begin --> and end in the README")
        made = make()
        readme = re.sub(pattern, lambda m, made=made: f"{m[1]}{made}\n{m[2]}", readme, flags=re.S)
    return readme


def main() -> None:
    files.write(README, filled(README.read_text(encoding="utf-8")).encode())
    files.write(PICTURE, picture())
    files.write(POLE, pole())


if __name__ == "__main__":
    main()
