"""SPSN: two leaks and a coin, no reset and no threshold.

S. Y. A. Yarga, S. U. N. Wood, "Accelerating SNN Training with Stochastic Parallelizable Spiking
Neurons", IJCNN 2023, arXiv 2306.12666; the equations were read in the authors' repository, which
its successor ParaLIF (doi 10.1088/2634-4386/adb7fe) follows. Not the "SPSN" of neuroseqbench, which
is the sliding PSN of ``psn.py``. The released code filters by a Fourier transform of length 2T,
which is too short for its three factors: where T is not much longer than the time constants, the
end of a sequence leaks into its start. Here the two filters are one kernel of T steps.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from ..core.causal import causal, powers
from ..core.checks import check_current, check_name
from ..core.draw import uniform_like
from ..core.dynamics import carry
from .parts import Unit, kept

FIRING = ("bernoulli", "gumbel")


class CoinTrace(NamedTuple):
    """s, h, v as in :class:`mpe_lib.core.dynamics.Trace`; p: the chance of each spike."""

    s: Tensor
    h: Tensor
    v: Tensor
    p: Tensor


def spsn_sequence(
    x: Tensor,
    tau_mem: float | Tensor = 20.0,
    tau_syn: float | Tensor = 20.0,
    firing: str | None = "bernoulli",
    seed: int | Tensor | None = None,
) -> CoinTrace:
    """A synapse that leaks, a membrane that leaks, and a coin for each spike.

    ``i[t] = a i[t-1] + x[t]``;  ``h[t] = b h[t-1] + (1 - b) i[t]``, ``a = exp(-1/tau_syn)``,
    ``b = exp(-1/tau_mem)``; v = h. "bernoulli": s = 1 with chance ``p = sigmoid(h)``, so that a
    neuron at rest fires at every other step. "gumbel": the two-way choice between h and -h, so
    ``p = sigmoid(2 h)``. None: no firing, ``s = h``, for a readout.

    Args:
        x: input current ``[T, B, ...]``.
        tau_mem, tau_syn: in steps, above 0; may need a gradient.
        firing: "bernoulli", "gumbel" or None.
        seed: of the coins, as :func:`mpe_lib.core.draw.uniform_like`; None takes one from torch's
            random state.

    Returns:
        CoinTrace of s, h, v, p, each ``[T, B, ...]``. Backward, ``ds/dh = p p (1 - p)``
        (bernoulli: the paper's p times the slope of the sigmoid), or the slope of the soft choice
        that was drawn, ``2 q (1 - q)`` with ``q = sigmoid(2 h + logit u)`` (gumbel).

    Raises:
        ValueError, TypeError: a wrong x, a time constant that is not above 0, an unknown firing.

    Source: arXiv 2306.12666, equation 19 for the backward pass.

    >>> trace = spsn_sequence(torch.tensor([[1.0], [0.0]]), firing=None)
    >>> trace.h.flatten()
    tensor([0.0488, 0.0928])
    """
    check_current(x)
    if firing is not None:
        check_name("firing", firing, FIRING, " or None")
    current = carry(x)
    a, b = (kept(name, tau) for name, tau in (("tau_syn", tau_syn), ("tau_mem", tau_mem)))
    synapse, membrane = (powers(each, len(x), current.dtype, x.device) for each in (a, b))
    kernel = (1 - b) * causal(synapse[:, None], membrane)[:, 0]  # [T], both leaks in one
    h = causal(current, kernel.to(current.dtype))
    if firing is None:
        s, p = h, torch.sigmoid(h)
    else:
        p = torch.sigmoid(h if firing == "bernoulli" else 2 * h)
        s = _Coin.apply(h, p.detach(), uniform_like(h, seed).to(h), firing)
    return CoinTrace(*(each.to(x.dtype) for each in (s, h, h, p)))


class SPSN(Unit):
    """The stochastic parallelizable spiking neuron; see :func:`spsn_sequence`.

    Args:
        tau_mem, tau_syn: in steps.
        firing: "bernoulli", "gumbel" or None.

    In training the coins come from torch's random state; in ``eval()`` they are thrown with one
    seed, so that the same input gives the same spikes.

    >>> neuron = SPSN().eval()
    >>> x = torch.rand(9, 4)
    >>> torch.equal(neuron(x), neuron(x))
    True
    """

    def __init__(
        self, tau_mem: float = 20.0, tau_syn: float = 20.0, firing: str | None = "bernoulli"
    ):
        super().__init__()
        self.tau_mem, self.tau_syn, self.firing = tau_mem, tau_syn, firing

    def trace(self, x: Tensor, seed: int | Tensor | None = None) -> CoinTrace:
        """s, h, v, p ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        if seed is None and not self.training:
            seed = 0
        return spsn_sequence(x, self.tau_mem, self.tau_syn, self.firing, seed)

    def extra_repr(self) -> str:
        return f"tau_mem={self.tau_mem}, tau_syn={self.tau_syn}, firing={self.firing!r}"


class _Coin(torch.autograd.Function):
    """The throw forward, the slope of the chance backward."""

    generate_vmap_rule = True

    @staticmethod
    def forward(h: Tensor, p: Tensor, u: Tensor, firing: str) -> Tensor:
        return (u < p).to(h.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output) -> None:
        h, p, u, ctx.firing = inputs
        ctx.save_for_backward(h, p, u)

    @staticmethod
    def backward(ctx, grad: Tensor):
        h, p, u = ctx.saved_tensors
        if ctx.firing == "bernoulli":
            return grad * p * p * (1 - p), None, None, None
        q = torch.sigmoid(2 * h - torch.logit(u))  # u < p where the soft choice is above 1/2
        return grad * 2 * q * (1 - q), None, None, None


def tau_of(decay: float) -> float:
    """The time constant, in steps, of a decay in (0, 1).

    >>> round(tau_of(0.9), 2)
    9.49
    """
    if not 0 < decay < 1:
        raise ValueError(f"decay must be between 0 and 1, got {decay}: neither end has a tau")
    return -1 / math.log(decay)


NEURONS = {"SPSN": lambda steps, decay: SPSN(tau_of(decay), tau_of(decay))}
