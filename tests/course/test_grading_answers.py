"""A student's answers come over a wire and are judged outside; no kernel is needed here."""

import math
from fractions import Fraction

import nbformat
import numpy as np
import pytest
import torch
from classroom import Kernel

from mpe_lib.course.check.base import reads
from mpe_lib.course.grading import wire
from mpe_lib.course.grading.examine import Answers, judge
from mpe_lib.course.grading.session import NoAnswer


@pytest.mark.parametrize(
    "value",
    [None, ..., True, 3,
     2.5, math.inf, "word", b"\x00\xff", (1, [2, (3,)]), {"a": {1: [2]}}, {1, 2},
     np.arange(6.0).reshape(2, 3), np.array(1)],
)  # fmt: skip
def test_answers_survive_the_wire(value):
    back = wire.unpack(wire.pack(value))
    assert type(back) is type(value) and np.all(back == value)


@pytest.mark.parametrize("dtype", wire.DTYPES.values(), ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_tensors_survive_the_wire(dtype, shape):
    value = torch.arange(math.prod(shape)).reshape(shape).to(dtype)
    back = wire.unpack(wire.pack(value.clone()))
    assert back.dtype == dtype and back.shape == value.shape and torch.equal(back, value)


def test_what_is_nearly_plain_becomes_plain():
    assert wire.unpack(wire.pack(np.float64(0.5))) == 0.5
    assert wire.unpack(wire.pack(Fraction(1, 2))) == 0.5
    assert wire.unpack(wire.pack(range(3))) == [0, 1, 2]
    assert wire.unpack(wire.pack(torch.ones(2, requires_grad=True))).tolist() == [1, 1]
    assert wire.unpack(wire.pack(len), function=max) is max
    with pytest.raises(TypeError, match="got complex"):
        wire.pack(1j)


def test_arrays_of_every_kind_arrive():
    assert wire.unpack(wire.pack(np.array(["a", "b"]))) == ["a", "b"]
    assert wire.unpack(wire.pack(np.array("a"))) == "a"
    assert wire.unpack(wire.pack(np.array(0.5))).shape == ()
    for kind in ("uint16", "uint64", "longdouble", "bool", "float16"):
        back = wire.unpack(wire.pack(np.array([0, 1], kind)))
        assert isinstance(back, np.ndarray) and back.tolist() == [0, 1]
    for kind in (">i4", ">f8", ">u2"):  # as event cameras write them
        assert wire.unpack(wire.pack(np.array([0, 1], kind))).tolist() == [0, 1]


def test_tensors_that_are_stored_otherwise_arrive():
    row = torch.arange(4.0).reshape(1, 4)
    for value in (torch.tensor([1 - 2j]).conj().imag, row.to_sparse(), row[:, 1], row[:, 1:2]):
        assert torch.equal(wire.unpack(wire.pack(value)), value.to_dense().resolve_neg())


def test_a_function_brings_along_what_it_reads():
    answers = Answers(Kernel(f=lambda x: math.sqrt(x)))
    assert answers["f"](4.0) == 2 and "sqrt" in reads(answers["f"])


def test_a_gradient_passes_through_a_list():
    x = torch.ones(2, requires_grad=True)
    rows = Answers(Kernel(rows=lambda x: [2 * x, 3 * x]))["rows"](x)
    rows.sum().backward()
    assert x.grad.tolist() == [5, 5]


def test_the_wire_makes_nothing_but_data():
    for text in ('["__import__", "os"]', '["eval", "1"]'):
        with pytest.raises(KeyError):
            wire.unpack(text)


def judged(source, **names):
    check = nbformat.v4.new_code_cell(source)
    return judge(check, Answers(Kernel(**names))), check.outputs[0]


def test_a_check_runs_outside_with_the_students_answers():
    source = "from mpe_lib.course.check import nb00\n\nnb00.shape(shape)"
    note, output = judged(source, shape=(100, 8, 32))
    assert note == "" and output.text.startswith("Right.")
    note, output = judged(source, shape=(8, 100, 32), nb00="a fake")
    assert "Hint: the batch comes second" in note and output.ename == "NotYet"
    note, output = judged(source)
    assert note == "no answer: shape: name 'shape' is not defined" and output.ename == "NoAnswer"


def test_a_function_is_called_where_it_lives():
    source = "from mpe_lib.course.check import nb04\nnb04.decode(decode)"

    def decode(raw):
        x, y, high, middle, low = raw
        return (high & 127) << 16 | middle << 8 | low, x, y, high >> 7

    assert judged(source, decode=decode)[0] == ""
    note, _ = judged(source, decode=lambda raw: 1 / 0)
    assert "raised ZeroDivisionError: division by zero" in note


def test_a_gradient_is_taken_where_the_function_lives():
    source = "from mpe_lib.course.check import nb15\nnb15.equation(put_back)"

    def put_back(x, r, decay):
        h = carried = torch.zeros_like(x[0])
        steps = []
        for now, taken in zip(x, r, strict=True):
            h = carried + now
            steps.append(h)
            carried = decay * (h - taken)
        return torch.stack(steps)

    def detached(x, r, decay):
        return put_back(x.detach(), r, decay)

    def half(x, r, decay):
        h = put_back(x, r, decay)
        return h.detach() + (h - h.detach()) / 2

    assert judged(source, put_back=put_back)[0] == ""
    assert "no gradient reaches x" in judged(source, put_back=detached)[0]
    assert "its gradient to x is not that of A x" in judged(source, put_back=half)[0]


def test_a_gradient_of_the_wrong_shape_is_no_gradient():
    class Liar(Kernel):
        def ask(self, line):
            return wire.pack((torch.ones(3),)) if "_wire.pull" in line else super().ask(line)

    answers = Answers(Liar(double=lambda x: 2 * x))
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="invalid gradient"):
        answers["double"](x).sum().backward()


def test_a_check_that_stumbles_gives_a_note():
    note, output = judged("raise OverflowError('too large')")
    assert note == "the check stopped with OverflowError: too large" and output.ename


def test_names_of_a_check_are_asked_anew_and_its_own_stay():
    answers = Answers(Kernel(a=1))
    exec("import math", {}, answers)
    assert answers["a"] == 1 and "a" not in answers and answers["math"] is math
    with pytest.raises(NoAnswer, match="b: name 'b' is not defined"):
        answers["b"]
