"""Run one submission and its checks: ``python -m mpe_lib.course.grading.examine JOB.json``.

The student's cells run in a kernel that is shut in. The check cells run here: the names they
need are asked of the kernel, which answers with plain data.
"""

import ast
import builtins
import contextlib
import copy
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import torch
from nbformat.v4 import new_output
from nbgrader.utils import is_grade
from torch import Tensor
from torch.autograd.function import once_differentiable

from ...files import write
from ..check import NotYet
from . import wire
from .confine import limit
from .restore import AGAIN, wrong
from .sandbox import Limits
from .session import NoAnswer, Session, Stopped, kernel

ATTEMPTS = 4  # a notebook is run again without the cell that had to be stopped
SELF = 2**31  # bytes of memory that this process needs beside what a kernel may send it


class Answers(dict):
    """The names that a check cell sees: its own imports, and for the rest the student's answers."""

    def __init__(self, session: Session):
        super().__init__()
        self.session = session

    def __missing__(self, name: str):
        if hasattr(builtins, name):
            raise KeyError(name)
        try:
            text = self.session.ask(f"_wire.show({name})")
            return wire.unpack(text, lambda *args, **named: self.call(name, args, named))
        except Exception as error:  # whatever stood in the way, no answer came
            raise NoAnswer(f"{name}: {str(error) or type(error).__name__}") from None

    def call(self, name: str, args: tuple, named: dict):
        """Call a function of the student's, in the student's kernel.

        A tensor that wants a gradient gets it from there as well, where the result passes one on.
        """
        tracked = tuple(
            k for k, each in enumerate(args) if isinstance(each, Tensor) and each.requires_grad
        )
        given = f"{name}, {wire.pack((args, named))!r}, {tracked}"
        value = wire.unpack(self.session.ask(f"_wire.call({given})"))
        if not (tracked and isinstance(value, Tensor) and value.requires_grad):
            return value

        def pull(weights: Tensor) -> tuple:
            return wire.unpack(self.session.ask(f"_wire.pull({given}, {wire.pack(weights)!r})"))

        return _Elsewhere.apply(value.detach(), pull, *(args[k] for k in tracked))


class _Elsewhere(torch.autograd.Function):
    """A value that was computed in the student's kernel, whose gradient is computed there too."""

    @staticmethod
    def forward(ctx, value: Tensor, pull: Callable[[Tensor], tuple], *tracked: Tensor) -> Tensor:
        ctx.pull = pull
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx, weights: Tensor) -> tuple:
        return None, None, *ctx.pull(weights)


def judge(cell, answers: Answers) -> str:
    """Run a check cell here; its outputs are stored in it. Returns a note, empty if right."""
    printed = io.StringIO()
    cell.outputs, cell.execution_count = [], None
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.parse(cell.source), "check", "exec"), {}, answers)
    except NotYet as hint:
        cell.outputs = [wrong("NotYet", str(hint))]
        return str(hint)
    except NoAnswer as error:
        cell.outputs = [wrong("NoAnswer", str(error))]
        return f"no answer: {error}"
    except Exception as error:  # an answer of a kind that the check did not expect
        note = f"the check stopped with {type(error).__name__}: {error}"
        cell.outputs = [wrong(type(error).__name__, str(error))]
        return note[:300]
    cell.outputs = [new_output("stream", name="stdout", text=printed.getvalue())]
    return ""


def examine(notebook, limits: Limits, folder: Path):
    """Run a restored submission; return it with outputs, and a note for each check."""
    stopped: dict[int, str] = {}
    deadline = time.monotonic() + limits.notebook_seconds
    for _ in range(ATTEMPTS):
        result, notes, culprit = attempt(notebook, limits, folder, stopped, deadline)
        if culprit is None:
            return result, notes
        stopped[culprit[0]] = culprit[1]
        if time.monotonic() > deadline:
            break
    for index, cell in enumerate(result.cells):  # what the last attempt did not reach
        if index >= culprit[0] and is_grade(cell):
            reason = stopped.get(
                index, "the cells before took too long or had to be stopped too often"
            )
            cell.outputs = [wrong("Stopped", reason)]
            notes[cell.metadata.nbgrader.grade_id] = f"stopped: {reason}"
    return result, notes


def attempt(notebook, limits, folder, stopped, deadline):
    """One pass over all cells that did not have to be stopped before."""
    notebook = copy.deepcopy(notebook)
    notes: dict[str, str] = {}
    earned: dict[str, list] = {}  # what a further copy of a check said that was right
    before = -1  # the check before this one
    raised: list[str] = []  # by the cells since
    halted = {checked(notebook.cells[i]): why for i, why in stopped.items()}
    with kernel(limits, folder, deadline) as session:
        answers = Answers(session)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            name = checked(cell)
            reason = stopped.get(index) or (name and halted.get(name))
            if reason:  # a check that had to be stopped is not tried at another place
                cell.outputs = [wrong("Stopped", reason)]
                if is_grade(cell):
                    notes[name] = f"stopped: {reason}"
                    before, raised = index, []
                continue
            try:
                if AGAIN in cell.metadata:
                    if not judge(cell, answers):
                        earned[name] = cell.outputs
                elif is_grade(cell):
                    note = judge(cell, answers)
                    if note and name in earned:
                        note, cell.outputs = "", earned[name]
                    reasons = [stopped[i] for i in range(before + 1, index) if i in stopped]
                    why = [f"a cell above was stopped: {reason}" for reason in reasons]
                    why += [f"a cell above ended with {error}" for error in raised[-1:]]
                    notes[name] = "; ".join([note, *why]) if note else note
                    before, raised = index, []
                else:
                    session.run(cell)
                    raised += [f"{o.ename}: {o.evalue}" for o in cell.outputs
                               if o.output_type == "error"]  # fmt: skip
            except Stopped as reason:
                return notebook, notes, (index, str(reason))
    return notebook, notes, None


def checked(cell) -> str | None:
    """The name of the check that a cell is, or is a further copy of."""
    return cell.metadata.nbgrader.grade_id if is_grade(cell) else cell.metadata.get(AGAIN)


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    notebook = nbformat.reads(json.dumps(job["notebook"]), as_version=4)
    limits = Limits(**job["limits"])
    limit("RLIMIT_DATA", limits.memory + SELF)
    result, notes = examine(notebook, limits, Path(job["folder"]))
    write(Path(job["result"]), json.dumps({"notebook": result, "notes": notes}).encode())


if __name__ == "__main__":
    main()
