"""Recordings that stay on the disk until they are asked for, and what each must fulfil."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .events import Events

STRAY = 0.01  # of a recording's events: more that are out of order or out of place is damage
LONGEST = 24 * 3600 * 10**6  # microseconds; no recording here is near it


@dataclass(frozen=True, eq=False)
class EventFiles:
    """A sequence of recordings of which only the one asked for is read.

    Args:
        read: gives the events of recording i.
        names: file or recording names, ``[N]``.
        labels: ``[N]`` class numbers, int64.
        classes: their names.
        sensor_size: (width, height) in pixels; (channels, 1) for spoken recordings.
        sources: the files in which the recordings lie.
    """

    read: Callable[[int], Events]
    names: tuple[str, ...]
    labels: np.ndarray
    classes: tuple[str, ...]
    sensor_size: tuple[int, int]
    sources: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.names)

    def events(self, i: int) -> Events:
        """(t, x, y, p) of recording i: microseconds (int64), column, row from the top, 1 for ON.

        Raises:
            IndexError: no such recording.
            ValueError: the recording is damaged; the message names it.
        """
        if not -len(self) <= i < len(self):
            raise IndexError(f"expected a recording in 0..{len(self) - 1}, got {i}")
        return self.read(int(i) % len(self))


def checked(
    name: str | Path,
    t: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    p: np.ndarray,
    sensor_size: tuple[int, int],
    stray: float = 0.0,
) -> Events:
    """The events, once they are known to be a recording.

    Args:
        name: what to call it in a message.
        t, x, y, p: the events.
        sensor_size: (width, height).
        stray: the share of steps back in time that is put right by a stable sort by time.

    Returns:
        The same events, in the order of time.

    Raises:
        ValueError: no events, events off the sensor, times that run backwards, a length of more
            than a day.
    """
    if not len(t):
        raise ValueError(f"{name}: expected events, got none: fetch it again or take it out")
    width, height = sensor_size
    off = np.flatnonzero((x < 0) | (x >= width) | (y < 0) | (y >= height))
    if len(off):
        raise ValueError(
            f"{name}: expected events inside the {width} x {height} sensor, got x={x[off[0]]}, "
            f"y={y[off[0]]} at event {off[0]} ({len(off)} such): the file is damaged or of "
            "another camera"
        )
    back = np.flatnonzero(np.diff(t) < 0)
    if len(back) > stray * len(t):
        raise ValueError(
            f"{name}: expected times that do not decrease, got {t[back[0] + 1]} us after "
            f"{t[back[0]]} us at event {back[0] + 1}: the file is damaged"
        )
    if len(back):
        order = np.argsort(t, kind="stable")
        t, x, y, p = t[order], x[order], y[order], p[order]
    if t[0] < 0 or t[-1] - t[0] > LONGEST:
        raise ValueError(
            f"{name}: expected times from 0 on and at most a day in all, got {t[0]} to {t[-1]} "
            "us: the file is damaged"
        )
    return t, x, y, p
