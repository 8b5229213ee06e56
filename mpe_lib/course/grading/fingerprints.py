"""What stood where before student code ran: to see a change, and what is graded already."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from ...files import ROOT
from ..walk import NOTEBOOKS
from .reading import Unreadable, bounded
from .sandbox import Limits
from .submissions import Submission
from .words import plain

SMALL = 2**20  # bytes; of a larger file not the text is looked at, but its size and its times


def fingerprint(submissions: Path) -> dict[str, str]:
    """Marks of every file that student code must not change; none is read whole if it is large."""
    return {str(path): mark for path in _files(submissions) if (mark := _mark(path))}


def edition(before: dict[str, str]) -> str:
    """One mark for the library, its data and the notebooks, of what :func:`fingerprint` found."""
    marks = {path: before[path] for path in map(str, _files()) if path in before}
    return hashlib.sha256(json.dumps(marks, sort_keys=True).encode()).hexdigest()


def changes(before: dict[str, str], submissions: Path) -> tuple[list[str], list[str]]:
    """Files of before that are others now, and files that came to the submissions since.

    A file that came to the grader's own folders counts as a change.
    """
    after = fingerprint(submissions)
    new = {p for p in after.keys() - before.keys() if Path(p).is_relative_to(submissions)}
    changed = {p for p in before.keys() | after if before.get(p) != after.get(p)} - new
    return sorted(map(plain, changed)), sorted(plain(os.path.relpath(p, submissions)) for p in new)


def key(one: Submission, given, limits: Limits, library: str) -> str:
    """What a grading depends on: the file, the notebook as handed out, the library, the limits."""
    try:
        text = hashlib.sha256(bounded(one.path)).hexdigest()
    except Unreadable as reason:
        text = f"{reason} {_mark(one.path)}"
    facts = [one.student, one.name, plain(str(one.path)), one.reason, text, library]
    whole = json.dumps([*facts, given, asdict(limits)], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def _files(*folders: Path) -> Iterator[Path]:
    ours = (ROOT / "mpe_lib", ROOT / "data", NOTEBOOKS)
    for folder in dict.fromkeys((*folders, *ours)):
        for top, inside, files in os.walk(folder):
            inside[:] = [name for name in inside if name != "__pycache__"]
            if folder == NOTEBOOKS:
                inside.clear()  # copies in it are somebody's work
                files = [name for name in files if name.endswith(".ipynb")]
            yield from (Path(top, name) for name in files)


def _mark(path: Path) -> str:
    """Of a small file its checksum, else what the system says of it; "" where it is gone."""
    try:
        stat = path.lstat()
        told = f"{stat.st_mode} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
        if path.is_symlink() or not path.is_file() or stat.st_size > SMALL:
            return told
        with path.open("rb") as file:
            return hashlib.sha256(file.read(SMALL + 1)).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError:  # it may be listed and not read
        return told
