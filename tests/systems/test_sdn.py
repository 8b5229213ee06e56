"""The learned guess: the network, the neuron around it, and what it knows of the exact one."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from mpe_lib import lif_sequence, mpe_sequence
from mpe_lib.core.surrogate import SLOPES
from mpe_lib.systems import sdn
from mpe_lib.systems.sdn import SDN, sdn_guess, sdn_sequence, train_sdn
from mpe_lib.training.neurons import maker


def drawn(*shape, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=draw, dtype=torch.float64)


def weights_of(k=5, features=4):
    """Weights that were not trained, so that no test of the lines waits for training."""
    shapes = ((features, k), (features,), (features, features), (features,), (1, features), (1,))
    return tuple(drawn(*shape, seed=9 + i) / 2 for i, shape in enumerate(shapes))


@pytest.fixture
def short(monkeypatch):
    """Train 5 iterations, and nothing of it is kept."""
    monkeypatch.setattr(sdn, "ITERATIONS", 5)
    monkeypatch.setattr(sdn, "_trained", sdn._trained.__wrapped__)


def wrong(a, b):
    return (a != b).double().mean().item()


@pytest.mark.parametrize("shape", [(9, 4), (9, 2, 3, 2, 2), (1, 3)])
def test_the_guess_is_a_causal_convolution_and_two_layers_of_one_step(shape):
    x = drawn(*shape)
    wide, wide_bias, mix, mix_bias, out, out_bias = weights_of()
    rows = F.pad(x.flatten(1).T[:, None], (4, 0))  # [N, 1, 4 + T]
    a = F.conv1d(rows, wide[:, None], wide_bias)
    mixed = torch.relu(F.conv1d(a, mix[..., None], mix_bias) + a)
    v_hat = F.conv1d(mixed, out[..., None], out_bias)[:, 0]
    made = sdn_guess(x, weights_of())
    assert_close(made, v_hat.T.reshape(shape), atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
@pytest.mark.parametrize("shape", [(9, 4), (9, 2, 3, 2, 2)])
def test_the_neuron_is_the_exact_one_with_the_guess_in_its_place(shape, reset):
    x, weights = 2 * drawn(*shape), weights_of()
    trace, v_hat = sdn_sequence(x, weights, 0.7, 0.8, reset), 0.8 * sdn_guess(x / 0.8, weights)
    for t in range(9):
        h = x[t] + (0.7 * v_hat[t - 1] if t else 0)
        s = (h > 0.8).double()
        v = {"hard": (1 - s) * h, "soft": h - 0.8 * s, "none": h}[reset]
        assert torch.equal(trace.s[t], s)
        for mine, theirs in ((trace.h, h), (trace.v, v), (trace.v_hat, v_hat[t])):
            assert_close(mine[t], theirs, atol=1e-12, rtol=1e-12)


def test_backward_takes_the_guess_as_given():
    x = drawn(9, 2, 3).requires_grad_()
    v_threshold = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    weights = tuple(each.requires_grad_() for each in weights_of())
    trace = sdn_sequence(x, weights, 0.7, v_threshold)
    weigh = drawn(9, 2, 3, seed=3)
    grads = torch.autograd.grad(
        (weigh * trace.s).sum(), (x, v_threshold, *weights), allow_unused=True
    )
    slope = weigh * SLOPES["atan"](trace.h.detach() - 0.8)
    assert_close(grads[0], slope, atol=1e-12, rtol=1e-12)
    assert_close(grads[1], -slope.sum(), atol=1e-12, rtol=1e-12)
    assert grads[2:] == (None,) * 6


def test_a_step_sees_the_k_inputs_before_it_and_its_own():
    x = drawn(14, 1)
    for u in range(14):
        other = x.clone()
        other[u] += 1.0
        moved = sdn_sequence(x, weights_of(3)).h != sdn_sequence(other, weights_of(3)).h
        assert set(moved[:, 0].nonzero().flatten().tolist()) <= set(range(u, u + 4))
        assert moved[u] and (u == 13 or moved[u:, 0].sum() > 1)


def test_potentials_scale_with_the_threshold():
    x = drawn(30, 5)
    one, four = (sdn_sequence(v * x, weights_of(), 0.7, v) for v in (1.0, 4.0))
    assert torch.equal(one.s, four.s) and torch.equal(4 * one.h, four.h)


def test_without_memory_it_is_the_exact_neuron():
    x = drawn(30, 5)
    assert torch.equal(sdn_sequence(x, weights_of(), 0.0).s, lif_sequence(x, 0.0).s)


@pytest.mark.parametrize(("decay", "share"), [(0.5, 0.55), (0.9, 0.5)])
def test_it_errs_less_often_than_a_guess_from_one_input(decay, share):
    x = torch.randn(200, 100, generator=torch.Generator().manual_seed(77))
    exact, mine = lif_sequence(x, decay), SDN(decay).trace(x)
    one, none = (wrong(exact.s, mpe_sequence(x, rule, decay).s) for rule in ("hard", "zero"))
    assert wrong(exact.s, mine.s) < share * one < share * none
    assert (mine.v_hat - exact.v).square().mean() < 0.4 * (exact.v).square().mean()


def test_with_one_tap_it_errs_as_often_as_the_guess_from_one_input():
    x = torch.randn(200, 100, generator=torch.Generator().manual_seed(77))
    exact, mine = lif_sequence(x, 0.5), SDN(0.5, k=1)(x)
    assert 0.9 < wrong(exact.s, mine) / wrong(exact.s, mpe_sequence(x, "hard", 0.5).s) < 1.1


def test_it_can_learn_the_soft_reset_and_knows_only_the_one_it_learned():
    x = torch.randn(200, 100, generator=torch.Generator().manual_seed(77))
    soft = lif_sequence(x, 0.5, reset="soft").s
    mine, other = SDN(0.5, reset="soft")(x), sdn_sequence(x, train_sdn(0.5), 0.5, reset="soft").s
    assert wrong(soft, mine) < 0.6 * wrong(soft, other)


def test_training_repeats_itself_and_leaves_the_random_state_alone(short):
    before = torch.get_rng_state()
    first, again = train_sdn(0.5), train_sdn(0.5)
    assert all(map(torch.equal, first, again)) and sum(each.numel() for each in first) == 153
    assert sum(each.numel() for each in train_sdn(0.5, k=13)) < 200
    assert not torch.equal(first[0], train_sdn(0.5, seed=1)[0])
    assert torch.equal(before, torch.get_rng_state())
    for closed in (torch.no_grad, torch.inference_mode, partial(torch.device, "meta")):
        with closed():
            assert all(map(torch.equal, first, train_sdn(0.5)))
    assert not any(each.requires_grad for each in first)


def test_what_was_trained_cannot_be_changed_by_who_was_given_it(short, monkeypatch):
    monkeypatch.setattr(sdn, "_trained", sdn.cache(sdn._trained))
    first = train_sdn(0.5)
    first[0].zero_()
    assert train_sdn(0.5)[0].any()


def test_it_is_frozen_and_saved_with_its_network(short):
    one, two = SDN(0.5), SDN(0.5, seed=1)
    assert not list(one.parameters()) and sum(each.numel() for each in one.buffers()) == 153
    x = drawn(20, 3, 2).float()
    assert not torch.equal(one.trace(x).h, two.trace(x).h)
    two.load_state_dict(one.state_dict())
    assert torch.equal(one.trace(x).h, two.trace(x).h)
    s, loss = one.with_loss(x)
    assert torch.equal(s, one(x)) and loss == 0


def test_half_precision_is_computed_in_single_and_rounded_once():
    x, weights = drawn(30, 2, 3).bfloat16(), tuple(each.float() for each in weights_of())
    half, single = sdn_sequence(x, weights), sdn_sequence(x.float(), weights)
    for a, b in zip(half, single, strict=True):
        assert a.dtype == torch.bfloat16 and torch.equal(a, b.bfloat16())
    assert sdn_sequence(x[:, :0], weights).s.shape == (30, 0, 3)


def test_it_goes_by_its_name(short):
    neuron = maker("SDN", steps=5, decay=0.7)()
    assert isinstance(neuron, SDN) and neuron.decay == 0.7
    assert neuron(torch.rand(5, 2, 3, 4, 4)).shape == (5, 2, 3, 4, 4)


def test_what_it_cannot_be_or_run_is_said():
    x = torch.zeros(3, 2)
    for settings, words in (
        ({"decay": 1.5}, "decay must be between 0 and 1"),
        ({"reset": "late"}, "reset must be one of 'hard', 'soft', 'none'"),
        ({"k": 0}, "k must be a whole number >= 1"),
    ):
        with pytest.raises(ValueError, match=words):
            SDN(**settings)
    run = partial(sdn_sequence, weights=weights_of())
    with pytest.raises(ValueError, match="v_threshold must be between 1e-06 and inf"):
        run(x, v_threshold=0.0)
    with pytest.raises(ValueError, match="surrogate must be one of"):
        run(x, surrogate="step")
    with pytest.raises(TypeError, match="floating dtype"):
        run(x.int())
    with pytest.raises(ValueError, match="at least one time step"):
        run(x[:0])
