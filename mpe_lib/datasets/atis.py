"""The 40-bit events of N-MNIST and N-Caltech101."""

import os
from pathlib import Path

import numpy as np

from .events import Events
from .recordings import checked

PAGE = "https://www.garrickorchard.com/datasets"  # of both sets


def read_events_40bit(
    path: str | os.PathLike, sensor_size: tuple[int, int], stray: float = 0.0
) -> Events:
    """One recording in the 40-bit format of N-MNIST and N-Caltech101.

    Each event is five bytes: x, y, then polarity (1 bit) and the time in microseconds (23 bits,
    big-endian).

    Args:
        path: the file.
        sensor_size: (width, height) in pixels.
        stray: the share of events that may step back in time; such a recording is sorted.

    Returns:
        t (int64, microseconds), x, y, p (uint8), one entry for each event.

    Raises:
        ValueError: a truncated or empty file, events outside the sensor, times that run
            backwards; the message names the file.

    Source: the page of N-MNIST, https://www.garrickorchard.com/datasets/n-mnist
    """
    data = Path(path).read_bytes()
    if not data or len(data) % 5:
        state = "truncated" if data else "empty"
        raise ValueError(
            f"{path}: expected a whole number of 5-byte events, got {len(data)} bytes: the file "
            f"is {state}; fetch it again from {PAGE}"
        )
    x, y, high, middle, low = np.frombuffer(data, np.uint8).reshape(-1, 5).T
    t = (high.astype(np.int64) & 127) << 16 | middle.astype(np.int64) << 8 | low
    return checked(path, t, x.copy(), y.copy(), high >> 7, sensor_size, stray)
