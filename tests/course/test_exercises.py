"""Every exercise has a solution, a check, a hint and a line in the guide; copies are true."""

import copy
import math
import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from classroom import IMPORTED
from nbclient import NotebookClient
from pictures import code, figures, measure

from mpe_lib.course import walk
from mpe_lib.course.copies import asked
from mpe_lib.course.grading.restore import assignment

PATHS = walk.notebooks()
GUIDE = (walk.NOTEBOOKS / "TEACHING.md").read_text(encoding="utf-8")
FEWEST = {"00_start_here": 2, "14_the_papers_datasets": 2}  # all others have three


def parts(notebook, kind):
    """The cells of a notebook that are solutions or checks, by the name of the exercise."""
    marks = {"solution": "solution", "check": "grade"}[kind]
    return {
        cell.metadata.nbgrader.grade_id.removesuffix("-check"): cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get(marks)
    }


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_every_exercise_is_whole(path):
    source = nbformat.read(path, as_version=4)
    solutions, checks = parts(source, "solution"), parts(source, "check")
    assert list(solutions) == list(checks) and len(checks) >= FEWEST.get(path.stem, 3)
    module = "ledger" if path.stem == "ledger" else f"nb{path.stem[:2]}"
    tables = (Path(__file__).parent / f"test_check_{module}.py").read_text(encoding="utf-8")
    for name, check in checks.items():
        assert "### BEGIN SOLUTION" in solutions[name].source
        assert solutions[name].metadata.jupyter.source_hidden
        marks, (function, _) = check.metadata.nbgrader, asked(check)
        assert marks.points == 1 and marks.locked and marks.grade_id == f"{name}-check"
        assert function.startswith(f"{module}.") and check.outputs[0].text.startswith("Right.")
        assert f"hints({function}, [" in tables, "its wrong answers have no hints"


def test_every_exercise_has_a_line_in_the_guide(path):
    names = list(parts(nbformat.read(path, as_version=4), "check"))
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (apply|explain|extend)(?:, trap)? \| (.+) \|$",
                      GUIDE, re.MULTILINE)  # fmt: skip
    listed = [name for name, minutes, _, solution in rows if int(minutes) and len(solution) > 40]
    prefix = names[0].split("-")[0] + "-"
    assert [name for name in listed if name.startswith(prefix)] == names


def test_the_solutions_are_right_and_their_numbers_those_of_the_guide(path, capsys):
    source, scope = nbformat.read(path, as_version=4), {}
    exec(IMPORTED, scope)
    checks = parts(source, "check")
    for name, cell in parts(source, "solution").items():
        exec(cell.source, scope)
        exec(checks[name].source, scope)
        assert capsys.readouterr().out.startswith("Right. ")
        numbers = {key: scope[key] for key in asked(checks[name])[1] if is_number(scope[key])}
        row = re.search(rf"^\| `{name}` \|[^|]+\|[^|]+\| (.+?) \|", GUIDE, re.MULTILINE).group(1)
        row = re.sub(r"(?<=\d) (?=\d{3}\b)", "", row)  # 4 194 304 is one number
        stated = [float(each) for each in re.findall(r"(?:(?<![\w.])-)?\d+(?:\.\d+)?", row)]
        ratios = re.findall(r"(?<![\d.])(\d+)/(\d+)(?![\d.])", row)
        stated += [int(a) / int(b) for a, b in ratios]
        for key, right in numbers.items():
            assert any(math.isclose(right, each, rel_tol=0.015) for each in stated), (key, right)


def is_number(answer) -> bool:
    kinds = int | float | torch.Tensor
    return isinstance(answer, kinds) and type(answer) is not bool and np.size(answer) == 1


def test_half_of_the_exercises_hold_a_trap_and_they_get_harder():
    rows = re.findall(r"^\| `ex(\d\d)-[\w-]+` \| \d+ \| (\w+)(, trap)? \|", GUIDE, re.MULTILINE)
    assert len(rows) >= 38
    assert sum(bool(trap) for _, _, trap in rows) >= len(rows) / 2
    order = ["apply", "explain", "extend"]
    for number in {row[0] for row in rows}:
        levels = [order.index(level) for which, level, _ in rows if which == number]
        assert levels == sorted(levels), number


def test_with_the_solutions_put_back_a_copy_is_the_source(path):
    source = nbformat.read(path, as_version=4)
    copied = assignment(source)
    solutions = parts(source, "solution")
    assert len(copied.cells) == len(source.cells)
    for name, cell in parts(copied, "solution").items():
        assert "...  # your answer" in cell.source and "SOLUTION" not in cell.source
        assert not cell.metadata.get("jupyter")
        cell.source = solutions[name].source
    for ours, theirs in zip(source.cells, copied.cells, strict=True):
        assert (ours.cell_type, ours.id) == (theirs.cell_type, theirs.id)
        assert ours.source.replace("](../", "](../../") == theirs.source


@pytest.mark.slow
def test_a_copy_runs_from_top_to_bottom_and_draws_the_stored_figures(path, monkeypatch):
    """nbval compares no pictures; a copy draws those of its source, so one run shows both."""
    for name in ("MPE_DATA", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    source = nbformat.read(path, as_version=4)
    copied = assignment(source)
    NotebookClient(
        copied,
        timeout=walk.TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": os.fspath(path.parent)}},
    ).execute()  # an error would stop it
    stored, fresh = figures(source), figures(copied)
    assert len(fresh) == len(stored) >= 1
    for old, new in zip(stored, fresh, strict=True):
        assert (old["line"], old["kind"]) == (new["line"], new["kind"])
        a, b = measure(old), measure(new)
        assert a.shape == b.shape
        assert np.abs(a - b).mean() < 0.5  # points, or of 255: rounding differs by processor
    pages = [o.get("data", {}).get("text/html", "") for cell in code(copied) for o in cell.outputs]
    assert sum("Not answered yet." in page for page in pages) == len(parts(copied, "check"))


def test_a_lost_solution_or_check_would_be_seen():
    source = nbformat.read(PATHS[0], as_version=4)
    lame = copy.deepcopy(source)
    lame.cells.remove(parts(lame, "check")["ex00-decay"])
    assert list(parts(lame, "solution")) != list(parts(lame, "check"))
