"""Random numbers from a formula: an integer hash of (seed, flat index).

The same numbers come from NumPy, eager torch, compiled torch and a kernel, on any device, in any
order and as often as asked; torch's own generators promise none of that. NumPy is the formula to
read, in unsigned 32-bit words; torch has few unsigned operations, so it does the same in signed
ones, whose products wrap alike and whose right shifts are masked.
"""

import numpy as np
import torch
from torch import Tensor

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


def uniform_like(x: Tensor, seed: int | Tensor | None = None) -> Tensor:
    """The same numbers in torch: element i of x, in C order, gets ``uniform(i, seed)``.

    Args:
        x: any shape; only its shape and device are used.
        seed: an int, a 0-d int64 tensor, or None: taken from torch's random state.

    Returns:
        float32, shaped like x.

    Raises:
        TypeError, ValueError: a seed that is none of these or does not fit in 64 bits.

    >>> bool((uniform_like(torch.empty(2, 3), seed=7).flatten().numpy()
    ...       == uniform(np.arange(6), 7)).all())
    True
    """
    seed = check_seed(seed)
    if isinstance(seed, Tensor):
        low, high = seed.to(torch.int32), (seed >> 32).to(torch.int32)
        k1 = _mix_signed(_mix_signed(low) ^ high ^ _signed(HIGH))
        k0 = _mix_signed(low ^ k1)
    else:
        k0, k1 = (_signed(key) for key in keys(seed))
    n, where = x.numel(), x.device
    if n < 2**31:
        z = torch.arange(n, dtype=torch.int32, device=where)
        z = _mix_signed(z ^ k0) ^ k1
    else:
        index = torch.arange(n, device=where)
        z = _mix_signed(index.to(torch.int32) ^ k0) ^ k1 ^ (index >> 32).to(torch.int32)
    z = (_mix_signed(z) >> 8) & 0xFFFFFF
    return (z.float() * 2.0**-24).view(x.shape)


def check_seed(seed: int | Tensor | None) -> int | Tensor:
    """A seed to use: the one given, refused if it is no seed, or a fresh one for None."""
    if seed is None:
        return fresh_seed() if torch.compiler.is_compiling() else _fresh().item()
    if isinstance(seed, Tensor):
        if seed.dtype != torch.int64 or seed.ndim:
            raise TypeError(
                f"seed must be an int or a 0-d int64 tensor, got {seed.dtype} of shape "
                f"{tuple(seed.shape)}: use torch.tensor(0)"
            )
    elif isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed must be an int or None, got {type(seed).__name__}: pass seed=0")
    elif not -(2**63) <= seed < 2**63:
        raise ValueError(f"seed must fit in 64 bits, got {seed}: pass a smaller number")
    elif torch.compiler.is_compiling():  # one graph serves every seed
        return torch.full((), seed, dtype=torch.int64)
    return seed


@torch.library.custom_op(
    "mpe_lib::fresh_seed", mutates_args=(), tags=[torch.Tag.nondeterministic_seeded]
)
def fresh_seed() -> Tensor:
    """A 0-d int64 seed from torch's CPU random state, the same when compiled as when not."""
    return _fresh()


def _fresh() -> Tensor:
    return torch.randint(2**62, (), device="cpu")


@fresh_seed.register_fake
def _() -> Tensor:
    return torch.empty((), dtype=torch.int64)


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
