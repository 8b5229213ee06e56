"""What every exercise check shares: a hint that fits the mistake, never the answer."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


class NotYet(AssertionError):
    """An answer is not right yet; its text is the hint."""


def need(condition: bool, hint: str) -> None:
    """Raise the hint unless the condition holds.

    >>> need(1 > 2, "which of the two is larger?")
    Traceback (most recent call last):
    ...
    mpe_lib.course.check.base.NotYet: Not yet. Hint: which of the two is larger?
    """
    if not condition:
        raise NotYet(f"Not yet. Hint: {hint}")


def number(answer, name: str = "the answer") -> float:
    """The answer as a finite float, or a hint that a number is wanted."""
    try:
        value = float(answer)
    except (TypeError, ValueError):
        raise NotYet(
            f"Not yet. Hint: {name} should be one number, got {type(answer).__name__}"
        ) from None
    need(math.isfinite(value), f"{name} should be a finite number, got {value}")
    return value


def match(
    answer: float,
    right: float,
    mistakes: Sequence[tuple[float, str]] = (),
    otherwise: str = "go back to the equation and put the numbers in",
    tolerance: float = 1e-3,
) -> None:
    """Compare a number with the right one; a mistake that is known gets its own hint."""
    if math.isclose(answer, right, rel_tol=tolerance, abs_tol=tolerance * 1e-3):
        return
    for wrong, hint in mistakes:
        need(not math.isclose(answer, wrong, rel_tol=tolerance, abs_tol=tolerance * 1e-3), hint)
    need(False, otherwise)


def near(a: float, b: float) -> bool:
    """Two numbers that are one, but for the last digits of a float."""
    return abs(a - b) < 1e-6


def match_tensor(
    answer: Tensor, right: Tensor, mistakes: Sequence[tuple[Tensor, str]], otherwise: str, **close
) -> None:
    """As :func:`match`, for all numbers of a tensor; close: rtol and atol of torch.allclose."""
    for wrong, hint in mistakes:
        need(not torch.allclose(answer.double(), wrong.double(), **close), hint)
    need(torch.allclose(answer.double(), right.double(), **close), otherwise)


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


def called(words: str, function: Callable, *values):
    """What a student's function returns; or a hint in these words, with its {error} and {kind}."""
    try:
        return function(*values)
    except Exception as error:  # a student's function may raise anything
        need(False, words.format(error=error, kind=type(error).__name__))


def guesses(rule: Callable[[Tensor], Tensor], x: Tensor, name: str) -> Tensor:
    """What a rule ``x -> v_hat`` of a student's answers: finite, shaped like x; or a hint."""
    v_hat = called(name + "(x) stopped with {kind}: {error}", rule, x.clone())
    need(
        isinstance(v_hat, Tensor) and v_hat.shape == x.shape,
        f"{name}(x) should return a tensor shaped like x, one guess for each input",
    )
    need(bool(v_hat.isfinite().all()), "some guesses are not finite numbers")
    return v_hat


def right(words: str) -> None:
    """Say that it is right, and what to take along."""
    print(f"Right. {words}")  # noqa: T201
