"""N-MNIST, all recordings at once in memory."""

import os
from pathlib import Path

import numpy as np

from .atis import read_events_40bit
from .catalogue import CATALOGUE
from .events import Recordings

NMNIST_PAGE = CATALOGUE["nmnist"].page
NMNIST_SENSOR = CATALOGUE["nmnist"].sensor_size


def load_nmnist(
    root: str | os.PathLike, train: bool = True, limit: int | None = None
) -> Recordings:
    """N-MNIST: MNIST digits on a screen, recorded by an event camera on a moving mount.

    Args:
        root: the folder that holds ``Train/`` and ``Test/`` as the two official archives unpack:
            ``Train/<digit>/<number>.bin``. A folder with only one of them will do.
        train: which of the two.
        limit: only the first so many recordings, in the order of their numbers; all if None.

    Returns:
        Recordings on a 34 x 34 sensor, about 300 ms each, in the order of their numbers (the
        order of MNIST), with ``facts["number"]``.

    Raises:
        FileNotFoundError: no such folder, or no recordings in it.
        ValueError: a truncated or empty file, events outside the sensor, times that run
            backwards; the message names the file.

    Source: Orchard et al., "Converting Static Image Datasets to Spiking Neuromorphic Datasets
    Using Saccades", Front. Neurosci. 2015, doi 10.3389/fnins.2015.00437; CC BY-SA 4.0.
    """
    folder = Path(root) / ("Train" if train else "Test")
    files = sorted(folder.glob("[0-9]/*.bin"), key=lambda path: (path.stem, path.parent.name))
    if not files:
        raise FileNotFoundError(
            f"expected recordings at {folder}/<digit>/<number>.bin, found none: unpack "
            f"{folder.name}.zip from {NMNIST_PAGE} there, or pass the folder that holds "
            f"{folder.name}/ as root"
        )
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1 or None, got {limit}: leave it out for all")
    files = files[:limit]
    parts = [read_events_40bit(path, NMNIST_SENSOR) for path in files]
    t, x, y, p = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Recordings(
        t, x, y, p,
        offsets=np.cumsum([0, *(len(part[0]) for part in parts)]),
        labels=np.array([int(path.parent.name) for path in files]),
        classes=tuple("0123456789"),
        sensor_size=NMNIST_SENSOR,
        facts={"number": np.array([path.stem for path in files])},
    )  # fmt: skip
