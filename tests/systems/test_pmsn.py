"""PMSN beside loops: the remainder with its ties, the compartments in complex numbers."""

import numpy as np
import pytest
import torch
from refusals import refused

from mpe_lib import lif_sequence
from mpe_lib.systems.pmsn import PMSN, compartments, remainder_sequence

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def by_loop(x, v_threshold, inclusive=False):
    """A threshold is paid for each that the potential has passed; `inclusive`: or reached."""
    v, rows = np.zeros(x.shape[1:]), []
    for x_t in x:
        h = v + np.maximum(x_t, 0)
        paid = (
            np.floor(h / v_threshold) if inclusive else np.maximum(np.ceil(h / v_threshold) - 1, 0)
        )
        v = h - v_threshold * paid
        rows.append(((paid > 0).astype(float), h, v))
    return [np.stack(each) for each in zip(*rows, strict=True)]


@pytest.mark.parametrize("shape", [(40, 50), (1, 5), (40, 2, 3, 4, 2), (2000, 5)])
def test_it_is_a_loop_that_keeps_the_remainder(shape):
    x = 0.8 * random(*shape)
    for mine, right in zip(remainder_sequence(x, 0.7), by_loop(x.numpy(), 0.7), strict=False):
        np.testing.assert_allclose(mine.numpy(), right, rtol=0, atol=1e-8)


def test_ties_too_and_strictly_above_fires():
    x = torch.randint(-2, 9, (60, 500), generator=torch.Generator().manual_seed(0)).double() / 4
    trace = remainder_sequence(x)
    for mine, right in zip(trace, by_loop(x.numpy(), 1.0), strict=False):
        np.testing.assert_array_equal(mine.numpy(), right)
    assert (trace.s.numpy() != by_loop(x.numpy(), 1.0, inclusive=True)[0]).mean() > 0.05  # floor


def test_below_a_threshold_a_step_it_is_integrate_and_fire_with_soft_reset():
    x = torch.rand(300, 100, generator=torch.Generator().manual_seed(1), dtype=DOUBLE)
    exact = lif_sequence(x, 1.0, reset="soft")
    trace = remainder_sequence(x)
    assert torch.equal(trace.s, exact.s)
    torch.testing.assert_close(trace.v, exact.v, rtol=0, atol=1e-8)
    node = pytest.importorskip("spikingjelly.activation_based.neuron")
    theirs = node.IFNode(v_reset=None, step_mode="m")(x)
    assert torch.equal(trace.s, theirs)
    late = 2 * x  # two thresholds a step: they part
    assert not torch.equal(remainder_sequence(late).s, lif_sequence(late, 1.0, reset="soft").s)


def test_a_long_sum_in_single_precision_keeps_its_remainder():
    x = torch.rand(5000, 20, generator=torch.Generator().manual_seed(2))
    right = by_loop(x.double().numpy(), 1.0)
    trace = remainder_sequence(x)
    np.testing.assert_allclose(trace.v.numpy(), right[2], rtol=0, atol=1e-5)
    assert np.array_equal(trace.s.numpy(), right[0])


def test_a_spike_feels_every_input_before_it():
    x = (0.5 * random(9, 4)).requires_grad_()
    g = random(9, 4, seed=1)
    (found,) = torch.autograd.grad((remainder_sequence(x, surrogate="triangle").s * g).sum(), x)
    h = remainder_sequence(x).h.detach()
    slope = (1 - (h - 1).abs()).clamp(min=0) * g
    expected = slope.flip(0).cumsum(0).flip(0) * (x > 0)
    torch.testing.assert_close(found, expected.detach(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("shape", [(40, 5), (1, 5), (40, 2, 3), (40, 2, 3, 4, 2), (500, 2, 3)])
def test_compartments_are_a_loop_in_complex_numbers(shape):
    sets = (4,) if len(shape) < 3 else (3, 4)
    keep = torch.polar(0.8 + 0.2 * torch.rand(sets, dtype=DOUBLE), 3 * random(*sets))
    inlet, outlet = (
        torch.complex(random(*sets, seed=a), random(*sets, seed=a + 1)) for a in (1, 3)
    )
    x, direct = random(*shape), random(*sets[:-1], seed=5)
    y = compartments(x, keep, inlet, outlet, direct)
    wide = [
        each.view(*each.shape[:-1], *[1] * (len(shape) - 3), 4) for each in (keep, inlet, outlet)
    ]
    past = direct.view(*direct.shape, *[1] * (len(shape) - 3)) if sets != (4,) else direct
    u = torch.zeros(*shape[1:], 4, dtype=torch.complex128)
    for t in range(shape[0]):
        u = wide[0] * u + wide[1] * x[t][..., None]
        right = (wide[2] * u).sum(-1).real + past * x[t]
        torch.testing.assert_close(y[t], right, rtol=0, atol=1e-9)


def test_compartments_have_their_gradients():
    keep, inlet, outlet = (
        torch.complex(0.5 * random(3, seed=a), 0.5 * random(3, seed=a + 1)).requires_grad_()
        for a in (0, 2, 4)
    )
    x, direct = random(6, 2, seed=6).requires_grad_(), random(1, seed=7)[0].requires_grad_()
    assert torch.autograd.gradcheck(compartments, (x, keep, inlet, outlet, direct))


def test_every_channel_has_its_own_compartments():
    neuron = PMSN(3).double()
    x = random(12, 2, 1).expand(12, 2, 3)
    h = neuron.trace(x).h
    assert not torch.allclose(h[..., 0], h[..., 1])
    moved = x.clone()
    moved[4, :, 1] += 1.0
    changed = (neuron.trace(moved).h != h).any(1)  # [T, C]
    assert not changed[:4].any() and changed[4:, 1].any()
    assert not changed[:, 0].any() and not changed[:, 2].any()


def test_its_compartments_are_those_of_the_function():
    neuron = PMSN(2, 3).double()
    own = {name: p.detach() for name, p in neuron.named_parameters()}
    rate = torch.complex(-own["log_leak"].exp(), own["frequency"])
    wanted = torch.complex(torch.full((3,), -0.5), torch.pi * torch.arange(3)).to(rate)
    torch.testing.assert_close(rate, wanted.expand(2, 3), rtol=0, atol=1e-6)
    keep = torch.exp(own["log_step"].exp()[:, None] * rate)
    assert keep.abs().max() < 1 and own["log_step"].exp().min() >= 0.01
    x = random(9, 4, 2)
    outlet = torch.view_as_complex(own["outlet"])
    y = compartments(x, keep, (keep - 1) / rate, outlet, own["direct"])
    torch.testing.assert_close(neuron.trace(x).h, remainder_sequence(y).h)


X, ONE = torch.zeros(3, 2), torch.ones(1, dtype=torch.complex64)
test_what_cannot_be_is_refused = refused(remainder_sequence, [
    ({"x": X, "v_threshold": 0.0}, "v_threshold must be above 0, got 0.0"),
])  # fmt: skip
test_wrong_compartments_are_refused = refused(compartments, [
    ((X, ONE.real, ONE, ONE), "must be complex tensors of one shape"),
    ((X, ONE, ONE.expand(2), ONE), r"got inlet = torch.complex64 \(2,\)"),
    ((torch.zeros(3, 2, 4), ONE.expand(3, 1), ONE.expand(3, 1), ONE.expand(3, 1)), "a channel for"),
])  # fmt: skip
