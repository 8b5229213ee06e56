"""The exact neuron by sweeps over all steps at once, with a certificate that it is exact."""

import torch
from torch import Tensor

from .dynamics import Trace, carry, check_neuron, lif_sequence, lif_step
from .estimate import RULES, Rule, _previous, estimate_membrane

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
        The gradient is that of lif_sequence: the sweeps keep no graph, and backward runs the
        exact neuron once more, step by step. So only the forward pass is parallel in time.

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
    check_neuron(x, decay, v_threshold, reset, surrogate, v0)
    _check_start(start, max_sweeps)
    with torch.no_grad():
        current = carry(x)  # [T, B, ...]
        v = estimate_membrane(current, start, v_threshold).to(current.dtype)
        for sweeps in range(1, (max_sweeps or len(x) + 1) + 1):
            v_hat = v
            u = _previous(v_hat, v0)
            s, h, v = lif_step(current, u, decay, v_threshold, reset, surrogate)
            if same_bits(v, v_hat) or sweeps > len(x):
                break
        else:
            raise RuntimeError(
                f"no certificate after max_sweeps={max_sweeps}: the slowest neuron needs more; "
                f"leave max_sweeps out (at most {len(x) + 1} are needed) or use lif_sequence"
            )
        found = tuple(each.to(x.dtype) for each in (s, h, v))
        v_hat = v_hat.to(x.dtype)
    inputs = (x, decay, v_threshold, v0)
    if torch.is_grad_enabled() and any(_needs_grad(each) for each in inputs):
        found = _GradientOfLIF.apply(found, (reset, surrogate), *inputs)
    return Trace(*found, v_hat), sweeps


def same_bits(a: Tensor, b: Tensor) -> bool:
    """Are two float32 or float64 tensors the same to the last bit? A NaN equals itself here."""
    return torch.equal(a.contiguous().view(BITS[a.dtype]), b.contiguous().view(BITS[b.dtype]))


class _GradientOfLIF(torch.autograd.Function):
    """Hands the finished s, h, v on; backward differentiates lif_sequence at the same inputs."""

    @staticmethod
    def forward(ctx, found: tuple[Tensor, ...], options: tuple[str, str], *inputs):
        ctx.options = options
        ctx.numbers = [None if isinstance(each, Tensor) else each for each in inputs]
        ctx.save_for_backward(*(each if isinstance(each, Tensor) else None for each in inputs))
        ctx.set_materialize_grads(False)
        return found

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *grads):
        needed = ctx.needs_input_grad[2:]
        leaves = [
            number if tensor is None else tensor.detach().requires_grad_(need)
            for tensor, number, need in zip(ctx.saved_tensors, ctx.numbers, needed, strict=True)
        ]
        x, decay, v_threshold, v0 = leaves
        with torch.enable_grad():
            trace = lif_sequence(x, decay, v_threshold, *ctx.options, v0)
        # at T = 1 without a reset, h depends on neither decay nor threshold
        used = [k for k in range(3) if grads[k] is not None and trace[k].requires_grad]
        if not used:
            return None, None, *(None for _ in needed)
        wanted = [leaf for leaf, need in zip(leaves, needed, strict=True) if need]
        outputs, ahead = [trace[k] for k in used], [grads[k] for k in used]
        found = iter(torch.autograd.grad(outputs, wanted, ahead, allow_unused=True))
        return None, None, *(next(found) if need else None for need in needed)


def _needs_grad(each) -> bool:
    return isinstance(each, Tensor) and each.requires_grad


def _check_start(start: Rule, max_sweeps: int | None) -> None:
    if not callable(start) and not (isinstance(start, str) and start in RULES):
        names = ", ".join(repr(name) for name in RULES)
        raise ValueError(
            f"start must be one of {names} or a callable x -> v_hat, got {start!r}: "
            "the result is the same from any of them"
        )
    if max_sweeps is None:
        return
    if isinstance(max_sweeps, bool) or not isinstance(max_sweeps, int) or max_sweeps < 1:
        raise ValueError(
            f"max_sweeps must be a whole number >= 1 or None, got {max_sweeps!r}: "
            "None sweeps until the certificate"
        )
