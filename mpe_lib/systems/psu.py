"""PSU family: the reset is weighed by a chance of it, which is guessed from the input.

Y. Li, Y. Sun, X. He, Y. Dong, D. Zhao, Y. Zeng, "Parallel Spiking Unit for Efficient Training of
Spiking Neural Networks", IJCNN 2024, arXiv 2402.00449. No code of the authors was found, and the
matrices below are a reconstruction: from secondary sources, which disagree about the sigmoid, from
the identity that the true spikes put back must give the neuron with soft reset, and from the one
public IPSU, in the repository of FPT, which has its learned matrix in the charge and no sigmoid.
spyx's ``PSU_LIF`` is a plain neuron without reset.

The sigmoid says 1/2 where the leaky sum is 0. At rest this stands as a bias of
``-(v_threshold / 2) d (1 - d^t) / (1 - d)``: half a threshold at decay 0.5, four and a half at 0.9.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..core.causal import causal, later_powers, leak_matrix, leaky_sum
from ..core.checks import check_current, check_name, check_number, check_whole
from ..core.dynamics import carry
from ..core.surrogate import step
from .parts import Unit, check_steps, square

__all__ = ["PSU", "ResetTrace", "leak_matrix", "psu_sequence"]  # leak_matrix: passed on

ESTIMATES: dict[str, Callable] = {"sigmoid": torch.sigmoid, "linear": lambda h: h}


class ResetTrace(NamedTuple):
    """s, h, v as in :class:`mpe_lib.core.dynamics.Trace`; p_reset: the share of a reset that the
    neuron charged for at the next step, ``[T, B, ...]``."""

    s: Tensor
    h: Tensor
    v: Tensor
    p_reset: Tensor


def psu_sequence(
    x: Tensor,
    decay: float | Tensor = 0.5,
    v_threshold: float | Tensor = 1.0,
    integrate: Tensor | None = None,
    reset: Tensor | None = None,
    estimate: str = "sigmoid",
    spikes: Tensor | None = None,
    surrogate: str = "atan",
) -> ResetTrace:
    """The neuron with soft reset, with a guess in the place of the spikes that reset it.

    ``p = sigmoid(A x)``;  ``h = A x - B p``, ``B = v_threshold (A - 1)``;
    ``s = 1[h > v_threshold]``;  ``v = h - v_threshold s``. With the true spikes in the place of p,
    h is that of ``lif_sequence(reset="soft")``.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        decay: of A, in [0, 1].
        v_threshold: a number or a 0-d tensor.
        integrate: ``[T, T]`` in the place of A in the charge (IPSU); the guess keeps A. What is
            above its diagonal is not read.
        reset: ``[T, T]`` in the place of B (RPSU). Only what is below its diagonal is read: a
            reset acts from the next step on.
        estimate: "sigmoid", or "linear" for ``p = A x``.
        spikes: ``[T, B, ...]`` in the place of p.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        ResetTrace of s, h, v, p_reset, each ``[T, B, ...]``.

    Raises:
        ValueError, TypeError: a wrong x, decay, or name; a matrix or spikes of another shape.

    Source: arXiv 2402.00449, as reconstructed at the top of this file.

    >>> trace = psu_sequence(torch.zeros(3, 1))
    >>> trace.p_reset.flatten().tolist(), trace.h.flatten().tolist()
    ([0.5, 0.5, 0.5], [0.0, -0.25, -0.375])
    """
    check_current(x)
    check_name("estimate", estimate, ESTIMATES)
    current, v_threshold = carry(x), check_number("v_threshold", v_threshold)
    leaky = leaky_sum(current, decay)
    p = ESTIMATES[estimate](leaky) if spikes is None else carry(_like("spikes", spikes, x))
    if integrate is None:
        charge = leaky
    else:
        charge = torch.tensordot(square("integrate", integrate, current).tril(), current, 1)
    if reset is None:
        later = later_powers(check_number("decay", decay), len(x), current.dtype, x.device)
        taken = v_threshold * causal(p, later)
    else:
        taken = torch.tensordot(square("reset", reset, current).tril(-1), p, 1)
    h = charge - taken
    s = step(h - v_threshold, surrogate)
    return ResetTrace(*(each.to(x.dtype) for each in (s, h, h - v_threshold * s, p)))


class PSU(Unit):
    """The parallel spiking unit; see :func:`psu_sequence`.

    Args:
        steps: T; asked for where a matrix is learned, for its weights belong to absolute steps.
        decay, v_threshold: as :func:`psu_sequence`.
        kind: "psu" learns nothing; "ipsu" learns the matrix of the charge, which starts as A;
            "rpsu" learns that of the reset, which starts as B.
        estimate, surrogate: as :func:`psu_sequence`.

    Raises:
        ValueError: an unknown kind; an input of another number of steps than a learned matrix.

    >>> PSU(2)(torch.tensor([[1.5], [0.5]])).flatten().tolist()
    [1.0, 0.0]
    """

    def __init__(
        self,
        steps: int,
        decay: float = 0.5,
        v_threshold: float = 1.0,
        kind: str = "psu",
        estimate: str = "sigmoid",
        surrogate: str = "atan",
    ):
        super().__init__()
        check_name("kind", kind, ("psu", "ipsu", "rpsu"))
        check_name("estimate", estimate, ESTIMATES)
        self.steps = check_whole("steps", steps, 1, "a learned matrix has a weight for each")
        self.decay, self.v_threshold = decay, v_threshold
        self.kind, self.estimate, self.surrogate = kind, estimate, surrogate
        matrix = leak_matrix(steps, decay)
        if kind == "ipsu":
            self.integrate = nn.Parameter(matrix)  # [T, T]
        if kind == "rpsu":
            self.reset = nn.Parameter(v_threshold * (matrix - torch.eye(steps)))

    def trace(self, x: Tensor) -> ResetTrace:
        """s, h, v, p_reset ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        if self.kind != "psu":
            check_steps(x, self.steps)
        learned = {name: getattr(self, name, None) for name in ("integrate", "reset")}
        options = {"estimate": self.estimate, "surrogate": self.surrogate}
        return psu_sequence(x, self.decay, self.v_threshold, **learned, **options)

    def extra_repr(self) -> str:
        return f"kind={self.kind!r}, decay={self.decay}, estimate={self.estimate!r}"


def _like(name: str, given: Tensor, x: Tensor) -> Tensor:
    if not isinstance(given, Tensor) or given.shape != x.shape:
        got = tuple(given.shape) if isinstance(given, Tensor) else type(given).__name__
        raise ValueError(
            f"{name} must be shaped like x, {tuple(x.shape)}, got {got}: one for each step"
        )
    return given


SAYS = {
    "PSU": "PSU: the reset weighed by a guessed chance of it",
    "IPSU": "PSU with a learned matrix of the charge",
    "RPSU": "PSU with a learned matrix of the reset",
}
NEURONS = {
    "PSU": lambda steps, decay: PSU(max(1, steps), decay),
    "IPSU": lambda steps, decay: PSU(steps, decay, kind="ipsu"),
    "RPSU": lambda steps, decay: PSU(steps, decay, kind="rpsu"),
}
