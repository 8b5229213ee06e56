"""A kernel for student code: scratch copy, bare environment, limits, a watcher of its memory."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil
from jupyter_client import AsyncKernelManager
from traitlets import Any

from ...files import ROOT

CONFINE = Path(__file__).with_name("confine.py")
UNSHARE = ["unshare", "--user", "--map-root-user", "--net", "--ipc", "--mount", "--pid", "--fork",
           "--kill-child", "--"]  # fmt: skip
# run by IPython before any cell; no name of it is left for the cells to see
EARLIER = "__import__('mpe_lib.course.grading.earlier', fromlist=['install']).install()"
PROCESSES = 64  # more than any notebook starts


@dataclass
class Limits:
    """What one submission may use."""

    cell_seconds: float = 120
    notebook_seconds: float = 900
    memory: int = 3 * 2**30  # bytes, for each process; a quarter more for all together
    output: int = 5 * 2**20  # bytes that one cell may print and draw
    file: int = 2**28  # bytes of one file
    namespaces: bool = True  # where the system allows them
    hide: list[str] = field(default_factory=list)  # folders that student code need not see


@cache
def namespaces_work() -> bool:
    """Whether this system lets us cut off the network and make the files read-only."""
    if not shutil.which("unshare"):
        return False
    here = os.path.realpath(os.environ.get("TMPDIR", "/tmp"))
    plan = {"memory": 2**30, "file": 2**20, "keep": here, "hide": []}
    command = [*UNSHARE, sys.executable, str(CONFINE), json.dumps(plan), sys.executable, "-c", ""]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def fill(scratch: Path) -> None:
    """Copy into a scratch folder what a notebook needs: the library and its data."""
    leave = shutil.ignore_patterns("__pycache__")
    for name in ("mpe_lib", "data"):
        shutil.copytree(ROOT / name, scratch / "lib" / name, ignore=leave)
    for name in ("work", "home", "tmp", "run"):
        (scratch / name).mkdir()
    startup = scratch / "home" / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "earlier.py").write_text(EARLIER)
    fonts = scratch.parent / "fonts"  # made once: each kernel would need seconds for it
    if fonts.is_dir():
        shutil.copytree(fonts, scratch / "home" / "matplotlib")


def environment(scratch: Path) -> dict[str, str]:
    """All that student code sees of the environment."""
    home = str(scratch / "home")
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin")),
        "PYTHONPATH": str(scratch / "lib"), "HOME": home, "IPYTHONDIR": home + "/ipython",
        "MPLCONFIGDIR": home + "/matplotlib", "JUPYTER_RUNTIME_DIR": str(scratch / "run"),
        "TMPDIR": str(scratch / "tmp"), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "TQDM_DISABLE": "1", "MPE_DATA": "",
    }  # fmt: skip


class ShutIn(AsyncKernelManager):
    """A kernel manager whose kernels are shut in; reached by sockets in the scratch folder."""

    limits = Any()
    scratch = Any()

    def format_kernel_cmd(self, extra_arguments=None) -> list[str]:
        plan = {"memory": self.limits.memory, "file": self.limits.file}
        prefix = []
        if self.limits.namespaces and namespaces_work():
            prefix = UNSHARE
            plan |= {"keep": str(self.scratch), "hide": private(self.limits.hide)}
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", self.connection_file]
        confine = [sys.executable, str(CONFINE), json.dumps(plan)]
        return [*prefix, *confine, *command, *(extra_arguments or ())]


def private(folders: list[str]) -> list[str]:
    """The folders, and those with solutions, tests and a user's files; none that Python is in."""
    packages = [each for each in sys.path if each.endswith("-packages")]
    needed = [Path(each).resolve() for each in (sys.prefix, sys.base_prefix, *packages)]
    ours = [ROOT / "notebooks", ROOT / "tests", ROOT / ".git", Path.home()]
    every = [Path(each).resolve() for each in (*folders, *ours)]
    return [str(each) for each in every if not any(n.is_relative_to(each) for n in needed)]


class Watcher(threading.Thread):
    """Kills a process and its children when they hold too much memory or are too many."""

    def __init__(self, pid: int, limits: Limits):
        super().__init__(daemon=True)
        self.pid, self.most, self.reason, self.done = pid, limits.memory * 5 // 4, "", False
        self.gigabytes = limits.memory / 2**30

    def run(self) -> None:
        pause = threading.Event()
        while not self.done and not pause.wait(0.1):
            tree = family(self.pid)
            if len(tree) > PROCESSES:
                self.reason = f"it started more than {PROCESSES} processes"
            elif sum(map(memory_of, tree)) > self.most:
                self.reason = f"it needed more than {self.gigabytes:.3g} GB of memory"
            if self.reason:
                kill(tree)
                return


def family(pid: int) -> list[psutil.Process]:
    """A process and all that descend from it, as far as they live."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory_of(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it has just ended


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue  # already gone, as it should be
