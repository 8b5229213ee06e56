"""PMSN: compartments that leak and never fire, before one that fires and never leaks.

X. Chen et al., "PMSN: A Parallel Multi-compartment Spiking Neuron for Multi-scale Temporal
Processing", IEEE TNNLS 2026, arXiv 2408.14917; public code in neuroseqbench. What the output
compartment does was read there; start values of the compartments are a reconstruction, by the
rules of linear state spaces (S4D: a common leak, evenly spaced frequencies, drawn time scales).

The output compartment sums its rectified input and pays a threshold for each spike. Since it does
not leak, what it has paid is the number of whole thresholds in the running sum, which is known
without a loop: the potential is a remainder. Below one threshold of input per step this is the
integrate-and-fire neuron with soft reset, spike for spike.
"""

import math

import torch
from torch import Tensor

from ..core.causal import causal, powers
from ..core.checks import check_current, check_number, check_whole
from ..core.dynamics import Trace, carry
from ..core.surrogate import step
from .parts import ChannelUnit


def remainder_sequence(
    x: Tensor, v_threshold: float | Tensor = 1.0, surrogate: str = "atan"
) -> Trace:
    """An integrator that keeps the remainder of its running sum, all steps at once.

    ``c[t] = sum of max(0, x) up to t``;  ``q[t] = max(0, ceil(c[t] / v_threshold) - 1)``, the
    whole thresholds that c has passed;  ``h[t] = c[t] - v_threshold q[t-1]``;
    ``s = 1[h > v_threshold]``;  ``v[t] = c[t] - v_threshold q[t]``.

    Args:
        x: input current ``[T, B, ...]``; what is below 0 counts as 0.
        v_threshold: a number or a 0-d tensor, above 0.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``. An input of several thresholds gives one spike, and
        all of them are paid. Backward takes q as given: a spike feels every input before it.

    Raises:
        ValueError, TypeError: a wrong x, a threshold that is not above 0.

    Source: arXiv 2408.14917.

    >>> trace = remainder_sequence(torch.tensor([[0.75], [0.5], [2.5], [0.0]]))
    >>> trace.s.flatten().tolist(), trace.v.flatten().tolist()
    ([0.0, 1.0, 1.0, 0.0], [0.75, 0.25, 0.75, 0.75])
    """
    check_current(x)
    v_threshold = check_number("v_threshold", v_threshold)
    if not isinstance(v_threshold, Tensor) and v_threshold <= 0:
        raise ValueError(f"v_threshold must be above 0, got {v_threshold}: a sum is cut by it")
    total = x.relu().double().cumsum(0)  # in double: a long sum must not lose its remainder
    with torch.no_grad():
        passed = (torch.ceil(total / v_threshold) - 1).clamp(min=0)
    before = torch.cat((torch.zeros_like(passed[:1]), passed[:-1]))
    h = total - v_threshold * before
    s = step(h - v_threshold, surrogate)
    return Trace(*(each.to(x.dtype) for each in (s, h, total - v_threshold * passed)))


def compartments(
    x: Tensor, decay: Tensor, inlet: Tensor, outlet: Tensor, direct: float | Tensor = 0.0
) -> Tensor:
    """N linear compartments of one neuron, side by side, and the way past them.

    ``u[t] = decay u[t-1] + inlet x[t]``;  ``y = Re(sum over n of outlet u) + direct x``.

    Args:
        x: input current ``[T, B, ...]``.
        decay, inlet, outlet: complex, ``[N]``, or ``[C, N]`` with a set for each channel of x
            ``[T, B, C, ...]``; abs(decay) at most 1, or y grows without end.
        direct: a number, or ``[C]``.

    Returns:
        y ``[T, B, ...]``: the convolution of x with ``K[t] = Re(sum of outlet decay^t inlet)``.

    Raises:
        ValueError, TypeError: a wrong x; compartments of different shapes, or real ones.

    >>> one = torch.ones(1, dtype=torch.complex64)
    >>> compartments(torch.ones(3, 1), 0.5 * one, one, one).flatten().tolist()
    [1.0, 1.5, 1.75]
    """
    check_current(x)
    given = {"decay": decay, "inlet": inlet, "outlet": outlet}
    for name, each in given.items():
        if not isinstance(each, Tensor) or not each.is_complex() or each.shape != decay.shape:
            got = f"{each.dtype} {tuple(each.shape)}" if isinstance(each, Tensor) else repr(each)
            raise ValueError(
                f"decay, inlet and outlet must be complex tensors of one shape, [N] or [C, N], got "
                f"{name} = {got}: convert with .to(torch.complex64)"
            )
    current = carry(x)
    kernel = torch.einsum("t...n,...n->t...", powers(decay, len(x)), outlet * inlet).real
    y = causal(current, kernel.to(current.dtype))
    if isinstance(direct, Tensor) and direct.ndim and x.ndim > 2:
        direct = direct.view(-1, *[1] * (x.ndim - 3))
    return (y + direct * current).to(x.dtype)


class PMSN(ChannelUnit):
    """The parallel multi-compartment spiking neuron, with its own compartments in each channel.

    Args:
        neurons: C of the current ``[T, B, C, ...]``; None takes it at the first call.
        size_of: N, compartments of a neuron.
        v_threshold: of the output compartment.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    ``decay = exp(step (-leak + i frequency))``. Leaks start at 1/2, frequencies at 0, pi, 2 pi,
    ..., and the steps are drawn evenly in their logarithm between 0.01 and 0.5.

    >>> PMSN()(torch.rand(9, 2, 3)).shape
    torch.Size([9, 2, 3])
    """

    def __init__(
        self,
        neurons: int | None = None,
        size_of: int = 4,
        v_threshold: float = 1.0,
        surrogate: str = "atan",
    ):
        n = check_whole("size_of", size_of, 1, "it counts compartments")
        super().__init__(
            neurons,
            {
                "log_step": ((), lambda p: p.uniform_(math.log(0.01), math.log(0.5))),
                "log_leak": ((n,), lambda p: p.fill_(math.log(0.5))),
                "frequency": ((n,), lambda p: p.copy_(math.pi * torch.arange(n))),
                "outlet": ((n, 2), lambda p: p.normal_()),
                "direct": ((), lambda p: p.fill_(1.0)),
            },
        )
        self.size_of, self.v_threshold, self.surrogate = n, v_threshold, surrogate

    def trace(self, x: Tensor) -> Trace:
        """s, h, v ``[T, B, ...]`` of the output compartment."""
        own, current = self.of(x), carry(x)
        rate = torch.complex(-own["log_leak"].exp(), own["frequency"])  # [C, N]
        decay = torch.exp(own["log_step"].exp()[:, None] * rate)
        inlet = (decay - 1) / rate  # an input held for a step
        outlet = torch.view_as_complex(own["outlet"].contiguous())
        sets = (each[0] if x.ndim == 2 else each for each in (decay, inlet, outlet))
        y = compartments(current, *sets, self.beside(x, own["direct"]))
        trace = remainder_sequence(y, self.v_threshold, self.surrogate)
        return Trace(*(each.to(x.dtype) for each in trace[:3]))

    def extra_repr(self) -> str:
        return f"size_of={self.size_of}, v_threshold={self.v_threshold}"


NEURONS = {"PMSN": lambda steps, decay: PMSN()}
