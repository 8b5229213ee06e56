"""Made-up submissions of notebook 00 and a kernel that is none, for the tests of grading."""

import copy
import re
from pathlib import Path
from unittest import mock

import nbformat
import torch
from nbformat.v4 import new_code_cell

from mpe_lib.course.copies import SOLUTION, answers
from mpe_lib.course.grading import wire
from mpe_lib.course.grading.restore import assignment
from mpe_lib.course.grading.sandbox import Limits
from mpe_lib.course.grading.walls import missing
from mpe_lib.course.walk import NOTEBOOKS

NAME = "00_start_here"
SHAPE, DECAY = "shape = (100, 8, 32)", "decay_of_tau_2, decay_of_beta_09 = 0.5, 0.9"

# what the notebooks have before their solutions
IMPORTED = """
import torch
from statistics import mean
from scipy.stats import t
from torch.nn.functional import cross_entropy
from mpe_lib import lif_sequence
from mpe_lib.results.ledger import results
from mpe_lib.studies.stationary import error_split, stationary_law
from mpe_lib.studies.membrane import sgd_steps
from mpe_lib.systems.psu import leak_matrix
found = results()
"""

MARKS = {"schema_version": 3, "task": False}


def limits(**named) -> Limits:
    """Limits of a submission: shut in where that can be done here."""
    return Limits(**{"confined": not missing()} | named)


def exercise(name, solution, call):
    """The two cells of an exercise, as a notebook with solutions has them."""
    answer, check = new_code_cell(solution), new_code_cell(call)
    answer.metadata["nbgrader"] = MARKS | dict(
        grade=False, grade_id=name, locked=False, solution=True
    )
    answer.metadata["jupyter"] = {"source_hidden": True}
    check.metadata["nbgrader"] = MARKS | dict(
        grade=True, grade_id=f"{name}-check", locked=True, points=1, solution=False
    )
    return [answer, check]


def given(name: str = NAME):
    """The notebook as a student gets it."""
    return assignment(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4))


def cell(notebook, grade_id: str):
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def answered(shape: str = SHAPE, decay: str = DECAY):
    """Notebook 00 with these two answers."""
    notebook = copy.deepcopy(given())
    cell(notebook, "ex00-shape").source = shape
    cell(notebook, "ex00-decay").source = decay
    return notebook


def solved(name: str = NAME):
    """The student's copy of a notebook, with our answers in it."""
    notebook, source = given(name), nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    for one in answers(source):
        mine = cell(notebook, one.metadata.nbgrader.grade_id)
        mine.source = re.sub(SOLUTION, "", one.source).rstrip()
    return notebook


def hand_in(folder: Path, student: str, notebook) -> Path:
    """Store a notebook, or any text, as a student's submission."""
    path = folder / student / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
    path.write_text(text, encoding="utf-8")
    return path


class Kernel:
    """A session without a kernel: names and functions from a dict."""

    def __init__(self, **names):
        self.names = names

    def ask(self, line):
        shown = []
        with mock.patch.object(wire, "_hand_over", shown.append), torch.enable_grad():
            exec(line, {"_wire": wire}, self.names)
        return shown[0]
