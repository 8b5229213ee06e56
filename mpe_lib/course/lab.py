"""JupyterLab as the lessons need it: this machine only, no news, no teacher's tools."""

import os
import subprocess
import sys
import webbrowser
from pathlib import Path

from . import copies, walk

SETTINGS = walk.ROOT / ".jupyter"  # nbgrader's buttons are off there
TEACHERS = [
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
]


def open_lab(options: list[str]) -> None:
    """Open JupyterLab on the student copy of the first notebook.

    Args:
        options: further words for JupyterLab, such as ``--port=8890``.
    """
    copies.write_all()
    first = walk.STUDENT / walk.notebooks()[0].name
    command = [*lab_command(walk.ROOT, str(first.relative_to(walk.ROOT))), *here(), *options]
    raise SystemExit(subprocess.call(command, cwd=walk.ROOT))


def lab_command(root: Path, first: str = "") -> list[str]:
    """JupyterLab as we start it: this machine only, token on, no news, no look-ups."""
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1",
               f"--ServerApp.root_dir={root}", "--LabApp.extension_manager=readonly",
               f"--ServerApp.jpserver_extensions={dict.fromkeys(TEACHERS, False)}",
               f"--LabApp.app_settings_dir={SETTINGS}"]  # fmt: skip
    return [*command, first] if first else command


def here() -> list[str]:
    """What this machine asks for: as root JupyterLab has to be allowed, without a browser it
    prints its address."""
    words = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    try:
        webbrowser.get()
    except webbrowser.Error:
        words.append("--no-browser")
    return words
