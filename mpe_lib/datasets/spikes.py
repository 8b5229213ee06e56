"""The HDF5 files of the spoken sets, SHD and SSC."""

import mmap
import os
import struct
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .events import Events
from .recordings import STRAY, checked

CHANNELS = 700
HEAP = b"GCOL\x01\0\0\0"  # how a global heap starts; rows of unequal length lie in these
HEAP_OBJECT = struct.Struct("<HHIQ")  # number (0: free space), references, nothing, bytes


class SpikeFile:
    """One HDF5 file of spoken recordings: ``spikes/times`` (seconds), ``spikes/units``, ``labels``.

    The file is opened once in each process that reads from it. Times are rounded to microseconds;
    the official files hold them as 16-bit floats, so that near one second they lie a millisecond
    apart. A few that step back are sorted, as in :func:`mpe_lib.datasets.aedat.read_aedat2`.

    Args:
        path: the file.

    Raises:
        ModuleNotFoundError: h5py is not installed.
        ValueError: not such a file, or a damaged one; the message names it.

    Source: https://zenkelab.org/resources/spiking-heidelberg-datasets-shd/ ("Data format").
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        self._library()
        with self._named():
            _walk_heaps(self.path)
        with self._named(), self._open() as file:
            self._fits(file["labels"])
            labels = np.asarray(file["labels"][:])
            whole = labels.ndim == 1 and labels.dtype.kind in "iu"
            lengths = {len(labels), len(file["spikes/times"]), len(file["spikes/units"])}
            if not whole or len(lengths) > 1 or (len(labels) and labels.min() < 0):
                raise ValueError("labels, spikes/times and spikes/units do not fit each other")
            self.labels = labels.astype(np.int64)
            if "extra/keys" in file:
                self._fits(file["extra/keys"])
            names = file["extra/keys"][:] if "extra/keys" in file else range(self._count())
            self.classes = tuple(
                each.decode() if isinstance(each, bytes) else str(each) for each in names
            )
            if len(self.classes) < self._count():
                raise ValueError(f"{self._count()} labels have only {len(self.classes)} names")

    def events(self, i: int) -> Events:
        """(t, channel, 0, 1) of recording i; t in microseconds (int64)."""
        with self._named(f"recording {i}"):
            if getattr(self, "_of", None) != os.getpid():
                self._file, self._of = self._open(), os.getpid()
            seconds = np.asarray(self._file["spikes/times"][i], np.float64)
            units = np.asarray(self._file["spikes/units"][i])
            if seconds.shape != units.shape or seconds.ndim != 1 or units.dtype.kind not in "iu":
                raise ValueError(f"{seconds.shape} times for {units.shape} channels")
            if not np.all(np.abs(seconds) < 1e6):  # also when not a number
                raise ValueError("a time is not a number of seconds")
        t = np.rint(seconds * 1e6).astype(np.int64)
        nothing = np.zeros(len(t), np.uint8)
        name = f"{self.path}, recording {i}"
        return checked(name, t, units, nothing, nothing + 1, (CHANNELS, 1), STRAY)

    def __getstate__(self):  # an open file does not travel to another process
        return {k: v for k, v in self.__dict__.items() if k not in ("_file", "_of")}

    def _count(self) -> int:
        return int(self.labels.max(initial=-1)) + 1

    def _library(self):
        try:
            import h5py
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"reading {self.path} needs h5py, which is not installed: pip install h5py"
            ) from error
        return h5py

    def _open(self):
        return self._library().File(self.path, "r")

    def _fits(self, table) -> None:
        """A damaged file may state a table of any length; reading it would fill the memory."""
        if table.size * table.dtype.itemsize > 1000 * self.path.stat().st_size:
            raise ValueError(f"{table.name} of {table.shape} in a file that cannot hold it")

    @contextmanager
    def _named(self, where: str = "file"):
        """Say of which file it is true, whatever is found wrong."""
        try:
            yield
        except ModuleNotFoundError:
            raise
        except Exception as error:  # h5py raises many kinds over a damaged file
            raise ValueError(
                f"{self.path}: expected spikes in HDF5 (spikes/times, spikes/units, labels), got "
                f"in this {where}: {error}: it is damaged or of another kind; fetch it again"
            ) from error


def _walk_heaps(path: Path) -> None:
    """Refuse a file whose heaps are damaged so that the HDF5 library would read them for ever.

    It goes from object to object of a heap by their sizes, and by nothing over an empty one.

    Raises:
        ValueError: such a heap.

    Source: https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html, "Disk Format: Level 1E".
    """
    if not path.stat().st_size:
        raise ValueError("an empty file")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(HEAP)
        while start >= 0:
            size = int.from_bytes(data[start + 8 : start + 16], "little")
            end, at = start + size, start + 16
            if size < 16 or end > len(data):
                raise ValueError(f"a damaged heap at byte {start}")
            while at + HEAP_OBJECT.size <= end:
                number, _, _, length = HEAP_OBJECT.unpack_from(data, at)
                at += HEAP_OBJECT.size + -(-length // 8) * 8 if number else length
                if at > end or not (number or length):
                    raise ValueError(f"a damaged heap at byte {start}")
            start = data.find(HEAP, end)
