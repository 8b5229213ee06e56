"""Answers as plain data: what a student's kernel hands over and what the checks receive.

Both sides talk in JSON. Nothing that is received is ever executed or unpickled.
"""

import base64
import json
from types import FunctionType

import numpy as np
import torch

from ..check.base import reads, unanswered
from ..check.forms import stacked

MIME = "application/x-mpe-answer"
DTYPES = {str(d).removeprefix("torch."): d for d in (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.bool, torch.uint8,
    torch.int8, torch.int16, torch.int32, torch.int64)}  # fmt: skip


def pack(value) -> str:
    """A value as JSON text; a function becomes a mark that one is there.

    >>> unpack(pack((1, [2.5, "a"], {"b": b"c"})))
    (1, [2.5, 'a'], {'b': b'c'})

    Raises TypeError for what has no plain form, such as a complex number.
    """
    return json.dumps(_plain(value))


def unpack(text: str, function=None):
    """The value of a packed text; the mark of a function becomes `function`."""
    return _value(json.loads(text), function)


def _plain(value):
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if value is ...:
        return ["open"]
    for plain in (int, float, str):  # their subclasses as well
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().to_dense().resolve_neg()
        # a copy: one number of a row counts as contiguous whatever its stride
        flat = value.clone(memory_format=torch.contiguous_format).reshape(-1)
        dtype = str(value.dtype).removeprefix("torch.")
        if dtype not in DTYPES:
            raise TypeError(f"expected a tensor of numbers, got one of {dtype}")
        return ["tensor", _text(flat.view(torch.uint8).numpy().tobytes()), dtype, [*value.shape]]
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":  # words, or lists that are not equally long
            return _plain(value.tolist())
        native = value.dtype.newbyteorder("=")  # event cameras write big-endian
        kind = {"u": np.int64}.get(value.dtype.kind, native)
        if value.dtype.itemsize > 8:  # a long double
            kind = np.float64
        return ["array", _plain(torch.from_numpy(np.array(value, dtype=kind)))]
    if isinstance(value, bytes):
        return ["bytes", _text(value)]
    if isinstance(value, dict):
        return ["dict", [[_plain(k), _plain(v)] for k, v in value.items()]]
    for kind in (list, tuple, set):
        if isinstance(value, kind):
            return [kind.__name__, [_plain(each) for each in value]]
    if callable(value):
        return ["function", sorted(reads(value))]
    if hasattr(value, "__float__"):  # a fraction, a decimal
        return float(value)
    if hasattr(value, "__iter__"):  # a range, a deque, a dict's values
        return ["list", [_plain(each) for each in value]]
    raise TypeError(f"expected numbers, text, lists or tensors, got {type(value).__name__}")


def _value(plain, function):
    if not isinstance(plain, list):
        return plain
    kind, *rest = plain
    if kind == "open":
        return ...
    if kind == "function":
        if isinstance(function, FunctionType):
            function.reads = frozenset(rest[0])
        return function
    if kind == "tensor":
        data, dtype, shape = base64.b64decode(rest[0]), DTYPES[rest[1]], rest[2]
        flat = torch.frombuffer(bytearray(data), dtype=dtype) if data else torch.empty(0).to(dtype)
        return flat.reshape(shape)
    if kind == "tracked":
        return _value(rest[0], function).requires_grad_()
    if kind == "array":
        return _value(rest[0], function).numpy()
    if kind == "bytes":
        return base64.b64decode(rest[0])
    if kind == "dict":
        return {_value(k, function): _value(v, function) for k, v in rest[0]}
    return {"list": list, "tuple": tuple, "set": set}[kind](_value(e, function) for e in rest[0])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def show(value) -> None:
    """In the student's kernel: hand a value over to the process that runs the checks."""
    _hand_over(pack(... if unanswered(value) else value))


def _hand_over(text: str) -> None:
    from IPython.display import display

    display({MIME: text}, raw=True)


def call(function, arguments: str, tracked: tuple[int, ...] = ()) -> None:
    """In the student's kernel: call a function and hand over what it returns.

    tracked: which of the positional arguments want a gradient; a result that passes one on to them
    is handed over with a mark, and :func:`pull` has the gradient.
    """
    positional, named = _tracking(arguments, tracked)
    value = _one(function(*positional, **named))
    if isinstance(value, torch.Tensor) and value.requires_grad:
        _hand_over(json.dumps(["tracked", _plain(value)]))
    else:
        show(value)


def pull(function, arguments: str, tracked: tuple[int, ...], weights: str) -> None:
    """In the student's kernel: the gradient of ``(weights * result).sum()`` to those arguments."""
    positional, named = _tracking(arguments, tracked)
    value = _one(function(*positional, **named))
    leaves = [positional[k] for k in tracked]
    show(torch.autograd.grad(value, leaves, unpack(weights), allow_unused=True))


def _one(value):
    """Tensors in a list as one tensor, where a gradient passes through them."""
    if isinstance(value, list | tuple) and any(getattr(e, "requires_grad", False) for e in value):
        return stacked(value)
    return value


def _tracking(arguments: str, tracked: tuple[int, ...]) -> tuple[tuple, dict]:
    positional, named = unpack(arguments)
    for k in tracked:
        positional[k].requires_grad_()
    return positional, named
