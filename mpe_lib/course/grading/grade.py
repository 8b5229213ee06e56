"""From a folder of submissions to scores.csv, feedback pages and nbgrader's gradebook."""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path

import nbformat
from tqdm import tqdm

from ...files import ROOT, write
from ..walk import NOTEBOOKS
from .fingerprints import changes, edition, fingerprint, key
from .gradebook import Book
from .kept import Kept
from .restore import assignment, exercises, failed, restore, unanswered
from .running import side_by_side
from .sandbox import Limits
from .submissions import Submission, Unreadable, find, read
from .walls import missing
from .watcher import family, kill
from .words import note, plain, table_cell

COLUMNS = ("student", "notebook", "exercise", "points", "of", "note", "confined")
CONFINED = {True: "yes", False: "no"}
WALLS = {
    True: "student code is shut in (bubblewrap): no network, and no file but Python's and its own",
    False: "student code is NOT shut in (--unconfined): it can do what this account can",
}


def grade(submissions: Path, out: Path, limits: Limits | None = None, jobs: int = 1) -> list[dict]:
    """Grade every notebook in `submissions`; returns the rows of ``out/scores.csv``.

    Given again after an interruption, it goes on where it was.

    Raises FileExistsError if `out` holds an earlier grading, ValueError if it lies among the
    submissions, RuntimeError if student code cannot be shut in here and the limits want it to be,
    or if one of the grader's own files or a submission changed while student code ran.
    """
    limits = limits or Limits()
    if limits.confined and missing():
        raise RuntimeError(
            f"student code cannot be shut in here: {missing()}. With --unconfined it is graded all "
            "the same, and can then read and change what this account can"
        )
    if out.resolve().is_relative_to(submissions.resolve()):
        raise ValueError(f"OUT lies among the submissions: choose a folder outside {submissions}")
    found, lines = find(submissions)
    if (out / "scores.csv").exists():
        raise FileExistsError(f"{out} holds an earlier grading: choose another folder for OUT")
    out.mkdir(parents=True, exist_ok=True)
    say(f"{len(found)} notebooks; {WALLS[limits.confined]}")
    before = fingerprint(submissions)
    kept = Kept(out)
    resumed = kept.resumed()
    book, given = Book(out / "gradebook.db"), {}
    for name in sorted({each.name for each in found}):
        given[name] = assignment(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4))
        book.add_assignment(name, given[name])
    library, rows = edition(before), {}
    keys = {one: key(one, given[one.name], limits, library) for one in found}
    done = {one: there for one in found if (there := kept.find(keys[one]))}
    if resumed:
        say(f"goes on where it was interrupted: {len(done)} of {len(found)} are graded already")
    with tempfile.TemporaryDirectory(prefix="mpe-grade-", ignore_cleanup_errors=True) as folder:
        folder = Path(folder).resolve()
        draw_fonts(folder)

        def graded(one: Submission):
            return examined(one, given[one.name], limits, folder, partial(kept.keep, keys[one]))

        rest = [one for one in found if one not in done]
        with closing(side_by_side(graded, rest, jobs, folder, len(done))) as more:
            for one, (notebook, notes) in chain(done.items(), more):
                rows[one] = enter(book, one, notebook, notes, given[one.name], out)
    confined = {"confined": CONFINED[limits.confined]}
    rows = [row | confined for one in found for row in rows[one]]
    write(out / "scores.csv", table(rows).encode())
    kept.done()
    for line in lines:
        say(line)
    for student in sorted({row["student"] for row in rows}):
        mine = [row for row in rows if row["student"] == student]
        points, of = (sum(row[key] for row in mine) for key in ("points", "of"))
        say(f"{student}: {points:g} of {of:g} points")
    changed, new = changes(before, submissions)
    for path in new:
        say(f"{path}: came while this ran, not graded")
    say(f"wrote {out / 'scores.csv'} and {out / 'feedback'}")
    if changed:
        raise RuntimeError(f"changed while student code ran, trust no score: {', '.join(changed)}")
    return rows


def examined(one: Submission, given, limits: Limits, folder: Path, keep=None):
    """A graded notebook and its notes; whatever goes wrong becomes a note.

    keep: is told both where the notebook was run to its end, and not where the grader failed: what
    was interrupted is graded again.
    """
    try:
        if one.reason:
            raise Unreadable(one.reason)
        notebook = read(one.path)
        intact = restore(notebook, given)
        blank = unanswered(notebook, given)
        notebook, notes = apart(notebook, limits, folder)
    except Unreadable as reason:
        words = str(reason)
    except Exception as error:  # one submission must not stop the others
        words = f"could not be graded: {type(error).__name__}: {error}"[:300]
    else:
        for name in notes:
            if notes[name] and name in blank:
                notes[name] = "not answered"
            if name in intact:
                notes[name] = "; ".join(filter(None, (intact[name], notes[name])))
        notes = {name: note(text) for name, text in notes.items()}
        if keep:
            keep(notebook, notes)
        return notebook, notes
    return failed(given, note(words)), dict.fromkeys(exercises(given), note(words))


def apart(notebook, limits: Limits, folder: Path):
    """Run a restored submission in a process of its own; ChildProcessError if that one fails."""
    with tempfile.TemporaryDirectory(dir=folder) as desk:
        order, result = Path(desk) / "job.json", Path(desk) / "result.json"
        job = {"notebook": notebook, "limits": asdict(limits), "folder": str(folder)}
        order.write_text(json.dumps(job | {"result": str(result)}), "utf-8")
        command = [sys.executable, "-m", "mpe_lib.course.grading.examine", str(order)]
        words = run(command, 2 * limits.notebook_seconds + 120)
        if not result.exists():
            raise ChildProcessError(words)
        answer = json.loads(result.read_text("utf-8"))
    return nbformat.reads(json.dumps(answer["notebook"]), as_version=4), answer["notes"]


def run(command: list[str], seconds: float) -> str:
    """Run a command with a time limit; the last line of what it complains about."""
    environ = os.environ | dict(OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="", MPE_DATA="")
    paths = filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    environ["PYTHONPATH"] = os.pathsep.join(paths)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          errors="replace", env=environ) as process:  # fmt: skip
        try:
            words = process.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            kill(family(process.pid))
            return f"it took longer than {seconds:.0f} s"
    return (words.strip().splitlines() or [f"ended with status {process.returncode}"])[-1][:300]


def enter(book: Book, one: Submission, notebook, notes: dict, given, out: Path) -> list[dict]:
    """Record a graded notebook, write its page, and return its rows."""
    of = exercises(given)
    path = out / "feedback" / one.student / f"{one.name}.html"
    lines = [f"{short(name)}: {note}" for name, note in notes.items() if note]
    try:
        points = book.record(one.student, one.name, notebook)
    except Exception as error:  # one notebook that nbgrader cannot take must not stop the others
        lines = [note(f"could not be entered: {type(error).__name__}: {error}")]
        notebook, notes = failed(given, lines[0]), dict.fromkeys(of, lines[0])
        points = book.record(one.student, one.name, notebook)
    for shown in (notebook, failed(given, "see the notes above")):
        try:
            book.feedback(one.student, one.name, shown, lines, path)
            break
        except Exception as error:  # the points are earned; the second page is the lesson as it was
            why = f"{type(error).__name__}: {error}"
            lines.append(note(f"no page could be made of what was handed in ({why})"))
    rows = [{"student": one.student, "notebook": one.name, "exercise": short(name),
             "points": points[name], "of": float(of[name]), "note": notes.get(name, "")}
            for name in of]  # fmt: skip
    say(f"{one.student} {one.name}: {sum(points.values()):g} of {sum(of.values()):g}")
    for line in lines:
        say(f"    {line}")
    return rows


def short(name: str) -> str:
    return name.removesuffix("-check")


def table(rows: list[dict]) -> str:
    """The rows as CSV; no cell of it is a formula or has control characters."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows({key: table_cell(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def draw_fonts(folder: Path) -> None:
    """matplotlib lists the fonts once, here, and not in every kernel."""
    environ = os.environ | {"MPLCONFIGDIR": str(folder / "fonts")}
    command = [sys.executable, "-c", "import matplotlib.font_manager"]
    subprocess.run(command, env=environ, check=True, capture_output=True)


def say(line: str) -> None:
    """Print a line, above the bar where there is one."""
    tqdm.write(plain(line))
    sys.stdout.flush()
