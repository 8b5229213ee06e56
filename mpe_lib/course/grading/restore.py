"""The notebook as it was handed out, and a submission with its locked cells put back."""

import copy
import re

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import is_grade, is_solution

from ..copies import MOVED, blank, student_version

AGAIN = "mpe_again"  # metadata of a further copy of a check: the name of the check
COPIES = 4  # further copies of checks that are tried in one notebook


def assignment(source: NotebookNode) -> NotebookNode:
    """What a student is given for a notebook with solutions."""
    return student_version(copy.deepcopy(source))


def exercises(notebook: NotebookNode) -> dict[str, float]:
    """Points of each exercise, by the name of its check cell, in reading order."""
    cells = [cell for cell in notebook.cells if is_grade(cell)]
    return {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points for cell in cells}


def restore(handed_in: NotebookNode, given: NotebookNode) -> dict[str, str]:
    """Put every locked cell back into a submission, in place; a note for each that was not intact.

    A check is what the teacher's notebook says, whatever the submission says about it: its text,
    its points, its being a check at all. A deleted check comes back behind the cell that it
    followed. One that was moved or copied is tried wherever it stands and behind its answer: it is
    right if it is right at one of these places (`AGAIN`). Cells of an exercise that a student added
    or copied lose their grading marks.
    """
    ours = {_id(cell): cell for cell in given.cells if _id(cell)}
    theirs, copies, notes = {}, [], {}
    for cell in reversed(handed_in.cells):  # of two copies the last counts
        marks = cell.metadata.pop("nbgrader", {})
        cell.metadata.pop(AGAIN, None)
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        name = moved(name) if isinstance(name, str) else None
        if name in ours and name not in theirs:
            theirs[name] = cell
        elif name in ours and is_grade(ours[name]):
            copies.append((name, cell))
        elif name in ours and blank(theirs[name].source):  # filled in above, and a stub left below
            theirs[name].source, theirs[name] = "", cell
    for name, cell in theirs.items():
        kept = cell.source
        if ours[name].metadata.nbgrader.locked:
            # a copy from before 0.2 has its checks as they were handed out
            if today(kept) != today(ours[name].source) or cell.cell_type != ours[name].cell_type:
                notes[name] = "the check cell had been edited and was put back"
            kept = ours[name].source
        _become(cell, ours[name], source=kept)
    for name, cell in copies[:COPIES]:
        _try_again(cell, name, ours[name])
    last = None
    for name, cell in ours.items():
        if name in theirs:
            last = theirs[name]
            answer = theirs.get(name.removesuffix("-check"), last)
            if is_grade(cell) and _place(handed_in, last) < _place(handed_in, answer):
                _try_again(last, name, cell)  # it stood before what it asks for
                last = copy.deepcopy(cell)
                handed_in.cells.insert(_place(handed_in, answer) + 1, last)
        elif is_grade(cell):
            notes[name] = "the check cell had been deleted and was put back"
            place = len(handed_in.cells) if last is None else _place(handed_in, last) + 1
            last = copy.deepcopy(cell)
            handed_in.cells.insert(place, last)
        else:
            last = None  # an answer without its cell: look for it at the end
    _fresh_ids(handed_in)
    return notes


def _become(cell: NotebookNode, other: NotebookNode, **changed) -> None:
    for key in list(cell):
        del cell[key]
    cell.update(copy.deepcopy(other), **changed)


def _try_again(cell: NotebookNode, name: str, check: NotebookNode) -> None:
    _become(cell, check, metadata=NotebookNode({AGAIN: name}))


def unanswered(notebook: NotebookNode, given: NotebookNode) -> set[str]:
    """The checks whose answer cell is as it was handed out."""
    ours = {_id(cell) for cell in given.cells if is_solution(cell)}
    mine = {_id(cell): cell.source for cell in notebook.cells if is_solution(cell)}
    return {f"{name}-check" for name in ours if name in mine and blank(mine[name])}


def moved(name: str) -> str:
    """What a cell of an exercise is called today.

    >>> moved("ex13-leak-check")
    'ex14-leak-check'
    """
    exercise = name.removesuffix("-check")
    return MOVED.get(exercise, exercise) + name.removeprefix(exercise)


def today(check: str) -> str:
    """What a check cell calls, however an edition of its lesson imports it."""
    imports = r"(?m)^from mpe_lib(?:\.course)?\.check import \w+\n+"
    return re.sub(rf"{imports}|\b(nb\d\d|ledger)\.", "", check)


def failed(given: NotebookNode, words: str) -> NotebookNode:
    """The notebook as handed out with every check failed, for a submission that cannot be run."""
    notebook = copy.deepcopy(given)
    for cell in notebook.cells:
        if is_grade(cell):
            cell.outputs = [wrong("NotGraded", words)]
    return notebook


def wrong(name: str, words: str) -> NotebookNode:
    """The output of a cell that failed."""
    return new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"])


def _id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _place(notebook: NotebookNode, cell: NotebookNode) -> int:
    return next(i for i, each in enumerate(notebook.cells) if each is cell)


def _fresh_ids(notebook: NotebookNode) -> None:
    """Cell ids must differ; where a copy repeats one, it gets a new one."""
    seen: set[str] = set()
    for cell in notebook.cells:
        if cell.get("id", "") in seen:
            cell["id"] = new_code_cell().id
        seen.add(cell.get("id", ""))
