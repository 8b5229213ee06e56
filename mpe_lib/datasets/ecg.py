"""Heartbeats as spikes: which wave of the heartbeat is each step in?

Two leads of an electrocardiogram, each turned into two trains of spikes by level crossing: one
when the voltage has risen by a level, one when it has fallen. The cardiologists' marks in the QT
Database become a class for every step, so that the answer is due at every step and not at the end.
"""

import os
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.lib import format as npy
from torch import Tensor

from ..core.checks import check_name
from .catalogue import PARTS

FILE = "qtdb_spikes.npz"
CHANNELS = ("lead 1 up", "lead 1 down", "lead 2 up", "lead 2 down")
WAVES = 6  # classes, 0 to 5
UNMARKED = 255  # the label of a step that belongs to no wave: leave it out of loss and score
PER_BYTE = 1100  # deflate makes at most so many bytes of one
ARRAYS = {"x": ("|i1", 3), "y": ("|u1", 2)}  # dtype and axes


class Heartbeats(NamedTuple):
    """One part: spikes ``[T, N, 4]`` (float32: -1, 0, 1), waves ``[T, N]`` (int64: 0-5, 255)."""

    spikes: Tensor
    waves: Tensor


def load_ecg(root: str | os.PathLike, part: str = "train") -> Heartbeats:
    """One part of the QT Database as spikes.

    The test part is the file's own. Of its training sequences the last tenth, in the file's order,
    is the validation part: neighbours in the file resemble each other as parts of one recording
    do, so that a tenth drawn at random would have the same hearts in both parts. In the test part
    they do not resemble the training sequences more than strangers do.

    Args:
        root: the folder that holds ``qtdb_spikes.npz``: the arrays ``train_x``, ``test_x`` int8
            ``[N, T, 4]`` in {-1, 0, 1}, ``train_y``, ``test_y`` uint8 ``[N, T]``, 0 to 5 and 255.
        part: "train", "validation" or "test".

    Returns:
        Heartbeats, time first. Up and down have trains of their own, so spikes are 1; the file has
        one -1 at the last step of every sequence, which is left as it is.

    Raises:
        FileNotFoundError: no such file in the folder.
        ValueError: an unknown part; a file that is damaged, of another form, or that would unpack
            to more than its size allows. Nothing in it is ever run (no pickle).

    Source: P. Laguna et al., "A Database for Evaluation of Algorithms for Measurement of QT and
    Other Waveform Intervals in the ECG", Computers in Cardiology 1997; PhysioNet,
    https://physionet.org/content/qtdb/. As spikes: the task of SRNN (arXiv 2005.11633) and of
    SE-adLIF (arXiv 2408.07517).
    """
    check_name("part", part, PARTS)
    path = Path(root) / FILE
    if not path.is_file():
        raise FileNotFoundError(
            f"expected heartbeats at {path}, found none: pass the folder that holds {FILE} as root"
        )
    spikes, waves = _read(path, "test" if part == "test" else "train")
    if part != "test":
        held = validation(len(spikes))
        mine = held if part == "validation" else ~held
        spikes, waves = spikes[mine], waves[mine]
    return Heartbeats(
        torch.from_numpy(spikes).float().transpose(0, 1).contiguous(),
        torch.from_numpy(waves).long().T.contiguous(),
    )


def validation(sequences: int) -> np.ndarray:
    """Which of the training sequences are held back, ``[N]`` bool: the last tenth, at least one.

    >>> validation(20).nonzero()[0].tolist()
    [18, 19]
    """
    return np.arange(sequences) >= sequences - max(1, sequences // 10)


def _read(path: Path, half: str) -> tuple[np.ndarray, np.ndarray]:
    """x and y of "train" or "test", checked."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name, (dtype, axes) in ARRAYS.items():
                _fits(archive, f"{half}_{name}.npy", dtype, axes, path.stat().st_size)
        with np.load(path, allow_pickle=False) as arrays:
            x, y = arrays[f"{half}_x"], arrays[f"{half}_y"]
        _sensible(half, x, y)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError,
            NotImplementedError, RuntimeError, MemoryError) as error:  # fmt: skip
        raise ValueError(
            f"{path}: expected spikes {half}_x int8 [N, T, 4] and waves {half}_y uint8 [N, T], "
            f"got: {error}: it is damaged or of another kind; fetch it again"
        ) from error
    return x, y


def _fits(archive: zipfile.ZipFile, name: str, dtype: str, axes: int, size: int) -> None:
    """Refuse an array by its header: of another form, or larger than its file can hold."""
    info = archive.getinfo(name)
    if info.file_size > PER_BYTE * size:
        raise ValueError(f"{name} of {info.file_size} bytes in a file of {size}")
    with archive.open(info) as file:
        header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        shape, _, found = header[npy.read_magic(file)](file)
        there = info.file_size - file.tell()
    if found.str != dtype or len(shape) != axes or not all(shape):
        raise ValueError(f"{name} of {found} {shape}")
    if np.prod([int(n) for n in shape], dtype=object) != there:
        raise ValueError(f"{name} of {shape} in {there} bytes")


def _sensible(half: str, x: np.ndarray, y: np.ndarray) -> None:
    if x.shape != (*y.shape, len(CHANNELS)):
        raise ValueError(f"{half}_x of {x.shape} beside {half}_y of {y.shape}")
    if x.min() < -1 or x.max() > 1:
        raise ValueError(f"{half}_x from {x.min()} to {x.max()}, not in -1, 0, 1")
    wrong = y[(y >= WAVES) & (y != UNMARKED)]
    if len(wrong):
        raise ValueError(f"{half}_y with {wrong[0]}, which is no wave")
