"""Results: written with all that is needed to repeat them, read by notebooks and README."""

import json
import os
import platform
import shlex
import subprocess
import sys
from datetime import date
from importlib import metadata
from pathlib import Path

import torch

FOLDER = Path(__file__).parents[2] / "data" / "measured"
VERSIONS = ("torch", "numpy", "scikit-learn", "spikingjelly", "norse", "snntorch", "triton")


def provenance(command: str, device: str = "cpu") -> dict:
    """Where and how a result was made: machine, versions, date, commit and command."""
    installed = {name: _version(name) for name in VERSIONS}
    return {
        "command": command,
        "date": date.today().isoformat(),
        "commit": _commit(),
        "device": torch.cuda.get_device_name() if str(device).startswith("cuda") else _processor(),
        "threads": torch.get_num_threads(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version()}
        | {name: version for name, version in installed.items() if version},
    }


def write(name: str, result: dict, folder: Path | None = None) -> Path:
    """Write a result as JSON, under a temporary name first, so that it is whole or not there."""
    path = (folder or FOLDER) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(part, path)
    return path


def read(name: str, folder: Path | None = None) -> dict:
    """A stored result.

    Raises:
        FileNotFoundError: it was not measured yet; the message says where it would be.
    """
    path = (folder or FOLDER) / f"{name}.json"
    if not path.exists():
        raise FileNotFoundError(f"not measured yet: expected {path}; see data/README.md")
    return json.loads(path.read_text(encoding="utf-8"))


def every(folder: Path | None = None) -> dict[str, dict]:
    """All stored results, by the names of their files."""
    return {
        path.stem: read(path.stem, folder) for path in sorted((folder or FOLDER).glob("*.json"))
    }


def made(result: dict) -> str:
    """Where, when and with which commands a result was made, in a sentence.

    >>> facts = {"command": "a", "device": "CPU", "date": "2026-11-25"}
    >>> made({"provenance": facts, "later": [facts | {"command": "b"}]})
    'Made with `a`, then `b`, on CPU, 2026-11-25.'
    """
    facts, more = result["provenance"], result.get("later", ())
    rest = "".join(f", then `{each['command']}`" for each in more) + "," * bool(more)
    return f"Made with `{facts['command']}`{rest} on {facts['device']}, {facts['date']}."


def command_line() -> str:
    """The command that is running, as a user would type it; of a path only its end.

    The module is what ``python -m`` was given: ``mpe_lib.benchmark`` for a folder's
    ``__main__.py``, ``mpe_lib.studies.cone`` for a file in a folder.
    """
    parts = list(Path(sys.argv[0]).with_suffix("").parts)
    if "mpe_lib" in parts:  # the last of that name: a folder further up may have it too
        parts = parts[len(parts) - 1 - parts[::-1].index("mpe_lib") :]
    else:
        parts = ["mpe_lib", parts[-1]]
    if parts[-1] == "__main__":
        parts.pop()
    words = [Path(word).name if "/" in word or os.sep in word else word for word in sys.argv[1:]]
    return shlex.join(["python", "-m", ".".join(parts), *words])


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent)
    except OSError:  # no git on this machine
        return None
    return done.stdout.strip() or None


def _processor() -> str:
    """The processor's name, as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
