"""FPT beside the neuron with soft reset, sweep by sweep, forward and backward."""

import pytest
import torch
from refusals import refused

from mpe_lib import lif_sequence
from mpe_lib.systems.fpt import FPT, fpt_sequence
from mpe_lib.systems.psu import leak_matrix

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


@pytest.mark.parametrize("shape", [(12, 50), (1, 5), (12, 2, 3, 4, 2), (260, 20)])
@pytest.mark.parametrize("decay", [0.0, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("sweeps", [0, 1, 3, 12])
def test_after_k_sweeps_the_first_k_plus_1_steps_are_exact(shape, decay, sweeps):
    x = random(*shape)
    trace, exact = fpt_sequence(x, decay, 0.8, sweeps), lif_sequence(x, decay, 0.8, "soft")
    for mine, right in zip(trace[:3], exact[:3], strict=True):
        torch.testing.assert_close(mine[: sweeps + 1], right[: sweeps + 1], rtol=0, atol=1e-9)
    if len(x) == 12 and sweeps == 12:
        assert torch.equal(trace.s, exact.s)


def test_steps_beyond_the_front_are_wrong_and_fewer_with_each_sweep():
    x = random(12, 4000)
    exact = lif_sequence(x, 0.9, reset="soft").s
    wrong = [(fpt_sequence(x, 0.9, sweeps=k).s != exact).double().mean().item() for k in range(6)]
    assert wrong == sorted(wrong, reverse=True) and wrong[0] > 0.1 > 0.03 > wrong[3] > 0.001


def test_a_reset_in_its_own_step_is_another_neuron():
    x, a = random(12, 400), leak_matrix(12, 0.5, DOUBLE)
    s = torch.zeros_like(x)
    for _ in range(13):
        s = (a @ x - a @ s > 1).double()  # A in the place of A - 1
    assert (s != lif_sequence(x, 0.5, reset="soft").s).double().mean() > 0.02
    assert torch.equal(fpt_sequence(x, 0.5, sweeps=12).s, lif_sequence(x, 0.5, reset="soft").s)


@pytest.mark.parametrize("shape", [(7, 5), (7, 2, 3, 4, 2), (220, 2)])
def test_backward_goes_through_every_sweep(shape):
    x = random(*shape).requires_grad_()
    g = random(*shape, seed=1)
    (found,) = torch.autograd.grad(
        (fpt_sequence(x, 0.5, sweeps=2, surrogate="triangle").s * g).sum(), x
    )
    a = leak_matrix(len(x), 0.5, DOUBLE)
    later, flat, g = a - torch.eye(len(a)), x.detach().flatten(1), g.flatten(1)
    slopes, s = [], torch.zeros_like(flat)
    for _ in range(3):
        h = a @ flat - later @ s
        s = (h > 1).double()
        slopes.append((1 - (h - 1).abs()).clamp(min=0))
    expected = torch.zeros_like(flat)
    for slope in reversed(slopes):  # each sweep's spikes feel x, and the spikes before them
        expected += a.T @ (slope * g)
        g = -later.T @ (slope * g)
    torch.testing.assert_close(found.flatten(1), expected, rtol=0, atol=1e-9)


def test_decay_and_threshold_may_be_learned():
    numbers = [torch.tensor(each, dtype=DOUBLE, requires_grad=True) for each in (0.5, 1.0)]
    fpt_sequence(random(9, 40), *numbers).s.sum().backward()
    assert all(each.grad.isfinite() and each.grad != 0 for each in numbers)


X = torch.zeros(3, 2)
test_what_cannot_be_is_refused = refused(fpt_sequence, [
    ({"x": X, "sweeps": -1}, "sweeps must be a whole number >= 0"),
    ({"x": X, "sweeps": 1.5}, "sweeps must be a whole number >= 0"),
    ({"x": X, "decay": -0.1}, "decay must be between 0 and 1"),
])  # fmt: skip
test_a_module_refuses_too = refused(FPT, [({"sweeps": -1}, "sweeps must be a whole number >= 0")])
