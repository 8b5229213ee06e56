"""Who computes the spikes: plain torch, loops built by a C compiler, or Triton kernels.

======== ===================== ===============================================================
backend  runs on               what it cannot do
======== ===================== ===============================================================
torch    any device            nothing; the other two must agree with it
compile  CPU                   a rule, reset or surrogate of your own, ``shift=False``, a second
                               derivative; needs a C compiler
triton   GPU (or Triton's      a rule, reset or surrogate of your own, ``shift=False``, a second
         interpreter, slowly)  derivative, more than three sweeps
======== ===================== ===============================================================

``auto`` takes triton on a GPU; on a CPU compile, whose loops are built at the first call, in two
seconds, and kept for the next time, or torch where they cannot be built. What the fast ones cannot
do goes to torch, but for a second derivative, which they refuse when it is asked for. Inside a
model that you compile, trace or export yourself, a CPU's auto is torch: the lines are seen, and
torch.compile fuses them. Under a transform of torch.func every backend is torch; of two that are
compiled together (grad of grad) torch itself loses the second derivative of any custom function:
leave that uncompiled. compile turns half precision into float32 as a whole, which takes memory.
"""

import os
from functools import lru_cache

import torch
from torch import Tensor

from ..core.checks import check_name
from ..core.dynamics import Settings
from ..core.transforms import transformed, watched

BACKENDS = ("auto", "torch", "compile", "triton")
FUSED_SWEEPS = 3  # each step of a kernel runs its own window: more sweeps cost their square


def available(device: str | torch.device = "cpu") -> tuple[str, ...]:
    """The backends that work on a device of this machine.

    Args:
        device: as for ``x.to(device)``.

    Returns:
        some of ("torch", "compile", "triton"); Triton's interpreter, which is for tests, is not
        counted. The first call ever builds the loops of compile.

    >>> "torch" in available("cpu")
    True
    """
    kind = torch.device(device).type
    names = BACKENDS[1:-1] if kind == "cpu" else BACKENDS[1:]
    return tuple(name for name in names if why_not(name, kind) is None)


def choose(
    backend: str, x: Tensor, neuron: Settings, rule=None, sweeps: int = 0, shift=True, others=()
) -> str:
    """The backend that will run a call on x: the one asked for, or what auto takes.

    Args:
        backend: a name of ``BACKENDS``.
        x, neuron: of the call.
        rule: of an estimating neuron; None for the exact one.
        sweeps, shift: of an estimating neuron.
        others: whatever else of the call may be a tensor.

    Raises:
        ValueError: no such backend.
        RuntimeError: the backend asked for cannot do this call here; the message says why.
    """
    check_name("backend", backend, BACKENDS)
    if backend == "torch" or x.numel() == 0:
        return "torch"
    where, tensors = x.device.type, (x, *neuron, *others)
    if transformed(*tensors):
        return "torch"
    if backend == "auto":
        fast = "triton" if where == "cuda" else "compile"
        if where == "cpu" and watched(*tensors):
            return "torch"
        refused = why_not(fast, where) or _cannot(fast, neuron, rule, sweeps, shift)
        return "torch" if refused else fast
    refused, seen = why_not(backend, where), backend == "compile" and watched(*tensors)
    refused = refused or (None if seen else _cannot(backend, neuron, rule, sweeps, shift))
    if refused:
        raise RuntimeError(f"backend={backend!r} {refused}: use backend='torch' or 'auto'")
    return "torch" if seen else backend


def fast(backend: str):
    """The module with the fused ``lif`` and ``mpe`` of a backend, imported when it is needed."""
    if backend == "triton":
        from . import kernels

        return kernels
    from . import compiled

    return compiled


def _cannot(backend: str, neuron: Settings, rule, sweeps: int, shift: bool) -> str | None:
    if callable(rule):
        return "takes the rules with a name and not a function"
    if not shift:
        return "has no shift=False"
    words = {"reset": neuron.reset, "surrogate": neuron.surrogate, "rule": rule}
    for kind, name in words.items():
        if name is not None and not fast(backend).knows(kind, name):
            return f"has no {kind} {name!r}"
    if backend == "triton" and sweeps > FUSED_SWEEPS:
        return f"fuses up to {FUSED_SWEEPS} sweeps, got {sweeps}"
    return None


@torch.compiler.assume_constant_result
def why_not(backend: str, device: str) -> str | None:
    """What stands in the way of a backend on a kind of device; None where it works."""
    if backend == "torch":
        return None
    if backend == "compile":
        if device != "cpu":
            return f"is for the CPU, got x on {device}"
        from . import compiled

        return compiled.why_not()
    return _why_not_triton(device)


@lru_cache(maxsize=8)
def _why_not_triton(device: str) -> str | None:
    try:
        import triton  # noqa: F401
    except ImportError:
        return "needs Triton, which is not installed"
    if os.environ.get("TRITON_INTERPRET") == "1":
        return None
    if device != "cuda":
        return f"is for a GPU, got x on {device}"
    if torch.version.cuda and torch.cuda.get_device_capability() < (7, 0):
        return "needs a GPU of compute capability 7.0 or more"
    return None
