"""An answer in any form, as what a check computes with: a number, a truth, a list, a tensor."""

import math
from collections.abc import Iterable, Mapping, Sequence, Set

import numpy as np
import torch
from torch import Tensor

from .base import NotYet, need


def plain(answer):
    """What NumPy and torch hold as Python's own numbers, truths and lists; the rest as it is."""
    if isinstance(answer, Tensor):
        answer = answer.detach()
    return answer.tolist() if isinstance(answer, Tensor | np.ndarray | np.generic) else answer


def number(answer, name: str = "the answer") -> float:
    """The answer as a finite float, whatever holds the one number; or a hint.

    >>> number(torch.tensor([0.5])), number(np.float32(0.5)), number((0.5,))
    (0.5, 0.5, 0.5)
    """
    value = plain(answer)
    while isinstance(value, list | tuple) and len(value) == 1:
        value = plain(value[0])
    try:
        value = float(value)
    except (TypeError, ValueError):
        raise NotYet(
            f"Not yet. Hint: {name} should be one number, got {type(answer).__name__}"
        ) from None
    need(math.isfinite(value), f"{name} should be a finite number, got {value}")
    return value


def truth(answer, name: str) -> bool:
    """The answer as True or False, also where NumPy or torch says it; or a hint."""
    value = plain(answer)
    need(isinstance(value, bool), f"{name} should be True or False")
    return value


def as_list(answer, words: str) -> list:
    """Whatever holds things in an order as a list; or a hint in these words."""
    value = plain(answer)
    ordered = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping | Set)
    need(ordered, f"{words}, got {type(answer).__name__}")
    return list(value)


def numbers(answer, words: str, count: int | None = None, name: str = "each") -> list[float]:
    """Whatever holds so many numbers in an order as a list of floats; or a hint in these words."""
    found = as_list(answer, words)
    need(count is None or len(found) == count, f"{words}, got {len(found)}")
    return [number(each, name) for each in found]


def tensor(answer, shape: Sequence[int] | None, words: str) -> Tensor:
    """Numbers in tensors, arrays or lists as one float64 tensor of this shape; or these words.

    A gradient passes through.

    >>> tensor([torch.zeros(2), np.ones(2, "float32")], (2, 2), "two rows").tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    try:
        value = stacked(answer)
    except (TypeError, ValueError, RuntimeError):
        need(False, f"{words}, got {type(answer).__name__}")
    fits = shape is None or value.shape == tuple(shape)
    need(fits, f"{words}, got the shape {tuple(value.shape)}")
    return value


def stacked(answer) -> Tensor:
    """Numbers, or things that hold them in an order, as one float64 tensor."""
    if isinstance(answer, Tensor) and not answer.is_complex():
        return answer.double()
    if isinstance(answer, np.ndarray | np.generic) and answer.dtype.kind in "biuf":
        return torch.from_numpy(np.array(answer, dtype=np.float64))
    if isinstance(answer, Iterable) and not isinstance(answer, str | bytes | Mapping | Set):
        return torch.stack([stacked(each) for each in answer])
    return torch.tensor(float(answer), dtype=torch.float64)
