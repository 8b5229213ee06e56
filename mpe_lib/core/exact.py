"""The exact neuron by sweeps over all steps at once, with a certificate that it is exact."""

import torch
from torch import Tensor

from .checks import check_whole
from .dynamics import (
    Settings,
    Trace,
    carry,
    check_neuron,
    lif_sequence,
    lif_step,
    lif_step_back,
    threshold_back,
)
from .estimate import Rule, check_rule, estimate_membrane, previous
from .transforms import batched, needs_grad, recorded, transformed

BITS = {torch.float32: torch.int32, torch.float64: torch.int64}


def exact_parallel(
    x: Tensor,
    decay: float | Tensor = 0.25,
    v_threshold: float | Tensor = 1.0,
    reset: str = "hard",
    surrogate: str = "triangle",
    v0: Tensor | None = None,
    *,
    start: Rule = "hard",
    max_sweeps: int | None = None,
) -> tuple[Trace, int]:
    """The exact LIF without a loop over time: sweep over all steps until nothing changes.

    ``h = decay shift(v_hat) + x``, then fire and reset, gives v; v takes the place of v_hat.

    Why it ends, and why the end is right. Step t of a sweep uses v_hat[t-1] and no other guess.
    So if v_hat is exact on the first k steps, the v that comes out is exact on the first k + 1,
    whatever the first guess was: after T sweeps all is exact. And if a sweep returns
    v = v_hat, bit for bit, then v[0] is exact (its v0 is no guess), so v_hat[0] is, so v[1] is,
    and so on: a sweep that changes nothing is a certificate, often long before sweep T.

    Args:
        x: input current ``[T, B, ...]``, any floating dtype, in units of the threshold.
            bfloat16 and float16 are computed in float32 and rounded once, at the end.
        decay, v_threshold, reset, surrogate, v0: as in :func:`mpe_lib.lif_sequence`.
        start: the first guess, a rule of :func:`mpe_lib.estimate_membrane` or a function
            ``x -> v_hat``. It changes the number of sweeps and never the result; "bernoulli"
            draws from torch's random state.
        max_sweeps: give up after so many; None for the T + 1 that are always enough.

    Returns:
        (trace, sweeps): s, h, v ``[T, B, ...]`` are those of :func:`mpe_lib.lif_sequence` bit for
        bit; v_hat is the last guess used, equal to v, and carries no gradient. ``sweeps`` counts
        every pass over all steps, the certifying one too: 1 to T + 1, that of the slowest
        neuron in the batch. The trace is that of ``mpe_sequence(..., sweeps=sweeps - 1)``.
        The gradient is that of lif_sequence: the sweeps keep no graph, and backward walks the
        finished trace once from its end to its start, step by step. So of the library's two
        passes only the forward one is parallel in time. (Backward is linear in the gradient, so
        a scan could do it in about log2 T rounds; notebook 10 shows one.) Inside
        vmap or a compiler no certificate can be read, so all T + 1 sweeps are made.

    Raises:
        ValueError, TypeError: as :func:`mpe_lib.lif_sequence`; an unknown start, a max_sweeps
            below 1.
        RuntimeError: no certificate after max_sweeps.

    Source: FPT, arXiv 2506.12087, iterates the soft-reset LIF to its fixed point; the wider
    idea, recurrences as fixed points, is DEER's: arXiv 2407.19115 and the work it builds on.

    >>> x = torch.tensor([[0.9], [0.9], [0.9]])
    >>> trace, sweeps = exact_parallel(x, start="zero")
    >>> trace.s.flatten().tolist(), sweeps
    ([0.0, 1.0, 0.0], 4)
    """
    neuron, v0 = check_neuron(x, Settings(decay, v_threshold, reset, surrogate), v0)
    check_rule(start, "start", "the result is the same from any of them")
    if max_sweeps is not None:
        why = "None sweeps until the certificate"
        max_sweeps = check_whole("max_sweeps", max_sweeps, 1, why, " or None")
    tensors = (x, *neuron[:2], v0)
    blind = x.is_meta or recorded() or any(map(batched, tensors))
    with torch.no_grad():
        current = carry(x)  # [T, B, ...]
        v = estimate_membrane(current, start, v_threshold).to(current.dtype)
        for sweeps in range(1, (max_sweeps or len(x) + 1) + 1):
            v_hat = v
            u = previous(v_hat, v0)
            s, h, v = lif_step(current, u, neuron)
            if sweeps > len(x) or not blind and same_bits(v, v_hat):
                break
        else:
            raise RuntimeError(
                f"no certificate after max_sweeps={max_sweeps}: the slowest neuron needs more; "
                f"leave max_sweeps out (at most {len(x) + 1} are needed) or use lif_sequence"
            )
    trace = (s, h, v)
    if transformed(*tensors):  # which may differentiate twice: let it see the steps
        trace = lif_sequence(carry(x), *neuron, v0)[:3]
    elif needs_grad(*tensors):
        trace = _Finished.apply(trace, neuron[2:], carry(x), *neuron[:2], v0)
    return Trace(*(each.to(x.dtype) for each in (*trace, v_hat))), sweeps


def same_bits(a: Tensor, b: Tensor) -> bool:
    """Are two float32 or float64 tensors the same to the last bit? A NaN equals itself here."""
    a, b = (each.resolve_neg().contiguous().view(BITS[each.dtype]) for each in (a, b))
    return torch.equal(a, b)


class _Finished(torch.autograd.Function):
    """Hands a finished s, h, v on; backward is the exact neuron's, from the last step to the first.

    What comes from outside (g_s, g_h, g_v) joins
    :func:`mpe_lib.core.dynamics.lif_step_back` at each step; the gradient of the potential
    before it is ``decay`` times that of h.
    """

    @staticmethod
    def forward(ctx, trace, options, current, decay, v_threshold, v0):
        ctx.options, ctx.numbers = options, (decay, v_threshold)
        tensors = (each if isinstance(each, Tensor) else None for each in (decay, v_threshold, v0))
        ctx.save_for_backward(*trace, *tensors)
        return trace

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *outside):
        s, h, v, decay, v_threshold, v0 = ctx.saved_tensors
        decay = ctx.numbers[0] if decay is None else decay
        v_threshold = ctx.numbers[1] if v_threshold is None else v_threshold
        neuron = Settings(decay, v_threshold, *ctx.options)
        later, currents, distances, potentials = torch.zeros_like(v[0]), [], [], []
        for s_t, h_t, *outside_t in zip(*(each.flip(0) for each in (s, h, *outside)), strict=True):
            g_s, g_h, g_v = outside_t
            g_v = g_v + later
            inside, distance = lif_step_back(h_t, s_t, g_s, g_v, neuron)
            g_h = g_h + inside
            later = decay * g_h
            currents.append(g_h)
            distances.append(distance)
            potentials.append(g_v)
        g_x, distance, g_v = (
            torch.stack(each).flip(0) for each in (currents, distances, potentials)
        )
        needs_decay, needs_threshold = ctx.needs_input_grad[3:5]
        g_decay = (g_x * previous(v, v0)).sum().to(decay) if needs_decay else None
        g_threshold = threshold_back(h, s, distance, g_v, neuron) if needs_threshold else None
        return None, None, g_x, g_decay, g_threshold, None if v0 is None else later
