"""The parallel spiking neuron beside its equation, written as a loop over steps."""

import pytest
import torch

from mpe_lib.systems.psn import MaskedPSN


@pytest.mark.parametrize("shape", [(6, 5), (6, 2, 3, 4, 2)])
@pytest.mark.parametrize("k", [1, 3, 6])
def test_each_step_weighs_the_last_k_inputs_and_no_others(k, shape):
    neuron = MaskedPSN(6, k, 0.9).double()
    with torch.no_grad():
        neuron.weight.copy_(torch.randn(6, 6, generator=torch.Generator().manual_seed(0)))
        neuron.threshold.copy_(torch.linspace(0.2, 0.7, 6))
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    x.requires_grad_()
    trace = neuron.trace(x)
    for t in range(6):
        h = sum(neuron.weight[t, u] * x[u] for u in range(max(0, t - k + 1), t + 1))
        torch.testing.assert_close(trace.h[t], h)
        assert torch.equal(trace.s[t], (h > neuron.threshold[t]).double())
        reached = torch.autograd.grad(trace.h[t].sum(), x, retain_graph=True)[0]
        felt = [u for u in range(6) if reached[u].any()]
        assert felt == list(range(max(0, t - k + 1), t + 1))
    s, loss = neuron.with_loss(x)
    assert torch.equal(s, trace.s) and torch.equal(neuron(x), s) and loss == 0


def test_the_gradient_is_that_of_the_equation_with_the_surrogate_for_the_step():
    neuron = MaskedPSN(5, 2, 0.5).double()
    x = torch.randn(5, 7, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    trace = neuron.trace(x.requires_grad_())
    trace.s.sum().backward()
    slope = (1 - (trace.h - 1).abs()).clamp(min=0).detach()  # triangle, thresholds of 1
    torch.testing.assert_close(neuron.threshold.grad, -slope.sum(1))
    weight = neuron.masked(neuron.weight).detach()
    torch.testing.assert_close(x.grad, weight.T @ slope)
    torch.testing.assert_close(neuron.weight.grad, neuron.masked(slope @ x.detach().T))


def test_it_starts_as_a_leak_without_reset():
    x = torch.rand(9, 4)
    h, v = MaskedPSN(9, 9, 0.7).trace(x).h, torch.zeros(4)
    for t in range(9):
        v = 0.7 * v + x[t]
        torch.testing.assert_close(h[t], v)


def test_what_it_cannot_be_or_run_is_said():
    for k in (0, 5):
        with pytest.raises(ValueError, match=f"k must be between 1 and steps=4, got {k}"):
            MaskedPSN(4, k)
    with pytest.raises(ValueError, match="x must have 4 steps, one for each weight, got 3"):
        MaskedPSN(4, 2)(torch.zeros(3, 2))
