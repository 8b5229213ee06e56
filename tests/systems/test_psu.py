"""The PSU family beside a NumPy loop with soft reset, its bias at rest, and what it learns."""

import numpy as np
import pytest
import torch
from refusals import refused

from mpe_lib import lif_sequence, spike_agreement
from mpe_lib.systems.psu import PSU, leak_matrix, psu_sequence

DOUBLE = torch.float64
SHAPES = [(12, 5), (1, 5), (12, 2, 3, 4, 2), (300, 6)]  # the last beyond a T x T matrix


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def soft(x, decay, v_threshold):
    """Spikes and potentials of the LIF with soft reset, in NumPy."""
    v, spikes, charged = np.zeros(x.shape[1:]), [], []
    for x_t in x:
        h = decay * v + x_t
        s = (h > v_threshold).astype(float)
        v = h - v_threshold * s
        spikes.append(s), charged.append(h)
    return np.stack(spikes), np.stack(charged)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9])
def test_the_true_spikes_put_back_give_the_neuron_with_soft_reset(shape, decay):
    x = random(*shape)
    s, h = soft(x.numpy(), decay, 0.8)
    trace = psu_sequence(x, decay, 0.8, spikes=torch.from_numpy(s))
    np.testing.assert_allclose(trace.h.numpy(), h, rtol=0, atol=1e-9)
    assert np.array_equal(trace.s.numpy(), s)
    exact = lif_sequence(x, decay, 0.8, "soft")
    torch.testing.assert_close(trace.v, exact.v, rtol=0, atol=1e-9)


def test_a_reset_that_decays_one_step_less_is_another_neuron():
    x = random(12, 4000)
    s = torch.from_numpy(soft(x.numpy(), 0.5, 1.0)[0])
    lag = torch.arange(12)[:, None] - torch.arange(12)
    for power, share in ((lag, 0.0), (lag - 1, 0.03)):
        reset = (0.5 ** power.double()).tril(-1)
        found = (psu_sequence(x, 0.5, reset=reset, spikes=s).s != s).double().mean().item()
        assert found == pytest.approx(share, abs=0.008)


@pytest.mark.parametrize("decay", [0.25, 0.5, 0.9])
def test_at_rest_the_sigmoid_stands_as_a_bias(decay):
    h = psu_sequence(torch.zeros(30, 1, dtype=DOUBLE), decay, 2.0).h[:, 0]
    t = torch.arange(30.0, dtype=DOUBLE)
    expected = -(2.0 / 2) * decay * (1 - decay**t) / (1 - decay)
    torch.testing.assert_close(h, expected.to(h), rtol=0, atol=1e-9)


def test_its_own_guess_agrees_on_most_steps_at_half_a_decay_and_starves_at_09():
    x = random(40, 4000)
    for decay, low, high in ((0.5, 0.93, 0.96), (0.9, 0.87, 0.91)):
        exact = lif_sequence(x, decay, reset="soft").s
        mine = psu_sequence(x, decay).s
        assert low < spike_agreement(exact, mine).equal < high
    assert mine.mean() < 0.02 < 0.08 < exact.mean()  # 1.4 % and 8.9 %: it fires next to nothing


@pytest.mark.parametrize("estimate", ["sigmoid", "linear"])
@pytest.mark.parametrize("shape", SHAPES[:3])
def test_each_matrix_has_its_place_and_its_gradient(shape, estimate):
    x, steps = random(*shape).requires_grad_(), shape[0]
    a, b = (random(steps, steps, seed=seed).requires_grad_() for seed in (1, 2))
    trace = psu_sequence(x, 0.5, 1.0, a, b, estimate, surrogate="triangle")
    leak = leak_matrix(steps, 0.5, DOUBLE)

    def equation(x, a, b):
        flat = x.flatten(1)
        p = leak @ flat
        p = torch.sigmoid(p) if estimate == "sigmoid" else p
        return (a.tril() @ flat - b.tril(-1) @ p).view(x.shape)

    h = equation(x, a, b)
    torch.testing.assert_close(trace.h, h, rtol=0, atol=1e-9)
    g = random(*shape, seed=3)
    slope = (1 - (h - 1).abs()).clamp(min=0).detach()
    found = torch.autograd.grad((trace.s * g).sum(), (x, a, b))
    wanted = torch.autograd.grad((h * slope * g).sum(), (x, a, b))
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ["psu", "ipsu", "rpsu"])
def test_every_kind_starts_as_the_same_neuron(kind):
    x = random(9, 4, 3)
    neuron = PSU(9, 0.5, 1.5, kind).double()
    torch.testing.assert_close(neuron.trace(x).h, psu_sequence(x, 0.5, 1.5).h, rtol=0, atol=1e-6)
    assert sum(p.numel() for p in neuron.parameters()) == (0 if kind == "psu" else 81)


def test_a_reset_never_acts_in_its_own_step():
    neuron = PSU(4, kind="rpsu")
    with torch.no_grad():
        neuron.reset.fill_(100.0)  # what is on and above the diagonal must not be read
    assert neuron.trace(torch.full((4, 1), 2.0)).s[0].item() == 1


def test_a_learned_matrix_asks_for_its_steps():
    PSU(4)(torch.zeros(7, 2))  # nothing is learned: any number
    with pytest.raises(ValueError, match="x must have 4 steps, one for each weight, got 7"):
        PSU(4, kind="ipsu")(torch.zeros(7, 2))


X = torch.zeros(3, 2)
test_what_cannot_be_is_refused = refused(psu_sequence, [
    ({"x": X, "estimate": "tanh"}, "estimate must be one of 'sigmoid', 'linear', got 'tanh'"),
    ({"x": X, "decay": 1.5}, "decay must be between 0 and 1"),
    ({"x": X, "integrate": torch.zeros(2, 2)}, r"integrate must be \[T, T\] with T = 3"),
    ({"x": X, "reset": 3}, r"reset must be \[T, T\] with T = 3, .* got int"),
    ({"x": X, "spikes": torch.zeros(3)}, "spikes must be shaped like x"),
])  # fmt: skip
wrong = {"steps": 3, "kind": "xpsu"}
test_an_unknown_kind_is_refused = refused(PSU, [(wrong, "kind must be one of")])
