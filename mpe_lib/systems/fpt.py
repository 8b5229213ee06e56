"""FPT: the neuron with soft reset as a fixed point, swept a few times over all steps.

W. Feng et al., "FPT: Fixed-point Parallel Training of Spiking Neural Networks", ICML 2025, arXiv
2506.12087; read there and in the authors' repository. The released training relaxes the step to
sigmoids of rising slope and draws its last spikes, in evaluation too; here the step is hard, with a
surrogate slope, and nothing is drawn. :func:`mpe_lib.exact_parallel` sweeps the same way until
nothing changes; MPE-PSN guesses once what this neuron's first sweep has.
"""

from torch import Tensor

from ..core.causal import causal, later_powers, leaky_sum
from ..core.checks import check_current, check_number, check_whole
from ..core.dynamics import Trace, carry
from ..core.surrogate import step
from .parts import Unit


def fpt_sequence(
    x: Tensor,
    decay: float | Tensor = 0.5,
    v_threshold: float | Tensor = 1.0,
    sweeps: int = 3,
    surrogate: str = "atan",
) -> Trace:
    """The neuron with soft reset, its spikes put back into its own equation a few times.

    ``h = A x - v_threshold (A - 1) s``, from ``s = 0``; then ``s = 1[h > v_threshold]``, and again.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        decay: of A, in [0, 1].
        v_threshold: a number or a 0-d tensor.
        sweeps: k; after them the first k + 1 steps are those of the exact neuron.
        surrogate: as :func:`mpe_lib.core.surrogate.step`; backward goes through every sweep.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``; ``v = h - v_threshold s``.

    Raises:
        ValueError, TypeError: a wrong x or decay, sweeps that are no whole number >= 0.

    Source: arXiv 2506.12087.

    >>> import torch
    >>> x = torch.tensor([[1.2], [0.7], [0.9]])
    >>> [fpt_sequence(x, sweeps=k).s.flatten().tolist() for k in (0, 1, 2)]
    [[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 1.0]]
    """
    check_current(x)
    sweeps = check_whole("sweeps", sweeps, 0, "0 is the neuron that is never reset")
    current, v_threshold = carry(x), check_number("v_threshold", v_threshold)
    leaky = leaky_sum(current, decay)
    later = later_powers(check_number("decay", decay), len(x), current.dtype, x.device)
    h = leaky
    s = step(h - v_threshold, surrogate)
    for _ in range(sweeps):
        h = leaky - v_threshold * causal(s, later)
        s = step(h - v_threshold, surrogate)
    return Trace(*(each.to(x.dtype) for each in (s, h, h - v_threshold * s)))


class FPT(Unit):
    """The neuron of :func:`fpt_sequence` as a layer.

    Args:
        decay, v_threshold, sweeps, surrogate: as :func:`fpt_sequence`.

    >>> import torch
    >>> FPT(sweeps=1)(torch.tensor([[1.5], [0.7]])).flatten().tolist()
    [1.0, 0.0]
    """

    def __init__(
        self,
        decay: float = 0.5,
        v_threshold: float = 1.0,
        sweeps: int = 3,
        surrogate: str = "atan",
    ):
        super().__init__()
        self.sweeps = check_whole("sweeps", sweeps, 0, "0 is the neuron that is never reset")
        self.decay, self.v_threshold, self.surrogate = decay, v_threshold, surrogate

    def trace(self, x: Tensor) -> Trace:
        """s, h, v ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        return fpt_sequence(x, self.decay, self.v_threshold, self.sweeps, self.surrogate)

    def extra_repr(self) -> str:
        return f"decay={self.decay}, v_threshold={self.v_threshold}, sweeps={self.sweeps}"


NEURONS = {"FPT": lambda steps, decay: FPT(decay)}
