"""The spiking actor beside SpikingJelly's neurons, plain loops and gradients in closed form."""

import numpy as np
import pytest
import torch
from refusals import refused
from scipy.signal import lfilter
from torch import nn

from mpe_lib.systems.ilc_san import SpikingActor, cuba_sequence, population_code

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def by_loop(x, c_decay, v_decay, v_threshold, lateral=None, bias=None):
    """The paper's lines, in NumPy; lateral terms from the second step."""
    c = v = s = np.zeros(x.shape[1:])
    rows = []
    for t, x_t in enumerate(x):
        c = c_decay * c + x_t
        if lateral is not None and t:
            for a, weight in enumerate(lateral):
                mine = slice(a * len(weight), (a + 1) * len(weight))
                c[:, mine] += s[:, mine] @ weight.T + bias[mine]
        h = v_decay * v + c
        s = (h > v_threshold).astype(float)
        v = np.where(s > 0, 0, h)
        rows.append((s, h, v, c))
    return [np.stack(each) for each in zip(*rows, strict=True)]


@pytest.mark.parametrize("shape", [(40, 5), (1, 5), (30, 2, 3, 4, 2)])
def test_the_neuron_is_the_papers_lines(shape):
    x = 0.3 + random(*shape)
    for mine, right in zip(cuba_sequence(x), by_loop(x.numpy(), 0.5, 0.75, 0.5), strict=True):
        np.testing.assert_allclose(mine.numpy(), right, rtol=0, atol=1e-12)
    assert torch.equal(cuba_sequence(x.float()).s.double(), cuba_sequence(x.float().double()).s)


def test_lateral_weights_are_heard_a_step_later_within_the_population_alone():
    x, lateral, bias = 0.3 + random(20, 6, 8), random(2, 4, 4, seed=1), random(8, seed=2)
    right = by_loop(x.numpy(), 0.5, 0.75, 0.5, lateral.numpy(), bias.numpy())
    for mine, each in zip(cuba_sequence(x, lateral=lateral, bias=bias), right, strict=True):
        np.testing.assert_allclose(mine.numpy(), each, rtol=0, atol=1e-12)
    kicked = x.clone()
    kicked[3, :, 1] += 9.0
    before, after = (cuba_sequence(each, lateral=lateral).s for each in (x, kicked))
    moved = (before != after).any(1)  # [T, A P]
    assert moved[3].tolist() == [False, True] + 6 * [False]
    assert moved[4, :4].any() and not moved[:, 4:].any()


@pytest.mark.parametrize("steps", [1, 12])
def test_it_is_spikingjellys_with_lateral_terms_spikes_and_gradients(steps):
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    torch.manual_seed(0)
    theirs = neuron.ILCCUBALIFNode(3, 5).double()
    x = (0.3 + random(steps, 7, 15)).requires_grad_()
    lateral = theirs.conn.weight.detach().view(3, 5, 5).requires_grad_()
    bias = theirs.conn.bias.detach().clone().requires_grad_()
    weights = random(steps, 7, 15, seed=3)

    s = theirs(x.clone())  # it writes into what it is given
    (s * weights).sum().backward()
    right, x.grad = x.grad, None
    mine = cuba_sequence(x, lateral=lateral, bias=bias).s
    (mine * weights).sum().backward()
    assert torch.equal(mine, s) and 0 < s.mean() < 1
    torch.testing.assert_close(x.grad, right, rtol=1e-9, atol=1e-9)
    if steps > 1:
        conn, near = theirs.conn, {"rtol": 1e-9, "atol": 1e-9}
        torch.testing.assert_close(lateral.grad.view(15, 1, 5), conn.weight.grad, **near)
        torch.testing.assert_close(bias.grad, conn.bias.grad, **near)
    off = cuba_sequence(x, lateral=lateral.transpose(1, 2), bias=bias).s
    assert steps == 1 or (off != s).float().mean() > 0.01  # to and from are not the same


def test_without_them_it_is_spikingjellys_cubalif():
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    theirs = neuron.CUBALIFNode()
    x = 0.3 + random(30, 4, 3)
    assert torch.equal(cuba_sequence(x).s, torch.stack([theirs(x_t) for x_t in x.unbind(0)]))


def test_the_gradient_of_one_step_is_the_rectangle_and_of_potentials_that_of_the_equation():
    x = torch.tensor([[-0.1, 0.0, 0.1, 0.5, 0.9, 1.0]], dtype=DOUBLE, requires_grad=True)
    cuba_sequence(x).s.sum().backward()
    assert x.grad.tolist() == [[0, 0, 1, 1, 1, 0]]

    def potential(x, c_decay, v_decay):
        return cuba_sequence(x, c_decay, v_decay, v_threshold=50.0).h  # out of reach

    decays = (torch.tensor(each, dtype=DOUBLE, requires_grad=True) for each in (0.5, 0.75))
    assert torch.autograd.gradcheck(potential, (random(6, 3).requires_grad_(), *decays))
    lone = lfilter([1], [1, -0.75], lfilter([1], [1, -0.5], x.detach().numpy(), 0), 0)
    np.testing.assert_allclose(potential(x, 0.5, 0.75).detach().numpy(), lone, atol=1e-12)


def code(o, steps, mean=((-1.0, 0.0, 1.0),), std=0.6):
    mean = torch.tensor(mean, dtype=DOUBLE)
    return population_code(o, mean, torch.full_like(mean, std), steps)


def test_a_number_fires_each_neuron_as_often_as_it_is_near():
    o = torch.linspace(-2, 2, 81, dtype=DOUBLE)[:, None]
    count = code(o, 7).sum(0)  # [B, P]
    drive = torch.exp(-((o - torch.tensor([-1.0, 0.0, 1.0])) / 0.6).square() / 2)
    assert torch.equal(count, torch.ceil(7 * drive / 0.999) - 1)
    assert count[40].tolist() == [1, 7, 1]
    both = torch.stack((o[:, 0], o[:, 0].flip(0)), 1)
    two = code(both, 7, ((-1.0, 0.0, 1.0), (-1.0, 0.0, 1.0)))
    assert torch.equal(two[..., :3], code(o, 7)) and torch.equal(two[..., 3:], code(o.flip(0), 7))


@pytest.mark.parametrize("steps", [1, 5])
def test_the_codes_gradient_is_that_of_the_curve_times_what_a_reset_leaves(steps):
    o, mean, std = random(6, 2), random(2, 4, seed=1), 1 + random(2, 4, seed=2).abs()
    each = [value.requires_grad_() for value in (o, mean, std)]
    given = random(steps, 6, 8, seed=3)
    found = torch.autograd.grad((population_code(*each, steps) * given).sum(), each)
    drive = torch.exp(-((o[..., None] - mean) / std).square() / 2).flatten(1)
    left = (1 - 0.001 ** torch.arange(1, steps + 1, dtype=DOUBLE)) / 0.999  # ds[t] / da
    right = torch.autograd.grad((left[:, None, None] * given * drive).sum(), each)
    for mine, wanted in zip(found, right, strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-9, atol=1e-12)


def test_the_membrane_is_t_times_the_rate_and_a_leaky_one_is_not():
    torch.manual_seed(0)
    one, other = (SpikingActor(3, 2, (16,), decode=each).double() for each in ("membrane", "rate"))
    other.load_state_dict(one.state_dict())
    o = random(9, 3)
    s = one.traces(o)[-1].s
    torch.testing.assert_close(one.decode(s), 5 * other.decode(s), rtol=1e-5, atol=1e-5)
    conv = nn.Conv1d(2, 2, 10, groups=2).double()
    conv.load_state_dict({"weight": one.weight[:, None], "bias": one.bias})
    torch.testing.assert_close(other.decode(s), conv(s.mean(0).view(9, 2, 10))[..., 0])
    torch.testing.assert_close(one(o), torch.tanh(one.decode(s)))
    leaky, late = (
        lfilter([1], [1, -0.75], one.drive(each).detach().numpy(), 0)[-1] for each in (s, s.flip(0))
    )
    torch.testing.assert_close(one.decode(s), one.decode(s.flip(0)))
    assert np.abs(leaky - late).max() > 0.01  # one that leaks tells early spikes from late ones


def test_it_forgets_between_calls_and_every_parameter_learns():
    torch.manual_seed(0)
    actor, o = SpikingActor(3, 2, (16,), 6, 4), random(5, 3).float()
    first, *_ = actor(o), actor(-o)
    assert torch.equal(actor(o), first) and first.shape == (5, 2) and (first.abs() < 1).all()
    assert len(actor.traces(o)) == 2 and actor.traces(o)[-1].s.shape == (4, 5, 12)
    first.square().sum().backward()
    assert all(each.grad.any() for each in actor.parameters())
    assert not any("lateral" in name for name in SpikingActor(3, 2, lateral=False).state_dict())


def test_half_precision_is_rounded_once_at_the_end():
    x, o = (0.3 + random(12, 4, 3)).bfloat16(), random(200, 1).bfloat16()
    trace, wide = cuba_sequence(x), cuba_sequence(x.float())
    assert all(torch.equal(a, b.bfloat16()) for a, b in zip(trace, wide, strict=True))
    mean = torch.tensor([[-1.0, 0.0, 1.0]]).bfloat16()
    half, full = (o, mean, mean + 2), (o.float(), mean.float(), mean.float() + 2)
    codes = [population_code(*each, 6) for each in (half, full)]
    assert codes[0].dtype == torch.bfloat16 and torch.equal(codes[0].float(), codes[1])
    assert SpikingActor(1, 1).bfloat16()(o).dtype == torch.bfloat16


M = torch.zeros(2, 3)
X = torch.zeros(4, 2, 6)
test_what_is_no_observation_is_refused = refused(
    population_code,
    [
        ((torch.zeros(4, 3), M, M, 5), r"o must be \[B, D\], mean and std \[D, P\], got \(4, 3\)"),
        ((torch.zeros(2), M, M, 5), r"pass one as o\[None\]"),
        ((torch.zeros(4, 2), M, M[:, :2], 5), r"\(2, 3\), \(2, 2\)"),
        ((torch.zeros(4, 2), M, M, 0), "steps must be a whole number >= 1"),
    ],
)
test_whole_numbers_are_refused = refused(
    population_code,
    [((torch.zeros(4, 2, dtype=torch.int64), M, M, 5), "got torch.int64: make it one with float")],
    TypeError,
)
test_what_fits_no_neuron_is_refused = refused(
    cuba_sequence,
    [
        (torch.zeros(3), "add a batch axis"),
        (torch.zeros(0, 2), "at least one time step"),
        ((X, 1.5), "c_decay must be between 0 and 1, got 1.5"),
        ((X, 0.5, -0.1), "v_decay must be between 0 and 1, got -0.1"),
        ({"x": X, "lateral": torch.zeros(2, 3, 2)}, r"lateral must be \[A, P, P\]"),
        ({"x": X, "lateral": torch.zeros(2, 2, 2)}, r"got \(2, 2, 2\), None, \(4, 2, 6\)"),
        ({"x": X[0], "lateral": torch.zeros(2, 3, 3)}, r"for x \[T, B, A P\]"),
        ({"x": X, "lateral": torch.zeros(2, 3, 3), "bias": torch.zeros(2, 3)}, r"bias \[A P\]"),
        ({"x": X, "bias": torch.zeros(6)}, r"got None, \(6,\)"),
    ],
)
test_what_no_actor_can_be_is_refused = refused(
    SpikingActor,
    [
        ((0, 1), "each size must be a whole number >= 1"),
        ({"observations": 3, "actions": 1, "decode": "max"}, "decode must be one of 'membrane'"),
        ({"observations": 3, "actions": 1, "steps": 0}, "steps must be a whole number"),
    ],
)
