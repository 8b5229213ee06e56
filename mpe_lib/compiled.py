"""The neurons as fused loops, written by ``torch.compile``: backend "compile", on a CPU.

Forward keeps the input and, every 64 steps, the exact neuron's potential; backward computes the
rest again from them (:func:`mpe_lib.dynamics.lif_step_back`), so nothing else goes to memory.
The loops see x as ``[T, N]``, contiguous.
"""

from functools import cache, lru_cache
from types import FunctionType

import torch
from torch import Tensor

from .cores import lif_backward, lif_forward, mpe_backward, mpe_forward
from .dynamics import carried

BLOCK = 64  # steps that are unrolled into one loop


def lif(x, decay, v_threshold, reset, surrogate, v0) -> Tensor:
    """Spikes of the exact neuron, shaped like x; v0 ``[B, ...]`` or None."""
    numbers = as_scalar(decay, x), as_scalar(v_threshold, x)
    if needs_grad(x, *numbers, v0):
        return _LIF.apply(x, *numbers, v0, reset, surrogate)
    return shaped(_lif(flat(x), *numbers, flat_start(v0), reset)[0], x)


def mpe(x, rule, decay, v_threshold, reset, sweeps, seed, surrogate, v0, kappa, with_loss):
    """(spikes, membrane loss or None) of the estimate; v0 ``[B, ...]``, kappa ``[T]``, or None."""
    if seed is not None:
        seed = torch.as_tensor(seed, dtype=torch.int64)
    tensors = (x, as_scalar(decay, x), as_scalar(v_threshold, x), v0, seed, kappa)
    if not needs_grad(*tensors[:4]):
        return _mpe(*tensors, rule, reset, sweeps, with_loss)
    out = _MPE.apply(*tensors, (rule, reset, surrogate, sweeps, with_loss))
    return out if with_loss else (out, None)


def as_scalar(value: float | Tensor, x: Tensor) -> Tensor:
    """A float or 0-d tensor as a 0-d tensor in the dtype that potentials are carried in."""
    dtype = carried(x.dtype)
    if isinstance(value, Tensor):
        return value.to(x.device, dtype)
    if torch.compiler.is_compiling():
        return torch.full((), value, dtype=dtype, device=x.device)
    return _scalar(value, dtype, x.device)


@lru_cache(maxsize=256)
def _scalar(value: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(value, dtype=dtype, device=device)


def flat(x: Tensor) -> Tensor:
    """x as ``[T, N]``, contiguous."""
    return x.contiguous() if x.ndim == 2 else x.flatten(1).contiguous()


def shaped(y: Tensor, x: Tensor) -> Tensor:
    """y, ``[T, N]``, in the shape of x; a view only where it must be, autograd is slower on it."""
    return y if y.shape == x.shape else y.view(x.shape)


def flat_start(v0: Tensor | None) -> Tensor | None:
    return v0 if v0 is None else v0.flatten().contiguous()


def needs_grad(*each: Tensor | None) -> bool:
    """Will backward be asked of any of these?"""
    return torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in each)


def _lif(x, decay, v_threshold, v, reset) -> tuple[Tensor, list]:
    """(spikes, the potential before each block of steps: None where it is 0)."""
    starts, spikes = [], []
    for block in _blocks(x):
        starts.append(v)
        run = program(lif_forward, (len(block), x.dtype, v is None), reset)
        s, v = run(block, v, decay, v_threshold)
        spikes.append(s)
    return _whole(spikes), starts


def _blocks(x: Tensor) -> tuple[Tensor, ...]:
    return (x,) if len(x) <= BLOCK else x.split(BLOCK)


def _whole(blocks: list[Tensor]) -> Tensor:
    return blocks[0] if len(blocks) == 1 else torch.cat(blocks)


class _LIF(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, decay, v_threshold, v0, reset, surrogate):
        s, starts = _lif(flat(x), decay, v_threshold, flat_start(v0), reset)
        ctx.save_for_backward(x, decay, v_threshold, *starts)
        ctx.options = reset, surrogate
        return shaped(s, x)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g_s):
        x, decay, v_threshold, *starts = ctx.saved_tensors
        needs = ctx.needs_input_grad[1:3]
        g_v, parts = None, []
        blocks = zip(_blocks(flat(x)), _blocks(flat(g_s)), starts, strict=True)
        for block, g, start in reversed(list(blocks)):
            kind = (len(block), x.dtype, start is None, g_v is None)
            back = program(lif_backward, kind, *ctx.options, *needs)
            *part, g_v = back(block, start, g, g_v, decay, v_threshold)
            parts.append(part)
        g_x, g_decay, g_threshold = zip(*reversed(parts), strict=True)
        totals = (sum(each) if need else None
                  for each, need in zip((g_decay, g_threshold), needs, strict=True))  # fmt: skip
        g_v0 = g_v.view(x.shape[1:]) if ctx.needs_input_grad[3] else None
        return shaped(_whole(g_x), x), *totals, g_v0, None, None


class _MPE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, decay, v_threshold, v0, seed, kappa, options):
        tensors = (x, decay, v_threshold, v0, seed, kappa)
        ctx.save_for_backward(*tensors)
        ctx.options = options
        rule, reset, _, sweeps, with_loss = options
        s, loss = _mpe(*tensors, rule, reset, sweeps, with_loss)
        return (s, loss) if with_loss else s

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g_s, g_loss=None):
        needs = ctx.needs_input_grad[1:4]
        x, decay, v_threshold, v0, *others = ctx.saved_tensors
        tensors = (flat(x), decay, v_threshold, flat_start(v0), *others)
        back = program(mpe_backward, variant(*tensors), *ctx.options, *needs)
        g_x, g_decay, g_threshold, g_v0 = back(*tensors, flat(g_s), g_loss)
        g_v0 = None if g_v0 is None else g_v0.view(x.shape[1:])
        return shaped(g_x, x), g_decay, g_threshold, g_v0, None, None, None


def _mpe(x, decay, v_threshold, v0, seed, kappa, rule, reset, sweeps, with_loss):
    tensors = (flat(x), decay, v_threshold, flat_start(v0), seed, kappa)
    run = program(mpe_forward, variant(*tensors), rule, reset, sweeps, with_loss)
    s, loss = run(*tensors)
    return shaped(s, x), loss


def variant(x, decay, v_threshold, v0, seed, kappa) -> tuple:
    """What a program of its own is made for, beside the options."""
    return x.dtype, v0 is None, kappa is None


@cache
def program(core, kind: tuple, *options):
    """A core with its options fixed, compiled for any number of neurons.

    Each kind of input (dtype, steps, what is None) gets a code object of its own: torch.compile
    keeps its programs, eight at most, by code object.
    """
    name = "_".join(map(str, (core.__name__, *kind, *options)))
    code = core.__code__.replace(co_name=name)
    own = FunctionType(code, core.__globals__, name, argdefs=(options,))
    return torch.compile(own, fullgraph=True, dynamic=True)
