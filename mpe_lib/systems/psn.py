"""PSN: a learned weight from every step to later ones, no reset and no leak.

Source: Fang et al., NeurIPS 2023, arXiv 2304.12760. SpikingJelly's ``MaskedPSN(k, T)`` is the same
neuron; its weights are drawn, ours start as a leak.
"""

import torch
from torch import Tensor, nn

from ..core.dynamics import Trace
from ..core.surrogate import step


class MaskedPSN(nn.Module):
    """A weight from each of the last k steps to this one, and a threshold for each step.

    ``h = W x`` with ``W[t, u] = 0`` unless ``t - k < u <= t``;  ``s = 1[h > b]``;  v = h.

    Args:
        steps: T; the weights belong to absolute steps.
        k: steps that reach a step, itself included; T: every earlier one.
        decay: W starts as a leak without reset, ``W[t, u] = decay^(t - u)``.

    Raises:
        ValueError: k outside 1 to T, or an input of another number of steps.

    Source: arXiv 2304.12760, the masked PSN.

    >>> MaskedPSN(2, 2, 0.5)(torch.tensor([[0.9], [0.6]])).flatten().tolist()
    [0.0, 1.0]
    >>> MaskedPSN(2, 1, 0.5)(torch.tensor([[0.9], [0.6]])).flatten().tolist()
    [0.0, 0.0]
    """

    def __init__(self, steps: int, k: int, decay: float = 0.9):
        super().__init__()
        if not 1 <= k <= steps:
            raise ValueError(f"k must be between 1 and steps={steps}, got {k}: it counts steps")
        self.k = k
        lag = torch.arange(steps)[:, None] - torch.arange(steps)
        self.weight = nn.Parameter(self.masked(decay ** lag.clamp(min=0)))  # [T, T]
        self.threshold = nn.Parameter(torch.ones(steps))

    def masked(self, weight: Tensor) -> Tensor:
        """The weights, 0 from later steps and from those k or more before."""
        return weight.tril().triu(1 - self.k)

    def trace(self, x: Tensor) -> Trace:
        """s, h, v ``[T, B, ...]`` of the current ``[T, B, ...]``; nothing is reset, so v is h."""
        if len(x) != len(self.weight):
            raise ValueError(
                f"x must have {len(self.weight)} steps, one for each weight, got {len(x)}: make "
                f"the neuron with steps={len(x)}"
            )
        h = torch.tensordot(self.masked(self.weight), x, 1)
        s = step(h - self.threshold.view(-1, *[1] * (x.ndim - 1)), "triangle")
        return Trace(s, h, h)

    def forward(self, x: Tensor) -> Tensor:
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        return self.trace(x).s

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, 0): nothing is guessed."""
        return self(x), torch.zeros((), device=x.device)


NEURONS = {"PSN-like": lambda steps, decay: MaskedPSN(steps, steps, decay)}
