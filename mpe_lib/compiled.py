"""The neurons as fused loops, written by ``torch.compile``: backend "compile", on a CPU.

Forward keeps the input and, every 64 steps, the exact neuron's potential; backward computes the
rest again from them (:func:`mpe_lib.dynamics.lif_step_back`), so nothing else goes to memory.
Everything here takes x as ``[T, N]``, contiguous.
"""

from functools import cache, lru_cache
from types import FunctionType

import torch
from torch import Tensor

from .draw import uniform_like
from .dynamics import after_reset, carry, lif_step_back
from .surrogate import fire

BLOCK = 64  # steps that are unrolled into one loop


def lif(x, decay, v_threshold, reset, surrogate, v0) -> Tensor:
    """Spikes of the exact neuron, ``[T, N]``; v0 ``[N]`` or None."""
    if v0 is None:
        v0 = torch.zeros(x.shape[1], dtype=carry(x[:0]).dtype, device=x.device)
    return _LIF.apply(x, as_scalar(decay, x), as_scalar(v_threshold, x), v0, reset, surrogate)


def mpe(x, rule, decay, v_threshold, reset, sweeps, seed, surrogate, v0, kappa, with_loss):
    """(spikes ``[T, N]``, membrane loss or None) of the estimate; kappa ``[T]`` or None."""
    seed = torch.as_tensor(0 if seed is None else seed, dtype=torch.int64)
    numbers = as_scalar(decay, x), as_scalar(v_threshold, x)
    options = (rule, reset, surrogate, sweeps, with_loss)
    out = _MPE.apply(x, *numbers, v0, seed, kappa, options)
    return out if with_loss else (out, None)


def as_scalar(value: float | Tensor, x: Tensor) -> Tensor:
    """A float or 0-d tensor as a 0-d tensor in the dtype that potentials are carried in."""
    dtype = carry(x[:0]).dtype
    if isinstance(value, Tensor):
        return value.to(x.device, dtype)
    if torch.compiler.is_compiling():
        return torch.full((), value, dtype=dtype, device=x.device)
    return _scalar(value, dtype, x.device)


@lru_cache(maxsize=256)
def _scalar(value: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.tensor(value, dtype=dtype, device=device)


class _LIF(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, decay, v_threshold, v0, reset, surrogate):
        v, starts, spikes = v0, [], []
        for block in x.split(BLOCK):
            starts.append(v)
            s, v = program(lif_forward, (len(block), x.dtype), reset)(block, v, decay, v_threshold)
            spikes.append(s)
        ctx.save_for_backward(x, decay, v_threshold, *starts)
        ctx.options = reset, surrogate
        return torch.cat(spikes) if len(spikes) > 1 else spikes[0]

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g_s):
        x, decay, v_threshold, *starts = ctx.saved_tensors
        needs = ctx.needs_input_grad[1:3]
        g_v, parts = torch.zeros_like(starts[0]), []
        blocks = zip(x.split(BLOCK), g_s.contiguous().split(BLOCK), starts, strict=True)
        for block, g, start in reversed(list(blocks)):
            back = program(lif_backward, (len(block), x.dtype), *ctx.options, *needs)
            *part, g_v = back(block, start, g, g_v, decay, v_threshold)
            parts.append(part)
        g_x, g_decay, g_threshold = zip(*reversed(parts), strict=True)
        g_x = torch.cat(g_x) if len(g_x) > 1 else g_x[0]
        totals = (sum(each) if need else None
                  for each, need in zip((g_decay, g_threshold), needs, strict=True))  # fmt: skip
        return g_x, *totals, g_v, None, None


class _MPE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, decay, v_threshold, v0, seed, kappa, options):
        tensors = (x, decay, v_threshold, v0, seed, kappa)
        ctx.save_for_backward(*tensors)
        ctx.options = options
        rule, reset, _, sweeps, with_loss = options
        run = program(mpe_forward, _variant(*tensors), rule, reset, sweeps, with_loss)
        s, loss = run(*tensors)
        return (s, loss) if with_loss else s

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g_s, g_loss=None):
        needs = ctx.needs_input_grad[1:4]
        back = program(mpe_backward, _variant(*ctx.saved_tensors), *ctx.options, *needs)
        grads = back(*ctx.saved_tensors, g_s.contiguous(), g_loss)
        return *grads, None, None, None


def _variant(x, decay, v_threshold, v0, seed, kappa) -> tuple:
    return x.dtype, v0 is None, kappa is None


@cache
def program(core, variant: tuple, *options):
    """A core with its options fixed, compiled for any number of neurons.

    Each variant of dtype, steps and what is None gets a code object of its own: torch.compile
    keeps its programs, eight at most, by code object.
    """
    name = "_".join(map(str, (core.__name__, *variant, *options)))
    code = core.__code__.replace(co_name=name)
    own = FunctionType(code, core.__globals__, name, argdefs=(options,))
    return torch.compile(own, fullgraph=True, dynamic=True)


def lif_forward(x, v, decay, v_threshold, options=()):
    """(spikes, last v) of a block of steps ``[t, N]``."""
    (reset,) = options
    spikes = []
    for x_t in carry(x).unbind(0):
        h = decay * v + x_t
        s = fire(h - v_threshold)
        v = after_reset(h, s, v_threshold, reset)
        spikes.append(s.to(x.dtype))
    return torch.stack(spikes), v


def lif_backward(x, v, g_s, g_v, decay, v_threshold, options=()):
    """Gradients of (x, decay, threshold, the v before the block), the scalars' where asked for."""
    reset, surrogate, needs_decay, needs_threshold = options
    before, steps = [], []
    for x_t in carry(x).unbind(0):
        h = decay * v + x_t
        s = fire(h - v_threshold)
        before.append(v)
        steps.append((h, s))
        v = after_reset(h, s, v_threshold, reset)
    g_x, by_decay, by_threshold = [], 0.0, 0.0
    each_step = zip(steps, before, carry(g_s).unbind(0), strict=True)
    for (h, s), v, g in reversed(list(each_step)):
        g_h, g_d = lif_step_back(h, s, g, g_v, v_threshold, reset, surrogate)
        g_x.append(g_h.to(x.dtype))
        by_decay = by_decay + g_h * v
        by_threshold = by_threshold - g_d - (g_v * s if reset == "soft" else 0.0)
        g_v = decay * g_h
    g_decay = by_decay.sum() if needs_decay else None
    g_threshold = by_threshold.sum() if needs_threshold else None
    return torch.stack(g_x[::-1]), g_decay, g_threshold, g_v


def mpe_forward(x, decay, v_threshold, v0, seed, kappa, options=()):
    """(spikes, loss or None) of all steps."""
    rule, reset, sweeps, with_loss = options
    current = carry(x)
    v = guess(current, rule, v_threshold, seed)[0]
    for _ in range(sweeps + 1):
        v_hat = v
        h = decay * earlier(v_hat, v0) + current
        s = fire(h - v_threshold)
        v = after_reset(h, s, v_threshold, reset)
    if not with_loss:
        return s.to(x.dtype), None
    squares = (v_hat - v).square()
    loss = squares.mean() if kappa is None else kappa @ squares.mean(1)
    return s.to(x.dtype), loss


def mpe_backward(x, decay, v_threshold, v0, seed, kappa, g_s, g_loss, options=()):
    """Gradients of (x, decay, threshold, v0), the last three if they are asked for."""
    rule, reset, surrogate, sweeps, with_loss, *needs = options
    current, nothing = carry(x), torch.zeros_like(carry(x))
    v, slope = guess(current, rule, v_threshold, seed)
    passes = []
    for _ in range(sweeps + 1):
        u = earlier(v, v0)
        h = decay * u + current
        s = fire(h - v_threshold)
        v_hat, v = v, after_reset(h, s, v_threshold, reset)
        passes.append((u, h, s))
    g_gap = nothing
    if with_loss:
        weights = 1 / x.numel() if kappa is None else (kappa / x.shape[1])[:, None]
        g_gap = 2 * g_loss * weights * (v_hat - v)
    g_s, g_v, g_x, by_decay, by_threshold, g_v0 = carry(g_s), -g_gap, nothing, 0.0, 0.0, 0.0
    for u, h, s in reversed(passes):
        g_h, g_d = lif_step_back(h, s, g_s, g_v, v_threshold, reset, surrogate)
        by_decay = by_decay + g_h * u
        by_threshold = by_threshold - g_d - (g_v * s if reset == "soft" else 0.0)
        g_x, g_v0 = g_x + g_h, g_v0 + decay * g_h[0]
        g_v = torch.cat((decay * g_h[1:], nothing[:1])) + g_gap
        g_s = g_gap = nothing  # both belong to the last pass alone
    totals = (by_decay.sum(), by_threshold.sum(), g_v0)
    asked = (each if need else None for each, need in zip(totals, needs, strict=True))
    return (g_x + g_v * slope).to(x.dtype), *asked


def guess(x: Tensor, rule: str, v_threshold: Tensor, seed: Tensor) -> tuple[Tensor, Tensor]:
    """(v_hat, dv_hat/dx) of a named rule; see :func:`mpe_lib.estimate_membrane`."""
    if rule == "mean":
        wide = x.double()
        p_stay = torch.sigmoid(-wide)
        return (wide * p_stay).to(x.dtype), (p_stay * (1 - wide * torch.sigmoid(wide))).to(x.dtype)
    if rule == "zero":
        return torch.zeros_like(x), torch.zeros_like(x)
    if rule == "hard":
        resets = x > v_threshold
    else:
        resets = uniform_like(x, seed) < torch.sigmoid(x.double())
    return torch.where(resets, 0.0, x), torch.where(resets, 0.0, 1.0)


def earlier(v: Tensor, v0: Tensor | None) -> Tensor:
    """v one step later, v0 (or 0) in front: what each step takes for the potential before."""
    first = torch.zeros_like(v[:1]) if v0 is None else v0.to(v.dtype)[None]
    return torch.cat((first, v[:-1]))
