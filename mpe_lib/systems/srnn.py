"""SRNN: a threshold that each spike raises, and that takes long to come down.

B. Yin, F. Corradi, S. M. Bohte, "Effective and Efficient Computation with Multiple-timescale
Spiking Recurrent Neural Networks", ICONS 2020, doi 10.1145/3407197.3407225, arXiv 2005.11633; the
equations were read in the authors' repository. Their surrogate is a Gaussian, potentials and spikes
start as random numbers, and a readout passes through softmax twice; here the surrogate is the
library's "atan", all starts at 0, and the votes are the potentials of leaky readout neurons. The
neuron is the ALIF of the literature; Norse's ``LSNN`` and SpikingJelly's ``AdaptBaseNode`` are
scaled otherwise.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..core.checks import check_current
from ..core.dynamics import carry
from ..core.surrogate import step
from .parts import ChannelUnit, check_recurrent, kept, leaky_mean, may_change, stacked


class ThresholdTrace(NamedTuple):
    """s, h, v as in :class:`mpe_lib.core.dynamics.Trace`; v_threshold: that of each step."""

    s: Tensor
    h: Tensor
    v: Tensor
    v_threshold: Tensor


def alif_sequence(
    x: Tensor,
    tau_m: float | Tensor = 20.0,
    tau_adp: float | Tensor = 100.0,
    b0: float = 0.01,
    beta: float = 1.8,
    recurrent: Tensor | None = None,
    surrogate: str = "atan",
) -> ThresholdTrace:
    """The neuron with an adaptive threshold, one step after the other.

    ``e[t] = P e[t-1] + (1 - P) s[t-1]``;  ``v_threshold[t] = b0 + beta e[t]``;
    ``h[t] = A h[t-1] + (1 - A)(x[t] + R s[t-1]) - v_threshold[t] s[t-1]``;
    ``s = 1[h > v_threshold]``, with ``A = exp(-1/tau_m)`` and ``P = exp(-1/tau_adp)``.

    Args:
        x: input current ``[T, B, ...]``.
        tau_m, tau_adp: in steps, above 0; numbers, or tensors that fit a step of x.
        b0: the threshold at rest.
        beta: how far e raises it; 0 is a LIF neuron with soft reset.
        recurrent: R ``[C, C]`` of a current ``[T, B, C]``, from neuron j to neuron i at ``[i, j]``.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        ThresholdTrace of s, h, v, v_threshold, each ``[T, B, ...]``. The reset is paid a step
        late, by the threshold of that step: ``v[t]`` is h[t] with it taken off, so that
        ``h[t+1] = A v[t] + (1 - A)(x + R s)``; after the last step it is what would come.

    Raises:
        ValueError, TypeError: a wrong x, a time constant that is not above 0, a recurrent matrix
            that does not fit.

    Source: arXiv 2005.11633.

    >>> trace = alif_sequence(torch.ones(4, 1), b0=0.1)
    >>> trace.s.flatten().tolist(), trace.v_threshold.flatten()
    ([0.0, 0.0, 1.0, 0.0], tensor([0.1000, 0.1000, 0.1000, 0.1179]))
    """
    check_current(x)
    current = carry(x)
    keep_m, keep_adp = (kept(n, tau) for n, tau in (("tau_m", tau_m), ("tau_adp", tau_adp)))
    matrix = check_recurrent(recurrent, current)
    v = s = e = torch.zeros_like(current[0])
    theta = b0 + beta * e
    steps = []
    for x_t in current.unbind(0):
        drive = x_t if matrix is None else x_t + s @ matrix.T
        h = keep_m * v + (1 - keep_m) * drive
        s = step(h - theta, surrogate)
        now = theta
        e = keep_adp * e + (1 - keep_adp) * s
        theta = b0 + beta * e
        v = h - theta * s / keep_m
        steps.append((s, h, v, now))
    return ThresholdTrace(*stacked(steps, x))


class ALIFNeuron(ChannelUnit):
    """The neuron with an adaptive threshold, without weights: in each channel its own two leaks.

    Args:
        neurons: C of the current ``[T, B, C, ...]``; None takes it at the first call.
        tau_m, tau_adp: in steps; where the two start that each channel learns.
        b0, beta, surrogate: as :func:`alif_sequence`.

    >>> ALIFNeuron()(torch.rand(9, 2, 3)).shape
    torch.Size([9, 2, 3])
    """

    def __init__(
        self,
        neurons: int | None = None,
        tau_m: float = 20.0,
        tau_adp: float = 100.0,
        b0: float = 0.01,
        beta: float = 1.8,
        surrogate: str = "atan",
    ):
        starts = {"tau_m": tau_m, "tau_adp": tau_adp}
        for name, tau in starts.items():
            kept(name, tau)  # refuse now what no leak can be
        fills = {n: ((), lambda p, tau=tau: p.fill_(tau)) for n, tau in starts.items()}
        super().__init__(neurons, fills)
        self.b0, self.beta, self.surrogate = b0, beta, surrogate

    @torch.no_grad()
    def clamp(self) -> None:
        """Keep the time constants at one step or more."""
        for name in self.starts:
            getattr(self, name).clamp_(min=1.0)

    def trace(self, x: Tensor, recurrent: Tensor | None = None) -> ThresholdTrace:
        """s, h, v, v_threshold ``[T, B, ...]``; in training the parameters are clamped first."""
        own = self.of(x)
        if self.training and may_change(x):
            self.clamp()
        taus = (self.beside(x, own[name]) for name in ("tau_m", "tau_adp"))
        return alif_sequence(x, *taus, self.b0, self.beta, recurrent, self.surrogate)

    def extra_repr(self) -> str:
        return f"b0={self.b0}, beta={self.beta}"


class SRNN(nn.Module):
    """One layer of adaptive neurons with weights to themselves, and leaky readout neurons.

    Args:
        inputs, neurons, outputs: channels in, in the layer, and out.
        tau_m, tau_adp, b0, beta: as :class:`ALIFNeuron`.
        tau_out: of the readout, in steps.
        recurrent: weights from each neuron to each; they start orthogonal.

    >>> SRNN(3, 8, 2)(torch.rand(9, 4, 3)).shape
    torch.Size([9, 4, 2])
    """

    def __init__(
        self,
        inputs: int,
        neurons: int,
        outputs: int,
        tau_m: float = 20.0,
        tau_adp: float = 100.0,
        b0: float = 0.01,
        beta: float = 1.8,
        tau_out: float = 15.0,
        recurrent: bool = True,
    ):
        super().__init__()
        self.weights, self.readout = nn.Linear(inputs, neurons), nn.Linear(neurons, outputs)
        for each in (self.weights, self.readout):
            nn.init.xavier_uniform_(each.weight)
            nn.init.zeros_(each.bias)
        self.neuron = ALIFNeuron(neurons, tau_m, tau_adp, b0, beta)
        self.keep_out, self.recurrent = kept("tau_out", tau_out), None
        if recurrent:
            self.recurrent = nn.Parameter(nn.init.orthogonal_(torch.empty(neurons, neurons)))

    def trace(self, x: Tensor) -> ThresholdTrace:
        """What the layer did with the input ``[T, B, inputs]``: each ``[T, B, neurons]``."""
        return self.neuron.trace(self.weights(x), self.recurrent)

    def forward(self, x: Tensor) -> Tensor:
        """Votes ``[T, B, outputs]`` of the input ``[T, B, inputs]``: potentials of the readout."""
        return leaky_mean(self.readout(self.trace(x).s), self.keep_out)


NEURONS = {"ALIF": lambda steps, decay: ALIFNeuron()}
