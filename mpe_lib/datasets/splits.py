"""How the recordings of a dataset are split into three parts that share nothing."""

import math

import numpy as np


def tenth(labels: np.ndarray) -> np.ndarray:
    """Where a recording of a training set belongs to its validation part: a tenth of each class.

    It is drawn with a fixed seed, so that everybody has the same part.

    Args:
        labels: ``[N]``, in an order that does not depend on the machine.

    Returns:
        ``[N]`` bool.

    >>> labels = np.repeat([0, 1], 20)
    >>> [int(tenth(labels)[labels == label].sum()) for label in (0, 1)]
    [2, 2]
    """
    chosen, rng = np.zeros(len(labels), bool), np.random.default_rng(0)
    for label in np.unique(labels):
        mine = rng.permutation(np.flatnonzero(labels == label))
        chosen[mine[: round(len(mine) / 10)]] = True
    return chosen


def nine_tenths(labels: np.ndarray) -> np.ndarray:
    """Where a recording is among the first nine tenths of its class (rounded up), in the order
    given.

    >>> int(nine_tenths(np.zeros(11)).sum())
    10
    """
    first = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        first[mine[: math.ceil(len(mine) * 0.9)]] = True
    return first


def chosen(part: str, test: np.ndarray, validation: np.ndarray) -> np.ndarray:
    """The places of one part, when `test` goes before `validation` and the rest is training."""
    masks = {"test": test, "validation": validation & ~test, "train": ~test & ~validation}
    return np.flatnonzero(masks[part])
