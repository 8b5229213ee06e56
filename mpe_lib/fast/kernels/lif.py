"""The exact LIF in one kernel forward and one backward: the steps in order, neurons in parallel.

Forward reads x and writes s, four steps at a time so that the loads overlap. For backward it
leaves the potential before every eighth step but the first, and the last one where somebody goes
on from it; backward runs those eight again, from the last to the first, and so reads x and the
gradient once from memory and writes the gradient once.
"""

import triton
import triton.language as tl

from .steps import after_reset, fire, step_back

CHUNK = 8  # steps between two stored potentials


@triton.jit
def load4(rows, n, stride, left, live, DTYPE: tl.constexpr):
    """Four steps of a block of neurons; 0 beyond the last step."""
    a = tl.load(rows + n, mask=live & (left + n * 0 > 0), other=0.0).to(DTYPE)
    b = tl.load(rows + stride + n, mask=live & (left + n * 0 > 1), other=0.0).to(DTYPE)
    c = tl.load(rows + 2 * stride + n, mask=live & (left + n * 0 > 2), other=0.0).to(DTYPE)
    d = tl.load(rows + 3 * stride + n, mask=live & (left + n * 0 > 3), other=0.0).to(DTYPE)
    return a, b, c, d


@triton.jit
def store4(rows, n, stride, left, live, a, b, c, d):
    """Four steps to memory, in the dtype that is there; nothing beyond the last step."""
    tl.store(rows + n, a, mask=live & (left + n * 0 > 0))
    tl.store(rows + stride + n, b, mask=live & (left + n * 0 > 1))
    tl.store(rows + 2 * stride + n, c, mask=live & (left + n * 0 > 2))
    tl.store(rows + 3 * stride + n, d, mask=live & (left + n * 0 > 3))


@triton.jit
def advance(x, v, decay, v_threshold, RESET: tl.constexpr):
    """One step: (h, s, v)."""
    h = decay * v + x
    s = fire(h - v_threshold)
    return h, s, after_reset(h, s, v_threshold, RESET)


@triton.jit
def advance4(a, b, c, d, v, decay, v_threshold, RESET: tl.constexpr):
    """Four steps: their spikes and the v after each."""
    _, s_a, v_a = advance(a, v, decay, v_threshold, RESET)
    _, s_b, v_b = advance(b, v_a, decay, v_threshold, RESET)
    _, s_c, v_c = advance(c, v_b, decay, v_threshold, RESET)
    _, s_d, v_d = advance(d, v_c, decay, v_threshold, RESET)
    return s_a, s_b, s_c, s_d, v_a, v_b, v_c, v_d


@triton.jit
def at_end(left, n, v, v_a, v_b, v_c, v_d):
    """The v after the last of four steps that there is: fewer than four may be left, or none."""
    v = tl.where(left + n * 0 > 0, v_a, v)
    v = tl.where(left + n * 0 > 1, v_b, v)
    v = tl.where(left + n * 0 > 2, v_c, v)
    return tl.where(left + n * 0 > 3, v_d, v)


@triton.jit(do_not_specialize=["T"])
def lif_forward(
    x, s, v0, starts, last, decay, v_threshold, T, N,
    HAS_V0: tl.constexpr, SAVE: tl.constexpr, LAST: tl.constexpr, RESET: tl.constexpr,
    BLOCK: tl.constexpr, CHUNK: tl.constexpr, DTYPE: tl.constexpr,
):  # fmt: skip
    n = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    live, stride = n < N, tl.cast(N, tl.int64)
    decay, v_threshold = tl.load(decay), tl.load(v_threshold)
    v = tl.full((BLOCK,), 0.0, DTYPE)
    if HAS_V0:
        v = tl.load(v0 + n, mask=live, other=0.0).to(DTYPE)
    starts -= stride
    for t in range(0, T, CHUNK):
        if SAVE:
            tl.store(starts + n, v, mask=live & (n * 0 + t > 0))
            starts += stride
        for q in tl.static_range(0, CHUNK, 4):
            left = T - t - q
            a, b, c, d = load4(x, n, stride, left, live, DTYPE)
            a, b, c, d, v_a, v_b, v_c, v_d = advance4(a, b, c, d, v, decay, v_threshold, RESET)
            if LAST:
                v_d = at_end(left, n, v, v_a, v_b, v_c, v_d)
            v = v_d
            store4(s, n, stride, left, live, a, b, c, d)
            x += 4 * stride
            s += 4 * stride
    if LAST:
        tl.store(last + n, v, mask=live)


@triton.jit
def back1(g_s, h, s, v, g_v, by_decay, by_threshold, decay, v_threshold, going,
          RESET: tl.constexpr, SURROGATE: tl.constexpr):  # fmt: skip
    """One step backward: the gradients of x and of the v before it, and the scalars' so far."""
    g_h, g_threshold = step_back(h, s, g_s, g_v, v_threshold, RESET, SURROGATE)
    by_decay += tl.where(going, g_h * v, 0.0)
    by_threshold += tl.where(going, g_threshold, 0.0)
    return g_h, tl.where(going, decay * g_h, g_v), by_decay, by_threshold


@triton.jit
def back4(x, g_s, g_x, n, stride, left, live, v, g_v, by_decay, by_threshold, decay, v_threshold,
          RESET: tl.constexpr, SURROGATE: tl.constexpr, DTYPE: tl.constexpr):  # fmt: skip
    """Four steps: forward from v to have h, then backward."""
    x_a, x_b, x_c, x_d = load4(x, n, stride, left, live, DTYPE)
    g_a, g_b, g_c, g_d = load4(g_s, n, stride, left, live, DTYPE)
    h_a, s_a, v_b = advance(x_a, v, decay, v_threshold, RESET)
    h_b, s_b, v_c = advance(x_b, v_b, decay, v_threshold, RESET)
    h_c, s_c, v_d = advance(x_c, v_c, decay, v_threshold, RESET)
    h_d, s_d, _ = advance(x_d, v_d, decay, v_threshold, RESET)
    g_d, g_v, by_decay, by_threshold = back1(
        g_d, h_d, s_d, v_d, g_v, by_decay, by_threshold, decay, v_threshold,
        left + n * 0 > 3, RESET, SURROGATE)  # fmt: skip
    g_c, g_v, by_decay, by_threshold = back1(
        g_c, h_c, s_c, v_c, g_v, by_decay, by_threshold, decay, v_threshold,
        left + n * 0 > 2, RESET, SURROGATE)  # fmt: skip
    g_b, g_v, by_decay, by_threshold = back1(
        g_b, h_b, s_b, v_b, g_v, by_decay, by_threshold, decay, v_threshold,
        left + n * 0 > 1, RESET, SURROGATE)  # fmt: skip
    g_a, g_v, by_decay, by_threshold = back1(
        g_a, h_a, s_a, v, g_v, by_decay, by_threshold, decay, v_threshold,
        left + n * 0 > 0, RESET, SURROGATE)  # fmt: skip
    store4(g_x, n, stride, left, live, g_a, g_b, g_c, g_d)
    return g_v, by_decay, by_threshold


@triton.jit(do_not_specialize=["T"])
def lif_backward(
    x, g_s, g_x, v0, starts, g_v0, g_last, sums, decay, v_threshold, T, N,
    HAS_V0: tl.constexpr, LAST: tl.constexpr, SUMS: tl.constexpr, RESET: tl.constexpr,
    SURROGATE: tl.constexpr, BLOCK: tl.constexpr, CHUNK: tl.constexpr, DTYPE: tl.constexpr,
):  # fmt: skip
    n = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    live, stride = n < N, tl.cast(N, tl.int64)
    decay, v_threshold = tl.load(decay), tl.load(v_threshold)
    chunks = tl.cdiv(T, CHUNK)
    last = tl.cast(chunks, tl.int64) - 1
    x += last * CHUNK * stride
    g_s += last * CHUNK * stride
    g_x += last * CHUNK * stride
    starts += (last - 1) * stride
    rest = tl.full((BLOCK,), 0.0, DTYPE)
    if HAS_V0:
        rest = tl.load(v0 + n, mask=live, other=0.0).to(DTYPE)
    g_v = tl.full((BLOCK,), 0.0, DTYPE)
    if LAST:
        g_v = tl.load(g_last + n, mask=live, other=0.0)
    by_decay = tl.full((BLOCK,), 0.0, DTYPE)
    by_threshold = tl.full((BLOCK,), 0.0, DTYPE)
    for k in range(chunks):
        left = T - (chunks - 1 - k) * CHUNK
        later = n * 0 + k < chunks - 1  # the first chunk starts from v0, which nobody stored
        v = tl.where(later, tl.load(starts + n, mask=live & later, other=0.0), rest)
        a, b, c, d = load4(x, n, stride, left, live, DTYPE)
        _, _, _, _, _, _, _, v_half = advance4(a, b, c, d, v, decay, v_threshold, RESET)
        half = 4 * stride
        g_v, by_decay, by_threshold = back4(
            x + half, g_s + half, g_x + half, n, stride, left - 4, live, v_half, g_v, by_decay,
            by_threshold, decay, v_threshold, RESET, SURROGATE, DTYPE)  # fmt: skip
        g_v, by_decay, by_threshold = back4(
            x, g_s, g_x, n, stride, left, live, v, g_v, by_decay, by_threshold, decay,
            v_threshold, RESET, SURROGATE, DTYPE)  # fmt: skip
        x -= CHUNK * stride
        g_s -= CHUNK * stride
        g_x -= CHUNK * stride
        starts -= stride
    if HAS_V0:
        tl.store(g_v0 + n, g_v, mask=live)
    if SUMS:  # of the block: torch adds the blocks up, in one order
        tl.store(sums + 2 * tl.program_id(0), tl.sum(tl.where(live, by_decay, 0.0), 0))
        tl.store(sums + 2 * tl.program_id(0) + 1, tl.sum(tl.where(live, by_threshold, 0.0), 0))
