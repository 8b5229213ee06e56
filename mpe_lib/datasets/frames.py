"""Count events into frames."""

import numpy as np

from .events import Events, bins


def shape(
    steps: int, sensor_size: tuple[int, int], size: tuple[int, int] | None
) -> tuple[int, ...]:
    """Of the frames of one recording: ``(T, 2, H, W)``, or ``(T, channels)`` for a line."""
    width, height = sensor_size
    if height == 1:
        return steps, width
    return steps, 2, *(size or (height, width))


def count(
    events: Events,
    steps: int,
    by: str,
    sensor_size: tuple[int, int],
    size: tuple[int, int] | None = None,
) -> np.ndarray:
    """The frames of one recording; every event is counted once.

    Args:
        events: (t, x, y, p).
        steps, by: T, and "time" or "count": see :func:`bins`.
        sensor_size: (width, height) of the events.
        size: (H, W), onto which the pixels are scaled down; None: as they are.

    Returns:
        int64, of :func:`shape`: the numbers of events, channel 0 OFF and 1 ON.
    """
    t, x, y, p = (each.astype(np.int64) for each in events)
    width, height = sensor_size
    out = shape(steps, sensor_size, size)
    step = bins(t, steps, by)
    if height == 1:
        cell = step * width + x
    else:
        rows, columns = out[-2:]
        cell = ((step * 2 + p) * rows + y * rows // height) * columns + x * columns // width
    return np.bincount(cell, minlength=int(np.prod(out))).reshape(out)
