"""SRNN beside a NumPy loop; its threshold, its intervals, and what it recalls."""

import numpy as np
import pytest
import torch
from refusals import refused
from scipy.signal import lfilter

from mpe_lib.systems.srnn import SRNN, ALIFNeuron, alif_sequence

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def by_loop(x, tau_m, tau_adp, b0, beta, recurrent=None):
    """The paper's lines, in NumPy: the reset of a spike is paid at the next step."""
    keep, keep_adp = np.exp(-1 / tau_m), np.exp(-1 / tau_adp)
    u = eta = s = np.zeros(x.shape[1:])
    rows = []
    for x_t in x:
        eta = keep_adp * eta + (1 - keep_adp) * s
        theta = b0 + beta * eta
        drive = x_t if recurrent is None else x_t + s @ recurrent.T
        u = keep * u + (1 - keep) * drive - theta * s
        s = (u > theta).astype(float)
        rows.append((s, u, theta))
    return [np.stack(each) for each in zip(*rows, strict=True)]


@pytest.mark.parametrize("shape", [(80, 5), (1, 5), (80, 4, 3), (30, 2, 3, 4, 2)])
def test_it_is_the_papers_lines(shape):
    x = 1 + 2 * random(*shape)
    trace = alif_sequence(x, 12.0, 60.0, 0.1, 1.8)
    right = by_loop(x.numpy(), 12.0, 60.0, 0.1, 1.8)
    for mine, each in zip((trace.s, trace.h, trace.v_threshold), right, strict=True):
        np.testing.assert_allclose(mine.numpy(), each, rtol=0, atol=1e-9)
    if len(x) > 1:
        assert trace.s.any()
        keep = np.exp(-1 / 12.0)
        torch.testing.assert_close(trace.h[1:], keep * trace.v[:-1] + (1 - keep) * x[1:])


def test_recurrent_spikes_come_a_step_later_by_the_matrix():
    x, recurrent = random(40, 6, 4), random(4, 4, seed=1)
    trace = alif_sequence(x, recurrent=recurrent)
    right = by_loop(x.numpy(), 20.0, 100.0, 0.01, 1.8, recurrent.numpy())
    for mine, each in zip((trace.s, trace.h, trace.v_threshold), right, strict=True):
        np.testing.assert_allclose(mine.numpy(), each, rtol=0, atol=1e-9)


def intervals(beta):
    s = alif_sequence(torch.full((400, 1), 0.6, dtype=DOUBLE), 20.0, 100.0, 0.1, beta).s[:, 0]
    return torch.diff(torch.nonzero(s)[:, 0])


def test_under_a_steady_current_the_intervals_grow_and_without_adaptation_they_do_not():
    grown, plain = intervals(1.8), intervals(0.0)
    assert grown[-1] > 1.5 * grown[0] and (plain[-1] - plain[1]).abs() <= 1


def test_the_gradient_is_that_of_finite_differences_where_no_spike_changes():
    x = (0.02 * random(9, 3)).requires_grad_()

    def potential(x):
        return alif_sequence(x, 12.0, 60.0, 10.0, surrogate="triangle").h  # out of reach

    assert torch.autograd.gradcheck(potential, x)
    fired = alif_sequence((1 + x).requires_grad_(), b0=0.1, surrogate="triangle")
    (found,) = torch.autograd.grad(fired.s[0].sum(), x)
    slope = (1 - (fired.h[0] - 0.1).abs()).clamp(min=0).detach()
    torch.testing.assert_close(found[0], (1 - np.exp(-1 / 20)) * slope)


def test_a_readout_leaks_and_never_fires():
    torch.manual_seed(0)
    network = SRNN(3, 8, 2).double().eval()
    x = 3 * random(60, 4, 3)
    votes, s = network(x), network.trace(x).s
    keep = np.exp(-1 / 15)
    current = network.readout(s).detach().numpy()
    right = lfilter([1 - keep], [1, -keep], current, axis=0)
    np.testing.assert_allclose(votes.detach().numpy(), right, rtol=0, atol=1e-9)
    assert s.any() and SRNN(3, 8, 2, recurrent=False).recurrent is None


def test_time_constants_stay_at_a_step_or_more():
    neuron = ALIFNeuron(3)
    with torch.no_grad():
        neuron.tau_m.fill_(-2.0)
    neuron(torch.rand(4, 2, 3))
    assert neuron.tau_m.eq(1).all() and neuron.tau_adp.eq(100).all()


X = torch.zeros(3, 2, 4)
test_what_cannot_be_is_refused = refused(alif_sequence, [
    ({"x": X, "tau_m": 0.0}, "tau_m must be above 0, got 0.0"),
    ({"x": X, "tau_adp": -1.0}, "tau_adp must be above 0"),
    ({"x": X, "recurrent": torch.zeros(4, 3)}, r"recurrent must be \[C, C\] for a current"),
])  # fmt: skip
test_a_module_refuses_too = refused(ALIFNeuron, [({"tau_m": 0.0}, "tau_m must be above 0")])
