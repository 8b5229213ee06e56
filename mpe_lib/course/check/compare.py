"""Whether an answer is right: to three digits, and a known mistake gets a hint of its own."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .base import called, need
from .forms import tensor


def same(answer: float, other: float, tolerance: float | None = None) -> bool:
    """Whether a number is another one, up to a share of it: if none is given, to three digits.

    >>> same(2.78, 2.7764), same(2.77, 2.7764), same(1.13, 1.125)
    (True, False, True)
    """
    if not tolerance:
        digits = math.floor(math.log10(abs(other))) if other and math.isfinite(other) else -math.inf
        if abs(answer - other) <= 0.5 * 10 ** (digits - 2) * (1 + 1e-6):
            return True
    return math.isclose(answer, other, rel_tol=tolerance or 1e-3, abs_tol=1e-6)


def match(
    answer: float,
    right: float,
    mistakes: Sequence[tuple[float, str]] = (),
    otherwise: str = "go back to the equation and put the numbers in",
    tolerance: float | None = None,
) -> None:
    """Compare a number with the right one; a mistake that is known gets its own hint."""
    if same(answer, right, tolerance):
        return
    for wrong, hint in mistakes:
        need(not same(answer, float(wrong), tolerance), hint)
    need(False, otherwise)


def match_tensor(
    answer: Tensor, right: Tensor, mistakes: Sequence[tuple[Tensor, str]], otherwise: str
) -> None:
    """As :func:`match`, for all numbers of a tensor.

    On an input where a mistake comes to what is right, it is none.
    """
    for wrong, hint in mistakes:
        need(alike(wrong, right) or not alike(answer, wrong), hint)
    need(alike(answer, right), otherwise)


def alike(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are the same to three digits, their small numbers by their usual size."""
    size = b[b.isfinite()].abs().double().mean().nan_to_num().item()
    return torch.allclose(a.double(), b.double(), rtol=1e-3, atol=1e-4 * size + 1e-9)


def alone(rule: Callable[[Tensor], Tensor], x: Tensor, order: Tensor) -> None:
    """A hint unless a rule gives an input the same guess again, and among other steps."""
    v_hat = rule(x)
    need(
        torch.allclose(rule(x), v_hat), "called twice, it gave two answers: leave chance out of it"
    )
    need(
        torch.allclose(rule(x[order]), v_hat[order], atol=1e-5),
        "with other steps around it, an input got another guess: use the input of one step alone",
    )


def guesses(rule: Callable[[Tensor], Tensor], x: Tensor, name: str) -> Tensor:
    """What a rule ``x -> v_hat`` of a student's answers: finite, shaped like x; or a hint."""
    found = called(name + "(x) stopped with {kind}: {error}", rule, x)
    words = f"{name}(x) should return a tensor shaped like x, one guess for each input"
    v_hat = tensor(found, x.shape, words).detach().to(x.dtype)
    need(bool(v_hat.isfinite().all()), "some guesses are not finite numbers")
    return v_hat
