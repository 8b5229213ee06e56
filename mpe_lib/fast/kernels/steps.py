"""The neuron's lines as Triton functions: charge, fire, reset, their backward, guess and draw.

The same lines as in dynamics.py, surrogate.py, estimate.py and draw.py of core/, on
blocks of neurons. Kernels are launched without fused multiply-add: it
rounds once where these lines round twice, and a spike hangs on the last bit.
"""

import triton
import triton.language as tl

# the names that the functions below have a branch for
KNOWN = {
    "reset": ("hard", "soft", "none"),
    "surrogate": ("triangle", "sigmoid", "atan"),
    "rule": ("bernoulli", "mean", "hard", "zero"),
}


@triton.jit
def fire(d):
    """1 where d is strictly above 0; NaN is not above."""
    return (d > 0).to(d.dtype)


@triton.jit
def after_reset(h, s, v_threshold, RESET: tl.constexpr):
    tl.static_assert(RESET == "hard" or RESET == "soft" or RESET == "none", "unknown reset")
    v = h
    if RESET == "hard":
        v = (1 - s) * h
    if RESET == "soft":
        v = h - v_threshold * s
    return v


@triton.jit
def slope(d, SURROGATE: tl.constexpr):
    """The surrogate's slope at a distance d from the threshold; NaN stays NaN."""
    if SURROGATE == "triangle":
        f = 1 - tl.abs(d)
        f = tl.where(f < 0, 0.0, f)
    if SURROGATE == "sigmoid":
        up = 1 / (1 + tl.exp(-4 * d))
        f = 4 * up * (1 - up)
    if SURROGATE == "atan":
        f = 1 / (1 + (3.141592653589793 * d) * (3.141592653589793 * d))
    return f


@triton.jit
def step_back(h, s, g_s, g_v, v_threshold, RESET: tl.constexpr, SURROGATE: tl.constexpr):
    """Gradients of h and of the threshold from those of the spikes and of v after reset."""
    g_h = g_v
    if RESET == "hard":
        g_s = g_s - tl.where(g_v == 0, 0.0, g_v * h)  # nothing times infinity is nothing
        g_h = g_v * (1 - s)
    if RESET == "soft":
        g_s = g_s - g_v * v_threshold
    g_d = g_s * slope(h - v_threshold, SURROGATE)
    g_threshold = -g_d
    if RESET == "soft":
        g_threshold = g_threshold - g_v * s
    return g_h + g_d, g_threshold


@triton.jit
def mix(z):
    """Scramble unsigned 32-bit words."""
    z = (z ^ (z >> 16)) * 0x7FEB352D
    z = (z ^ (z >> 15)) * 0x846CA68B
    return z ^ (z >> 16)


@triton.jit
def resets_drawn(x, index, seed):
    """True with probability sigmoid(x), by the hash of (seed, flat index)."""
    word = tl.full(index.shape, 0, tl.int64) + seed
    low, high = word.to(tl.uint32), (word >> 32).to(tl.uint32)
    k1 = mix(mix(low) ^ high ^ 0x9E3779B9)
    k0 = mix(low ^ k1)
    z = mix(mix(index.to(tl.uint32) ^ k0) ^ k1 ^ (index >> 32).to(tl.uint32))
    u = (z >> 8).to(tl.float32) * 5.9604644775390625e-08  # 2^-24
    apart = u - 1 / (1 + tl.exp(-x.to(tl.float32)))
    resets = apart < 0
    if tl.max((tl.abs(apart) < 2e-6).to(tl.int32), 0) > 0:  # too near for single precision
        resets = u.to(tl.float64) < 1 / (1 + tl.exp(-x.to(tl.float64)))
    return resets


@triton.jit
def guess(x, index, seed, v_threshold, RULE: tl.constexpr):
    """v_hat of the input of the same step alone; index is the flat index of x."""
    if RULE == "zero":
        v_hat = tl.full(x.shape, 0.0, x.dtype)
    if RULE == "mean":
        wide = x.to(tl.float64)
        v_hat = (wide * (1 / (1 + tl.exp(wide)))).to(x.dtype)
    if RULE == "hard":
        v_hat = tl.where(x > v_threshold, 0.0, x)
    if RULE == "bernoulli":
        v_hat = tl.where(resets_drawn(x, index, seed), 0.0, x)
    return v_hat.to(x.dtype)


@triton.jit
def guess_slope(x, index, seed, v_threshold, RULE: tl.constexpr):
    """dv_hat/dx; the draw, and the comparison in "hard", are taken as given."""
    if RULE == "zero":
        f = tl.full(x.shape, 0.0, x.dtype)
    if RULE == "mean":
        up = 1 / (1 + tl.exp(-x))
        f = (1 - up) * (1 - x * up)
    if RULE == "hard":
        f = tl.where(x > v_threshold, 0.0, 1.0)
    if RULE == "bernoulli":
        f = tl.where(resets_drawn(x, index, seed), 0.0, 1.0)
    return f.to(x.dtype)
