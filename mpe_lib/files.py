"""Files, whole or not at all; where made data are kept; and the clone of the project."""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]  # of the clone, where there is one


@contextmanager
def whole(path: Path, alone: bool = False) -> Iterator[Path]:
    """The temporary path of a file or folder that is to be made; it becomes `path` at the end.

    Where the block stops with an error, an older `path` is untouched and no part is left.

    Args:
        path: what is to be there. An older file gives way; so does an older folder, to a folder.
        alone: nobody else makes it now (a lock is held, or it is a user's command): the part
            is ``<name>.part``, and one that a killed process left is cleared away.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(Path(folder) / "a.txt") as part:
    ...         size = part.write_text("all of it")
    ...     [each.name for each in Path(folder).iterdir()]
    ['a.txt']
    """
    part = path.with_name(f"{path.name}.{'' if alone else uuid.uuid4().hex[:8] + '.'}part")
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(part)
    try:
        yield part
        if part.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        publish(part, path)
    finally:
        _remove(part)


def publish(part: Path, path: Path) -> None:
    """Give a file or folder that is whole its name, its bytes on the disk first."""
    if part.is_file():
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
    os.replace(part, path)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and have it on the disk when this returns.

    Raises:
        OSError: with what to do about it; an older file of that name is untouched.
    """
    try:
        with whole(path) as part:
            part.write_bytes(data)
    except OSError as error:
        raise OSError(
            error.errno,
            f"{path} could not be written ({error.strerror}): make room or give a folder that can "
            f"be written; it takes {len(data):,} bytes",
        ) from error


def cache_folder() -> Path:
    """Where made and downloaded data are kept: MPE_CACHE, or the user's cache folder.

    A user without a home, as in many containers, has a temporary folder of the process.
    """
    if os.environ.get("MPE_CACHE"):
        return Path(os.environ["MPE_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if base:
        return Path(base) / "mpe_lib"
    try:
        return Path.home() / ".cache" / "mpe_lib"
    except RuntimeError:  # no HOME, and no line in /etc/passwd
        return temporary_folder("this user has no home folder")


@cache
def temporary_folder(why: str) -> Path:
    """A folder of this process alone for what cannot be kept, gone with it; says so once."""
    folder = tempfile.TemporaryDirectory(prefix="mpe_lib_", ignore_cleanup_errors=True)
    _temporary.append(folder)  # it is there as long as this object
    warnings.warn(
        f"{why}: what is made is kept in {folder.name} until this process ends, and made again by "
        "the next; point MPE_CACHE at a folder that can be written",
        stacklevel=3,
    )
    return Path(folder.name)


_temporary: list[tempfile.TemporaryDirectory] = []


def clone() -> Path:
    """The folder of the clone that this library lies in, with its notebooks/ and data/.

    Raises:
        ImportError: there is none, as where the library was installed alone; in one line.
    """
    if not (ROOT / "data" / "measured").is_dir():
        raise ImportError(
            "this needs the clone of the project, with its notebooks/ and data/: git clone it, "
            "then make lab in its folder",
            name="mpe_lib",  # so that python -m says it in a line, without a traceback
        )
    return ROOT


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # its folder is no folder, or cannot be changed: nothing was left there
            return
