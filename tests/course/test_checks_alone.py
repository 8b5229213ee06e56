"""A check needs no other: it imports what it reads, and an answer that never ends costs one."""

from contextlib import contextmanager

import nbformat
import pytest
from classroom import IMPORTED, Kernel

from mpe_lib.course import walk
from mpe_lib.course.copies import answers, asked, graded
from mpe_lib.course.grading import examine as examiner
from mpe_lib.course.grading.sandbox import Limits
from mpe_lib.course.grading.session import Stopped


@pytest.fixture(params=walk.notebooks(), ids=lambda path: path.stem)
def source(request):
    return nbformat.read(request.param, as_version=4)


def test_a_check_imports_its_own_and_reads_its_answers_alone(source, capsys):
    scope = {}
    exec(IMPORTED, scope)
    for cell in answers(source):
        exec(cell.source, scope)
    for check in graded(source):
        function, names = asked(check)
        module = function.split(".")[0]
        assert check.source.startswith(f"from mpe_lib.course.check import {module}\n")
        exec(check.source, {name: scope[name] for name in names})
        assert capsys.readouterr().out.startswith("Right. ")


def test_an_answer_that_never_ends_costs_that_exercise_alone(source, monkeypatch, tmp_path):
    checks = graded(source)
    endless = set(asked(checks[0])[1]) - {name for c in checks[1:] for name in asked(c)[1]}
    assert endless

    class Patient(Kernel):
        def ask(self, line):
            if any(f"({name})" in line or f"({name}," in line for name in endless):
                raise Stopped("it ran longer than 1 s")
            return super().ask(line)

        def run(self, cell):
            exec(cell.source, self.names)

    @contextmanager
    def kernel(*_):
        session = Patient()
        exec(IMPORTED, session.names)
        yield session

    monkeypatch.setattr(examiner, "kernel", kernel)
    cells = [cell for cell in source.cells if cell in [*answers(source), *checks]]
    notebook = nbformat.v4.new_notebook(cells=cells)
    _, notes = examiner.examine(notebook, Limits(), tmp_path)
    first, *others = (notes[check.metadata.nbgrader.grade_id] for check in checks)
    assert first == "stopped: it ran longer than 1 s" and others == [""] * len(others)
