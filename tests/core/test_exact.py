"""exact_parallel: the exact neuron to the last bit, from any start, with its gradient."""

import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mpe_lib import estimate_membrane, exact_parallel, lif_sequence, mpe_sequence
from mpe_lib.core.estimate import RULES
from mpe_lib.core.exact import same_bits
from mpe_lib.core.surrogate import SLOPES

RESETS = ("hard", "soft", "none")
SHAPES = [(20, 6), (9, 2, 3, 4, 2)]


def current(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return (0.4 + 0.8 * torch.randn(shape, generator=generator, dtype=torch.float64)).to(dtype)


def wild(seed):
    """A start that has nothing to do with the input, large and of both signs."""

    def rule(x):
        generator = torch.Generator().manual_seed(seed)
        return 5 * torch.randn(x.shape, generator=generator, dtype=torch.float64).to(x.dtype)

    return rule


@settings(max_examples=150, deadline=None)
@given(
    steps=st.integers(1, 24),
    rest=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    decay=st.floats(0, 1),
    theta=st.floats(-0.5, 3),
    reset=st.sampled_from(RESETS),
    start=st.sampled_from((*RULES, "wild")),
    dtype=st.sampled_from((torch.float32, torch.float64, torch.bfloat16)),
    with_v0=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_equals_the_exact_neuron_to_the_last_bit(
    steps, rest, decay, theta, reset, start, dtype, with_v0, seed
):
    x = current(steps, *rest, seed=seed, dtype=dtype)
    v0 = current(*rest, seed=seed + 1, dtype=dtype) if with_v0 else None
    rule = wild(seed) if start == "wild" else start
    trace, sweeps = exact_parallel(x, decay, theta, reset, v0=v0, start=rule)
    exact = lif_sequence(x, decay, theta, reset, v0=v0)
    for ours, theirs in zip(trace[:3], exact[:3], strict=True):
        assert ours.dtype == dtype and torch.equal(ours, theirs)
        assert same_bits(ours.float(), theirs.float())
    assert torch.equal(trace.v_hat, exact.v)
    assert isinstance(sweeps, int) and 1 <= sweeps <= steps + 1


@settings(max_examples=150, deadline=None)
@given(
    steps=st.integers(1, 12),
    k=st.integers(0, 13),
    decay=st.floats(0, 1),
    theta=st.floats(-0.5, 3),
    reset=st.sampled_from(RESETS),
    dtype=st.sampled_from((torch.float32, torch.float64)),
    seed=st.integers(0, 2**32),
)
def test_after_k_sweeps_the_first_steps_are_exact_from_any_start(
    steps, k, decay, theta, reset, dtype, seed
):
    x = current(steps, 20, seed=seed, dtype=dtype)
    exact = lif_sequence(x, decay, theta, reset)
    trace = mpe_sequence(x, wild(seed), decay, theta, reset, sweeps=k)
    for a, b in zip(trace[:3], exact[:3], strict=True):
        assert same_bits(a[: k + 1], b[: k + 1])
    assert same_bits(trace.v_hat[:k], exact.v[:k])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 11), st.floats(0, 1), st.sampled_from(RESETS), st.integers(0, 2**32))
def test_a_sweep_is_the_exact_neuron_started_that_many_steps_ago(k, decay, reset, seed):
    """v after k + 1 passes at step t: the exact neuron from the guess of step t - k - 1."""
    x = current(12, 7, seed=seed)
    guess = wild(seed)(x)
    v = mpe_sequence(x, lambda _: guess, decay, reset=reset, sweeps=k).v
    for t in range(k + 1, 12):
        late = lif_sequence(x[t - k : t + 1], decay, reset=reset, v0=guess[t - k - 1])
        assert same_bits(v[t], late.v[-1])


@pytest.mark.parametrize("reset", RESETS)
def test_the_trace_is_that_of_mpe_sequence_and_the_last_sweep_was_needed(reset):
    x = current(30, 50)
    trace, sweeps = exact_parallel(x, 0.6, reset=reset)
    same = mpe_sequence(x, "hard", 0.6, reset=reset, sweeps=sweeps - 1)
    assert all(same_bits(a, b) for a, b in zip(trace, same, strict=True))
    early = mpe_sequence(x, "hard", 0.6, reset=reset, sweeps=sweeps - 2)
    assert not same_bits(early.v, early.v_hat)


def test_hard_saves_the_sweep_that_makes_it():
    x = current(40, 60)
    assert exact_parallel(x, 0.6, start="zero")[1] == exact_parallel(x, 0.6, start="hard")[1] + 1


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("reset", RESETS)
def test_nan_and_inf_end_and_are_let_through(bad, reset):
    x = current(16, 5)
    x[4, 2] = bad
    trace, sweeps = exact_parallel(x, 0.5, reset=reset)
    exact = lif_sequence(x, 0.5, reset=reset)
    assert sweeps <= 17
    for ours, theirs in zip(trace[:3], exact[:3], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0, equal_nan=True)


def test_a_certificate_sees_the_sign_of_zero_and_takes_nan_as_equal():
    zero = torch.zeros(2)
    assert not same_bits(zero, -zero) and torch.equal(zero, -zero)
    assert same_bits(zero / 0, zero / 0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("surrogate", SLOPES)
@pytest.mark.parametrize("reset", RESETS)
def test_gradient_is_that_of_the_exact_neuron(shape, surrogate, reset):
    found = []
    for run in (lif_sequence, lambda *a: exact_parallel(*a)[0]):
        x = current(*shape).requires_grad_()
        v0 = current(*shape[1:], seed=3).requires_grad_()
        decay = torch.tensor(0.6, dtype=torch.float64, requires_grad=True)
        theta = torch.tensor(0.9, dtype=torch.float64, requires_grad=True)
        trace = run(x, decay, theta, reset, surrogate, v0)
        weights = [current(*shape, seed=k) for k in (4, 5, 6)]
        loss = sum((w * part).sum() for w, part in zip(weights, trace[:3], strict=True))
        found.append(torch.autograd.grad(loss, (x, decay, theta, v0)))
    for exact, ours in zip(*found, strict=True):
        assert ours.shape == exact.shape and exact.abs().max() > 0
        torch.testing.assert_close(ours, exact, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_gradient_of_one_part_alone_in_the_dtype_of_x(part, dtype):
    found = []
    for run in (lif_sequence, lambda x: exact_parallel(x)[0]):
        x = current(20, 6, dtype=dtype).requires_grad_()
        loss = (current(20, 6, seed=1, dtype=dtype) * run(x)[part]).sum()
        found.append(torch.autograd.grad(loss, x)[0])
    assert found[1].dtype == dtype
    torch.testing.assert_close(*found, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("needed", range(4))
def test_gradient_of_one_input_alone(needed):
    found = []
    for run in (lif_sequence, lambda *a: exact_parallel(*a)[0]):
        inputs = [current(12, 5), torch.tensor(0.6), torch.tensor(0.9), current(5, seed=2)]
        inputs[needed].requires_grad_()
        x, decay, theta, v0 = inputs
        trace = run(x, decay, theta, "soft", "atan", v0)
        found.append(torch.autograd.grad(trace.v.square().sum(), inputs[needed])[0])
    assert found[0].dtype == found[1].dtype
    torch.testing.assert_close(*found, rtol=1e-5, atol=1e-6)


def test_no_graph_where_none_is_wanted():
    x = current(10, 3)
    assert not exact_parallel(x)[0].s.requires_grad
    x.requires_grad_()
    trace, _ = exact_parallel(x)
    assert trace.s.requires_grad and trace.v.requires_grad and not trace.v_hat.requires_grad
    with torch.no_grad():
        assert not exact_parallel(x)[0].s.requires_grad


def test_a_start_of_another_dtype_does_no_harm():
    x = current(10, 3, dtype=torch.float32)
    trace, _ = exact_parallel(x, start=lambda x: x.double())
    assert trace.v.dtype == torch.float32 and torch.equal(trace.v, lif_sequence(x).v)
    assert trace.v_hat.dtype == torch.float32


def test_max_sweeps_gives_up_in_words():
    x = current(30, 20)
    _, sweeps = exact_parallel(x, 0.9)
    assert exact_parallel(x, 0.9, max_sweeps=sweeps)[1] == sweeps
    with pytest.raises(RuntimeError, match=f"max_sweeps={sweeps - 1}.*at most 31"):
        exact_parallel(x, 0.9, max_sweeps=sweeps - 1)


@pytest.mark.parametrize("start", ["unknown", None, 3, torch.zeros(3)])
def test_a_wrong_start_is_refused(start):
    with pytest.raises(ValueError, match="start must be one of 'bernoulli', 'mean'"):
        exact_parallel(current(4, 3), start=start)


def test_other_wrong_inputs_are_refused():
    x = current(4, 3)
    for number in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="max_sweeps must be a whole number"):
            exact_parallel(x, max_sweeps=number)
    with pytest.raises(ValueError, match="shaped like its input"):
        exact_parallel(x, start=lambda x: x[:2])
    with pytest.raises(ValueError, match="decay must be between 0 and 1"):
        exact_parallel(x, 1.5)
    with pytest.raises(ValueError, match="add a batch axis"):
        exact_parallel(x[:, 0])
    with pytest.raises(ValueError, match="reset must be one of"):
        exact_parallel(x, reset="half")


def test_the_arguments_are_those_of_the_exact_neuron():
    ours, theirs = (inspect.signature(f).parameters for f in (exact_parallel, lif_sequence))
    assert list(ours)[: len(theirs)] == list(theirs)
    for name, parameter in theirs.items():
        assert ours[name].default == parameter.default
    assert ours["start"].kind is inspect.Parameter.KEYWORD_ONLY


def test_the_random_state_changes_the_sweeps_and_never_the_result():
    x, counts = current(40, 30), set()
    for seed in range(8):
        torch.manual_seed(seed)
        trace, sweeps = exact_parallel(x, 0.6, start="bernoulli")
        counts.add(sweeps)
        assert torch.equal(trace.s, lif_sequence(x, 0.6).s)
    assert len(counts) > 1
    assert estimate_membrane(x, "hard").shape == x.shape
