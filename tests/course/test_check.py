import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from mpe_lib.course.check import NotYet
from mpe_lib.course.check.base import called, need, reads, right
from mpe_lib.course.check.compare import match, same
from mpe_lib.course.check.forms import number, numbers, tensor, truth


def test_hints_are_raised_and_never_hold_the_answer(capsys):
    with pytest.raises(NotYet, match="Not yet. Hint: look again"):
        need(False, "look again")
    need(True, "look again")
    right("Good.")
    assert capsys.readouterr().out == "Right. Good.\n"


@pytest.mark.parametrize(
    ("answer", "hint"),
    [(None, "got NoneType"), ("x", "got str"), ([1, 2], "got list"), (math.nan, "finite")],
)
def test_not_a_number_gets_a_hint(answer, hint):
    with pytest.raises(NotYet, match=hint):
        number(answer)


def test_a_known_mistake_gets_its_own_hint():
    match(0.10001, 0.1)
    with pytest.raises(NotYet, match="upside down"):
        match(10.0, 0.1, [(10, "upside down")])
    with pytest.raises(NotYet, match="go back to the equation"):
        match(3.0, 0.1, [(10, "upside down")])


@pytest.mark.parametrize(
    "answer",
    [0.5, np.float32(0.5), np.array(0.5), np.array([0.5]), torch.tensor(0.5), torch.tensor([[0.5]]),
     (0.5,), [torch.tensor(0.5)], Fraction(1, 2), torch.tensor(0.5, requires_grad=True)],
)  # fmt: skip
def test_whatever_holds_a_number_is_one(answer):
    assert number(answer) == 0.5


@pytest.mark.parametrize("answer", [True, np.bool_(True), np.array(True), torch.tensor(True)])
def test_numpy_and_torch_say_true_as_well(answer):
    assert truth(answer, "decided") is True


@pytest.mark.parametrize("answer", [1, "True", None, [True, True]])
def test_what_is_no_truth_gets_a_hint(answer):
    with pytest.raises(NotYet, match="decided should be True or False"):
        truth(answer, "decided")


@pytest.mark.parametrize(
    "answer",
    [[1, 2], (1.0, 2.0), np.array([1, 2], "uint8"), torch.tensor([1.0, 2.0]), range(1, 3),
     (k for k in (1, 2)), [torch.tensor(1), np.float32(2)]],
)  # fmt: skip
def test_whatever_holds_numbers_in_an_order_is_a_list(answer):
    assert numbers(answer, "a list", 2) == [1, 2]


@pytest.mark.parametrize("answer", [None, 3, "12", {1, 2}, {1: 2}, [1, 2, 3], [[1, 2], 3]])
def test_what_is_no_list_of_two_numbers_gets_a_hint(answer):
    with pytest.raises(NotYet, match="Hint"):
        numbers(answer, "a list of two numbers", 2)


def test_rows_become_one_tensor_and_keep_a_gradient():
    x = torch.ones(2, requires_grad=True)
    found = tensor([2 * x, np.zeros(2, "float32"), [True, False]], (3, 2), "rows")
    assert found.dtype == torch.float64 and found.requires_grad
    for odd in ("word", [[1, 2], [3]], [], {1: 2}, torch.ones(2, 3), [1j, 2j]):
        with pytest.raises(NotYet, match="rows, got"):
            tensor(odd, (3, 2), "rows")


@pytest.mark.parametrize(("exact", "digits"), [(2.7764, 2.78), (9062.5, 9060), (1.0049, 1.0)])
def test_three_digits_are_enough(exact, digits):
    assert same(digits, exact) and not same(digits * 1.01, exact)
    assert not same(digits, exact, 1e-6)


def test_a_function_gets_copies():
    given = [3, 1, 2], torch.ones(2), {"a": [1]}

    def spoil(numbers, x, table):
        numbers.sort()
        x.zero_()
        table["a"].append(2)
        return 1

    assert called("", spoil, *given) == 1
    assert given[0] == [3, 1, 2] and given[1].sum() == 2 and given[2] == {"a": [1]}


def test_a_function_says_which_names_it_reads():
    def outer(x):
        return [math.sqrt(y) for y in x] + [(lambda: forbidden)()]  # noqa: F821

    assert {"sqrt", "forbidden", "outer"} <= reads(outer) and "cross_entropy" not in reads(outer)
    assert "max" in reads(max) and reads(np.vectorize(math.sqrt))
