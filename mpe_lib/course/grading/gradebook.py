"""nbgrader's gradebook and feedback pages, without a course folder or configuration."""

import copy
import os
import sysconfig
import warnings
from pathlib import Path

import nbgrader
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades, LimitOutput, SaveAutoGrades, SaveCells
from sqlalchemy.exc import SAWarning

from ...files import write
from . import pages

FORMGRADER = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
STYLES = FORMGRADER / "static" / "node_modules" / "bootstrap" / "dist" / "css"


class Book:
    """The points of a class, in an SQLite file that nbgrader's own tools can open."""

    def __init__(self, path: Path):
        self.url = f"sqlite:///{path.resolve()}"
        self.texts: dict[str, set[str]] = {}  # what the lessons say, by notebook
        # nbgrader calls the command `alembic`, which lies beside a Python that is not activated
        scripts = sysconfig.get_path("scripts")
        if scripts not in os.environ["PATH"].split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join((scripts, os.environ["PATH"]))

    def add_assignment(self, name: str, given) -> None:
        """Enter a notebook as it was handed out; each notebook is an assignment of its own."""
        with Gradebook(self.url) as book:
            book.update_or_create_assignment(name)
        self.texts[name] = {c.source for c in given.cells if c.cell_type == "markdown"}
        SaveCells().preprocess(copy.deepcopy(given), self._resources(name, ""))

    def record(self, student: str, name: str, graded) -> dict[str, float]:
        """Save the points of a graded notebook; returns them by the name of the check cell."""
        with Gradebook(self.url) as book, warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, about rows it adds later
            book.update_or_create_student(student)
            book.update_or_create_submission(name, student)
        SaveAutoGrades().preprocess(graded, self._resources(name, student))
        with Gradebook(self.url) as book:
            notebook = book.find_submission_notebook(name, name, student)
            return {grade.name: grade.score for grade in notebook.grades}

    def feedback(self, student: str, name: str, graded, notes: list[str], path: Path) -> None:
        """Write nbgrader's feedback page: the graded notebook, the points, our notes on top."""
        resources = self._resources(name, student)
        notebook, _ = GetGrades().preprocess(copy.deepcopy(graded), resources)
        LimitOutput().preprocess(notebook, resources)
        for cell in notebook.cells:  # a teacher opens this page: nothing of a student's runs
            pages.shown(cell)
        if notes:
            lines = "\n".join(f"- {pages.words(note)}" for note in notes)
            notebook.cells.insert(0, new_markdown_cell(f"**Notes of the grader**\n\n{lines}"))
        templates, ours = [str(FORMGRADER / "templates")], self.texts[name]
        write(path, pages.page(notebook, ours, resources, templates, str(STYLES)).encode())

    def _resources(self, name: str, student: str) -> dict:
        words = {"notebook": name, "assignment": name, "student": student, "db_url": self.url}
        return {"nbgrader": words, "metadata": {"name": name}, "unique_key": name}
