"""SPSN beside two of SciPy's filters, and its coins beside their chances."""

import math

import numpy as np
import pytest
import torch
from refusals import refused
from scipy.signal import lfilter

from mpe_lib.systems.spsn import SPSN, spsn_sequence, tau_of

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


@pytest.mark.parametrize("shape", [(1, 5), (8, 5), (50, 2, 3), (6, 2, 3, 4, 2), (400, 5)])
@pytest.mark.parametrize("taus", [(20.0, 20.0), (20.0, 5.0), (0.7, 100.0)])
def test_the_linear_part_is_two_filters(shape, taus):
    x = random(*shape)
    a, b = (math.exp(-1 / tau) for tau in taus)
    expected = lfilter([1 - b], [1, -b], lfilter([1], [1, -a], x.numpy(), axis=0), axis=0)
    trace = spsn_sequence(x, taus[1], taus[0], None)
    np.testing.assert_allclose(trace.h.numpy(), expected, rtol=0, atol=1e-10)
    assert torch.equal(trace.s, trace.h) and torch.equal(trace.v, trace.h)


@pytest.mark.parametrize("steps", [50, 300])
def test_the_end_does_not_reach_the_start(steps):
    x = torch.zeros(steps, 1, dtype=DOUBLE)
    x[-1] = 1
    h = spsn_sequence(x, firing=None).h
    assert h[:-1].abs().max() < 1e-12 < h[-1]

    def short(x):  # as released: two factors and the input in a transform of length 2T
        n, keep = 2 * len(x), math.exp(-1 / 20)
        kernel = torch.fft.rfft(keep ** torch.arange(len(x), dtype=DOUBLE), n)
        return torch.fft.irfft((1 - keep) * kernel**2 * torch.fft.rfft(x[:, 0], n), n)[: len(x)]

    if steps == 50:
        assert short(x)[0] > 0.1  # the ablation: there the last step is seen by the first


@pytest.mark.parametrize("firing, factor", [("bernoulli", 1), ("gumbel", 2)])
def test_spikes_come_as_often_as_their_chance(firing, factor):
    x = torch.linspace(-3, 3, 7, dtype=DOUBLE).expand(20, 40_000, 7)
    trace = spsn_sequence(x, firing=firing, seed=5)
    p = torch.sigmoid(factor * trace.h[:, 0])
    torch.testing.assert_close(trace.p[:, 0], p)
    sigma = (p * (1 - p) / 40_000).sqrt()
    assert ((trace.s.mean(1) - p).abs() < 5 * sigma).all()


def test_a_coin_has_the_papers_slope_and_a_soft_choice_its_own():
    x = random(6, 50).requires_grad_()
    for firing in ("bernoulli", "gumbel"):
        h = spsn_sequence(x, firing=None).h.detach().requires_grad_()
        trace = spsn_sequence(x, firing=firing, seed=1)
        g = random(6, 50, seed=2)
        (found,) = torch.autograd.grad((trace.s * g).sum(), x)
        p = trace.p.detach()
        slope = p * p * (1 - p)
        if firing == "gumbel":
            from mpe_lib.core.draw import uniform_like

            q = torch.sigmoid(2 * h + torch.logit(1 - uniform_like(h, 1).double()))
            slope = (2 * q * (1 - q)).detach()
            assert torch.equal(trace.s, (q > 0.5).double())
        (wanted,) = torch.autograd.grad((spsn_sequence(x, firing=None).h * slope * g).sum(), x)
        torch.testing.assert_close(found, wanted, rtol=0, atol=1e-9)


def test_time_constants_have_a_gradient():
    taus = [torch.tensor(each, dtype=DOUBLE, requires_grad=True) for each in (20.0, 20.0)]
    x = random(9, 3)
    assert torch.autograd.gradcheck(lambda a, b: spsn_sequence(x, a, b, None).h, taus)


def test_half_of_all_steps_fire_at_rest_and_evaluation_repeats_itself():
    neuron, x = SPSN(), torch.zeros(20, 1000)
    assert abs(neuron(x).mean().item() - 0.5) < 0.02
    assert not torch.equal(neuron(x), neuron(x))
    neuron.eval()
    assert torch.equal(neuron(x), neuron(x))


def test_a_seed_decides_the_coins():
    x = torch.zeros(20, 50)
    one, two = (spsn_sequence(x, seed=3).s for _ in range(2))
    assert torch.equal(one, two) and not torch.equal(one, spsn_sequence(x, seed=4).s)


def test_a_decay_as_a_time_constant():
    assert math.exp(-1 / tau_of(0.9)) == pytest.approx(0.9)
    for decay in (0, 1):
        with pytest.raises(ValueError, match="decay must be between 0 and 1"):
            tau_of(decay)


X = torch.zeros(3, 2)
test_what_cannot_be_is_refused = refused(spsn_sequence, [
    ({"x": X, "tau_mem": 0.0}, "tau_mem must be above 0, got 0.0"),
    ({"x": X, "tau_syn": -1.0}, "tau_syn must be above 0"),
    ({"x": X, "firing": "coin"}, "firing must be one of 'bernoulli', 'gumbel' or None, got 'coin'"),
])  # fmt: skip
