"""Build the loops with the machine's own C compiler, once, and load them."""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import torch

from ...files import cache_folder, temporary_folder, whole

HERE = Path(__file__).parent
SOURCES, HEADERS = ("lif.c", "mpe.c"), ("lines.h",)
REAL = {torch.float32: "float", torch.float64: "double"}
# never -ffast-math, never fused multiply-add: they change spikes
FLAGS = ("-std=gnu11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
         "-fPIC", "-shared")  # fmt: skip
NATIVE = "-march=native"
TRIES = (  # the first that a compiler takes
    (NATIVE, "-mprefer-vector-width=512", "-fopenmp"), (NATIVE, "-fopenmp"), ("-fopenmp",), (),
)  # fmt: skip
POINTER, DOUBLE = ctypes.c_void_p, ctypes.c_double


class Options(ctypes.Structure):
    """The struct ``options`` of lines.h."""

    _fields_ = [
        ("T", ctypes.c_int64), ("N", ctypes.c_int64), ("decay", DOUBLE), ("v_threshold", DOUBLE),
        ("reset", ctypes.c_int64), ("surrogate", ctypes.c_int64), ("rule", ctypes.c_int64),
        ("sweeps", ctypes.c_int64), ("threads", ctypes.c_int64), ("k0", ctypes.c_uint32),
        ("k1", ctypes.c_uint32),
    ]  # fmt: skip


ARGUMENTS = {  # beside a pointer to the options, which comes last
    "lif_forward": [POINTER] * 5,
    "lif_backward": [POINTER] * 8,
    "mpe_forward": [POINTER] * 5,
    "mpe_backward": [POINTER] * 6 + [DOUBLE, POINTER],
}
NAME = ctypes.c_char_p


@cache
def library(dtype: torch.dtype) -> ctypes.CDLL:
    """The loops for float32 or float64, built if this machine has not built them before.

    Raises:
        RuntimeError: no C compiler, or one that cannot build them; with its own words.
    """
    path = build(REAL[dtype])
    try:
        return load(path)
    except OSError as error:  # cut short, of other libraries, in a folder that may not run
        why = f"{path} cannot be loaded ({error}) and may be removed"
        return load(build(REAL[dtype], temporary_folder(why)))


def load(path: Path) -> ctypes.CDLL:
    """A built library, told what its functions take."""
    loaded = ctypes.CDLL(str(path))
    for name, kinds in ARGUMENTS.items():
        function = getattr(loaded, name)
        function.argtypes, function.restype = [*kinds, ctypes.POINTER(Options)], ctypes.c_int
    loaded.place_of.argtypes, loaded.place_of.restype = [NAME, NAME], ctypes.c_int
    return loaded


@cache
def place_of(kind: str, name: str) -> int:
    """Where the loops have a reset, surrogate or rule of this name; -1 where they have none."""
    return library(torch.float32).place_of(kind.encode(), name.encode())


@cache
def why_not() -> str | None:
    """What stands in the way of building the loops here; None where they work."""
    if sys.platform == "win32":
        return "is not built on Windows"
    try:
        library(torch.float32)
    except (RuntimeError, OSError) as error:
        return f"could not be built or loaded: {str(error).splitlines()[0][:200]}"
    return None


def build(real: str, folder: Path | None = None, *more: str) -> Path:
    """The library for `real`, in a folder (the user's cache if None), with more flags if any."""
    compiler = next(filter(None, map(shutil.which, (os.environ.get("CC", ""), "cc", "gcc"))), None)
    if compiler is None:
        raise RuntimeError("no C compiler: install gcc or clang, or name one in CC")
    path = (folder or _folder()) / f"{_key(compiler)}_{real}.so"
    if path.exists():
        return path
    sources = [str(HERE / name) for name in SOURCES]
    with whole(path) as part:
        for extra in TRIES:
            options = [*FLAGS, *extra, f"-Dreal={real}", *more, *sources, "-o", str(part), "-lm"]
            done = subprocess.run(
                [compiler, *options], capture_output=True, text=True, errors="replace"
            )
            if done.returncode == 0:
                return path
        words = done.stderr.strip().splitlines() or [f"{compiler} ended with {done.returncode}"]
        raise RuntimeError(next((line for line in words if "error" in line), words[-1]))


def _key(compiler: str) -> str:
    """Other sources, flags, compiler or processor: another library."""
    parts = [(HERE / name).read_bytes() for name in (*SOURCES, *HEADERS)]
    parts += [repr((FLAGS, TRIES, compiler, os.stat(compiler).st_mtime_ns)).encode()]
    parts += [platform.machine().encode(), repr(platform.libc_ver()).encode(), _processor()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _processor() -> bytes:
    """What this processor can do: code made for it may run on no lesser one."""
    info = Path("/proc/cpuinfo")
    lines = info.read_bytes().splitlines() if info.exists() else [platform.processor().encode()]
    return b"".join(sorted({line for line in lines if line.startswith((b"flags", b"Features"))}))


@cache
def _folder() -> Path:
    """The user's own cache; a folder of this process alone where that cannot be written."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        return temporary_folder(f"{folder} cannot be written ({error.strerror})")
