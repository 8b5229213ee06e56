"""PSN family: learned weights over the steps, no reset and no leak.

W. Fang et al., "Parallel Spiking Neurons with High Efficiency and Ability to Learn Long-term
Dependencies", NeurIPS 2023, arXiv 2304.12760; the equations were read there and in the authors'
repository. SpikingJelly has the three as ``PSN``, ``MaskedPSN`` and ``SlidingPSN``: the same
neurons, with a bias that is minus our threshold, and spikes at the threshold itself too. "SPSN"
in neuroseqbench is the sliding PSN, and not the neuron of ``spsn.py``.

PSN and masked PSN have weights for absolute steps. Such a neuron has a clock: one with k = 1 sees
no step but its own, and still can tell early from late. "clock" is that control.
"""

import math

import torch
from torch import Tensor, nn

from ..core.causal import causal, toeplitz
from ..core.checks import check_current, check_number, check_whole
from ..core.dynamics import Trace, carry
from ..core.surrogate import step
from .parts import Unit, check_steps, square, undrawn


def psn_sequence(
    x: Tensor, weight: Tensor, v_threshold: float | Tensor = 1.0, surrogate: str = "atan"
) -> Trace:
    """A weight from every step to every step, then a threshold.

    ``h = W x``;  ``s = 1[h > v_threshold]``;  v = h, for nothing is reset.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        weight: W ``[T, T]``, from step u to step t at ``[t, u]``; above the diagonal it reads the
            future.
        v_threshold: a number, a 0-d tensor, or one for each step ``[T]``; may need a gradient.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``. A NaN in x reaches every step of its sequence.

    Raises:
        ValueError, TypeError: a wrong x; weights or thresholds of another number of steps.

    Source: arXiv 2304.12760, the PSN.

    >>> psn_sequence(torch.tensor([[0.9], [0.6]]), torch.tensor([[1.0, 0], [0.5, 1]])).s.tolist()
    [[0.0], [1.0]]
    """
    check_current(x)
    h = torch.tensordot(square("weight", weight, carry(x)), carry(x), 1)
    return fired(x, h, v_threshold, surrogate)


def masked(weight: Tensor, k: int, mix: float = 1.0) -> Tensor:
    """The weights without those from later steps and from steps k or more before.

    ``W (mix M + 1 - mix)``, with M 1 at ``t - k < u <= t`` and 0 elsewhere.

    Args:
        weight: ``[T, T]``.
        k: steps that reach a step, itself included, 1 to T.
        mix: in [0, 1]: 0 leaves the weights as they are, 1 cuts. Training moves it from 0 to 1.

    Raises:
        ValueError: a k or a mix outside its range.

    >>> masked(torch.ones(3, 3), 2).tolist()
    [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    """
    mix = check_number("mix", mix, 0.0, 1.0)
    return mix * weight.tril().triu(1 - check_k(k, len(weight))) + (1 - mix) * weight


def sliding(taps: Tensor, steps: int) -> Tensor:
    """The same k weights at every step, as a matrix: ``W[t, u] = taps[k - 1 - (t - u)]``.

    Args:
        taps: ``[k]``, oldest first.
        steps: T.

    Returns:
        W ``[T, T]``.

    >>> sliding(torch.tensor([0.5, 1.0]), 3).tolist()
    [[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.5, 1.0]]
    """
    return toeplitz(taps.flip(0), steps)


class PSN(Unit):
    """A learned weight from every step to every step, later ones too, and T thresholds.

    Args:
        steps: T; the weights belong to absolute steps.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Weights start as the paper's, uniform in +- 1 / sqrt(T); thresholds at 1.

    Raises:
        ValueError: an input of another number of steps.

    >>> PSN(4)(torch.zeros(4, 2)).sum().item()
    0.0
    """

    def __init__(self, steps: int, surrogate: str = "atan"):
        super().__init__()
        steps = check_whole("steps", steps, 1, "there is a weight for each")
        bound = 1 / math.sqrt(steps)
        drawn = undrawn(torch.rand, steps, steps)
        self.weight = nn.Parameter((2 * drawn - 1) * bound)  # [T, T]
        self.threshold = nn.Parameter(torch.ones(steps))
        self.surrogate = surrogate

    def weights(self) -> Tensor:
        """The weights that are used, ``[T, T]``."""
        return self.weight

    def trace(self, x: Tensor) -> Trace:
        """s, h, v ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        check_steps(x, len(self.weight))
        return psn_sequence(x, self.weights(), self.threshold, self.surrogate)


class MaskedPSN(PSN):
    """A learned weight from each of the last k steps, and T thresholds.

    Args:
        steps: T; the weights belong to absolute steps.
        k: steps that reach a step, itself included; 1 leaves a clock, see the top of the file.
        mix: as :func:`masked`; set ``neuron.mix`` to raise it during training.
        decay: start as a leak without reset, ``W[t, u] = decay^(t - u)``; None draws as the paper.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Raises:
        ValueError: k outside 1 to T, or an input of another number of steps.

    >>> MaskedPSN(2, 2, decay=0.5)(torch.tensor([[0.9], [0.6]])).flatten().tolist()
    [0.0, 1.0]
    >>> MaskedPSN(2, 1, decay=0.5)(torch.tensor([[0.9], [0.6]])).flatten().tolist()
    [0.0, 0.0]
    """

    def __init__(
        self,
        steps: int,
        k: int,
        mix: float = 1.0,
        decay: float | None = None,
        surrogate: str = "atan",
    ):
        super().__init__(steps, surrogate)
        self.k, self.mix = check_k(k, steps), mix
        if decay is not None:
            lag = torch.arange(steps)[:, None] - torch.arange(steps)
            self.weight = nn.Parameter(masked(decay ** lag.clamp(min=0), k))

    def weights(self) -> Tensor:
        """The weights that are used, ``[T, T]``."""
        return masked(self.weight, self.k, self.mix)


class SlidingPSN(Unit):
    """The same k learned weights at every step, and one threshold: it has no clock.

    Args:
        k: steps that reach a step, itself included.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Weights start as the paper's: 1 for this step, half as much for each step before.

    >>> SlidingPSN(2)(torch.tensor([[0.9], [0.6]])).flatten().tolist()
    [0.0, 1.0]
    """

    def __init__(self, k: int, surrogate: str = "atan"):
        super().__init__()
        k = check_whole("k", k, 1, "it counts the steps that reach a step")
        self.weight = nn.Parameter(0.5 ** torch.arange(k).flip(0).float())  # [k], oldest first
        self.threshold = nn.Parameter(torch.ones(()))
        self.surrogate = surrogate

    def trace(self, x: Tensor) -> Trace:
        """s, h, v ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        check_current(x)
        h = causal(carry(x), self.weight.flip(0).to(carry(x).dtype))
        return fired(x, h, self.threshold, self.surrogate)


def fired(x: Tensor, h: Tensor, v_threshold: float | Tensor, surrogate: str) -> Trace:
    """The trace of a neuron that is not reset: spikes where h is above its step's threshold."""
    if isinstance(v_threshold, Tensor) and v_threshold.ndim == 1:
        if len(v_threshold) != len(h):
            raise ValueError(
                f"v_threshold must be a number or hold one for each of the {len(h)} steps, got "
                f"{len(v_threshold)}: leave it out for 1"
            )
        v_threshold = v_threshold.view(-1, *[1] * (h.ndim - 1))
    else:
        v_threshold = check_number("v_threshold", v_threshold)
    s = step(h - v_threshold, surrogate)
    return Trace(s.to(x.dtype), h.to(x.dtype), h.to(x.dtype))


def check_k(k: int, steps: int) -> int:
    """k as a whole number from 1 to T."""
    if not 1 <= check_whole("k", k, 1, "it counts steps") <= steps:
        raise ValueError(f"k must be between 1 and steps={steps}, got {k}: it counts steps")
    return k


SAYS = {
    "PSN": "PSN: a learned weight from every step to every step, later ones too",
    "masked PSN": "masked PSN: a learned weight from each of the last 8 steps",
    "sliding PSN": "sliding PSN: the same 8 learned weights at every step",
    "clock": "masked PSN with k = 1: no memory, but a gain and a threshold for each step",
    "PSN-like": "masked PSN over all steps so far, starting as a leak",
}
NEURONS = {
    "PSN": lambda steps, decay: PSN(steps),
    "masked PSN": lambda steps, decay: MaskedPSN(steps, min(8, steps)),
    "sliding PSN": lambda steps, decay: SlidingPSN(8),
    "clock": lambda steps, decay: MaskedPSN(steps, 1),
    "PSN-like": lambda steps, decay: MaskedPSN(steps, steps, 1.0, decay, "triangle"),
}
