"""Frames, made once and kept on the disk."""

import hashlib
import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from tqdm.auto import tqdm

from ..files import cache_folder, whole
from . import frames
from .events import Part
from .recordings import EventFiles

VERSION = 1  # of the recipe: with another one, cached frames are made anew
DTYPES = (np.uint8, np.int16, np.int32)
SHOWN = 10  # damaged recordings that a message names


def cached_part(
    files: EventFiles, name: str, part: str, steps: int, by: str, size: tuple[int, int] | None
) -> Part:
    """Frames and labels of the recordings, from the cache or made now and put there.

    The cache is a folder of its own for each dataset, part, setting, version of the recipe and
    state of the source files (names, sizes, times of change). It is written under another name
    and renamed when whole; processes that start at once wait for the one that makes it.

    Raises:
        ValueError: damaged recordings, all of them looked at and named.
        OSError: the disk is full or cannot be written; nothing half-made is left.
    """
    key = dict(
        dataset=name, part=part, steps=steps, by=by, size=size and list(size),
        version=VERSION, source=_fingerprint(files),
    )  # fmt: skip
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]
    folder = cache_folder() / "frames" / f"{name}-{part}-{digest}"
    found = _read(folder, key)
    if found is not None:
        return found
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            found = _read(folder, key)  # another process may have made it meanwhile
            if found is None:
                _make(folder, key, files, steps, by, size)
                found = _read(folder, key)
    except OSError as error:
        raise OSError(
            f"the frames of {name} could not be kept in {folder} ({error}): make room there or "
            "point MPE_CACHE at a folder that can be written"
        ) from error
    if found is None:
        raise OSError(f"{folder} was written and is already another: is something else there?")
    return found


def _fingerprint(files: EventFiles) -> str:
    seen = hashlib.sha256()
    for path in files.sources:
        state = path.stat()
        seen.update(f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    seen.update("\0".join(files.names).encode())
    return seen.hexdigest()


def _state(folder: Path) -> dict[str, list[int]]:
    """Size and time of change [s] of what the cache holds: a change does not go unseen."""
    found = {}
    for name in ("frames.npy", "labels.npy"):
        state = (folder / name).stat()
        found[name] = [state.st_size, int(state.st_mtime)]
    return found


def _read(folder: Path, key: dict) -> Part | None:
    """What the cache holds, or None where it is missing, damaged or of another kind."""
    try:
        stored = json.loads((folder / "key.json").read_text())
        if stored != {"key": key, "state": _state(folder)}:
            return None
        counts = np.load(folder / "frames.npy", mmap_mode="c")  # so that torch may not warn
        labels = np.load(folder / "labels.npy")
    except (OSError, ValueError, EOFError):
        return None
    return Part(torch.from_numpy(counts).transpose(0, 1), torch.from_numpy(labels))


def _make(folder: Path, key: dict, files: EventFiles, steps, by, size) -> None:
    one = frames.shape(steps, files.sensor_size, size)
    least, free = len(files) * int(np.prod(one)), shutil.disk_usage(folder.parent).free
    if least > free:
        raise OSError(f"{least / 1e9:.2f} GB are needed and {free / 1e9:.2f} GB are free")
    with whole(folder, alone=True) as new:  # the lock is held
        new.mkdir()
        _write(new / "frames.npy", files, one, (steps, by, files.sensor_size, size))
        np.save(new / "labels.npy", files.labels)
        then = int(time.time()) // 2 * 2 - 60  # even seconds: every file system keeps these
        for name in ("frames.npy", "labels.npy"):
            os.utime(new / name, (then, then))  # so that any later change shows
        (new / "key.json").write_text(json.dumps({"key": key, "state": _state(new)}))


def _write(path: Path, files: EventFiles, one: tuple[int, ...], how: tuple) -> None:
    """All frames, in the smallest of the integer types that holds every count.

    Written as a plain file: a memory map on a disk that runs full would end the process.
    """
    bad, width, out = [], 0, _begin(path, DTYPES[0], (len(files), *one))
    try:
        for i in tqdm(range(len(files)), desc=f"frames of {len(files)} recordings", unit=""):
            try:
                row = frames.count(files.events(i), *how)
            except (ValueError, OSError) as error:
                bad.append(str(error))
            if bad:
                continue  # only to name the others that are damaged
            while row.max() > np.iinfo(DTYPES[width]).max:
                out.close()
                width += 1
                out = _widen(path, DTYPES[width], (len(files), *one), rows=i)
            out.write(row.astype(DTYPES[width]).tobytes())
    finally:
        out.close()
    if bad:
        more = f"\nand {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        raise ValueError(
            f"{len(bad)} of {len(files)} recordings cannot be read:\n"
            + "\n".join(bad[:SHOWN])
            + more
        )


def _begin(path: Path, dtype: type, shape: tuple[int, ...]):
    out = path.open("wb")
    header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(out, header)
    return out


def _widen(path: Path, dtype: type, shape: tuple[int, ...], rows: int):
    """The same file with its first rows in a wider type; open, to go on with."""
    narrow = path.with_name("narrow.npy")
    path.replace(narrow)
    with narrow.open("rb") as file:
        np.lib.format.read_magic(file)
        _, _, old = np.lib.format.read_array_header_1_0(file)
        out, row = _begin(path, dtype, shape), int(np.prod(shape[1:]))
        for _ in range(rows):
            out.write(np.frombuffer(file.read(row * old.itemsize), old).astype(dtype).tobytes())
    narrow.unlink()
    return out
