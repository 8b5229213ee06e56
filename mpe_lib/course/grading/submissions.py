"""Find the submissions in a folder, and read a file that may be anything."""

import json
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ..walk import notebooks

# Lessons that have another name now, or are several: a copy of before is graded as each of them.
EARLIER = {"13_train_on_the_papers_datasets": ("13_real_recordings", "14_the_papers_datasets")}
LARGEST = 50 * 2**20  # bytes; our largest notebook has a hundredth of it


class Unreadable(Exception):
    """A submission is no notebook; its text says why."""


@dataclass(frozen=True)
class Submission:
    """One notebook of one student."""

    student: str
    name: str  # of the notebook, as in 03_traces_and_rasters
    path: Path


def find(folder: Path) -> tuple[list[Submission], list[str]]:
    """The submissions in a folder, and a line for everything else that lies in it.

    A student is a folder with notebooks in it, at any depth (``ada/03_traces_and_rasters.ipynb``);
    or a file is named after student and notebook (``ada_03_traces_and_rasters.ipynb``).

    Raises FileNotFoundError if there is no such folder or nothing in it to grade.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"expected a folder with one folder for each student: {folder}")
    names = [path.stem for path in notebooks()]
    found: dict[tuple[str, str], Submission] = {}
    lines: list[str] = []
    for path in sorted(folder.rglob("*"), key=lambda p: (len(p.parts), p)):
        inside = path.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts) or path.is_dir():
            continue
        student, handed_in = _whose(inside, [*names, *EARLIER])
        if not student:
            lines.append(f"{inside}: not graded, its name is none of the notebooks'")
        for name in EARLIER.get(handed_in, (handed_in,)) if student else ():
            if (student, name) in found:
                used = found[student, name].path.relative_to(folder)
                lines.append(f"{inside}: not graded, {used} counts for {name}")
            else:
                found[student, name] = Submission(student, name, path)
    students = {each.student for each in found.values()}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name not in students:
            lines.append(f"{path.name}: no notebook handed in")
    if not found:
        raise FileNotFoundError(
            f"no notebook in {folder}: expected files like ada/{names[0]}.ipynb, one folder for "
            "each student"
        )
    return sorted(found.values(), key=lambda each: (each.student, each.name)), lines


def _whose(inside: Path, names: list[str]) -> tuple[str, str]:
    if inside.suffix != ".ipynb":
        return "", ""
    if len(inside.parts) > 1:
        return (inside.parts[0], inside.stem) if inside.stem in names else ("", "")
    for name in names:
        if inside.stem.endswith(f"_{name}"):
            return inside.stem.removesuffix(f"_{name}"), name
    return "", ""


def read(path: Path):
    """A notebook of format 4 without outputs; Unreadable, with words for the teacher, if none."""
    if path.is_symlink() or not path.is_file():
        raise Unreadable("this is a link or no ordinary file: hand in the notebook itself")
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("the file is empty")
    if size > LARGEST:
        raise Unreadable(f"the file has {size / 2**20:.0f} MB, more than {LARGEST / 2**20:.0f}")
    try:
        raw = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is not a notebook: no JSON ({error})"[:200]) from None
    try:
        notebook = nbformat.reads(json.dumps(_without_outputs(raw)), as_version=4)
        notebook = nbformat.v4.upgrade(notebook)  # other editors write 4.0 to 4.4: no cell ids
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises whatever the wrong shape led to
        first = str(error).splitlines()[:1] or [type(error).__name__]
        raise Unreadable(f"the file is JSON but not a notebook ({first[0]})"[:200]) from None
    return notebook


def _without_outputs(raw):
    for cell in raw["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
        cell.pop("attachments", None)
    return raw
