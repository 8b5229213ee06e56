"""Find the submissions in a folder, and say of every file that came what becomes of it."""

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from ..walk import notebooks
from .naming import EXACT, Name, whose
from .reading import Unreadable, read
from .words import plain

SHOWN = 20  # files of one student that are none of ours, each with a line of its own


@dataclass(frozen=True)
class Submission:
    """One notebook of one student."""

    student: str
    name: str  # of the notebook, as in 03_traces_and_rasters
    path: Path
    reason: str = ""  # why it cannot be graded, where its name says so


def find(folder: Path) -> tuple[list[Submission], list[str]]:
    """The submissions in a folder, and a line for everything else that lies in it.

    A student is a folder with notebooks in it, at any depth (``ada/03_traces_and_rasters.ipynb``);
    or a file is named after student and notebook (``ada_03_traces_and_rasters.ipynb``). Of several
    attempts one counts: that with the exact name, else that with the highest number, else that in
    the uppermost folder, else the last by name. One that cannot be read gives way to one that can.

    Raises FileNotFoundError if there is no such folder or nothing in it to grade.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"expected a folder with one folder for each student: {folder}")
    names = [path.stem for path in notebooks()]
    attempts: dict[tuple[str, str], list[tuple[Name, Path]]] = defaultdict(list)
    others: dict[str, list[str]] = defaultdict(list)
    lines, hidden = [], 0
    for path in _files(folder, lines):
        inside = path.relative_to(folder)
        if any(part.startswith(".") or part == "__MACOSX" for part in inside.parts):
            hidden += 1
        elif (said := whose(inside, names)) and not said.student.startswith("."):
            for name in said.notebooks:
                attempts[said.student, name].append((said, path))
        else:
            others[inside.parts[0]].append(plain(str(inside)))
    for top, files in sorted(others.items()):
        lines += [f"{one}: not graded, its name is none of the notebooks'" for one in files[:SHOWN]]
        if len(files) > SHOWN:
            lines.append(f"{plain(top)}: {len(files) - SHOWN} more files, none of the notebooks")
    found = []
    for (student, name), those in sorted(attempts.items()):
        one, more = _counting(student, name, those, folder)
        found.append(one)
        lines += more
    students = {each.student for each in found}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and plain(path.name) not in students:
            lines.append(f"{plain(path.name)}: no notebook handed in")
    if hidden:
        lines.append(f"{hidden} hidden files, such as .ipynb_checkpoints: not looked at")
    if not found:
        raise FileNotFoundError(
            f"no notebook in {folder}: expected files like ada/{names[0]}.ipynb, one folder for "
            "each student"
        )
    return found, lines


def _counting(student: str, name: str, those: list[tuple[Name, Path]], folder: Path):
    """Which of a student's attempts at a notebook counts; a line for each that does not."""
    those = sorted(those, key=lambda each: _natural(each[1]), reverse=True)
    those.sort(key=lambda each: (each[0].sure, -each[0].number, len(each[1].parts)))
    chosen, why = those[0], {}
    if len(those) > 1:
        for said, path in those:
            try:
                if said.reason:
                    raise Unreadable(said.reason)
                read(path)
            except Unreadable as reason:
                why[path] = f" ({reason})"
            else:
                chosen = said, path
                break
    said, path = chosen
    used = plain(str(path.relative_to(folder)))
    lines = [f"{plain(str(other.relative_to(folder)))}: not graded{why.get(other, '')}, {used} "
             f"counts for {name}" for _, other in those if other != path]  # fmt: skip
    if said.sure != EXACT and not said.reason:
        lines.append(f"{used}: counts for {name}")
    return Submission(student, name, path, said.reason), lines


def _files(folder: Path, lines: list[str]) -> list[Path]:
    """All files below a folder, links not followed; a line where a folder cannot be read."""

    def refused(error: OSError) -> None:
        inside = plain(os.path.relpath(error.filename, folder))
        lines.append(f"{inside}: not looked at, it cannot be read ({error.strerror})")

    paths = []
    for top, folders, files in os.walk(folder, onerror=refused):
        links = [name for name in folders if os.path.islink(os.path.join(top, name))]
        paths += [Path(top, name) for name in (*files, *links)]
    return sorted(paths, key=lambda path: (len(path.parts), _natural(path)))


def _natural(path: Path) -> list:
    """A key by which attempt 10 comes after attempt 9."""
    return [(int(each), "") if each.isdecimal() else (-1, each)
            for each in re.split(r"(\d+)", plain(str(path)))]  # fmt: skip
