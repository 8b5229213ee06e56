"""What training minimises (the membrane loss, the task at every step), and how spikes compare."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .causal import leaky_sum
from .dynamics import Trace, carry
from .transforms import watched

Kappa = Tensor | Sequence[float] | None


class Agreement(NamedTuple):
    """Shares of steps: the same, missed and extra spikes."""

    equal: float
    missed: float
    extra: float


def membrane_loss(trace: Trace, kappa: Kappa = None, *, target: Tensor | None = None) -> Tensor:
    """How far the guess was from the potential that the neuron itself arrived at.

    ``L = sum over t of kappa[t] mean((v_hat[t] - v[t])^2)``, the mean over batch and neurons.
    The paper takes the mean over t as well, with kappa = 1/T at the start: our loss is T times
    the paper's.

    Args:
        trace: of an estimating neuron; v_hat and v ``[T, B, ...]``, units of the threshold.
        kappa: T fixed weights, each >= 0, summing to 1; uniform if None. Never trained: the
            gradient of the loss with respect to kappa[t] is a mean square, so descent could
            only push kappa down, below zero in the end.
        target: what v_hat is compared with in the place of v, ``[T, B, ...]``, units of the
            threshold; the neuron's own v if None. ``lif_sequence(x).v.detach()`` is the exact
            potential (it needs the steps in order), ``trace.v.detach()`` is v held still.

    Returns:
        0-d loss, at least float32, always >= 0; units of the threshold squared. It pulls on
        v_hat and on v (or on the target, unless that is detached).

    Raises:
        ValueError: no v_hat; kappa of another length, negative, not summing to 1, or trainable;
            a target of another shape.
        TypeError: a target that is no floating tensor, a kappa that is no numbers.

    Source: arXiv 2409.04978, section 3, with the normalisation above; target is ours.

    >>> v, v_hat = torch.tensor([[0.5], [0.0]]), torch.zeros(2, 1)
    >>> membrane_loss(Trace(v, v, v, v_hat)).item()  # (0.5^2 + 0^2) / 2
    0.125
    >>> membrane_loss(Trace(v, v, v, v_hat), target=torch.ones(2, 1)).item()
    1.0
    """
    if trace.v_hat is None:
        raise ValueError(
            "trace must hold a guess v_hat, got None: an exact LIF estimates nothing; take the "
            "trace of mpe_sequence"
        )
    mark = trace.v if target is None else _check_target(target, trace.v_hat)
    gap = carry(trace.v_hat) - carry(mark)  # [T, B, ...]
    weights = None if kappa is None else check_kappa(kappa, len(gap)).to(gap)
    if not gap.numel():
        return gap.sum()  # 0: an empty batch misses nothing
    if weights is None:
        return gap.square().mean()
    return (weights * gap.flatten(1).square().mean(1)).sum()


def tet_loss(
    logits: Tensor, target: Tensor, regulariser: float = 0.0, level: float = 1.0
) -> Tensor:
    """Temporal efficient training: the cross entropy at every step, averaged over the steps.

    ``L = (1 - r) mean over t of CE(logits[t], target) + r mean (logits - level)^2``

    Args:
        logits: ``[T, B, classes]``.
        target: class numbers ``[B]`` (int64), or probabilities ``[B, classes]``.
        regulariser: r in [0, 1]; the paper's recipes use 0.001.
        level: the value that the regulariser pulls the logits to.

    Returns:
        0-d loss in nats, at least float32.

    Raises:
        ValueError: shapes that do not fit, r outside [0, 1].

    Source: Deng et al., Temporal Efficient Training, ICLR 2022, arXiv 2202.11946.

    >>> tet_loss(torch.zeros(4, 1, 10), torch.tensor([3])).item()  # ln 10
    2.3025851249694824
    """
    if logits.ndim != 3 or target.shape not in (logits.shape[1:2], logits.shape[1:]):
        raise ValueError(
            f"logits must be [T, B, classes] and target [B] or [B, classes], got "
            f"{tuple(logits.shape)} and {tuple(target.shape)}: keep the time axis first"
        )
    if not 0 <= regulariser <= 1:
        raise ValueError(f"regulariser must be between 0 and 1, got {regulariser}: try 0.001")
    steps = len(logits)
    logits = carry(logits)
    each = target.repeat(steps, *[1] * (target.ndim - 1))  # [T * B] or [T * B, classes]
    task = F.cross_entropy(logits.flatten(0, 1), each)
    if not regulariser:
        return task
    return (1 - regulariser) * task + regulariser * (logits - level).square().mean()


def spike_agreement(a: Tensor, b: Tensor) -> Agreement:
    """Compare two spike trains step by step.

    Args:
        a: the reference, 0/1, any shape.
        b: the spikes to judge, the same shape.

    Returns:
        (equal, missed, extra): shares of all steps, in [0, 1], summing to 1, on which a and b
        are the same, a alone spikes, b alone spikes. Print beside it what a neuron that knows
        nothing reaches: a high share of equal steps is easy where spikes are rare.

    Raises:
        ValueError: shapes differ, or nothing to compare.

    >>> spike_agreement(torch.tensor([0.0, 1, 1, 0]), torch.tensor([0.0, 1, 0, 1]))
    Agreement(equal=0.5, missed=0.25, extra=0.25)
    """
    if a.shape != b.shape or not a.numel():
        raise ValueError(
            f"a and b must have one non-empty shape, got {tuple(a.shape)} and {tuple(b.shape)}: "
            "compare spikes of the same input"
        )
    missed = ((a > 0) & ~(b > 0)).double().mean().item()
    extra = ((b > 0) & ~(a > 0)).double().mean().item()
    equal = ((a > 0) == (b > 0)).double().mean().item()
    return Agreement(equal, missed, extra)


def residual(trace, x: Tensor, decay: float | Tensor, v_threshold: float = 1.0) -> float:
    """How far a neuron is from its own sequential form: the share of spikes it would revise.

    What the reset took away is ``r = h - v``. Put back into the equation that ties the family,
    ``h' = A x - (A - 1) r`` with ``A[t, u] = decay^(t - u)``, it gives the spikes
    ``1[h' > v_threshold]``: those that the leaky neuron fires that pays what this one says it
    paid. Without a T x T matrix, ``h - h'`` is the leaky sum of ``h[t] - decay v[t-1] - x[t]``.

    Args:
        trace: begins s, h, v, each ``[T, B, ...]``: of any neuron of the library.
        x: the current that it was given.
        decay: factor kept per step of the leaky neuron, in [0, 1].
        v_threshold: of the leaky neuron.

    Returns:
        A share in [0, 1] of all steps; 0 for :func:`mpe_lib.lif_sequence`. It compares a neuron
        with the equation and not with the exact neuron's spikes: a neuron that never resets has
        r = 0, and is judged as the leak that is never reset.

    Raises:
        ValueError: s, h, v are not shaped like x.

    >>> x = torch.tensor([[0.9], [0.9], [0.9]])
    >>> v = torch.tensor([[0.9], [0.9], [0.9]])  # as if nothing were kept: no step fires
    >>> round(residual(Trace(torch.zeros(3, 1), v, v), x, 0.25), 3)
    0.667
    """
    s, h, v = trace[:3]
    for name, each in zip("shv", (s, h, v), strict=True):
        if each.shape != x.shape:
            raise ValueError(
                f"s, h and v must be shaped like x, {tuple(x.shape)}, got {name} of shape "
                f"{tuple(each.shape)}: pass the trace of this current"
            )
    h, v, current = carry(h), carry(v), carry(x)
    before = torch.cat((torch.zeros_like(v[:1]), v[:-1]))
    gap = leaky_sum(h - (decay * before + current), decay)
    return ((h - gap > v_threshold) != (s > 0)).double().mean().item()


def cohens_kappa(a: Tensor, b: Tensor) -> float:
    """Agreement of two spike trains beyond that of two coins with the same firing rates.

    ``kappa = (equal - chance) / (1 - chance)`` with ``chance = r_a r_b + (1 - r_a)(1 - r_b)``.

    Args:
        a, b: 0/1, any shape, the same for both; r_a and r_b are their shares of ones.

    Returns:
        1 for the same spikes, 0 for what chance gives, below 0 for less; NaN where both never
        fire or always fire, so that chance is certain. The two coins know nothing of the input:
        a neuron with no memory lies far above 0.

    Raises:
        ValueError: shapes differ, or nothing to compare.

    Source: Cohen 1960, doi 10.1177/001316446002000104.

    >>> cohens_kappa(torch.tensor([0.0, 1, 1, 0]), torch.tensor([0.0, 1, 0, 0]))
    0.5
    """
    equal = spike_agreement(a, b).equal
    r_a, r_b = ((each > 0).double().mean().item() for each in (a, b))
    chance = r_a * r_b + (1 - r_a) * (1 - r_b)
    return (equal - chance) / (1 - chance) if chance < 1 else float("nan")


def _check_target(target: Tensor, v_hat: Tensor) -> Tensor:
    if not isinstance(target, Tensor) or not target.is_floating_point():
        got = target.dtype if isinstance(target, Tensor) else type(target).__name__
        raise TypeError(
            f"target must be a floating tensor of potentials, got {got}: pass lif_sequence(x).v, "
            "not its trace"
        )
    if target.shape != v_hat.shape:
        raise ValueError(
            f"target must have the shape of v_hat, {tuple(v_hat.shape)}, got "
            f"{tuple(target.shape)}: one potential for each step of the same input"
        )
    return target


def check_kappa(kappa: Tensor | Sequence[float], steps: int) -> Tensor:
    """The weights as float64 ``[T]``, or an error that says what is wrong with them."""
    try:
        weights = torch.as_tensor(kappa, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:  # a word, a ragged list, objects
        raise TypeError(
            f"kappa must be one weight for each of the {steps} steps, got {type(kappa).__name__}: "
            "leave it out for uniform weights"
        ) from error
    if weights.requires_grad:
        raise ValueError(
            "kappa must be fixed, got one that needs a gradient: descent on it drives it below "
            "zero; pass kappa.detach() or leave it out"
        )
    if weights.shape != (steps,):
        raise ValueError(
            f"kappa must hold one weight for each of the {steps} steps, got shape "
            f"{tuple(weights.shape)}: leave it out for uniform weights"
        )
    if weights.device.type != "cpu" or watched(weights):
        return weights
    if not (weights >= 0).all() or abs(weights.sum().item() - 1) > 1e-4:
        raise ValueError(
            f"kappa must be non-negative and sum to 1, got weights from {weights.min().item()} "
            f"that sum to {weights.sum().item()}: divide them by their sum"
        )
    return weights
