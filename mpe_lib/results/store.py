"""Results: written with all that is needed to repeat them, read by notebooks and README."""

import json
import os
import platform
import shlex
import subprocess
import sys
from datetime import date
from importlib import metadata
from itertools import groupby
from pathlib import Path

from .. import files

PACKAGE = Path(__file__).parents[1]
FOLDER = files.ROOT / "data" / "measured"
VERSIONS = ("torch", "numpy", "scipy", "scikit-learn", "spikingjelly", "norse", "snntorch",
            "triton")  # fmt: skip


def provenance(command: str, device: str | None = None, threads: int | None = None, **more) -> dict:
    """Where and how a result was made: machine, versions, date, commit and command.

    Args:
        command: what was typed.
        device: its name; of the processor if None.
        threads: that computed.
        more: further facts. :func:`mpe_lib.training.machine.made_here` gives those of torch.
    """
    from .. import __version__  # the package may be on its way in when this file is read

    installed = {"mpe_lib": __version__} | {name: _version(name) for name in VERSIONS}
    return {
        "command": command,
        "date": date.today().isoformat(),
        "commit": _commit(),
        "device": device or _processor(),
        "threads": threads,
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version()}
        | {name: version for name, version in installed.items() if version},
    } | more


def write(name: str, result: dict, folder: Path | None = None) -> Path:
    """Write a result as JSON, whole or not at all; a list of rows has one row a line."""
    path = (folder or FOLDER) / f"{name}.json"
    fields = [f" {json.dumps(key)}: {_lines(value)}" for key, value in result.items()]
    files.write(path, ("{\n" + ",\n".join(fields) + "\n}\n").encode())
    return path


def _lines(value) -> str:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return "[\n  " + ",\n  ".join(json.dumps(each, allow_nan=False) for each in value) + "\n ]"
    return json.dumps(value, allow_nan=False)


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
    """Where, when, with which commands and by which code a result was made, in a sentence.

    >>> facts = {"command": "a", "device": "CPU", "date": "2026-11-25", "commit": "c0e90a0",
    ...          "versions": {}}
    >>> made({"provenance": facts, "later": [facts | {"command": "b"}]})
    'Made with `a`, then `b` (mpe_lib 0.1, commit c0e90a0), on CPU, 2026-11-25.'
    """
    first = result["provenance"]
    runs = [
        ", then ".join(f"`{each['command']}`" for each in same) + f" ({code})"
        for code, same in groupby([first, *result.get("later", ())], _code)
    ]
    more = "," * bool(result.get("later"))
    return f"Made with {', then '.join(runs)}{more} on {first['device']}, {first['date']}."


def _code(facts: dict) -> str:
    """Which code made a row; the first results did not say their version."""
    return f"mpe_lib {facts['versions'].get('mpe_lib', '0.1')}, commit {facts['commit']}"


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
    """The commit of the code; "-dirty" behind it where files of the package differ from it."""
    found = [
        _git("describe", "--always"),
        _git("status", "--porcelain", "--untracked-files=no", "."),
    ]
    return found[0] and found[0] + "-dirty" * bool(found[1])


def _git(*words: str) -> str | None:
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, cwd=PACKAGE)
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
