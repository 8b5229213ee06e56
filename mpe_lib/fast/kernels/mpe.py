"""The estimate in one kernel forward and one backward: all steps in parallel, sweeps fused.

After K sweeps the potential before step t is what K exact steps make of the guess at step
t - 1 - K. So each step runs its own short window of K + 1 steps, and nothing but x is read and
nothing but s is written. Backward gathers: x[j] is in the windows that end at j to j + K + 1, and
each of them is run again. The draw is a hash of the place, so it is computed again too.
"""

import triton
import triton.language as tl

from .lif import advance
from .steps import guess, guess_slope, step_back


@triton.jit
def read(x, t, n, T, stride, live, DTYPE: tl.constexpr):
    """x at step t; 0 outside its steps."""
    inside = live & (n * 0 + t >= 0) & (n * 0 + t < T)
    return tl.load(x + t * stride + n, mask=inside, other=0.0).to(DTYPE)


@triton.jit
def potential(x, v0, t, n, T, stride, live, seed, decay, v_threshold, K: tl.constexpr,
              HAS_V0: tl.constexpr, RULE: tl.constexpr, RESET: tl.constexpr,
              DTYPE: tl.constexpr):  # fmt: skip
    """The potential after step t in pass K: K exact steps from the guess at step t - K.

    Where that lies before the first step, t + 1 exact steps from v0 of pass K - t - 1.
    """
    first = t - K
    x_t = read(x, first, n, T, stride, live, DTYPE)
    v = guess(x_t, first * stride + n, seed, v_threshold, RULE)
    before = tl.full(v.shape, 0.0, DTYPE)
    if HAS_V0:
        began = live & (n * 0 + first < 0) & (n * 0 + t >= -1)
        before = tl.load(v0 + (K - t - 1) * stride + n, mask=began, other=0.0).to(DTYPE)
    v = tl.where(n * 0 + first >= 0, v, before)
    for k in tl.static_range(K):
        x_t = read(x, first + 1 + k, n, T, stride, live, DTYPE)
        _, _, after = advance(x_t, v, decay, v_threshold, RESET)
        v = tl.where(n * 0 + first + 1 + k >= 0, after, v)
    return v


@triton.jit
def last_step(x, v0, t, n, T, stride, live, seed, decay, v_threshold, K: tl.constexpr,
              HAS_V0: tl.constexpr, RULE: tl.constexpr, RESET: tl.constexpr,
              DTYPE: tl.constexpr):  # fmt: skip
    """(u, h, s, v): the potential before step t in sweep K, and what the step makes of it."""
    u = potential(x, v0, t - 1, n, T, stride, live, seed, decay, v_threshold, K,
                  HAS_V0, RULE, RESET, DTYPE)  # fmt: skip
    h, s, v = advance(read(x, t, n, T, stride, live, DTYPE), u, decay, v_threshold, RESET)
    return u, h, s, v


@triton.jit(do_not_specialize=["T", "seed"])
def mpe_forward(
    x, s, v0, loss, weights, decay, v_threshold, seed, T, N,
    STEPS: tl.constexpr, K: tl.constexpr, HAS_V0: tl.constexpr, LOSS: tl.constexpr,
    SEED_IN_MEMORY: tl.constexpr, RULE: tl.constexpr, RESET: tl.constexpr, BLOCK: tl.constexpr,
    DTYPE: tl.constexpr,
):  # fmt: skip
    """Spikes, and the block's share of the loss; weights [T] are kappa / (neurons in a step)."""
    parts = tl.cdiv(T, STEPS)
    n = (tl.program_id(0) // parts).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    first = (tl.program_id(0) % parts * STEPS).to(tl.int64)
    live, stride = n < N, tl.cast(N, tl.int64)
    decay, v_threshold = tl.load(decay), tl.load(v_threshold)
    if SEED_IN_MEMORY:
        seed = tl.load(seed)
    total = tl.full((BLOCK,), 0.0, DTYPE)
    for i in range(STEPS):
        t = first + i
        inside = live & (n * 0 + t < T)
        _, _, s_t, v = last_step(x, v0, t, n, T, stride, live, seed, decay, v_threshold, K,
                                 HAS_V0, RULE, RESET, DTYPE)  # fmt: skip
        tl.store(s + t * stride + n, s_t, mask=inside)
        if LOSS:
            v_hat = potential(x, v0, t, n, T, stride, live, seed, decay, v_threshold, K,
                              HAS_V0, RULE, RESET, DTYPE)  # fmt: skip
            weight = tl.load(weights + t + n * 0, mask=inside, other=0.0)
            total += tl.where(inside, weight * (v_hat - v) * (v_hat - v), 0.0)
    if LOSS:
        tl.store(loss + tl.program_id(0), tl.sum(total, 0))


@triton.jit
def pull(x, v0, t, n, T, stride, live, seed, decay, v_threshold, weights, g_loss, v,
         K: tl.constexpr, HAS_V0: tl.constexpr, RULE: tl.constexpr, RESET: tl.constexpr,
         DTYPE: tl.constexpr):  # fmt: skip
    """Gradient of the loss with respect to v_hat[t]; that of v[t] is the negative."""
    v_hat = potential(x, v0, t, n, T, stride, live, seed, decay, v_threshold, K,
                      HAS_V0, RULE, RESET, DTYPE)  # fmt: skip
    inside = live & (n * 0 + t >= 0) & (n * 0 + t < T)
    weight = tl.load(weights + t + n * 0, mask=inside, other=0.0)
    return tl.where(inside, 2 * g_loss * weight * (v_hat - v), 0.0)


@triton.jit(do_not_specialize=["T", "seed"])
def mpe_backward(
    x, g_s, g_x, v0, g_v0, sums, g_loss, weights, decay, v_threshold, seed, T, N,
    STEPS: tl.constexpr, K: tl.constexpr, HAS_V0: tl.constexpr, LOSS: tl.constexpr,
    SUMS: tl.constexpr, SEED_IN_MEMORY: tl.constexpr, RULE: tl.constexpr, RESET: tl.constexpr,
    SURROGATE: tl.constexpr, BLOCK: tl.constexpr, DTYPE: tl.constexpr,
):  # fmt: skip
    parts = tl.cdiv(T, STEPS)
    n = (tl.program_id(0) // parts).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    first = (tl.program_id(0) % parts * STEPS).to(tl.int64)
    live, stride = n < N, tl.cast(N, tl.int64)
    decay, v_threshold = tl.load(decay), tl.load(v_threshold)
    if SEED_IN_MEMORY:
        seed = tl.load(seed)
    if LOSS:
        g_loss = tl.load(g_loss)
    nothing = tl.full((BLOCK,), 0.0, DTYPE)
    by_decay, by_threshold = nothing, nothing
    for i in range(STEPS):
        j = first + i  # the step whose gradient this is
        inside = live & (n * 0 + j < T)
        g_j = nothing
        for after in tl.static_range(K + 2):
            e = j + after  # the last step of a window that x[j] is in
            u, h, s, v = last_step(x, v0, e, n, T, stride, live, seed, decay, v_threshold, K,
                                   HAS_V0, RULE, RESET, DTYPE)  # fmt: skip
            g_v = nothing
            if LOSS:
                g_v = -pull(x, v0, e, n, T, stride, live, seed, decay, v_threshold, weights,
                            g_loss, v, K, HAS_V0, RULE, RESET, DTYPE)  # fmt: skip
            g_h, g_threshold = step_back(
                h, s, read(g_s, e, n, T, stride, live, DTYPE), g_v, v_threshold, RESET, SURROGATE
            )
            real = inside & (n * 0 + e < T)
            g_h = tl.where(real, g_h, 0.0)
            g_threshold = tl.where(real, g_threshold, 0.0)
            for back in tl.static_range(1, after + 1):  # from step e to step e - back
                g_v = decay * g_h
                if LOSS and back == 1:
                    _, _, _, v = last_step(
                        x,
                        v0,
                        e - 1,
                        n,
                        T,
                        stride,
                        live,
                        seed,
                        decay,
                        v_threshold,
                        K,
                        HAS_V0,
                        RULE,
                        RESET,
                        DTYPE,
                    )
                    g_v += pull(x, v0, e - 1, n, T, stride, live, seed, decay, v_threshold,
                                weights, g_loss, v, K, HAS_V0, RULE, RESET, DTYPE)  # fmt: skip
                if back <= K:
                    u, h, s, v = last_step(
                        x,
                        v0,
                        e - back,
                        n,
                        T,
                        stride,
                        live,
                        seed,
                        decay,
                        v_threshold,
                        K - back,
                        HAS_V0,
                        RULE,
                        RESET,
                        DTYPE,
                    )
                    g_h, g_threshold = step_back(h, s, nothing, g_v, v_threshold, RESET, SURROGATE)
                    real = inside & (n * 0 + e - back < T)
                    g_h = tl.where(real, g_h, 0.0)
                    g_threshold = tl.where(real, g_threshold, 0.0)
                    u = tl.where(real, u, 0.0)
                else:
                    x_j = read(x, j, n, T, stride, live, DTYPE)
                    stay = guess_slope(x_j, j * stride + n, seed, v_threshold, RULE)
                    g_h = tl.where(
                        stay == 0, 0.0, g_v * stay
                    )  # nothing passes a reset, NaN neither
                    g_threshold, u = nothing, nothing
            g_j += g_h
            by_decay += tl.where(inside, g_h * u, 0.0)
            by_threshold += tl.where(inside, g_threshold, 0.0)
            if HAS_V0 and after <= K:  # from here to the potential before step 0 in that pass
                tl.store(g_v0 + (K - after) * stride + n, decay * g_h,
                         mask=inside & (n * 0 + j == 0))  # fmt: skip
        tl.store(g_x + j * stride + n, g_j, mask=inside)
    if SUMS:
        tl.store(sums + 2 * tl.program_id(0), tl.sum(by_decay, 0))
        tl.store(sums + 2 * tl.program_id(0) + 1, tl.sum(by_threshold, 0))
