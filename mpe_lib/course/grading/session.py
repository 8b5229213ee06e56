"""One kernel for student code, from its start to its end."""

import builtins
import contextlib
import logging
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_notebook

from . import wire
from .sandbox import Limits, ShutIn, close, environment, fill
from .watcher import Watcher, family, kill

ANSWER = 2**26  # bytes that an answer, or the input of a function, may have on its way


class Stopped(BaseException):
    """A cell had to be stopped, with its kernel; a check's ``except Exception`` lets it through."""


class NoAnswer(Exception):
    """A name that a check needs is not there, or has no plain form."""


@dataclass
class Session:
    """One kernel, from its start to its end."""

    client: NotebookClient
    limits: Limits
    deadline: float
    watcher: Watcher
    printed: int = 0
    allowed: int = 0

    def run(self, cell, allowed: int | None = None) -> None:
        """Run a cell in the kernel; Stopped where it has to be ended."""
        self.printed, self.allowed = 0, allowed or self.limits.output
        left = self.deadline - time.monotonic()
        self.client.timeout = max(1, int(min(self.limits.cell_seconds, left)))
        try:
            self.client.execute_cell(cell, 0)
        except CellTimeoutError:
            if left < self.limits.cell_seconds:
                words = f"the notebook ran longer than {self.limits.notebook_seconds:.0f} s"
                raise Stopped(words) from None
            raise Stopped(f"it ran longer than {self.client.timeout} s") from None
        except DeadKernelError:
            time.sleep(0.2)  # the watcher may be about to say why
            raise Stopped(self.watcher.reason or "it ended the Python process") from None
        except Exception as error:  # it spoke to us itself, and not as a kernel does
            words = f"its kernel sent what cannot be read ({type(error).__name__})"
            raise Stopped(self.watcher.reason or words) from None

    def count(self, message: dict) -> None:
        """Count what a cell prints and draws; a kernel that floods us is ended."""
        content = message.get("content", {})
        self.printed += len(str(content)) + sum(map(len, message.get("buffers", ())))
        if self.printed > self.allowed:
            self.watcher.reason = f"it printed more than {self.allowed / 2**20:.3g} MB"
            kill(family(self.watcher.pid))

    def ask(self, line: str):
        """Run one line of `wire` in the kernel and return what it hands over."""
        cell = new_code_cell(f"from mpe_lib.course.grading import wire as _wire\n{line}")
        self.run(cell, ANSWER)
        for output in cell.outputs:
            if output.output_type == "error":
                raise _error(output.ename, output.evalue)
        texts = [o.data[wire.MIME] for o in cell.outputs if wire.MIME in o.get("data", {})]
        if not texts:
            raise NoAnswer("the kernel handed nothing over")
        return texts[-1]


@contextlib.contextmanager
def kernel(limits: Limits, folder: Path, deadline: float):
    """A fresh kernel in a fresh scratch copy; both are gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="k", ignore_cleanup_errors=True) as scratch:
        scratch = Path(scratch)
        fill(scratch, limits.confined)
        manager = ShutIn(kernel_name="python3", transport="ipc", ip=str(scratch / "run" / "k"),
                         connection_file=str(scratch / "run" / "k.json"))  # fmt: skip
        manager.limits, manager.scratch = limits, scratch
        desk = new_notebook(cells=[new_code_cell()])  # the client stores each cell it has run
        client = NotebookClient(desk, km=manager, allow_errors=True, record_timing=False,
                                shutdown_kernel="immediate", startup_timeout=120)  # fmt: skip
        client.log.setLevel(logging.CRITICAL)
        place = scratch if limits.confined else scratch / "work"
        with client.setup_kernel(env=environment(scratch, limits.confined), cwd=str(place),
                                 stdout=DEVNULL, stderr=DEVNULL):  # fmt: skip
            close(scratch / "run")
            watcher = Watcher(manager.provisioner.pid, limits.memory, scratch / "run",
                              limits.confined)  # fmt: skip
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
