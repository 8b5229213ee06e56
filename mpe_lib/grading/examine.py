"""Run one submission and its checks: ``python -m mpe_lib.grading.examine JOB.json``.

The student's cells run in a kernel that is shut in. The check cells run here: the names they
need are asked of the kernel, which answers with plain data.
"""

import ast
import builtins
import contextlib
import copy
import io
import json
import logging
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import is_grade

from ..check import NotYet
from . import wire
from .restore import wrong
from .sandbox import Limits, ShutIn, Watcher, environment, family, fill, kill

ATTEMPTS = 4  # a notebook is run again without the cell that had to be stopped


class Stopped(Exception):
    """A cell had to be stopped, with its kernel."""


class NoAnswer(Exception):
    """A name that a check needs is not there, or has no plain form."""


@dataclass
class Session:
    """One kernel, from its start to its end."""

    client: NotebookClient
    limits: Limits
    deadline: float
    watcher: Watcher
    printed: int = field(default=0)

    def run(self, cell) -> None:
        """Run a cell in the kernel; Stopped where it has to be ended."""
        self.printed = 0
        left = self.deadline - time.monotonic()
        self.client.timeout = max(1, int(min(self.limits.cell_seconds, left)))
        try:
            self.client.execute_cell(cell, 0)
        except CellTimeoutError:
            raise Stopped(f"it ran longer than {self.client.timeout} s") from None
        except DeadKernelError:
            time.sleep(0.2)  # the watcher may be about to say why
            raise Stopped(self.watcher.reason or "it ended the Python process") from None

    def count(self, message: dict) -> None:
        """Count what a cell prints and draws; a kernel that floods us is ended."""
        content = message.get("content", {})
        if message.get("msg_type") in ("stream", "display_data", "execute_result", "error"):
            self.printed += len(str(content))
        if self.printed > self.limits.output + 2**26 * (wire.MIME in str(content)[:200]):
            self.watcher.reason = f"it printed more than {self.limits.output / 2**20:.3g} MB"
            kill(family(self.watcher.pid))

    def ask(self, line: str):
        """Run one line of `wire` in the kernel and return what it hands over."""
        cell = new_code_cell(f"from mpe_lib.grading import wire as _wire\n{line}")
        self.run(cell)
        for output in cell.outputs:
            if output.output_type == "error":
                raise _error(output.ename, output.evalue)
        texts = [o.data[wire.MIME] for o in cell.outputs if wire.MIME in o.get("data", {})]
        if not texts:
            raise NoAnswer("the kernel handed nothing over")
        return texts[-1]


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
        except Stopped:
            raise
        except Exception as error:  # whatever stood in the way, no answer came
            raise NoAnswer(f"{name}: {str(error) or type(error).__name__}") from None
        return wire.unpack(text, lambda *args, **named: self.call(name, args, named))

    def call(self, name: str, args: tuple, named: dict):
        """Call a function of the student's, in the student's kernel."""
        line = f"_wire.call({name}, {wire.pack((args, named))!r})"
        return wire.unpack(self.session.ask(line))


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
    except Stopped:
        raise
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
            reason = stopped.get(index, "the cells before had to be stopped too often")
            cell.outputs = [wrong("Stopped", reason)]
            notes[cell.metadata.nbgrader.grade_id] = f"stopped: {reason}"
    return result, notes


def attempt(notebook, limits, folder, stopped, deadline):
    """One pass over all cells that did not have to be stopped before."""
    notebook = copy.deepcopy(notebook)
    notes: dict[str, str] = {}
    before = -1  # the check before this one
    with kernel(limits, folder, deadline) as session:
        answers = Answers(session)
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            if index in stopped:
                cell.outputs = [wrong("Stopped", stopped[index])]
                if is_grade(cell):
                    notes[cell.metadata.nbgrader.grade_id] = f"stopped: {stopped[index]}"
                continue
            try:
                if is_grade(cell):
                    note, name = judge(cell, answers), cell.metadata.nbgrader.grade_id
                    reasons = [stopped[i] for i in range(before + 1, index) if i in stopped]
                    why = [f"a cell above was stopped: {reason}" for reason in reasons]
                    notes[name] = "; ".join([note, *why]) if note else note
                    before = index
                else:
                    session.run(cell)
            except Stopped as reason:
                return notebook, notes, (index, str(reason))
    return notebook, notes, None


@contextlib.contextmanager
def kernel(limits: Limits, folder: Path, deadline: float):
    """A fresh kernel in a fresh scratch copy; both are gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="k") as scratch:
        scratch = Path(scratch)
        fill(scratch)
        manager = ShutIn(kernel_name="python3", transport="ipc", ip=str(scratch / "run" / "k"),
                         connection_file=str(scratch / "run" / "k.json"))  # fmt: skip
        manager.limits, manager.scratch = limits, scratch
        desk = new_notebook(cells=[new_code_cell()])  # the client stores each cell it has run
        client = NotebookClient(desk, km=manager, allow_errors=True, record_timing=False,
                                shutdown_kernel="immediate", startup_timeout=120)  # fmt: skip
        client.log.setLevel(logging.CRITICAL)
        with client.setup_kernel(env=environment(scratch), cwd=str(scratch / "work"),
                                 stdout=DEVNULL, stderr=DEVNULL):  # fmt: skip
            watcher = Watcher(manager.provisioner.pid, limits)
            watcher.start()
            session = Session(client, limits, deadline, watcher)
            process = client.process_message
            client.process_message = lambda m, *rest: session.count(m) or process(m, *rest)
            try:
                yield session
            finally:
                watcher.done = True
                kill(family(watcher.pid))


def _error(name: str, words: str) -> Exception:
    """An exception of the kernel, as one of ours with the same name."""
    kind = getattr(builtins, name, None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        kind = type(str(name), (Exception,), {})
    try:
        return kind(words)
    except TypeError:  # one that wants more than words, such as UnicodeDecodeError
        return RuntimeError(f"{name}: {words}")


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    notebook = nbformat.reads(json.dumps(job["notebook"]), as_version=4)
    result, notes = examine(notebook, Limits(**job["limits"]), Path(job["folder"]))
    part = Path(job["result"] + ".part")
    part.write_text(json.dumps({"notebook": result, "notes": notes}), "utf-8")
    os.replace(part, job["result"])


if __name__ == "__main__":
    main()
