"""The built-in data: real handwritten digits, moved before a simulated event camera."""

import hashlib
import itertools
import json
import warnings
import zipfile

import numpy as np
from scipy.ndimage import zoom

from ..files import cache_folder, whole
from .events import Recordings, dvs_events

SENSOR, DURATION, INTERVAL = 20, 300_000, 5_000  # pixels, microseconds, microseconds
MARGIN = 3  # pixels of blank scene beyond each edge of the sensor
# three glances, each out and back: (name, column, row) of the direction, rows counted downward
GLANCES = (("up", 0.0, -1.0), ("left", -0.87, 0.5), ("right", 0.87, 0.5))
ORDERS = tuple(itertools.permutations(range(3)))
VERSION = 1  # of the recipe: part of the name of a cached file


def digits_in_motion(
    label: str = "digit",
    n: int | None = None,
    seed: int = 0,
    contrast: float = 0.25,
    noise_rate: float = 0.5,
    refractory: int = 0,
    reach: float = 2.0,
) -> Recordings:
    """Handwritten digits seen by an event camera that glances in three directions in turn.

    Each of scikit-learn's 1797 digits (8 x 8 pixels, enlarged to 16 x 16) lies still while the
    camera makes three saccades of 100 ms, each out and back again: up, left, right, in one of
    six orders drawn for each recording. Whatever the order, the same glances are made from the
    same place, so that the number of events at each pixel hardly depends on it: the order is
    told by time alone.

    Args:
        label: "digit" (10 classes) or "order" (6 classes): which question the labels answer;
            the recordings are the same, and both labels are in ``facts``.
        n: the first n digits only; all 1797 if None.
        seed: of the orders and the noise.
        contrast, noise_rate, refractory: of the pixels, see
            :func:`mpe_lib.datasets.events.dvs_events`; change of log intensity,
            events per second and pixel, microseconds.
        reach: length of a glance in pixels, in [0, 2].

    Returns:
        Recordings on a 20 x 20 sensor, 300 ms each, made in seconds and kept in a cache folder
        (``MPE_CACHE``, or the user's own); no network.

    Raises:
        ValueError: unknown label, or a setting out of range.

    Source: the digits are the test set of UCI "Optical Recognition of Handwritten Digits"
    (Alpaydin, Kaynak 1998), as bundled with scikit-learn; the saccades follow the idea of
    N-MNIST, Orchard et al. 2015, doi 10.3389/fnins.2015.00437.

    >>> data = digits_in_motion("order", n=12)
    >>> len(data), data.sensor_size, data.classes[0], data.frames(12).shape
    (12, (20, 20), 'up, left, right', torch.Size([12, 12, 2, 20, 20]))
    """
    if label not in ("digit", "order"):
        raise ValueError(f"label must be 'digit' or 'order', got {label!r}: choose the question")
    in_range = contrast > 0 and noise_rate >= 0 and refractory >= 0 and 0 <= reach <= 2
    if not in_range or (n is not None and not 1 <= n <= 1797):
        raise ValueError(
            "expected contrast > 0, noise_rate >= 0, refractory >= 0, reach in [0, 2] and n in "
            f"1..1797, got {contrast=}, {noise_rate=}, {refractory=}, {reach=}, {n=}: see the help"
        )
    settings = dict(n=n or 1797, seed=seed, contrast=contrast, noise_rate=noise_rate,
                    refractory=refractory, reach=reach)  # fmt: skip
    arrays = _cached(settings)
    names = [", ".join(GLANCES[g][0] for g in order) for order in ORDERS]
    return Recordings(
        **{name: arrays[name] for name in ("t", "x", "y", "p", "offsets")},
        labels=arrays[label],
        classes=tuple("0123456789") if label == "digit" else tuple(names),
        sensor_size=(SENSOR, SENSOR),
        duration=DURATION,
        facts={"digit": arrays["digit"], "order": arrays["order"]},
    )


def camera_path(order: int, reach: float = 2.0) -> np.ndarray:
    """Where the digit appears to be at each image of the recording: ``[images, 2]`` (column, row)
    in pixels from the middle. Each glance goes out in 50 ms and comes back in 50 ms."""
    time = np.arange(0, DURATION + 1, INTERVAL) / (DURATION / 3)  # in glances
    glance = np.minimum(time.astype(int), 2)
    out = 1 - np.abs(2 * (time - glance) - 1)  # 0 at both ends, 1 in the middle
    directions = np.array([GLANCES[g][1:] for g in ORDERS[order]])
    return reach * out[:, None] * directions[glance]


def _record(n, seed, contrast, noise_rate, refractory, reach) -> dict[str, np.ndarray]:
    from sklearn.datasets import load_digits  # a slow import, needed only when nothing is cached

    bundled = load_digits()
    rng = np.random.default_rng(seed)
    order = rng.permutation(np.arange(1797) % len(ORDERS))[:n]
    ink = zoom(bundled.images[:n] / 16, (1, 2, 2), order=1)  # [n, 16, 16] in [0, 1]
    blank = (SENSOR - 16) // 2 + MARGIN
    scene = np.pad(ink, ((0, 0), (blank, blank), (blank, blank)))  # [n, 26, 26]

    flat = {name: [] for name in ("t", "pixel", "p")}
    for k in range(len(ORDERS)):
        mine = np.flatnonzero(order == k)
        images = (np.log(0.2 + _shifted(scene[mine], *place)) for place in camera_path(k, reach))
        t, pixel, p = dvs_events(images, INTERVAL, contrast, noise_rate, refractory, seed + k)
        flat["t"].append(t)
        flat["pixel"].append(mine[pixel // SENSOR**2] * SENSOR**2 + pixel % SENSOR**2)
        flat["p"].append(p)
    t, pixel, p = (np.concatenate(each) for each in flat.values())
    recording = pixel // SENSOR**2
    by_time = np.lexsort((pixel, t, recording))
    t, pixel, p, recording = t[by_time], pixel[by_time], p[by_time], recording[by_time]
    offsets = np.searchsorted(recording, np.arange(n + 1))
    x, y = (pixel % SENSOR).astype(np.uint8), (pixel // SENSOR % SENSOR).astype(np.uint8)
    return {"t": t, "x": x, "y": y, "p": p, "offsets": offsets,
            "digit": bundled.target[:n], "order": order}  # fmt: skip


def _shifted(scene: np.ndarray, column: float, row: float) -> np.ndarray:
    """What the sensor sees of the scene ``[n, 26, 26]`` after a move by parts of a pixel."""
    c0, r0 = int(np.floor(-column)), int(np.floor(-row))
    fc, fr = -column - c0, -row - r0  # bilinear weights

    def part(r, c):
        top, left = MARGIN + r, MARGIN + c
        return scene[:, top : top + SENSOR, left : left + SENSOR]

    upper = (1 - fc) * part(r0, c0) + fc * part(r0, c0 + 1)
    lower = (1 - fc) * part(r0 + 1, c0) + fc * part(r0 + 1, c0 + 1)
    return (1 - fr) * upper + fr * lower


def _cached(settings: dict) -> dict[str, np.ndarray]:
    """The arrays from the cache, or made now and put there; a damaged file is made anew."""
    text = json.dumps(settings | {"version": VERSION}, sort_keys=True)
    name = f"digits-{hashlib.sha256(text.encode()).hexdigest()[:16]}.npz"
    path = cache_folder() / name
    try:
        with np.load(path) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        arrays = _record(**settings)
    try:
        with whole(path) as part, part.open("wb") as file:
            np.savez(file, **arrays)
    except OSError as error:
        warnings.warn(
            f"the made data could not be kept in {path.parent} ({error}): it is made again each "
            "time; point MPE_CACHE at a folder that can be written",
            stacklevel=3,
        )
    return arrays
