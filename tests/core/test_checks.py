"""Numbers of any kind are taken, and what is refused is refused in words that are enough."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from mpe_lib import MPE, lif_sequence, lif_spikes, membrane_loss, mpe_sequence
from mpe_lib.core.checks import check_number, check_whole
from mpe_lib.core.draw import uniform_like
from mpe_lib.core.exact import exact_parallel

X = torch.tensor([[0.9], [0.9], [0.9]])
HALVES = [0.5, Fraction(1, 2), np.float32(0.5), np.float64(0.5), np.array(0.5), torch.tensor(0.5)]
TWOS = [
    2,
    np.int64(2),
    np.uint8(2),
    np.array(2),
    torch.tensor(2),
    torch.tensor(2, dtype=torch.int8),
]


def kind(value):
    return f"{type(value).__name__}-{getattr(value, 'dtype', '')}"


@pytest.mark.parametrize("half", HALVES, ids=kind)
@pytest.mark.parametrize("name", ["decay", "v_threshold", "v0"])
def test_a_number_of_any_kind_is_that_number(name, half):
    expected = lif_sequence(X, **{name: torch.full((1,), 0.5) if name == "v0" else 0.5})
    for backend in ("torch", "auto"):
        assert torch.equal(lif_spikes(X, **{name: half}, backend=backend), expected.s)
    assert torch.equal(mpe_sequence(X, "zero", sweeps=2, **{name: half}).h, expected.h)


@pytest.mark.parametrize("two", TWOS, ids=kind)
def test_a_whole_number_of_any_kind_is_that_number(two):
    right = mpe_sequence(X, "hard", sweeps=2)
    assert torch.equal(mpe_sequence(X, "hard", sweeps=two).h, right.h)
    assert MPE("hard", sweeps=two).sweeps == 2 and type(MPE(sweeps=two).sweeps) is int
    assert torch.equal(uniform_like(X, two), uniform_like(X, 2))
    with pytest.raises(RuntimeError, match="no certificate after max_sweeps=2"):
        exact_parallel(X, start="zero", max_sweeps=two)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: lif_spikes(X, 1.0000001), ValueError, "between 0 and 1, got 1.0000001:"),
        (lambda: lif_spikes(X, np.float32(1.0000001)), ValueError, "got 1.0000001192092896:"),
        (lambda: lif_spikes(X, 10**400), ValueError, "between 0 and 1, got inf"),
        (lambda: lif_spikes(X, v_threshold=-(10**400)), ValueError, "finite number, got -inf"),
        (lambda: lif_spikes(X, True), TypeError, "got bool"),
        (lambda: lif_spikes(X, np.bool_(True)), TypeError, "got bool"),
        (lambda: lif_spikes(X, torch.tensor(True)), TypeError, "got torch.bool"),
        (lambda: lif_spikes(X, 0.5j), TypeError, "got complex"),
        (lambda: lif_spikes(X, torch.tensor(0.5j)), TypeError, "got torch.complex64"),
        (lambda: lif_spikes(X, np.ones(2)), ValueError, r"got shape \(2,\)"),
        (lambda: lif_spikes(X, v0="0"), TypeError, "v0 must be a float or a 0-d tensor, got str"),
        (lambda: lif_spikes(X, v0=np.zeros(1)), TypeError, r"real tensor of potentials .* ndarray"),
        (lambda: lif_spikes(X, v0=torch.ones(1) * 1j), TypeError, "got torch.complex64"),
        (lambda: lif_spikes(X, v0=torch.zeros(1, 1)), ValueError, r"one step of x, \(1,\), got"),
        (lambda: lif_spikes(X, surrogate=["atan"]), ValueError, r"surrogate must be .*\['atan'\]"),
        (lambda: lif_spikes(X, reset={}), ValueError, "reset must be one of 'hard', .*got {}"),
        (lambda: lif_spikes(X, backend=["auto"]), ValueError, "backend must be one of"),
        (lambda: mpe_sequence(X, ["hard"]), ValueError, "rule must be one of"),
        (lambda: mpe_sequence(X, sweeps=2.0), ValueError, "whole number >= 0, got 2.0"),
        (lambda: mpe_sequence(X, sweeps=True), ValueError, "whole number >= 0, got True"),
        (lambda: mpe_sequence(X, sweeps=torch.tensor(True)), ValueError, "whole number >= 0"),
        (lambda: mpe_sequence(X, sweeps=1, v0=torch.zeros(3, 1)), ValueError,
         r"\(1,\), or one for each pass, \(2, 1\), got \(3, 1\)"),
        (lambda: membrane_loss(mpe_sequence(X), "uniform"), TypeError, "kappa must be .* got str"),
        (lambda: membrane_loss(mpe_sequence(X), [0.5, [1], 2]), TypeError, "kappa must be"),
        (lambda: membrane_loss(mpe_sequence(X), [0.3, 0.3, 0.3998]), ValueError, "sum to 0.9998"),
    ],
)  # fmt: skip
def test_what_is_no_such_number_is_refused_with_its_digits(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_tensor_stays_a_tensor_and_keeps_its_gradient():
    half = torch.tensor(0.5, requires_grad=True)
    assert check_number("decay", half, 0, 1) is half
    assert check_whole("sweeps", torch.tensor(3), 0, "") == 3
    lif_spikes(X, v0=half, backend="torch").sum().backward()
    assert half.grad != 0
