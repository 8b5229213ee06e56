"""SE-adLIF: a slow second variable that the potential drives and that pulls it back.

M. Baronig, R. Ferrand, S. Sabathiel, R. Legenstein, "Advancing Spatio-Temporal Processing in
Spiking Neural Networks through Adaptation", Nature Communications 16 (2025), arXiv 2408.07517; the
equations and ranges were read in the authors' repository. Its surrogate is SLAYER's exponential;
here it is the library's "atan". Norse's ``LIFAdEx`` and ``LSNN`` and SpikingJelly's
``AdaptBaseNode`` are other adaptive neurons.

The order of two lines decides whether it is stable. Euler forward ("euler") drives w by the
potential of the step before, symplectic Euler ("symplectic") by that of this step.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..core.checks import check_current, check_name
from ..core.dynamics import carry
from ..core.surrogate import step
from .parts import ChannelUnit, check_recurrent, kept, may_change, stacked

FORMS = ("symplectic", "euler")
TAU_U, TAU_W = (5.0, 25.0), (60.0, 300.0)  # steps; the paper's ranges, at 1 ms a step


class AdaptiveTrace(NamedTuple):
    """s, h, v as in :class:`mpe_lib.core.dynamics.Trace`; w: the adaptation, ``[T, B, ...]``."""

    s: Tensor
    h: Tensor
    v: Tensor
    w: Tensor


def adlif_sequence(
    x: Tensor,
    tau_u: float | Tensor = 10.0,
    tau_w: float | Tensor = 100.0,
    a: float | Tensor = 0.5,
    b: float | Tensor = 1.0,
    q: float = 120.0,
    form: str = "symplectic",
    v_threshold: float = 1.0,
    recurrent: Tensor | None = None,
    surrogate: str = "atan",
) -> AdaptiveTrace:
    """The adaptive neuron, one step after the other.

    ``h[t] = A v[t-1] + (1 - A)(x[t] + R s[t-1] - w[t-1])``;  ``s = 1[h > v_threshold]``;
    ``v = h (1 - s)``;  ``w[t] = B w[t-1] + (1 - B) q (a v + b s)``, of step t (symplectic) or t - 1
    (euler); ``A = exp(-1/tau_u)``, ``B = exp(-1/tau_w)``. Backward takes the reset as given.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        tau_u, tau_w: in steps, above 0; numbers, or tensors that fit a step of x.
        a, b: what potential and spike give to w; the paper keeps them in [0, 1] and [0, 2].
        q: their common factor; 0 switches the adaptation off.
        form: "symplectic" or "euler".
        recurrent: R ``[C, C]`` of a current ``[T, B, C]``, from neuron j to neuron i at ``[i, j]``.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        AdaptiveTrace of s, h, v, w, each ``[T, B, ...]``.

    Raises:
        ValueError, TypeError: a wrong x, an unknown form, a time constant that is not above 0, a
            recurrent matrix that does not fit.

    Source: arXiv 2408.07517.

    >>> trace = adlif_sequence(torch.full((3, 1), 20.0))
    >>> trace.s.flatten().tolist(), trace.w.flatten()
    ([1.0, 1.0, 1.0], tensor([1.1940, 2.3762, 3.5465]))
    """
    check_current(x)
    check_name("form", form, FORMS)
    current = carry(x)
    keep_u, keep_w = (kept(n, tau) for n, tau in (("tau_u", tau_u), ("tau_w", tau_w)))
    matrix = check_recurrent(recurrent, current)
    v = w = s = torch.zeros_like(current[0])
    steps = []
    for x_t in current.unbind(0):
        drive = x_t if matrix is None else x_t + s @ matrix.T
        h = keep_u * v + (1 - keep_u) * (drive - w)
        before = a * v + b * s
        s = step(h - v_threshold, surrogate)
        v = h * (1 - s.detach())
        w = keep_w * w + (1 - keep_w) * q * (before if form == "euler" else a * v + b * s)
        steps.append((s, h, v, w))
    return AdaptiveTrace(*stacked(steps, x))


def adlif_matrix(tau_u, tau_w, a, q: float = 120.0, form: str = "symplectic") -> Tensor:
    """One step of (v, w) below the threshold, as a matrix.

    Args:
        tau_u, tau_w, a: numbers, or tensors of one shape ``[...]``.
        q, form: as :func:`adlif_sequence`.

    Returns:
        M ``[..., 2, 2]``, float64: ``(v, w)[t] = M (v, w)[t-1]`` without input. An eigenvalue of
        modulus above 1 explodes. The determinant is A B (symplectic), or
        ``A B + (1 - A)(1 - B) q a`` (euler).

    >>> m = adlif_matrix(10.0, 100.0, 0.9)
    >>> [round(torch.linalg.eigvals(each).abs().max().item(), 5)
    ...  for each in (m, adlif_matrix(10.0, 100.0, 0.9, form="euler"))]
    [0.94649, 0.99905]
    """
    check_name("form", form, FORMS)
    tau_u, tau_w, a = torch.broadcast_tensors(
        *(torch.as_tensor(each, dtype=torch.float64) for each in (tau_u, tau_w, a))
    )
    keep_u, keep_w = kept("tau_u", tau_u), kept("tau_w", tau_w)
    drive = (1 - keep_w) * q * a
    first = torch.stack((keep_u, keep_u - 1), -1)  # of v: from v, from w
    if form == "euler":
        return torch.stack((first, torch.stack((drive, keep_w), -1)), -2)
    later = first * drive[..., None] + torch.stack((torch.zeros_like(keep_w), keep_w), -1)
    return torch.stack((first, later), -2)


class AdLIFNeuron(ChannelUnit):
    """The adaptive neuron without weights: for each channel its own tau_u, tau_w, a and b.

    Args:
        neurons: C of the current ``[T, B, C, ...]``; None takes it at the first call.
        q, form, v_threshold, surrogate: as :func:`adlif_sequence`.

    The four are drawn evenly from the paper's ranges, and :meth:`clamp` brings them back.

    >>> AdLIFNeuron()(torch.rand(9, 2, 3)).shape
    torch.Size([9, 2, 3])
    """

    def __init__(
        self,
        neurons: int | None = None,
        q: float = 120.0,
        form: str = "symplectic",
        v_threshold: float = 1.0,
        surrogate: str = "atan",
    ):
        check_name("form", form, FORMS)
        names = ("tau_u_share", "tau_w_share", "a", "b_half")  # each in [0, 1]
        super().__init__(neurons, {name: ((), lambda p: p.uniform_(0, 1)) for name in names})
        self.q, self.form, self.v_threshold, self.surrogate = q, form, v_threshold, surrogate

    @torch.no_grad()
    def clamp(self) -> None:
        """Bring the parameters back into the paper's ranges, as it does after every step."""
        for name in self.starts:
            getattr(self, name).clamp_(0, 1)

    def trace(self, x: Tensor, recurrent: Tensor | None = None) -> AdaptiveTrace:
        """s, h, v, w ``[T, B, ...]``; in training the parameters are clamped first."""
        own = self.of(x)
        if self.training and may_change(x):
            self.clamp()
        own = {name: self.beside(x, value) for name, value in own.items()}
        tau_u, tau_w = (
            low + (high - low) * own[name]
            for name, (low, high) in (("tau_u_share", TAU_U), ("tau_w_share", TAU_W))
        )
        given = (tau_u, tau_w, own["a"], 2 * own["b_half"], self.q, self.form)
        return adlif_sequence(x, *given, self.v_threshold, recurrent, self.surrogate)

    def extra_repr(self) -> str:
        return f"q={self.q}, form={self.form!r}, v_threshold={self.v_threshold}"


class AdLIF(nn.Module):
    """A layer of adaptive neurons with their weights, in and back to themselves.

    Args:
        inputs, neurons: channels in and out.
        q, form: as :func:`adlif_sequence`.
        recurrent: weights from each neuron to each; they start orthogonal.

    >>> AdLIF(3, 4)(torch.rand(9, 2, 3)).shape
    torch.Size([9, 2, 4])
    """

    def __init__(
        self,
        inputs: int,
        neurons: int,
        q: float = 120.0,
        form: str = "symplectic",
        recurrent: bool = True,
    ):
        super().__init__()
        self.weights = nn.Linear(inputs, neurons)
        nn.init.uniform_(self.weights.weight, -(inputs**-0.5), inputs**-0.5)
        nn.init.zeros_(self.weights.bias)
        self.neuron = AdLIFNeuron(neurons, q, form)
        self.recurrent = None
        if recurrent:
            self.recurrent = nn.Parameter(nn.init.orthogonal_(torch.empty(neurons, neurons)))

    def clamp(self) -> None:
        """Bring the neurons' parameters back into the paper's ranges."""
        self.neuron.clamp()

    def trace(self, x: Tensor) -> AdaptiveTrace:
        """s, h, v, w ``[T, B, neurons]`` of the input ``[T, B, inputs]``."""
        return self.neuron.trace(self.weights(x), self.recurrent)

    def forward(self, x: Tensor) -> Tensor:
        """Spikes ``[T, B, neurons]`` of the input ``[T, B, inputs]``."""
        return self.trace(x).s

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, 0)."""
        return self(x), torch.zeros((), device=x.device)


NEURONS = {"SE-adLIF": lambda steps, decay: AdLIFNeuron()}
