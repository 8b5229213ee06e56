"""A kernel for student code: its folder, its environment, and how it is started."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from jupyter_client import AsyncKernelManager
from traitlets import Any

from ...files import ROOT
from .walls import CONFINE, STUDENT, inside

# run by IPython before any cell; no name of it is left for the cells to see
EARLIER = "__import__('mpe_lib.course.grading.earlier', fromlist=['install']).install()"


@dataclass
class Limits:
    """What one submission may use."""

    cell_seconds: float = 120
    notebook_seconds: float = 900
    memory: int = 3 * 2**30  # bytes, for each process; a quarter more for all together
    output: int = 5 * 2**20  # bytes that one cell may print and draw
    file: int = 2**28  # bytes of one file
    confined: bool = True  # between walls; otherwise with the rights of the account that grades


def fill(scratch: Path, confined: bool) -> None:
    """Make the folders of a kernel; without walls, with a copy of the library and its data."""
    for name in ("home", "run"):
        (scratch / name).mkdir()
    if not confined:
        for name in ("work", "tmp"):
            (scratch / name).mkdir()
        leave = shutil.ignore_patterns("__pycache__")
        for name in ("mpe_lib", "data"):
            shutil.copytree(ROOT / name, scratch / "lib" / name, ignore=leave)
    startup = scratch / "home" / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "earlier.py").write_text(EARLIER)
    fonts = scratch.parent / "fonts"  # made once: each kernel would need seconds for it
    if fonts.is_dir():
        shutil.copytree(fonts, scratch / "home" / "matplotlib")


def close(run: Path) -> None:
    """Once a kernel has made its sockets it makes no more files beside them: one that is open and
    has no name any longer is not seen, and would fill our disk."""
    if os.geteuid() == 0:
        os.chown(run, 0, 0)
        run.chmod(0o755)


def environment(scratch: Path, confined: bool) -> dict[str, str]:
    """All that student code sees of the environment."""
    base = STUDENT if confined else str(scratch)
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin")),
        "PYTHONPATH": f"{base}/lib", "HOME": f"{base}/home", "IPYTHONDIR": f"{base}/home/ipython",
        "MPLCONFIGDIR": f"{base}/home/matplotlib", "JUPYTER_RUNTIME_DIR": f"{scratch}/run",
        "TMPDIR": "/tmp" if confined else f"{base}/tmp", "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "",
        "TQDM_DISABLE": "1", "MPE_DATA": "",
    }  # fmt: skip


class ShutIn(AsyncKernelManager):
    """A kernel manager whose kernels are shut in; reached by sockets in the scratch folder."""

    limits = Any()
    scratch = Any()

    def format_kernel_cmd(self, extra_arguments=None) -> list[str]:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", self.connection_file]
        command += extra_arguments or ()
        limits = self.limits
        if limits.confined:
            return inside(command, limits.memory, limits.file, self.scratch)
        plan = json.dumps({"memory": limits.memory, "file": limits.file})
        return [sys.executable, str(CONFINE), plan, *command]
