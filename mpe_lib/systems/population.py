"""snnTorch on IPU: a neuron that pays its reset a step late, and votes by many neurons a class.

P.-S. V. Sun et al., "Intelligence Processing Units Accelerate Neuromorphic Learning",
arXiv 2211.10725 (2022). The neuron and the vote were read in snnTorch (``Leaky`` and
``accuracy_rate(population_code=True)``), the benchmark in the authors' repository
(vinniesun/snntorch-ipu). An IPU wants the whole graph before it runs: the loop over the steps is
unrolled, so the graph grows with T. A population of P neurons a class makes few steps enough, and
so trades T for width. Both can be seen here with ``torch.jit.trace``.

Of the paper's claims none is measured: no IPU was at hand, and neither time on one, half precision
nor energy is compared. (The released benchmark computes in float32, on an image that stands still.)
"""

import torch
from torch import Tensor

from ..core.checks import check_current, check_name, check_number, check_whole
from ..core.dynamics import Trace, carry, fire
from ..core.surrogate import SLOPES
from .parts import stacked


def leaky_sequence(
    x: Tensor,
    decay: float | Tensor = 0.9,
    v_threshold: float | Tensor = 1.0,
    surrogate: str = "atan",
) -> Trace:
    """The leaky neuron whose reset is paid at the next step, in full.

    ``h[t] = decay h[t-1] + x[t] - v_threshold s[t-1]``;  ``s[t] = 1[h[t] > v_threshold]``.

    With ``v[t] = h[t] - v_threshold s[t] / decay`` this is ``h[t] = decay v[t-1] + x[t]``: a LIF
    neuron whose soft reset takes off ``v_threshold / decay``, so that a spike costs more than the
    threshold.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        decay: factor kept per step, above 0 and at most 1; a float or a 0-d tensor (may need a
            gradient).
        v_threshold: float or 0-d tensor (may need a gradient). Fires strictly above it.
        surrogate: as :func:`mpe_lib.core.surrogate.step`. No gradient passes through the spike
            that resets, as in snnTorch.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``; h is what snnTorch calls ``mem``.

    Raises:
        ValueError, TypeError: a wrong x, decay, v_threshold or surrogate.

    Source: arXiv 2211.10725, and snnTorch's ``Leaky(beta=decay)``.

    >>> trace = leaky_sequence(torch.tensor([[1.5], [0.5], [0.5]]), decay=0.5)
    >>> trace.h.flatten().tolist(), trace.v.flatten().tolist()
    ([1.5, 0.25, 0.625], [-0.5, 0.25, 0.625])
    """
    check_current(x)
    decay = check_number("decay", decay, 0.0, 1.0)
    if not isinstance(decay, Tensor) and decay == 0:
        raise ValueError(
            "decay must be above 0, got 0: the reset is paid out of what is kept; take "
            "lif_sequence for a neuron that keeps nothing"
        )
    v_threshold = check_number("v_threshold", v_threshold)
    check_name("surrogate", surrogate, SLOPES)
    h = s = torch.zeros_like(carry(x[0]))
    steps = []
    for x_t in carry(x).unbind(0):
        h = decay * h + x_t - v_threshold * s.detach()
        s, _ = fire(h, v_threshold, "none", surrogate)
        steps.append((s, h))
    s, h = stacked(steps, carry(x))
    v = h - v_threshold * s.detach() / decay
    return Trace(*(each.to(x.dtype) for each in (s, h, v)))


def population_vote(s: Tensor, classes: int) -> Tensor:
    """Spikes of each class's neurons, counted over all steps.

    ``votes[b, c] = sum of s[t, b, c P + i] over t and i``, with P neurons a class, side by side.

    Args:
        s: spikes ``[T, B, C P]``.
        classes: C, which divides the neurons.

    Returns:
        Votes ``[B, C]``, in float32 for half precision, else in the dtype of s.

    Raises:
        ValueError, TypeError: spikes of another shape, neurons that C does not divide.

    Source: arXiv 2211.10725, and snnTorch's ``accuracy_rate(population_code=True)``.

    >>> s = torch.tensor([[[0.0, 1, 1, 1]], [[1.0, 0, 1, 1]]])  # [2, 1, 4]
    >>> population_vote(s, classes=2).tolist()
    [[2.0, 4.0]]
    """
    check_current(s)
    classes = check_whole("classes", classes, 1, "it counts them")
    if s.ndim != 3 or s.shape[2] % classes:
        raise ValueError(
            f"s must be [T, B, C P] with as many neurons for each of the {classes} classes, got "
            f"shape {tuple(s.shape)}: make the layer with classes * P neurons"
        )
    return carry(s).sum(0).unflatten(1, (classes, -1)).sum(2)
