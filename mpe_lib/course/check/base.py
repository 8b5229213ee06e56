"""What every exercise check shares: a hint that fits the mistake, never the answer."""

import copy
from collections.abc import Callable
from functools import wraps
from types import CodeType, FunctionType

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


def called(words: str, function: Callable, *values):
    """What a student's function returns for copies; or a hint in these words, with its {error}
    and {kind}.

    A tensor that wants a gradient is passed on itself.
    """
    tracked = [isinstance(each, Tensor) and each.requires_grad for each in values]
    copies = (v if t else copy.deepcopy(v) for v, t in zip(values, tracked, strict=True))
    try:
        return function(*copies)
    except Exception as error:  # a student's function may raise anything
        need(False, words.format(error=error, kind=type(error).__name__))


def reads(function: Callable) -> set[str]:
    """The names that a student's function and functions within it read, and its own name.

    A function that lives in another process brings them along (see the grader's wire).
    """
    found, rest = set(getattr(function, "reads", ())), [function]
    while rest:
        each = rest.pop()
        code = getattr(each, "__code__", each)
        found.add(getattr(each, "__name__", ""))
        if isinstance(code, CodeType):
            found.update(code.co_names)
            rest += [part for part in code.co_consts if isinstance(part, CodeType)]
    known = getattr(function, "__globals__", {})
    return found | {getattr(known.get(name), "__name__", "") for name in found}  # "import as"


def right(words: str) -> None:
    """Say that it is right, and what to take along."""
    print(f"Right. {words}")  # noqa: T201
