"""Random numbers from a formula: an integer hash of (seed, flat index).

The same numbers come from NumPy, eager torch, compiled torch and a kernel, on any device, in any
order and as often as asked; torch's own generators promise none of that. NumPy is the formula to
read, in unsigned 32-bit words; torch has few unsigned operations, so it does the same in signed
ones, whose products wrap alike and whose right shifts are masked.
"""

import itertools
import numbers

import numpy as np
import torch
from torch import Tensor

from .transforms import recorded, transformed

MASK = 0xFFFFFFFF
# the 32-bit mixer "lowbias32" of C. Wellons (nullprogram.com, 2018): shifts and odd multipliers
MIX = ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1))
HIGH = 0x9E3779B9  # tells the two words of a seed apart when they are equal


def uniform(index: np.ndarray, seed: int) -> np.ndarray:
    """Uniform numbers in [0, 1) for the given flat indices; the definition, in NumPy.

    ``u = (mix(mix(k0 ^ low(i)) ^ k1 ^ high(i)) >> 8) / 2^24`` with the keys
    ``k1 = mix(mix(low(seed)) ^ high(seed) ^ 0x9E3779B9)`` and ``k0 = mix(low(seed) ^ k1)``; low
    and high are the 32-bit words. Both words of the seed are in both keys, and different seeds
    have different keys: an index that is shifted by k0 alone would give every seed below 2^32 the
    same numbers in another order.

    Args:
        index: whole numbers >= 0, any shape.
        seed: an int that fits in 64 bits.

    Returns:
        float32 in the shape of index: multiples of 2^-24, exact.

    >>> uniform(np.arange(3), 7).tolist()
    [0.648827314376831, 0.8484364748001099, 0.38602274656295776]
    """
    k0, k1 = keys(int(seed))
    index = np.asarray(index, dtype=np.uint64)
    low, high = (index & np.uint64(MASK)).astype(np.uint32), (index >> np.uint64(32))
    z = _mix_words(_mix_words(low ^ np.uint32(k0)) ^ np.uint32(k1) ^ high.astype(np.uint32))
    return (z >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def uniform_like(x: Tensor, seed: int | Tensor | None = None, first: int = 0) -> Tensor:
    """The same numbers in torch: element i of x, in C order, gets ``uniform(first + i, seed)``.

    Args:
        x: any shape; only its shape and device are used.
        seed: an int, a 0-d tensor of one, or None: taken from torch's random state on the device
            of x.
        first: the index of the first element.

    Returns:
        float32, shaped like x.

    Raises:
        TypeError, ValueError: a seed that is none of these or does not fit in 64 bits.

    >>> bool((uniform_like(torch.empty(2, 3), seed=7).flatten().numpy()
    ...       == uniform(np.arange(6), 7)).all())
    True
    """
    seed = check_seed(seed, x)
    if isinstance(seed, Tensor):
        low, high = seed.to(torch.int32), (seed >> 32).to(torch.int32)
        k1 = _mix_signed(_mix_signed(low) ^ high ^ _signed(HIGH))
        k0 = _mix_signed(low ^ k1)
    else:
        k0, k1 = (_signed(key) for key in keys(seed))
    n, where = x.numel(), x.device
    if not torch.compiler.is_exporting() and first + n < 2**31:  # exported: for any number
        z = torch.arange(first, first + n, dtype=torch.int32, device=where)
        z = _mix_signed(z ^ k0) ^ k1
    else:
        index = torch.arange(first, first + n, device=where)
        z = _mix_signed(index.to(torch.int32) ^ k0) ^ k1 ^ (index >> 32).to(torch.int32)
    z = (_mix_signed(z) >> 8) & 0xFFFFFF
    return (z.float() * 2.0**-24).view(x.shape)


def check_seed(seed: int | Tensor | None, x: Tensor) -> int | Tensor:
    """A seed to use for x: the one given, refused if it is no seed, or a fresh one for None.

    A fresh seed is drawn where x is: the host of a GPU never waits for it, and a CUDA graph that
    was captured draws anew each time it is played.
    """
    if seed is None:
        if transformed(x):  # vmap's own randomness= says whether the samples share it
            return _fresh(x.device)
        if recorded():
            return _in_order(x)
        seed = _fresh(x.device)
        return seed.item() if x.device.type == "cpu" else seed
    if isinstance(seed, np.ndarray) and not seed.ndim:
        seed = seed.item()
    if isinstance(seed, Tensor):
        if seed.ndim or seed.is_floating_point() or seed.is_complex() or seed.dtype == torch.bool:
            raise TypeError(
                f"seed must be an int or a 0-d int64 tensor, got {seed.dtype} of shape "
                f"{tuple(seed.shape)}: use torch.tensor(0)"
            )
        if seed.dtype != torch.uint64:
            return seed.to(torch.int64)
        seed = seed.item()  # half of these do not fit
    if isinstance(seed, bool) or not isinstance(seed, numbers.Integral):
        raise TypeError(f"seed must be an int or None, got {type(seed).__name__}: pass seed=0")
    seed = int(seed)
    if not -(2**63) <= seed < 2**63:
        raise ValueError(f"seed must fit in 64 bits, got {seed}: pass a smaller number")
    if torch.compiler.is_compiling():  # one graph serves every seed
        return torch.full((), seed, dtype=torch.int64, device="cpu")
    return seed


@torch.library.custom_op(
    "mpe_lib::fresh_seed", mutates_args=(), tags=[torch.Tag.nondeterministic_seeded]
)
def fresh_seed(after: Tensor, call: int) -> Tensor:
    """A 0-d int64 seed from torch's random state, the same when compiled as when not.

    Compilers merge operations that look alike and move those that wait for nothing: `call` tells
    one from another, and `after` is the seed before it, or anything where the seed is to be.
    """
    return _fresh(after.device)


@fresh_seed.register_fake
def _(after: Tensor, call: int) -> Tensor:
    return torch.empty((), dtype=torch.int64, device=after.device)


@fresh_seed.register_vmap
def _(info, in_dims, after: Tensor, call: int):
    if info.randomness != "same":
        raise RuntimeError(
            "expected one draw for all samples of a vmap that is compiled, got "
            f"randomness={info.randomness!r}: pass randomness='same', or seed= with one seed for "
            "each sample, or compile what vmap is given"
        )
    return fresh_seed(after.select(in_dims[0], 0), call), None


def _fresh(device: torch.device) -> Tensor:
    return torch.randint(2**62, (), device=device)


_before, _calls = torch.zeros((), dtype=torch.int64, device="cpu"), itertools.count()


def _in_order(x: Tensor) -> Tensor:
    """A fresh seed in a graph, behind all those before it; on a GPU without that order, because a
    tensor that is written to from outside keeps a graph from being captured."""
    if torch.jit.is_tracing():  # what depends on no input is taken for a constant there
        return fresh_seed(x, _call())
    after = x.new_zeros((), dtype=torch.int64)
    if x.device.type != "cpu" or torch.compiler.is_exporting() or not torch.compiler.is_compiling():
        return fresh_seed(after, _call())
    seed = fresh_seed(_before + after, _call())
    _before.copy_(seed)
    return seed


@torch.compiler.assume_constant_result
def _call() -> int:
    """Another number each time; a compiler asks once for each place in its graph."""
    return next(_calls)


def keys(seed: int) -> tuple[int, int]:
    """The two 32-bit keys of a seed."""
    low, high = seed & MASK, (seed >> 32) & MASK
    k1 = _mix(_mix(low) ^ high ^ HIGH)
    return _mix(low ^ k1), k1


def _mix(z: int) -> int:
    """Scramble one 32-bit word."""
    for shift, multiplier in MIX:
        z = ((z ^ (z >> shift)) * multiplier) & MASK
    return z


def _mix_words(z: np.ndarray) -> np.ndarray:
    """Scramble unsigned 32-bit words."""
    for shift, multiplier in MIX:
        z = (z ^ (z >> np.uint32(shift))) * np.uint32(multiplier)
    return z


def _mix_signed(z: Tensor) -> Tensor:
    """The same on int32 that hold the bits of those words."""
    for shift, multiplier in MIX:
        z = (z ^ ((z >> shift) & (MASK >> shift))) * _signed(multiplier)
    return z


def _signed(word: int) -> int:
    """The int32 with the same bits."""
    return word - 2**32 if word >= 2**31 else word
