"""Events and frames: what an event camera records, how its pixels work, how frames are made."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

Events = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # t [us], x, y, p


class Part(NamedTuple):
    """One part of a data set: frames ``[T, N, 2, H, W]`` (or ``[T, N, channels]``) and labels
    ``[N]`` (int64)."""

    frames: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Recordings:
    """Event recordings, end to end in four flat arrays, with one label each.

    Args:
        t: times in microseconds, int64, not decreasing inside a recording.
        x, y: pixel column and row, counted from the top left.
        p: polarity, 1 (ON, brighter) or 0 (OFF, darker).
        offsets: ``[N + 1]``; recording i is ``[offsets[i]:offsets[i + 1]]``.
        labels: ``[N]`` class numbers.
        classes: their names.
        sensor_size: (width, height) in pixels.
        duration: length of every recording in microseconds, or None: from the first event of
            each to its last.
        facts: more arrays of length N, by name (the other labels, say).

    Raises:
        ValueError: events outside the sensor, times that run backwards or past the duration, a
            polarity other than 0 and 1, or arrays whose lengths do not fit.
    """

    t: np.ndarray
    x: np.ndarray
    y: np.ndarray
    p: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    sensor_size: tuple[int, int]
    duration: int | None = None
    facts: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        n, per_recording = len(self.t), (self.labels, *self.facts.values())
        fits = {len(self.x), len(self.y), len(self.p), self.offsets[-1]} == {n}
        if not fits or any(len(each) != len(self) for each in per_recording):
            raise ValueError("t, x, y, p and offsets, labels, facts must fit: see Recordings")
        for i, problem in self._problems():
            raise ValueError(f"recording {i}: {problem}: check how it was read or made")

    def _problems(self):
        width, height = self.sensor_size
        owner = np.repeat(np.arange(len(self)), np.diff(self.offsets))
        off = (self.x < 0) | (self.x >= width) | (self.y < 0) | (self.y >= height)
        back = np.zeros(len(self.t), bool)
        back[1:] = (np.diff(self.t) < 0) & (owner[1:] == owner[:-1])
        late = self.t < 0 if self.duration is None else (self.t < 0) | (self.t >= self.duration)
        for bad, what in (
            (off, "expected pixels inside the {w} x {h} sensor, got x={x}, y={y}"),
            (back, "expected times that do not decrease, got {t} us after a later event"),
            (late, "expected times in [0, duration), got {t} us"),
            ((self.p != 0) & (self.p != 1), "expected polarity 0 or 1, got {p}"),
        ):
            for k in np.flatnonzero(bad)[:1]:
                event = {name: getattr(self, name)[k] for name in "txyp"}
                yield owner[k], what.format(w=width, h=height, **event)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def events(self, i: int) -> Events:
        """(t, x, y, p) of recording i."""
        part = slice(self.offsets[i], self.offsets[i + 1])
        return self.t[part], self.x[part], self.y[part], self.p[part]

    def select(self, indices: Iterable[int]) -> "Recordings":
        """The recordings at these places, in this order."""
        indices = np.asarray(list(indices), dtype=np.int64)
        parts = [np.arange(self.offsets[i], self.offsets[i + 1]) for i in indices]
        where = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        offsets = np.cumsum([0, *map(len, parts)])
        flat = {name: getattr(self, name)[where] for name in "txyp"}
        facts = {name: values[indices] for name, values in self.facts.items()}
        labels = self.labels[indices]
        return replace(self, **flat, offsets=offsets, labels=labels, facts=facts)

    def split(self, *shares: float, seed: int = 0) -> tuple["Recordings", ...]:
        """Parts of the given shares, drawn at random with the same mix of labels in each.

        >>> from mpe_lib import digits_in_motion
        >>> [len(part) for part in digits_in_motion(n=120).split(0.5, 0.25, 0.25)]
        [60, 30, 30]
        """
        if not shares or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
            raise ValueError(f"shares must be positive and sum to 1, got {shares}: try 0.8, 0.2")
        order = np.random.default_rng(seed).permutation(len(self))
        place = np.empty(len(self))  # spread each label evenly over [0, 1)
        for label in np.unique(self.labels):
            mine = order[self.labels[order] == label]
            place[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
        order = order[np.argsort(place[order], kind="stable")]
        edges = np.rint(np.cumsum(shares)[:-1] * len(self)).astype(np.int64)
        part = np.empty(len(self), np.int64)
        part[order] = np.searchsorted(edges, np.arange(len(self)), side="right")
        return tuple(self.select(np.flatnonzero(part == k)) for k in range(len(shares)))

    def frames(self, steps: int = 10, by: str = "time", pool: int = 1) -> Tensor:
        """Count the events of each pixel and polarity in each of `steps` bins.

        Args:
            steps: T, the number of bins.
            by: "time" (bins of equal duration) or "count" (bins of equal number of events).
            pool: side of the square of pixels that are counted together.

        Returns:
            float32 ``[T, N, 2, height, width]``, channel 0 OFF and 1 ON; every event is counted
            once, so the frames sum to the number of events.

        Raises:
            ValueError: steps or pool below 1, unknown `by`.
        """
        if by not in ("time", "count") or steps < 1 or pool < 1:
            raise ValueError(
                f"frames needs steps >= 1, pool >= 1 and by='time' or 'count', got steps={steps}, "
                f"pool={pool}, by={by!r}: try frames(10)"
            )
        width, height = (-(-side // pool) for side in self.sensor_size)
        out = torch.empty(steps, len(self), 2, height, width)
        for i in range(len(self)):
            t, x, y, p = self.events(i)
            cell = ((self._bins(t, steps, by) * 2 + p) * height + y // pool) * width + x // pool
            counts = np.bincount(cell, minlength=steps * 2 * height * width)
            out[:, i] = torch.from_numpy(counts.reshape(steps, 2, height, width))
        return out

    def _bins(self, t: np.ndarray, steps: int, by: str) -> np.ndarray:
        if by == "time" and self.duration is not None:
            return t * steps // self.duration
        return bins(t, steps, by)


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


def dvs_events(
    log_intensity: Iterable[np.ndarray],
    interval: int,
    contrast: float = 0.25,
    noise_rate: float = 0.0,
    refractory: int = 0,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A simulated array of event-camera pixels.

    Each pixel remembers the log intensity at its last event. When the present one is a contrast
    above (below) it, the pixel sends an ON (OFF) event and moves its memory by one contrast.
    Between two given images the log intensity is taken as a straight line.

    Args:
        log_intensity: images of any one shape, ``interval`` microseconds apart; natural log.
        contrast: the change of log intensity that makes an event, > 0.
        noise_rate: events per second and pixel that mean nothing, of either polarity.
        refractory: microseconds for which a pixel is deaf after an event it sent.
        seed: of the noise.

    Returns:
        (t, pixel, p): times in microseconds, flat pixel numbers, polarities; ordered by pixel,
        then time.

    Source: Gallego et al., "Event-based Vision: A Survey", 2019, arXiv 1904.08405, section 2.

    >>> ramp = [np.array([0.0]), np.array([0.6])]  # one pixel, getting brighter
    >>> [each.tolist() for each in dvs_events(ramp, interval=60, contrast=0.2)]
    [[20, 40, 59], [0, 0, 0], [1, 1, 1]]
    """
    images = iter(log_intensity)
    before = np.asarray(next(images), dtype=np.float64).ravel()
    memory, found, start = before.copy(), [], 0
    for image in images:
        now = np.asarray(image, dtype=np.float64).ravel()
        jumps = np.trunc((now - memory) / contrast + np.sign(now - memory) * 1e-9)
        for k in range(1, int(np.abs(jumps).max(initial=0)) + 1):
            pixel = np.flatnonzero(np.abs(jumps) >= k)
            sign = np.sign(jumps[pixel])
            level = memory[pixel] + sign * k * contrast
            part = (level - before[pixel]) / (now - before)[pixel]
            t = start + np.clip(part * interval, 0, interval - 1)
            found.append((t.astype(np.int64), pixel, (sign > 0).astype(np.uint8)))
        memory, before, start = memory + jumps * contrast, now, start + interval
    if noise_rate:
        rng = np.random.default_rng(seed)
        n = rng.poisson(noise_rate * start * 1e-6 * memory.size)
        found.append((rng.integers(start, size=n), rng.integers(memory.size, size=n),
                      rng.integers(2, size=n).astype(np.uint8)))  # fmt: skip
    t, pixel, p = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((t, pixel))
    t, pixel, p = t[order], pixel[order], p[order]
    keep = _hears(t, pixel, refractory) if refractory else slice(None)
    return t[keep], pixel[keep], p[keep]


def _hears(t: np.ndarray, pixel: np.ndarray, refractory: int) -> np.ndarray:
    """Which events a pixel sends that is deaf for a while after each one it sent."""
    first = np.searchsorted(pixel, pixel)  # place of the pixel's first event
    rank, keep = np.arange(len(t)) - first, np.zeros(len(t), bool)
    last = np.full(pixel.max(initial=0) + 1, -refractory)
    for k in range(rank.max(initial=-1) + 1):  # the k-th event of every pixel at once
        these = np.flatnonzero(rank == k)
        these = these[t[these] - last[pixel[these]] >= refractory]
        last[pixel[these]], keep[these] = t[these], True
    return keep
