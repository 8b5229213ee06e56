"""Every exercise has a solution, a check, a hint and a line in the guide; copies are true."""

import copy
import math
import os
import re

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from mpe_lib.course import walk
from mpe_lib.course.check import NotYet
from mpe_lib.course.grading.restore import assignment
from mpe_lib.results import ledger

PATHS = walk.notebooks()
GUIDE = (walk.NOTEBOOKS / "TEACHING.md").read_text(encoding="utf-8")
FEWEST = {"00_start_here": 2}  # the first page; all others have three
# one wrong answer for each exercise, and words of the hint that fits it
WRONG = {
    "ex00-shape": ({"shape": (8, 100, 32)}, "the batch comes second"),
    "ex00-decay": ({"decay_of_tau_2": 2, "decay_of_beta_09": 0.9}, "that is tau itself"),
    "ex01-lines": ({"spikes": [0, 1, 0, 0, 1], "last_h": 1}, "at step 1 the potential is exactly"),
    "ex01-third": ({"lowest": 0.5, "highest": 2 / 3}, "begins to fire at all"),
    "ex01-soft": ({"soft_gradient": lambda h, w, decay: [0.0] * 9}, "true slope of the step, 0"),
    "ex02-moments": ({"mean_at_2": 1.762, "variance_at_2": 0.42}, "the chance of a reset"),
    "ex02-constant": (
        {"estimate_from": 0.5, "rate_exact": 0.5, "rate_estimate": 0.31},
        "the exact neuron starts there",
    ),
    "ex02-guess": ({"my_guess": lambda x: x}, "above even that of the draw"),
    "ex03-agreement": ({"equal": 0.2, "missed": 0.2, "extra": 0.1}, "silence together"),
    "ex03-accumulation": ({"kind": "missed", "missed_spikes": 30}, "both are silent"),
    "ex03-worse": ({"mean_input": 1.5, "spread": 0.5}, "measured that point already"),
    "ex04-turn": (
        {"turn": lambda rise, fall, c: (int(rise / c), int(fall / c))},
        "what does the pixel remember at the turn",
    ),
    "ex04-burst": ({"first_edge": 100, "second_edge": 200}, "the lamp's events count too"),
    "ex04-decode": (
        {"decode": lambda r: (r[2] << 16 | r[3] << 8 | r[4], r[0], r[1], r[2] >> 7)},
        "whose bit is still in them",
    ),
    "ex05-tet": (
        {"my_tet": lambda logits, y: torch.nn.functional.cross_entropy(logits.mean(0), y)},
        "you average the votes",
    ),
    "ex05-relative": (
        {"first_relative": 0.2**0.5, "second_relative": 0.5**0.5, "better": 2},
        "the second has the smaller distance, but also",
    ),
    "ex05-honest": ({"reported": lambda validation, test: max(test)}, "looking at the test curve"),
    "ex06-bytes": ({"indexing": 2**22, "unbind": 2**22}, "how many of them does indexing make"),
    "ex06-crossover": ({"crossover": 10_000, "limit": 0.5}, "MPE has an overhead too"),
    "ex06-speedup": (
        {"speedup": lambda slow, fast: (sum(slow) / 5) / (sum(fast) / 5)},
        "a mean is moved by one slow call",
    ),
    "ex07-interval": ({"mean_interval": 2, "rate": 2 / 7}, "that is the wait from 0.6"),
    "ex07-coins": ({"coins": 1, "limit": 0.37}, "that loses to zero here"),
    "ex07-rule": ({"my_rule": lambda x: torch.where(x > 1, 0.0, x)}, "although x is small"),
    "ex08-turning": ({"adam_step": 100, "sgd_epochs": 2.7}, "where does a weight of T start"),
    "ex08-softmax": ({"softmax_gradient": lambda kappa, mse: mse}, "with respect to kappa"),
    "ex08-limit": ({"mean_limit": lambda decay: (1 + decay**2) ** 0.5 / 2}, "v is not x alone"),
    "ex09-reach": ({"furthest": 5, "sweeps": 5}, "layers and sweeps do not add up"),
    "ex09-pair-score": (
        {"pair_score": lambda first, second: (first >= second).double().mean()},
        "a tie counts as right",
    ),
    "ex09-detector": ({"w_a": 0.9, "w_b": 0.9}, "it fires in both orders"),
    "ex10-stripes": ({"wrong_after_ten": 30, "certified_after": 40}, "at a lucky step"),
    "ex10-barrier": ({"my_input": torch.full((64,), 0.3)}, "make every copy fire"),
    "ex10-factor": (
        {"carried_soft": lambda h, decay, theta: decay * torch.ones_like(h)},
        "you hold the spike fixed",
    ),
    "ex11-spread": ({"points": 100 * 0.02**0.5 / 1000**0.5}, "deviation of the difference"),
    "ex11-sure": ({"safe_lead": lambda noise, chance: -noise}, "solve Phi"),
    "ex11-damage": (
        {"damage": lambda t, rule: 100 * (t[rule][rule][0] - t[rule]["exact LIF"][0])},
        "one seed is no verdict",
    ),
    "ex12-normalised": (
        {"normalised": lambda weight, noise: noise * weight.norm() / noise.norm()},
        "one factor for the whole layer",
    ),
    "ex12-share": (
        {"share": lambda a, b: (torch.tensor(a) > torch.tensor(b)).double().mean()},
        "the same seed and the same direction only",
    ),
    "ex12-seeds": ({"seeds": 16}, "that is for one mean"),
    "ex13-leak": (
        {"leaked": lambda training, test: sorted({*training} & {*test})},
        "Compare persons, not names",
    ),
    "ex13-matrix": (
        {"recall_c": 0.6, "precision_a": 18 / 23, "guess": 1 / 3},
        "not equally frequent",
    ),
    "ex13-anytime": (
        {"anytime": lambda votes, labels: (votes.argmax(-1) == labels).double().mean(1)},
        "step t alone decides in yours",
    ),
    "ex13-layer": ({"operations": 50 * 9 * 24, "picojoules": 9720}, "hangs over the edge"),
    "ex13-shares": (
        {"shares": lambda n, p: [(n // p, 1.0)] * p},
        "each counts once, none is left out",
    ),
    "ledger-interval": ({"half": 1.96, "decided": True}, "1.96 belongs to very many runs"),
    "ledger-mind": (
        {"found": ledger.results(), "changed": ledger.results()},
        "nothing has changed yet",
    ),
    "ledger-weights": (
        {"weighted": lambda kappa, square: (kappa.view(-1, 1, 1, 1, 1) * square).mean()},
        "every weight meets every step",
    ),
}  # fmt: skip


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
    scope: dict = {}
    for name, check in checks.items():
        assert "### BEGIN SOLUTION" in solutions[name].source
        assert check.metadata.nbgrader.points == 1 and check.metadata.nbgrader.locked
        answers, words = WRONG[name]
        with pytest.raises(NotYet) as hint:
            exec(check.source, scope, dict(answers, **scope))
        assert words in str(hint.value), name
        imports = [line for line in check.source.splitlines() if line.startswith("from ")]
        exec("\n".join(imports), scope)


def test_every_exercise_has_a_line_in_the_guide(path):
    names = list(parts(nbformat.read(path, as_version=4), "check"))
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (apply|explain|extend)(?:, trap)? \| (.+) \|$",
                      GUIDE, re.MULTILINE)  # fmt: skip
    listed = [name for name, minutes, _, solution in rows if int(minutes) and len(solution) > 40]
    prefix = names[0].split("-")[0] + "-"
    assert [name for name in listed if name.startswith(prefix)] == names


# what the notebooks have imported before the solutions that give numbers
IMPORTED = """
import torch
from scipy.stats import t
from mpe_lib.studies.stationary import error_split, stationary_law
from mpe_lib.studies.membrane import sgd_steps
"""


def test_the_numbers_in_the_guide_are_those_of_the_solutions(path):
    for name, cell in parts(nbformat.read(path, as_version=4), "solution").items():
        numbers = [key for key, value in WRONG[name][0].items() if type(value) in (int, float)]
        if not numbers:
            continue
        scope: dict = {}
        exec(IMPORTED + cell.source, scope)
        row = re.search(rf"^\| `{name}` \|[^|]+\|[^|]+\| (.+?) \|", GUIDE, re.MULTILINE).group(1)
        row = re.sub(r"(?<=\d) (?=\d{3}\b)", "", row)  # 4 194 304 is one number
        stated = [float(each) for each in re.findall(r"\d+(?:\.\d+)?", row)]
        ratios = re.findall(r"(?<![\d.])(\d+)/(\d+)(?![\d.])", row)
        stated += [int(a) / int(b) for a, b in ratios]
        for key in numbers:
            right = float(scope[key])
            assert any(math.isclose(right, each, rel_tol=0.015) for each in stated), (key, right)


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
        assert "raise NotImplementedError" in cell.source and "SOLUTION" not in cell.source
        cell.source = solutions[name].source
    for ours, theirs in zip(source.cells, copied.cells, strict=True):
        assert (ours.cell_type, ours.id) == (theirs.cell_type, theirs.id)
        assert ours.source.replace("](../", "](../../") == theirs.source


@pytest.mark.slow
def test_a_copy_fails_where_a_solution_is_needed_and_nowhere_else(path, monkeypatch):
    for name in ("MPE_DATA", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    copied = assignment(nbformat.read(path, as_version=4))
    NotebookClient(
        copied,
        timeout=walk.TIMEOUT,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": os.fspath(path.parent)}},
    ).execute()
    failed = {cell.id for cell in copied.cells if "error" in kinds(cell)}
    solutions, checks = parts(copied, "solution"), parts(copied, "check")
    assert {cell.id for cell in checks.values()} <= failed
    assert failed <= {cell.id for cell in (*solutions.values(), *checks.values())}


def kinds(cell):
    return {output.output_type for output in cell.get("outputs", [])}


def test_a_lost_solution_or_check_would_be_seen():
    source = nbformat.read(PATHS[0], as_version=4)
    lame = copy.deepcopy(source)
    lame.cells.remove(parts(lame, "check")["ex00-decay"])
    assert list(parts(lame, "solution")) != list(parts(lame, "check"))
