"""Read a file that may be anything as a notebook: its cells, and of their marks the exercise's."""

import json
import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from ..copies import SOLUTION

LARGEST = 50 * 2**20  # bytes; our largest notebook has a hundredth of it
CELLS = {"code": new_code_cell, "markdown": new_markdown_cell, "heading": new_markdown_cell,
         "raw": new_raw_cell, "html": new_markdown_cell, "plaintext": new_raw_cell}  # fmt: skip


class Unreadable(Exception):
    """A submission is no notebook; its text says why."""


def bounded(path: Path) -> bytes:
    """The bytes of a file, never more of it than `LARGEST`.

    Raises:
        Unreadable: it is a link, no ordinary file, empty, too large, or cannot be opened.
    """
    if path.is_symlink() or not path.is_file():
        raise Unreadable("this is a link or no ordinary file: hand in the notebook itself")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
            size = path.stat().st_size
    except OSError as error:
        words = f"the file cannot be read ({error.strerror}): copy it anew"
        raise Unreadable(words) from None
    if not data:
        raise Unreadable("the file is empty")
    if len(data) > LARGEST:
        much = f"{size / 2**20:.0f} MB, more than {LARGEST / 2**20:.0f}"
        raise Unreadable(f"the file has {much}: clear the outputs and hand it in again")
    return data


def read(path: Path) -> NotebookNode:
    """A notebook of format 4 with nothing but cells, their text and the exercise's own marks.

    All else that editors write (outputs, widget states, tags, ids, attachments) is left out before
    anything is looked at, so none of it can be wrong. UTF-8, UTF-16 and UTF-32 are read, with and
    without a byte-order mark, and what is none of them as Windows' Latin-1.

    Raises:
        Unreadable: with words for the teacher; also for a notebook that still has our solutions.
    """
    try:
        raw = _json(bounded(path))
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"the file is not a notebook: no JSON ({error})"[:200]) from None
    cells = raw.get("cells") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and isinstance(sheets := raw.get("worksheets"), list):  # format 3
        cells = [cell for sheet in sheets if isinstance(sheet, dict)
                 for cell in _list(sheet.get("cells"))]  # fmt: skip
    if not isinstance(cells, list):
        came = "a list" if isinstance(raw, list) else "no list of cells"
        raise Unreadable(f"the file is JSON but not a notebook: expected cells, got {came}")
    found = [_cell(each) for each in cells if isinstance(each, dict)]
    if not any(cell.source for cell in found):
        raise Unreadable("the file is JSON but not a notebook: no cell of it has text")
    if _source(found):
        raise Unreadable(
            "this is the teacher's notebook, with its solutions: hand in the student's copy"
        )
    return new_notebook(cells=found)


def _json(data: bytes):
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:  # an editor of Windows: costs an accent at most
        text = data.decode("cp1252", "replace")
    return json.loads(text.lstrip("\ufeff"))


def _cell(raw: dict) -> NotebookNode:
    source = raw.get("source", raw.get("input", ""))  # format 3 says input
    if isinstance(source, list):
        source = "".join(each for each in source if isinstance(each, str))
    source = re.sub("[\ud800-\udfff]", "\ufffd", source) if isinstance(source, str) else ""
    kind = raw.get("cell_type")
    cell = CELLS.get(kind if isinstance(kind, str) else "", new_raw_cell)(source)
    metadata = raw.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        known = ("grade_id", "grade", "solution", "locked", "checksum")
        plain = {key: marks[key] for key in known if isinstance(marks.get(key), str | bool)}
        cell.metadata["nbgrader"] = NotebookNode(plain)
    return cell


def _source(cells: list[NotebookNode]) -> bool:
    """Whether these are a notebook that copies are made from; every copy has checksums."""
    copied = any("checksum" in cell.metadata.get("nbgrader", {}) for cell in cells)
    return not copied and any(re.search(SOLUTION, cell.source) for cell in cells)


def _list(value) -> list:
    return value if isinstance(value, list) else []
