"""The neurons' forward and backward lines for all steps of ``[T, N]``: what gets compiled.

Plain functions of tensors that take None where a tensor would be 0, and return None for a
gradient that nobody asked for. ``options`` are fixed when a function is compiled.
"""

import torch
from torch import Tensor

from .draw import uniform_like
from .dynamics import after_reset, carry, lif_step_back
from .surrogate import fire


def lif_forward(x, v, decay, v_threshold, options=()):
    """(spikes, last v) of a block of steps ``[t, N]``."""
    (reset,) = options
    current, spikes = carry(x), []
    v = torch.zeros_like(current[0]) if v is None else v
    for x_t in current.unbind(0):
        h = decay * v + x_t
        s = fire(h - v_threshold)
        v = after_reset(h, s, v_threshold, reset)
        spikes.append(s.to(x.dtype))
    return torch.stack(spikes), v


def lif_backward(x, v, g_s, g_v, decay, v_threshold, options=()):
    """Gradients of (x, decay, threshold, the v before the block), the scalars' where asked for."""
    reset, surrogate, needs_decay, needs_threshold = options
    current, before, steps = carry(x), [], []
    v = torch.zeros_like(current[0]) if v is None else v
    g_v = torch.zeros_like(current[0]) if g_v is None else g_v
    for x_t in current.unbind(0):
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
