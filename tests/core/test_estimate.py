import inspect

import numpy as np
import pytest
import torch
from here import compile_here
from hypothesis import given, settings
from hypothesis import strategies as st

from mpe_lib import estimate_membrane, lif_sequence, membrane_loss, mpe_sequence, mpe_spikes
from mpe_lib.core.draw import uniform
from mpe_lib.core.estimate import RULES

SHAPES = [(20, 6), (12, 2, 3, 4, 5)]


def current(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return 0.4 + 0.8 * torch.randn(shape, generator=generator, dtype=dtype)


def numpy_guess(x, rule, seed=0):
    sigmoid = 1 / (1 + np.exp(-x))
    u = uniform(np.arange(x.size), seed).reshape(x.shape)
    return {
        "bernoulli": np.where(u < sigmoid, 0, x),
        "mean": x * (1 - sigmoid),
        "hard": np.where(x > 1, 0, x),
        "zero": 0 * x,
    }[rule]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
def test_equals_six_lines_of_numpy(shape, rule, reset):
    x = current(*shape)
    trace = mpe_sequence(x, rule, 0.6, reset=reset, seed=5)
    i = x.numpy()
    v_hat = numpy_guess(i, rule, 5)
    h = i + 0.6 * np.concatenate((np.zeros_like(i[:1]), v_hat[:-1]))
    s = (h > 1).astype(float)
    v = {"hard": (1 - s) * h, "soft": h - s, "none": h}[reset]
    for ours, expected in zip(trace, (s, h, v, v_hat), strict=True):
        np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("rule", RULES)
def test_gradient_equals_the_chain_rule_by_hand(rule):
    x = current(7, 3).requires_grad_()
    weight = current(7, 3, seed=1)
    trace = mpe_sequence(x, rule, 0.6, seed=5)
    (trace.v * weight).sum().backward()
    i = x.detach().numpy()
    sigmoid = 1 / (1 + np.exp(-i))
    d_guess = {
        "bernoulli": (uniform(np.arange(i.size), 5).reshape(i.shape) >= sigmoid) * 1.0,
        "mean": (1 - sigmoid) * (1 - i * sigmoid),
        "hard": (i <= 1) * 1.0,
        "zero": 0 * i,
    }[rule]
    h, s = trace.h.detach().numpy(), trace.s.detach().numpy()
    dv_dh = (1 - s) - np.maximum(0, 1 - np.abs(h - 1)) * h
    grad = dv_dh * weight.numpy()
    grad[:-1] += 0.6 * grad[1:] * d_guess[:-1]
    np.testing.assert_allclose(x.grad.numpy(), grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("rule", RULES)
def test_half_precision_is_the_float32_neuron_rounded_once(dtype, rule):
    x = current(40, 50).to(dtype)
    half, full = mpe_sequence(x, rule, seed=1), mpe_sequence(x.float(), rule, seed=1)
    assert half.s.dtype == half.v_hat.dtype == dtype
    assert all(torch.equal(a, b.to(dtype)) for a, b in zip(half, full, strict=True))
    assert torch.equal(mpe_spikes(x, rule, seed=1)[0], half.s)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("sweeps", [0, 1, 3])
def test_depends_on_lags_up_to_sweeps_plus_one_exactly(rule, sweeps):
    """Changing one input step changes h at lags 0 to sweeps + 1, and nothing else at all."""
    x = 0.2 * current(12, 400)  # seldom fires: nothing hides what reaches h
    y = x.clone()
    y[4] += 0.05
    a, b = (mpe_sequence(z, rule, 0.9, sweeps=sweeps, seed=3).h for z in (x, y))
    changed = [t - 4 for t in range(12) if not torch.equal(a[t], b[t])]
    reach = sweeps + (rule != "zero")
    assert changed == list(range(reach + 1))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 12),
    st.integers(0, 13),
    st.floats(0, 1),
    st.floats(0.1, 2),
    st.sampled_from(("hard", "soft", "none")),
    st.sampled_from(tuple(RULES)),
    st.integers(0, 2**32),
)
def test_after_k_sweeps_k_plus_one_steps_are_exact(steps, k, decay, theta, reset, rule, seed):
    x = current(steps, 20, seed=seed)
    exact = lif_sequence(x, decay, theta, reset)
    trace = mpe_sequence(x, rule, decay, theta, reset, sweeps=k, seed=seed)
    for a, b in zip(trace[:3], exact[:3], strict=True):
        assert torch.equal(a[: k + 1], b[: k + 1])
    assert torch.equal(trace.v_hat[:k], exact.v[:k])


def test_hard_is_one_sweep_from_zero():
    x = current(9, 30)
    torch.testing.assert_close(
        mpe_sequence(x, "hard").h, mpe_sequence(x, "zero", sweeps=1).h, rtol=0, atol=0
    )


def test_without_shift_there_is_no_memory():
    x = current(8, 50)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0))
    a, b = mpe_sequence(x, "mean", shift=False), mpe_sequence(x[order], "mean", shift=False)
    assert torch.equal(a.h[order], b.h)
    torch.testing.assert_close(a.h, x + 0.25 * a.v_hat)
    for wrong in ({"sweeps": 1}, {"v0": torch.zeros(50).double()}):
        with pytest.raises(ValueError, match="nothing to refine or to start from"):
            mpe_sequence(x, shift=False, **wrong)


def test_v0_is_the_potential_before_the_first_step():
    x = current(10, 40)
    exact = lif_sequence(x, 0.9)
    part = mpe_sequence(x[4:], "zero", 0.9, sweeps=5, v0=exact.v[3])
    assert torch.equal(part.s, exact.s[4:])


N = 2**20


@pytest.mark.parametrize("level", [-1.0, 0.5, 1.0, 2.0])
def test_closed_form_1_mean_and_variance_of_the_guess(level):
    v_hat = estimate_membrane(torch.full((N, 1), level).double(), seed=1)
    p = 1 / (1 + np.exp(-level))
    assert v_hat.mean().item() == pytest.approx(level * (1 - p), abs=5 * abs(level) / 2 / N**0.5)
    assert v_hat.var().item() == pytest.approx(level**2 * p * (1 - p), abs=5 * level**2 / N**0.5)
    mean = estimate_membrane(torch.tensor([[level]]).double(), "mean").item()
    assert mean == pytest.approx(level * (1 - p), rel=1e-12)


@pytest.mark.parametrize(("before", "now"), [(0.8, 0.9), (-1.5, 1.2), (0.9, 0.7), (2.0, 0.95)])
def test_closed_form_2_probability_of_a_spike(before, now):
    x = torch.tensor([before, now]).double()[:, None].expand(2, N)
    rate = mpe_sequence(x, seed=2).s[1].mean().item()
    p = 1 / (1 + np.exp(-before))
    expected = p * (now > 1) + (1 - p) * (now + 0.25 * before > 1)
    assert rate == pytest.approx(expected, abs=5 * 0.5 / N**0.5)


@pytest.mark.parametrize("decay", [0.25, 0.9])
def test_closed_form_5_rheobase(decay):
    def fires(x, function):
        return function(torch.full((400, 64), x).double(), decay=decay).s[-200:].any().item()

    exact = 1 - decay
    assert fires(exact + 1e-4, lif_sequence) and not fires(exact - 1e-4, lif_sequence)
    estimated = 1 / (1 + decay)

    def mpe(x, decay):
        return mpe_sequence(x, decay=decay, seed=4)

    assert fires(estimated + 1e-4, mpe) and not fires(estimated - 1e-4, mpe)


def test_closed_form_6_the_draw_is_centred_on_zero_not_on_the_threshold():
    for level, expected in ((0.0, 0.5), (1.0, 0.7311)):
        x = torch.full((N, 1), level + 1e-9).double()
        share = (estimate_membrane(x, seed=3) == 0).double().mean().item()
        assert share == pytest.approx(expected, abs=5 * 0.5 / N**0.5)


def test_seed_decides_and_none_draws_afresh():
    x = current(20, 20)
    assert torch.equal(estimate_membrane(x, seed=1), estimate_membrane(x, seed=1))
    assert not torch.equal(estimate_membrane(x, seed=1), estimate_membrane(x, seed=2))
    torch.manual_seed(0)
    a, b = estimate_membrane(x), estimate_membrane(x)
    torch.manual_seed(0)
    assert torch.equal(estimate_membrane(x), a) and not torch.equal(a, b)


def test_callable_rule():
    x = current(5, 4)
    trace = mpe_sequence(x, lambda x: x / 2)
    assert torch.equal(trace.v_hat, x / 2)
    with pytest.raises(ValueError, match=r"shaped like its input \(5, 4\), got \(4,\)"):
        mpe_sequence(x, lambda x: x[0])
    with pytest.raises(ValueError, match="got float"):
        mpe_sequence(x, lambda x: 0.5)


@pytest.mark.parametrize("rule", RULES)
def test_nan_is_let_through(rule):
    x = current(5, 2)
    x[2, 0] = torch.nan
    trace = mpe_sequence(x, rule, seed=0)
    assert trace.h[2, 0].isnan() and trace.v[2, 0].isnan()
    assert trace.h[3, 0].isnan() == (rule != "zero") and not trace.h[:, 1].isnan().any()
    assert membrane_loss(trace).isnan()


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"rule": "median"}, ValueError, "rule must be one of 'bernoulli', .* or a callable, got"),
        ({"rule": None}, ValueError, "got None"),
        ({"sweeps": -1}, ValueError, "sweeps must be a whole number >= 0, got -1"),
        ({"sweeps": 1.0}, ValueError, "got 1.0"),
        ({"decay": 1.5}, ValueError, "decay must be between 0 and 1"),
        ({"seed": "a"}, TypeError, "seed must be an int or None"),
        ({"x": torch.zeros(3)}, ValueError, "add a batch axis"),
        ({"x": torch.zeros(0, 3)}, ValueError, "at least one time step"),
    ],
)
@pytest.mark.parametrize("function", [mpe_sequence, mpe_spikes])
def test_wrong_input_is_refused(function, wrong, error, words):
    with pytest.raises(error, match=words):
        function(**{"x": torch.zeros(3, 2)} | wrong)


def test_signatures_begin_alike():
    sequence = inspect.signature(mpe_sequence).parameters.values()
    spikes = list(inspect.signature(mpe_spikes).parameters.values())
    assert spikes[: len(sequence)] == list(sequence) and spikes[len(sequence)].name == "kappa"


@pytest.mark.parametrize("rule", RULES)
def test_compiled_equals_eager(rule):
    x = current(8, 16, dtype=torch.float32)
    compiled = compile_here(mpe_spikes, fullgraph=True)
    (s, loss), (s_eager, loss_eager) = (
        f(x, rule, seed=4, sweeps=1) for f in (compiled, mpe_spikes)
    )
    assert torch.equal(s, s_eager)
    torch.testing.assert_close(loss, loss_eager)
