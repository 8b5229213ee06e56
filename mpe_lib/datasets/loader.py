"""The one call for a dataset."""

import os

from .cache import cached_part
from .catalogue import CATALOGUE, NAMES, PARTS
from .events import Part
from .layouts import listing
from .obtain import obtain
from .recordings import EventFiles


def load_dataset(
    name: str,
    part: str = "train",
    *,
    steps: int | None = None,
    by: str = "time",
    size: tuple[int, int] | None = None,
    root: str | os.PathLike | None = None,
    download: bool = False,
) -> EventFiles | Part:
    """One part of a dataset, as events or as frames.

    The parts share no recording:

    - nmnist: the official Train and Test; a tenth of each class of Train is validation.
    - ncaltech101: no official split. SpikingJelly's ``split_to_train_test_set(0.9, ...)``, which
      the field uses, takes the first nine tenths of each class in the order of the file names
      for training and the rest as test; a tenth of each class of the former is validation here.
      All folders that the archive holds are classes, as in the field's results for 101 classes:
      100 kinds of objects (Faces_easy is one, Faces is not there) and BACKGROUND_Google.
    - cifar10-dvs: samples 0 to 99 of each class are test (Temporal Effective Batch Normalization,
      NeurIPS 2022, and later work), 900 to 999 validation.
    - dvs-gesture: users 24 to 29 are test, as ``trials_to_test.txt`` has it, users 20 to 23
      validation. A recording is one row of a trial's table, 1176 and 288 in all; its times start
      where the row does.
    - shd: the official train and test; a tenth of each class of train is validation.
    - ssc: the official train, valid and test.

    Where one tenth is drawn, it is drawn with a fixed seed from the sorted names.

    Args:
        name: "nmnist", "ncaltech101", "cifar10-dvs", "dvs-gesture", "shd" or "ssc".
        part: "train", "validation" or "test".
        steps: T, the number of frames of each recording; None for events.
        by: the frames count "time" (equal spans, from a recording's first event to its last) or
            "count" (equal numbers of events).
        size: (H, W) in pixels, a grid onto which the sensor's pixels are scaled down; every
            event is still counted once. None: the sensor's own.
        root: the folder that holds the dataset: as its archives unpack, or the archives
            themselves, or a folder in which tonic or SpikingJelly unpacked it. None: the folder
            ``MPE_DATA`` if it is there, then the cache folder (``MPE_CACHE``, or the user's own).
        download: fetch what is missing. Without it no network is used.

    Returns:
        :class:`EventFiles` if steps is None: a sequence that reads a recording when asked.
        Otherwise Part(frames, labels): the counts as integers of the smallest of 8, 16 and 32
        bits that holds them, ``[T, N, 2, H, W]`` (channel 0 OFF, 1 ON), or ``[T, N, 700]`` for shd
        and ssc, mapped from a file in the cache folder that is made once; labels int64 ``[N]``.
        Every event is in one frame, so the frames sum to the events.

    Raises:
        FileNotFoundError: the data is not there; the message says what to fetch, from where, how
            large it is, where to put it and what to call then.
        ValueError: an unknown name or setting; an archive that is empty, truncated or not the
            published one; damaged recordings. The message names the file.
        ConnectionError: a download broke off; the next call continues it.
        ModuleNotFoundError: shd and ssc need h5py.
        OSError: the disk is full or cannot be written.

    Source: :data:`mpe_lib.datasets.CATALOGUE` has for each dataset its page, licence and article.

    >>> from mpe_lib.datasets import NAMES
    >>> NAMES
    ('nmnist', 'ncaltech101', 'cifar10-dvs', 'dvs-gesture', 'shd', 'ssc')
    """
    if name not in CATALOGUE:
        raise ValueError(f"name must be one of {', '.join(NAMES)}, got {name!r}")
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, got {part!r}")
    dataset = CATALOGUE[name]
    _check(dataset.sensor_size, steps, by, size)
    folder = obtain(dataset, part, root, download)
    files = listing(dataset, folder, part)
    if steps is None:
        return files
    return cached_part(files, name, part, steps, by, size)


def _check(sensor_size, steps, by, size) -> None:
    if steps is None:
        if size is not None or by != "time":
            raise ValueError("by and size are of frames: pass steps too, for example steps=10")
        return
    if not isinstance(steps, int) or steps < 1 or by not in ("time", "count"):
        raise ValueError(
            f"frames need steps >= 1 and by='time' or 'count', got steps={steps!r}, by={by!r}: "
            "try steps=10"
        )
    width, height = sensor_size
    if size is None:
        return
    if height == 1:
        raise ValueError(f"size is of a camera's pixels, and these have {width} channels: drop it")
    fits = len(size) == 2 and 1 <= size[0] <= height and 1 <= size[1] <= width
    if not fits or not all(isinstance(side, int) for side in size):
        raise ValueError(
            f"size must be (H, W) in pixels up to ({height}, {width}), got {size!r}: frames are "
            "scaled down only"
        )
