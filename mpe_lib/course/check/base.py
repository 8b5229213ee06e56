"""What every exercise check shares: a hint that fits the mistake, never the answer."""

import math
from collections.abc import Callable, Sequence
from functools import wraps
from types import FunctionType

import torch
from torch import Tensor

OPEN = "Not answered yet."


class NotYet(AssertionError):
    """An answer is not right yet; its text is the hint, and all that a notebook shows of it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class NotAnswered:
    """What a check of an open exercise returns in a notebook, so that the cells below still run."""

    def _repr_html_(self) -> str:
        return f"<p>{OPEN}</p>"

    def __repr__(self) -> str:
        return "0.0"  # the points that nbgrader reads where a check raised nothing


def exercise(check: Callable) -> Callable:
    """A check as a notebook calls it: whatever the answer is, one line is shown, and no source.

    An answer that is still ``...``, or a function with nothing in it, is not answered: in a
    notebook that is said and nothing is raised, so that "Run All" goes on; elsewhere (the grader)
    it is a hint like others. An answer that the check cannot read stops with its own error, of
    which a notebook shows one line.

    >>> exercise(lambda answer: right("It is."))(...)
    Traceback (most recent call last):
    ...
    mpe_lib.course.check.base.NotYet: Not answered yet.
    """

    @wraps(check)
    def judged(*answers):
        if any(unanswered(answer) for answer in answers):
            if in_a_notebook():
                return NotAnswered()
            raise NotYet(OPEN)
        try:
            return check(*answers)
        except NotYet:
            raise
        except Exception as error:  # an answer may be anything
            words = (str(error).splitlines() or [""])[0]
            line = f"Not yet. Hint: the check cannot read this answer ({type(error).__name__}"
            line += f": {words[:200]})" if words else ")"
            error._render_traceback_ = lambda: [line]
            raise

    return judged


def unanswered(answer) -> bool:
    """Whether an answer is as it was handed out: ``...``, or a function with nothing in it."""
    if isinstance(answer, FunctionType) and answer.__name__ != "<lambda>":
        return answer.__code__.co_code == (lambda: None).__code__.co_code
    return answer is ...


def in_a_notebook() -> bool:
    from IPython import get_ipython

    return get_ipython() is not None


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
    """As :func:`match`, for all numbers of a tensor; close: rtol and atol of torch.allclose.

    On an input where a mistake comes to what is right, it is none.
    """

    def same(a: Tensor, b: Tensor) -> bool:
        return torch.allclose(a.double(), b.double(), **close)

    for wrong, hint in mistakes:
        need(same(wrong, right) or not same(answer, wrong), hint)
    need(same(answer, right), otherwise)


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


def as_list(answer, name: str) -> list:
    """A list or tensor as a list; or a hint."""
    if isinstance(answer, Tensor):
        answer = answer.tolist()
    need(
        isinstance(answer, Sequence) and not isinstance(answer, str),
        f"{name} should be a list, got {type(answer).__name__}",
    )
    return list(answer)


def right(words: str) -> None:
    """Say that it is right, and what to take along."""
    print(f"Right. {words}")  # noqa: T201
