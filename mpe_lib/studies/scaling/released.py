"""The paper's two neurons as its code runs them, written anew; for study, never for use.

The released code has ``[B, T, ...]``, everything here ``[T, B, ...]``: the same work with the
two axes exchanged. Source: Chrazqee/MPE-PSN, ``cifar10dvs/models.py`` at commit 94734ce, MIT.
"""

import torch
from torch import Tensor, nn

from ...core.surrogate import Step
from ...fast.neurons import LIF

DECAY = 0.25


def released_lif(x: Tensor) -> Tensor:
    """The exact neuron with two habits that make it slow.

    It indexes the input at each step, so that backward builds a gradient as large as the whole
    input T times over; and it copies the potential to the host at each step and stacks the
    copies at the end. On a GPU each copy waits for everything before it; on a CPU it is one more
    copy of memory.

    Args:
        x: input current ``[T, B, ...]``.

    Returns:
        s ``[T, B, ...]``, the same spikes as :func:`mpe_lib.lif_spikes`.
    """
    v, spikes, potentials = torch.zeros_like(x[0]), [], []
    for t in range(len(x)):
        s, h, v = _step(x[t], v)
        potentials.append(h.detach().cpu().clone())  # the habit under study
        spikes.append(s)
    torch.stack(potentials)  # kept for a picture that nobody draws
    return torch.stack(spikes)


def indexing_lif(x: Tensor) -> Tensor:
    """:func:`released_lif` without the copy to the host: the indexing alone."""
    v, spikes = torch.zeros_like(x[0]), []
    for t in range(len(x)):
        s, _, v = _step(x[t], v)
        spikes.append(s)
    return torch.stack(spikes)


def released_mpe(x: Tensor) -> Tensor:
    """The estimate as the paper's code draws it, with torch's own generator, and its spikes alone.

    Args:
        x: input current ``[T, B, ...]``.

    Returns:
        s ``[T, B, ...]``.
    """
    return _spikes_and_potentials(x, 1.0)[0]


class ReleasedLIF(LIF):
    """:func:`released_lif` as a layer, with the methods that a network of this library calls."""

    def forward(self, x: Tensor) -> Tensor:
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        return released_lif(x)


class ReleasedMPE(nn.Module):
    """The estimating layer as released: threshold and kappa are trained, the loss always computed.

    Our library trains no kappa, since descent can only push it down; see
    :func:`mpe_lib.membrane_loss`. Here it is as it was, for the time that it takes.

    Args:
        steps: T; kappa starts at 1 / T for each step.
    """

    def __init__(self, steps: int):
        super().__init__()
        self.v_threshold = nn.Parameter(torch.tensor(1.0))
        self.kappa = nn.Parameter(torch.full((steps,), 1.0 / steps))

    def forward(self, x: Tensor) -> Tensor:
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        return self.with_loss(x)[0]

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, membrane loss): T times the paper's, as :func:`mpe_lib.membrane_loss`."""
        s, v_hat, v = _spikes_and_potentials(x, self.v_threshold)
        kappa = self.kappa.view(-1, *[1] * (x.ndim - 1))
        return s, len(x) * ((v_hat - v).square() * kappa).mean()


def _step(x: Tensor, v: Tensor, v_threshold=1.0) -> tuple[Tensor, Tensor, Tensor]:
    """(s, h, v), an operation at a time; our own step keeps less for backward."""
    h = DECAY * v + x
    s = Step.apply(h - v_threshold, "triangle")
    return s, h, (1 - s) * h


def _spikes_and_potentials(x: Tensor, v_threshold) -> tuple[Tensor, Tensor, Tensor]:
    """(s, v_hat, v) with the draw of torch's generator."""
    v_hat = (1 - torch.bernoulli(torch.sigmoid(x))) * x
    previous = torch.cat((torch.zeros_like(x[:1]), v_hat))[:-1]  # drawn for all, the last unused
    s, _, v = _step(x, previous, v_threshold)
    return s, v_hat, v
