"""The loops as torch functions: tensors in, tensors out, gradients by their own backward."""

import ctypes

import torch
from torch import Tensor

from ...core.draw import keys
from ...core.dynamics import Settings, carry, lif_sequence
from ...core.estimate import estimated
from ...core.losses import membrane_loss
from ...core.transforms import needs_grad, transformed
from ..gradients import by_torch, only_once, plain
from .build import Options, library, place_of

TILE, CHUNK = 512, 8  # as in lines.h
ALONE = 2**15  # neuron-steps up to which a second thread costs more than it does


def lif(x, neuron: Settings, v0, with_last) -> tuple[Tensor, Tensor | None]:
    """(spikes of the exact neuron, shaped like x; its last potential if asked for); v0
    ``[B, ...]`` or None."""
    if needs_grad(x, neuron.decay, neuron.v_threshold, v0):
        return _LIF.apply(x, *neuron, v0, with_last)
    return _lif(x, neuron, v0, with_last, False)[:2]


def mpe(x, rule, neuron: Settings, sweeps, seed, v0, kappa, with_loss):
    """(spikes, membrane loss or None) of the estimate; v0 ``[sweeps + 1, B, ...]``, kappa ``[T]``,
    or None."""
    fixed = (rule, sweeps, int(seed or 0), kappa, with_loss)
    if needs_grad(x, neuron.decay, neuron.v_threshold, v0):
        out = _MPE.apply(x, *neuron, v0, fixed)
        return out if with_loss else (out, None)
    return _mpe(x, neuron, v0, fixed)


def _options(x, neuron: Settings, rule="zero", sweeps=0, seed=0) -> Options:
    steps = len(x)
    tiles = -(-x.numel() // steps // TILE)
    threads = 1 if x.numel() <= ALONE else min(tiles, torch.get_num_threads())
    named = {"reset": neuron.reset, "surrogate": neuron.surrogate, "rule": rule}
    places = {kind: place_of(kind, name) for kind, name in named.items()}
    if unknown := [f"{kind} {named[kind]!r}" for kind, place in places.items() if place < 0]:
        raise RuntimeError(f"the compiled loops have no {', '.join(unknown)}")
    words = keys(seed) if rule == "bernoulli" else (0, 0)
    numbers = (float(neuron.decay), float(neuron.v_threshold))
    return Options(steps, x.numel() // steps, *numbers, *places.values(), sweeps, threads, *words)


def _call(name: str, dtype: torch.dtype, options: Options, *arguments) -> None:
    """Call a loop: tensors by their address, None as no address."""
    places = (each.data_ptr() if isinstance(each, Tensor) else each for each in arguments)
    if getattr(library(dtype), name)(*places, ctypes.byref(options)):
        raise MemoryError(f"no memory for {options.T} steps at a time: cut the sequence")


def _plain(x: Tensor | None) -> Tensor | None:
    """Plain, in the dtype that potentials are carried in; None stays None."""
    return None if x is None else plain(carry(x))


def _lif(x, neuron: Settings, v0, with_last, save) -> tuple[Tensor, Tensor | None, Tensor | None]:
    """(spikes, the last potential or None, the potential before every eighth step but the first,
    if it is to be saved)."""
    current, start = _plain(x), _plain(v0)
    s = torch.empty_like(current)
    last = torch.empty_like(current[0]) if with_last else None
    starts = current.new_empty(((len(x) - 1) // CHUNK, *x.shape[1:])) if save else None
    options = _options(current, neuron)
    _call("lif_forward", current.dtype, options, current, s, start, starts, last)
    return s.to(x.dtype), last, starts


class _LIF(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, decay, v_threshold, reset, surrogate, v0, with_last):
        neuron = Settings(decay, v_threshold, reset, surrogate)
        s, last, starts = _lif(x, neuron, v0, with_last, True)
        ctx.save_for_backward(x, starts, v0)
        ctx.neuron, ctx.dtypes = _now(neuron)
        return s, last

    @staticmethod
    def backward(ctx, g_s, g_last):
        only_once()
        x, starts, v0 = ctx.saved_tensors
        if transformed(g_s, g_last):
            return *_plainly(ctx, _lif_lines, x, v0, (g_s, g_last)), None
        current, start, g_s, g_last = _plain(x), _plain(v0), _plain(g_s), _plain(g_last)
        g_x = torch.empty_like(current)
        g_v0 = torch.empty_like(start) if ctx.needs_input_grad[5] else None
        options = _options(current, ctx.neuron)
        sums = _parts(options, 2)
        places = (current, g_s, g_x, start, starts, g_v0, g_last, sums)
        _call("lif_backward", current.dtype, options, *places)
        return g_x.to(x.dtype), *_totals(ctx, sums), None, None, g_v0, None


def _mpe(x, neuron: Settings, v0, fixed) -> tuple[Tensor, Tensor | None]:
    rule, sweeps, seed, kappa, with_loss = fixed
    current, start = _plain(x), _plain(v0)
    s = torch.empty_like(current)
    options = _options(current, neuron, rule, sweeps, seed)
    weights = _weights(kappa, options) if with_loss else None
    parts = _parts(options) if with_loss else None
    _call("mpe_forward", current.dtype, options, current, s, start, weights, parts)
    return s.to(x.dtype), parts.sum().to(current.dtype) if with_loss else None


class _MPE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, decay, v_threshold, reset, surrogate, v0, fixed):
        neuron = Settings(decay, v_threshold, reset, surrogate)
        ctx.save_for_backward(x, v0)
        ctx.neuron, ctx.dtypes = _now(neuron)
        ctx.fixed = fixed
        ctx.set_materialize_grads(False)  # no gradient at all is not 0 times an infinite loss
        s, loss = _mpe(x, neuron, v0, fixed)
        return s if loss is None else (s, loss)

    @staticmethod
    def backward(ctx, g_s, g_loss=None):
        only_once()
        x, v0 = ctx.saved_tensors
        if transformed(g_s, g_loss):
            return *_plainly(ctx, _mpe_lines, x, v0, (g_s, g_loss)), None
        rule, sweeps, seed, kappa, _ = ctx.fixed
        current, start = _plain(x), _plain(v0)
        g_s = torch.zeros_like(current) if g_s is None else _plain(g_s)
        g_x = torch.empty_like(current)
        g_v0 = torch.empty_like(start) if ctx.needs_input_grad[5] else None
        options = _options(current, ctx.neuron, rule, sweeps, seed)
        weights = None if g_loss is None else _weights(kappa, options)
        pull = 0.0 if g_loss is None else float(g_loss)
        sums = _parts(options, 2)
        places = (current, g_s, g_x, start, g_v0, weights, pull, sums)
        _call("mpe_backward", current.dtype, options, *places)
        return g_x.to(x.dtype), *_totals(ctx, sums), None, None, g_v0, None


def _lif_lines(x, neuron: Settings, v0, _):
    trace = lif_sequence(x, *neuron, v0)
    return trace.s, trace.v[-1]


def _mpe_lines(x, neuron: Settings, v0, fixed):
    rule, sweeps, seed, kappa, _ = fixed
    trace, _ = estimated(carry(x), rule, neuron, sweeps, True, seed, v0)
    return trace.s.to(x.dtype), membrane_loss(trace, kappa)


def _plainly(ctx, lines, x, v0, gradients):
    """The gradients of x, the settings and v0 by the lines of core."""
    numbers = (
        torch.tensor(value, dtype=dtype) if dtype else None
        for value, dtype in zip(ctx.neuron[:2], ctx.dtypes, strict=True)
    )
    needed = [ctx.needs_input_grad[k] for k in (0, 1, 2, 5)]

    def call(x, decay, v_threshold, v0):
        given = zip((decay, v_threshold), ctx.neuron[:2], strict=True)
        scalars = (value if tensor is None else tensor for tensor, value in given)
        return lines(x, Settings(*scalars, *ctx.neuron[2:]), v0, getattr(ctx, "fixed", None))

    *three, g_v0 = by_torch(call, (x, *numbers, v0), needed, gradients)
    return *three, None, None, g_v0


def _weights(kappa: Tensor | None, options: Options) -> Tensor:
    """kappa over the number of neurons in a step: what each square counts in the loss."""
    if kappa is None:
        kappa = torch.full((options.T,), 1 / options.T, dtype=torch.float64, device="cpu")
    return kappa.to(torch.float64).contiguous() / options.N


def _parts(options: Options, *more: int) -> Tensor:
    """Room for what each tile adds up, on the CPU whatever the default device."""
    return torch.empty((-(-options.N // TILE), *more), dtype=torch.float64, device="cpu")


def _now(neuron: Settings) -> tuple[Settings, tuple]:
    """(values, dtypes) as they are now: an optimiser may change a threshold before backward."""
    numbers = (neuron.decay, neuron.v_threshold)
    values = Settings(*map(float, numbers), neuron.reset, neuron.surrogate)
    return values, tuple(getattr(number, "dtype", None) for number in numbers)


def _totals(ctx, sums: Tensor):
    """The gradients of decay and threshold, where they are asked for."""
    for k, dtype in enumerate(ctx.dtypes):
        yield sums[:, k].sum().to(dtype) if ctx.needs_input_grad[1 + k] else None
