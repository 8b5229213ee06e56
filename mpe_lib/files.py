"""Files, whole or not at all; and the folder where made data are kept."""

import os
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and have it on the disk when this returns.

    Raises:
        OSError: with what to do about it; an older file of that name is untouched.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        _remove(part)
        raise OSError(
            error.errno,
            f"{path} could not be written ({error.strerror}): make room or give a folder that can "
            f"be written; it takes {len(data):,} bytes",
        ) from error


def cache_folder() -> Path:
    """Where made and downloaded data are kept: MPE_CACHE, or the user's cache folder."""
    if os.environ.get("MPE_CACHE"):
        return Path(os.environ["MPE_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "mpe_lib"


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # its folder is no folder, or cannot be changed: nothing was left there
        return
