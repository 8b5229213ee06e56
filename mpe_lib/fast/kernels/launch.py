"""The kernels as torch operators, so that autograd and ``torch.compile`` know what they are.

The kernels see x as ``[T, N]``, contiguous; scalars are 0-d tensors on the device of x, so that
a learned threshold is never read by the host.
"""

from functools import lru_cache

import torch
import triton
import triton.language as tl
from torch import Tensor

from ...core.dynamics import Settings, carried
from ...core.transforms import needs_grad, recorded
from ..gradients import only_once, plain
from .lif import CHUNK, lif_backward, lif_forward
from .mpe import mpe_backward, mpe_forward

NAMES = {torch.float32: tl.float32, torch.float64: tl.float64}
EXACT = {"enable_fp_fusion": False}  # no fused multiply-add


def lif(x, neuron: Settings, v0, with_last) -> tuple[Tensor, Tensor]:
    """(spikes of the exact neuron, shaped like x; its last potential, empty if not asked for);
    v0 ``[B, ...]`` or None."""
    numbers = as_scalar(neuron.decay, x), as_scalar(neuron.v_threshold, x)
    save = needs_grad(x, *numbers, v0)
    return _lif(x, *numbers, v0, neuron.reset, neuron.surrogate, save, with_last)[:2]


def mpe(x, rule, neuron: Settings, sweeps, seed, v0, kappa, with_loss):
    """(spikes, membrane loss or None) of the estimate; v0 ``[sweeps + 1, B, ...]``, kappa ``[T]``,
    or None."""
    numbers = as_scalar(neuron.decay, x), as_scalar(neuron.v_threshold, x)
    if not isinstance(seed, Tensor):
        seed = torch.full((), seed or 0, dtype=torch.int64, device="cpu")
    weights = None
    if with_loss:
        if kappa is None:
            weights = numbers[0].new_full((len(x),), 1 / x.numel())
        else:
            weights = kappa.to(numbers[0]) / _sizes(x)[1]
    names = rule, neuron.reset, neuron.surrogate
    s, loss = _mpe(x, *numbers, v0, seed, weights, *names, sweeps)
    return s, loss if with_loss else None


def as_scalar(value: float | Tensor, x: Tensor) -> Tensor:
    """A float or 0-d tensor as a 0-d tensor in the dtype that potentials are carried in."""
    dtype = carried(x.dtype)
    if isinstance(value, Tensor):
        return value.to(x.device, dtype)
    if recorded() or torch._C._len_torch_function_stack() or x.is_cuda and _capturing():
        return torch.full((), value, dtype=dtype, device=x.device)  # theirs, and not to be kept
    return _scalar(value, dtype, x.device)


@lru_cache(maxsize=256)
def _scalar(value: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    with torch.inference_mode(False):  # or it could not be kept for a backward later on
        return torch.tensor(value, dtype=dtype, device=device)


def _capturing() -> bool:
    return torch.cuda.is_current_stream_capturing()


def _sizes(x: Tensor) -> tuple[int, int]:
    return len(x), x.numel() // len(x)


def _lif_grid(x: Tensor) -> tuple[tuple[int], dict]:
    neurons = _sizes(x)[1]
    block = 128 if neurons < 2**18 else 512  # few neurons: spread them over the processors
    return (triton.cdiv(neurons, block),), {"BLOCK": block, "num_warps": 4, **EXACT}


def _mpe_grid(x: Tensor) -> tuple[tuple[int], dict]:
    steps = 1 if x.numel() < 2**22 else 8  # neighbouring steps of one block share their reads
    block = 256 if x.numel() < 2**22 else 512
    programs = triton.cdiv(_sizes(x)[1], block) * triton.cdiv(len(x), steps)
    return (programs,), {"STEPS": steps, "BLOCK": block, "num_warps": 4, **EXACT}


def _dtype(x: Tensor):
    return NAMES[carried(x.dtype)]


@torch.library.custom_op("mpe_lib::lif", mutates_args=())
def _lif(
    x: Tensor, decay: Tensor, v_threshold: Tensor, v0: Tensor | None, reset: str,
    surrogate: str, save: bool, with_last: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    s, last, starts = _lif_shapes(x, decay, v_threshold, v0, reset, surrogate, save, with_last)
    has_v0 = v0 is not None
    grid, settings = _lif_grid(x)
    x, v0 = plain(x), decay if v0 is None else plain(v0)
    with _on(x):
        lif_forward[grid](
            x, s, v0, starts, last, decay, v_threshold, *_sizes(x), HAS_V0=has_v0, SAVE=save,
            LAST=with_last, RESET=reset, CHUNK=CHUNK, DTYPE=_dtype(x), **settings,
        )  # fmt: skip
    return s, last, starts


@_lif.register_fake
def _lif_shapes(x, decay, v_threshold, v0, reset, surrogate, save, with_last):
    chunks = (x.shape[0] - 1) // CHUNK if save else 0
    last = decay.new_empty(x.shape[1:] if with_last else (0,))
    return x.new_empty(x.shape), last, decay.new_empty((chunks, *x.shape[1:]))


@torch.library.custom_op("mpe_lib::lif_back", mutates_args=())
def _lif_back(
    x: Tensor, g_s: Tensor, g_last: Tensor | None, starts: Tensor, decay: Tensor,
    v_threshold: Tensor, v0: Tensor | None, reset: str, surrogate: str, sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    grid, settings = _lif_grid(x)
    has_v0, with_last = v0 is not None, g_last is not None
    x, g_s, v0 = plain(x), plain(g_s), plain(v0) if has_v0 else decay
    g_last = plain(g_last) if with_last else decay
    g_x, g_v0 = torch.empty_like(x), torch.empty_like(v0)
    totals = starts.new_zeros(2) if not sums else starts.new_empty((grid[0], 2))
    with _on(x):
        lif_backward[grid](
            x, g_s, g_x, v0, starts, g_v0, g_last, totals, decay, v_threshold, *_sizes(x),
            HAS_V0=has_v0, LAST=with_last, SUMS=sums, RESET=reset, SURROGATE=surrogate,
            CHUNK=CHUNK, DTYPE=_dtype(x), **settings,
        )  # fmt: skip
    return g_x, g_v0, totals.sum(0) if sums else totals


@_lif_back.register_fake
def _(x, g_s, g_last, starts, decay, v_threshold, v0, reset, surrogate, sums):
    g_v0 = decay.new_empty(() if v0 is None else v0.shape)
    return x.new_empty(x.shape), g_v0, starts.new_empty((2,))


def _lif_keep(ctx, inputs, output):
    x, decay, v_threshold, v0, reset, surrogate, _, ctx.with_last = inputs
    ctx.save_for_backward(x, output[2], decay, v_threshold, v0)
    ctx.options = reset, surrogate
    ctx.set_materialize_grads(False)


def _lif_grads(ctx, g_s, g_last, _):
    only_once()
    x, starts, decay, v_threshold, v0 = ctx.saved_tensors
    needs = ctx.needs_input_grad
    g_s = torch.zeros_like(x) if g_s is None else g_s
    g_last = g_last if ctx.with_last else None
    g_x, g_v0, totals = torch.ops.mpe_lib.lif_back(
        x, g_s, g_last, starts, decay, v_threshold, v0, *ctx.options, needs[1] or needs[2]
    )
    by_decay, by_threshold = (totals[k] if needs[k + 1] else None for k in (0, 1))
    nothing = (None,) * 4  # the options
    return g_x, by_decay, by_threshold, None if v0 is None else g_v0, *nothing


_lif.register_autograd(_lif_grads, setup_context=_lif_keep)


@torch.library.custom_op("mpe_lib::mpe", mutates_args=())
def _mpe(
    x: Tensor, decay: Tensor, v_threshold: Tensor, v0: Tensor | None, seed: Tensor,
    weights: Tensor | None, rule: str, reset: str, surrogate: str, sweeps: int,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    grid, settings = _mpe_grid(x)
    s, with_loss, has_v0 = x.new_empty(x.shape), weights is not None, v0 is not None
    x, v0 = plain(x), plain(v0) if has_v0 else decay
    parts = decay.new_empty(grid if with_loss else ())
    with _on(x):
        mpe_forward[grid](
            x, s, v0, parts, weights if with_loss else decay, decay,
            v_threshold, _seed(seed), *_sizes(x), K=sweeps, HAS_V0=has_v0, LOSS=with_loss,
            SEED_IN_MEMORY=seed.is_cuda, RULE=rule, RESET=reset, DTYPE=_dtype(x), **settings,
        )  # fmt: skip
    return s, parts.sum() if with_loss else parts


@_mpe.register_fake
def _(x, decay, v_threshold, v0, seed, weights, rule, reset, surrogate, sweeps):
    return x.new_empty(x.shape), torch.empty_like(decay)


@torch.library.custom_op("mpe_lib::mpe_back", mutates_args=())
def _mpe_back(
    x: Tensor, g_s: Tensor, g_loss: Tensor | None, decay: Tensor, v_threshold: Tensor,
    v0: Tensor | None, seed: Tensor, weights: Tensor | None, rule: str, reset: str,
    surrogate: str, sweeps: int, sums: bool,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    grid, settings = _mpe_grid(x)
    has_v0, with_loss = v0 is not None, g_loss is not None
    x, g_s, v0 = plain(x), plain(g_s), plain(v0) if has_v0 else decay
    g_x, g_v0 = torch.empty_like(x), torch.empty_like(v0)
    totals = decay.new_zeros(2) if not sums else decay.new_empty((grid[0], 2))
    with _on(x):
        mpe_backward[grid](
            x, g_s, g_x, v0, g_v0, totals, g_loss if with_loss else decay,
            weights if with_loss else decay, decay, v_threshold, _seed(seed), *_sizes(x),
            K=sweeps, HAS_V0=has_v0, LOSS=with_loss, SUMS=sums, SEED_IN_MEMORY=seed.is_cuda,
            RULE=rule, RESET=reset, SURROGATE=surrogate, DTYPE=_dtype(x), **settings,
        )  # fmt: skip
    return g_x, g_v0, totals.sum(0) if sums else totals


@_mpe_back.register_fake
def _(x, g_s, g_loss, decay, v_threshold, v0, seed, weights, rule, reset, surrogate, sweeps, sums):
    g_v0 = decay.new_empty(() if v0 is None else v0.shape)
    return x.new_empty(x.shape), g_v0, decay.new_empty((2,))


def _mpe_keep(ctx, inputs, output):
    x, decay, v_threshold, v0, seed, weights, *ctx.options = inputs
    ctx.save_for_backward(x, decay, v_threshold, v0, seed, weights)
    ctx.set_materialize_grads(False)


def _mpe_grads(ctx, g_s, g_loss):
    only_once()
    x, decay, v_threshold, v0, seed, weights = ctx.saved_tensors
    needs = ctx.needs_input_grad
    g_s = torch.zeros_like(x) if g_s is None else g_s
    g_loss = None if weights is None else g_loss
    g_x, g_v0, totals = torch.ops.mpe_lib.mpe_back(
        x, g_s, g_loss, decay, v_threshold, v0, seed, weights, *ctx.options, needs[1] or needs[2]
    )
    by_decay, by_threshold = (totals[k] if needs[k + 1] else None for k in (0, 1))
    nothing = (None,) * 6  # seed, weights and the options
    return g_x, by_decay, by_threshold, None if v0 is None else g_v0, *nothing


_mpe.register_autograd(_mpe_grads, setup_context=_mpe_keep)


def _seed(seed: Tensor) -> int | Tensor:
    return seed if seed.is_cuda else int(seed)


def _on(x: Tensor):
    """The device of x as the current one: Triton launches there."""
    return torch.cuda.device_of(x)
