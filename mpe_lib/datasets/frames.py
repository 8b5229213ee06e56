"""Count events into frames."""

import numpy as np

from ..events import Events


def bins(t: np.ndarray, steps: int, by: str) -> np.ndarray:
    """The step of each event: equal spans of time from the first event to the last, or equal
    numbers of events.

    >>> t = np.array([0, 1, 2, 9])
    >>> bins(t, 2, "time").tolist(), bins(t, 2, "count").tolist()
    ([0, 0, 0, 1], [0, 0, 1, 1])
    """
    if by == "count":
        return np.arange(len(t)) * steps // max(len(t), 1)
    return (t - t[:1]) * steps // (t[-1:] - t[:1] + 1)


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
