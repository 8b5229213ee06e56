"""Recordings whose answer is in their order alone: two pulses, or two digits, in both orders."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..datasets.digits import digits_in_motion


class Pairs(NamedTuple):
    """Recordings in pairs that hold the same two things in both orders.

    first: A came first, ``[T, N, channels]``.  second: B came first, the same shape.
    """

    first: Tensor
    second: Tensor


def pulses(gap: int, n: int, generator: torch.Generator, steps: int = 40, pad: int = 12) -> Pairs:
    """Two pulses `gap` steps apart, one on each of two channels, each of a strength of its own.

    Both recordings of a pair hold the same two strengths, each with an onset of its own and at
    least `pad` blank steps before the first pulse and after the second.
    """
    strength = 1.5 + torch.rand(n, 2, generator=generator)
    room = steps - 2 * pad - gap
    made = []
    for order in ((0, 1), (1, 0)):
        x = torch.zeros(steps, n, 2)
        onset = pad + torch.randint(room, (n,), generator=generator)
        for place, channel in enumerate(order):
            x[onset + place * gap, torch.arange(n), channel] = strength[:, channel]
        made.append(x)
    return Pairs(*made)


def joined(
    a: Tensor, b: Tensor, gap: int, generator: torch.Generator, pad: int = 10, jitter: int = 6
) -> Pairs:
    """Two recordings joined, `gap` steps from the last frame of one to the first of the other.

    Args:
        a, b: frames ``[S, N, channels]``, the n-th of each joined.
        gap: at least 1; gap - 1 blank steps lie between.
        pad: blank steps before and after, at least; up to jitter - 1 more before, drawn anew for
            each of the two orders.
    """
    length, n, channels = a.shape
    made = []
    for parts in ((a, b), (b, a)):
        x = torch.zeros(2 * length + gap - 1 + 2 * pad + jitter - 1, n, channels)
        onset = pad + torch.randint(jitter, (n,), generator=generator)
        for start, part in zip((0, length + gap - 1), parts, strict=True):
            at = onset + start + torch.arange(length)[:, None]  # [S, N]
            x[at, torch.arange(n)] = part
        made.append(x)
    return Pairs(*made)


def padded(x: Tensor, pad: int) -> Tensor:
    """The same frames with `pad` blank steps before and after: ``[pad + S + pad, N, channels]``."""
    return F.pad(x, (0, 0, 0, 0, pad, pad))


def read_spoken(root: Path, train: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The spoken digits of one part: times (s) and units of each recording, and labels ``[N]``.

    Raises:
        ImportError: h5py is missing; only the studies of spoken digits need it.
        FileNotFoundError: no such recordings.
    """
    try:
        import h5py
    except ImportError:
        raise ImportError(
            "the spoken digits are HDF5 files, expected h5py, found none: pip install h5py"
        ) from None
    name = "shd_train.h5" if train else "shd_test.h5"
    if not (root / name).is_file():
        raise FileNotFoundError(f"expected {name} in {root}: give the folder with --root")
    with h5py.File(root / name) as stored:
        return stored["spikes/times"][:], stored["spikes/units"][:], stored["labels"][:]


def spoken_digits(root: Path, digits: Sequence[int], steps: int, pool: int) -> list[list[Tensor]]:
    """Frames of the spoken digits, ``[part][digit] -> [steps, N, 700 / pool]``; train, then test.

    No blank step stands at either end of a recording.
    """
    parts = [spoken_frames(root, train, steps, pool) for train in (True, False)]
    return [[frames[:, labels == digit] for digit in digits] for frames, labels in parts]


def spoken_frames(root: Path, train: bool, *bins) -> tuple[Tensor, Tensor]:
    """Frames ``[steps, N, 700 / pool]`` and labels ``[N]`` of one part of the spoken digits.

    Args:
        root, train: of :func:`read_spoken`.
        bins: steps, pool and window of :func:`binned`.
    """
    times, units, labels = read_spoken(root, train)
    frames = [binned(t, u, *bins) for t, u in zip(times, units, strict=True)]
    return torch.stack(frames, 1), torch.as_tensor(labels.astype(np.int64))


def moving_digits(digits: Sequence[int], steps: int, pool: int) -> list[list[Tensor]]:
    """Frames of the built-in data, ``[part][digit] -> [steps, N, channels]``; first training."""
    parts = []
    for part in digits_in_motion().split(0.6, 0.2, 0.2)[::2]:
        frames = part.frames(steps, pool=pool).flatten(2)
        parts.append([frames[:, torch.as_tensor(part.labels == digit)] for digit in digits])
    return parts


def scaled(parts: list[list[Tensor]]) -> list[list[Tensor]]:
    """The same frames with counts in units of their root mean square in the training part."""
    size = torch.cat(parts[0], 1).square().mean().sqrt()
    return [[frames / size for frames in part] for part in parts]


def binned(
    times: np.ndarray,
    units: np.ndarray,
    steps: int,
    pool: int,
    window: tuple[float, float] | None = None,
) -> Tensor:
    """Counts ``[steps, 700 / pool]`` of one recording in equal bins of a window of time.

    Args:
        times, units: one entry for each spike; seconds and channels.
        steps: number of bins.
        pool: channels that are counted together.
        window: start and end in seconds; from the first spike to the last if None. Spikes past
            either end are counted in the bin at that end.
    """
    times = times.astype(np.float64)
    start, end = (times.min(), times.max()) if window is None else window
    bins = np.clip((times - start) / (end - start) * steps, 0, steps - 1).astype(int)
    channels = 700 // pool
    counts = np.bincount(bins * channels + units // pool, minlength=steps * channels)
    return torch.from_numpy(counts.reshape(steps, channels)).float()
