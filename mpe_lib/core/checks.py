"""Bad input refused in words, good input in one form; no value on a GPU is ever looked at."""

import math
import numbers
import operator
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from .transforms import watched


def check_current(x: Tensor) -> None:
    """Refuse an input that is not a floating ``[T, B, ...]`` with at least one step."""
    if not isinstance(x, Tensor):
        fix = "convert it with torch.as_tensor(x)"
        if type(x).__name__ == "Proxy":
            fix = "a neuron is a leaf module for torch.fx; torch.export sees its lines"
        raise TypeError(f"x must be a torch tensor [T, B, ...], got {type(x).__name__}: {fix}")
    if x.is_nested or x.layout != torch.strided:
        kind = "nested" if x.is_nested else x.layout
        raise TypeError(f"x must be a dense tensor, got a {kind} one: make it dense, or pad it")
    if x.ndim < 2:
        fix = "add a batch axis with x[:, None]" if x.ndim else "stack the steps on axis 0"
        raise ValueError(
            f"x must be [T, B, ...], got a {x.ndim}-D tensor of shape {tuple(x.shape)}: {fix}"
        )
    if not x.is_floating_point():
        fix = "x.dequantize()" if x.is_quantized else "x.float()"
        raise TypeError(f"x must be a floating dtype, got {x.dtype}: convert it with {fix}")
    if x.shape[0] == 0:
        raise ValueError(
            f"x must have at least one time step on axis 0, got shape {tuple(x.shape)}: "
            "check how the frames were cut"
        )


def check_floating(name: str, x: Tensor) -> None:
    """Refuse what is no floating tensor."""
    if not isinstance(x, Tensor) or not x.is_floating_point():
        got = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(
            f"{name} must be a floating tensor, got {got}: convert it with {name}.float()"
        )


def check_number(
    name: str, value, low: float = -math.inf, high: float = math.inf
) -> float | Tensor:
    """One finite number in [low, high], of any kind: a float, or the 0-d tensor that was given.

    A tensor is read only on a CPU, and not where somebody records the call.
    """
    if type(value) is float and low <= value <= high and abs(value) < math.inf:
        return value  # nearly every call, and nothing that a compiler would stumble over
    given = value
    if isinstance(value, (Tensor, np.ndarray)) and value.ndim:
        raise ValueError(
            f"{name} must be a float or a 0-d tensor, got shape {tuple(value.shape)}: "
            "one value serves the whole layer"
        )
    if isinstance(value, Tensor) and value.dtype != torch.bool and not value.is_complex():
        if value.device.type != "cpu" or watched(value):
            return value
        value = value.item()
    elif isinstance(value, np.ndarray):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        got = value.dtype if isinstance(value, Tensor) else type(value).__name__
        raise TypeError(f"{name} must be a float or a 0-d tensor, got {got}: pass a number")
    try:
        value = float(value)
    except OverflowError:  # a whole number beyond every float
        value = math.inf if value > 0 else -math.inf
    if not low <= value <= high or math.isinf(value):
        span = "a finite number" if math.isinf(low) else f"between {low:g} and {high:g}"
        raise ValueError(f"{name} must be {span}, got {value!r}: choose a value in that range")
    return given if isinstance(given, Tensor) else value


def check_whole(name: str, value, least: int, why: str, instead: str = "") -> int:
    """A whole number >= least, of any kind, as an int; `instead` names what may stand for it."""
    if type(value) is int and value >= least:
        return value
    try:
        number = operator.index(value)  # ints, NumPy's, and arrays and tensors of one whole number
    except TypeError:
        number = None
    truth = isinstance(value, bool) or getattr(value, "dtype", None) == torch.bool
    if number is None or truth or number < least:
        raise ValueError(f"{name} must be a whole number >= {least}{instead}, got {value!r}: {why}")
    return number


def check_name(
    kind: str, name, known: Iterable[str], instead: str = "", fix: str = "choose a name"
) -> None:
    """Refuse a name that is not among the known ones; `instead` names what may stand for it."""
    if not isinstance(name, str) or name not in known:
        names = ", ".join(map(repr, known))
        raise ValueError(f"{kind} must be one of {names}{instead}, got {name!r}: {fix}")


def check_start(v0, x: Tensor, dtype: torch.dtype, passes: int = 0) -> Tensor | None:
    """The potential before the first step, ``[B, ...]``, in the dtype given; None stays None.

    A number stands for all neurons. Where there are passes over the steps, ``[passes, B, ...]``
    is taken too: one potential for each.
    """
    if v0 is None:
        return None
    if not isinstance(v0, (Tensor, np.ndarray)) or not v0.ndim:
        v0 = torch.as_tensor(check_number("v0", v0), dtype=dtype, device=x.device)
        v0 = v0.expand(x.shape[1:])
    if not isinstance(v0, Tensor) or v0.is_complex():
        got = v0.dtype if isinstance(v0, Tensor) else type(v0).__name__
        raise TypeError(
            f"v0 must be a real tensor of potentials [B, ...], got {got}: pass the last step of a "
            "trace, trace.v[-1]"
        )
    if v0.device != x.device:
        raise ValueError(
            f"v0 must be where x is, on {x.device}, got {v0.device}: move it with v0.to(x.device)"
        )
    step = tuple(x.shape[1:])
    if v0.shape != step and not (passes and v0.shape == (passes, *step)):
        each = f", or one for each pass, {(passes, *step)}" if passes else ""
        raise ValueError(
            f"v0 must have the shape of one step of x, {step}{each}, got {tuple(v0.shape)}: "
            "pass what the piece before left"
        )
    return v0.to(dtype)
