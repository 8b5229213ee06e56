"""The PSN family beside SpikingJelly's and beside its equation, written as a loop over steps."""

import pytest
import torch

from mpe_lib.systems.psn import PSN, MaskedPSN, SlidingPSN, masked, psn_sequence, sliding

SHAPES = [(6, 5), (1, 5), (6, 2, 3, 4, 2)]
DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["PSN", "MaskedPSN", "SlidingPSN"])
def test_spikes_and_gradients_are_spikingjellys(kind, shape):
    node = pytest.importorskip("spikingjelly.activation_based.neuron")
    surrogate = pytest.importorskip("spikingjelly.activation_based.surrogate")
    steps, k = shape[0], min(3, shape[0])
    ours, theirs = {
        "PSN": lambda: (PSN(steps), node.PSN(steps, surrogate.ATan())),
        "MaskedPSN": lambda: (
            MaskedPSN(steps, k, 0.7),
            node.MaskedPSN(k, steps, lambda_init=0.7, surrogate_function=surrogate.ATan()),
        ),
        "SlidingPSN": lambda: (
            SlidingPSN(k),
            node.SlidingPSN(k, surrogate_function=surrogate.ATan(), step_mode="m"),
        ),
    }[kind]()
    ours, theirs = ours.double(), theirs.double()
    with torch.no_grad():
        weight = random(*ours.weight.shape, seed=1)
        theirs.weight.copy_(weight), ours.weight.copy_(weight)
        bias = random(*theirs.bias.shape, seed=2)
        theirs.bias.copy_(bias)
        ours.threshold.copy_(-bias.view(ours.threshold.shape))
    if kind == "MaskedPSN":
        theirs.step_mode = "m"
    x, y = random(*shape).requires_grad_(), random(*shape).requires_grad_()
    y.data.copy_(x)
    s, expected = ours(x), theirs(y)
    assert torch.equal(s, expected.to(s))
    g = random(*shape, seed=3)
    (s * g).sum().backward(), (expected * g).sum().backward()
    torch.testing.assert_close(x.grad, y.grad, rtol=0, atol=1e-5)
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad, rtol=0, atol=1e-5)
    bias = theirs.bias.grad.view(ours.threshold.shape)
    torch.testing.assert_close(ours.threshold.grad, -bias, rtol=0, atol=1e-5)


def reached(neuron, steps=7):
    """For each step, the steps of the current that its potential feels."""
    x = random(steps, 5).requires_grad_()
    h = neuron.double().trace(x).h
    felt = (torch.autograd.grad(h[t].sum(), x, retain_graph=True)[0] for t in range(steps))
    return [[u for u in range(steps) if each[u].any()] for each in felt]


def test_what_each_reaches():
    last = {k: [list(range(max(0, t - k + 1), t + 1)) for t in range(7)] for k in (1, 3, 4, 7)}
    assert reached(PSN(7)) == [list(range(7))] * 7  # the future too
    for k in (1, 3, 7):
        assert reached(MaskedPSN(7, k)) == reached(SlidingPSN(k)) == last[k]
        assert reached(MaskedPSN(7, k, decay=0.9)) == last[k]
    assert reached(MaskedPSN(7, 3, mix=0.5)) == [list(range(7))] * 7
    assert reached(MaskedPSN(7, 4)) != last[3]  # a band one too wide


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_its_equation_step_by_step(shape):
    steps = shape[0]
    x, weight, threshold = random(*shape), random(steps, steps, seed=1), random(steps, seed=2)
    trace = psn_sequence(x, weight, threshold)
    for t in range(steps):
        h = sum(weight[t, u] * x[u] for u in range(steps))
        torch.testing.assert_close(trace.h[t], h)
        assert torch.equal(trace.s[t], (h > threshold[t]).double())
    assert torch.equal(trace.v, trace.h)
    for number in (0.3, torch.tensor(0.3, dtype=DOUBLE)):
        assert torch.equal(psn_sequence(x, weight, number).s, (trace.h > 0.3).double())


def test_strictly_above_fires():
    assert psn_sequence(torch.ones(1, 1), torch.ones(1, 1)).s.item() == 0


@pytest.mark.parametrize("v_threshold", [0.4, [0.4, 0.5, 0.6, 0.7, 0.8]])
def test_the_gradient_is_that_of_the_equation_with_the_slope_for_the_step(v_threshold):
    x, weight = random(5, 7).requires_grad_(), random(5, 5, seed=1).requires_grad_()
    v_threshold = torch.tensor(v_threshold, dtype=DOUBLE, requires_grad=True)
    trace = psn_sequence(x, weight, v_threshold, "triangle")
    trace.s.sum().backward()
    wide = v_threshold.detach().view(-1, 1)
    slope = (1 - (trace.h - wide).abs()).clamp(min=0).detach()
    torch.testing.assert_close(x.grad, weight.detach().T @ slope)
    torch.testing.assert_close(weight.grad, slope @ x.detach().T)
    total = -slope.sum(1) if v_threshold.ndim else -slope.sum()
    torch.testing.assert_close(v_threshold.grad, total)


def test_long_sequences_need_no_matrix_and_slide_all_the_same():
    taps, x = random(40), random(500, 3)
    neuron = SlidingPSN(40).double()
    with torch.no_grad():
        neuron.weight.copy_(taps)
    h = neuron.trace(x).h
    torch.testing.assert_close(h, sliding(taps, 500) @ x, rtol=0, atol=1e-10)


def test_it_starts_as_the_paper_says_or_as_a_leak_and_draws_nothing_from_torch():
    before = torch.get_rng_state()
    weight = PSN(100).weight.detach()
    assert torch.equal(torch.get_rng_state(), before)
    assert weight.abs().max() <= 0.1 and weight.std() == pytest.approx(0.1 / 3**0.5, rel=0.05)
    assert SlidingPSN(3).weight.tolist() == [0.25, 0.5, 1.0]
    x, v = torch.rand(9, 4), torch.zeros(4)
    h = MaskedPSN(9, 9, decay=0.7).trace(x).h
    for t in range(9):
        v = 0.7 * v + x[t]
        torch.testing.assert_close(h[t], v)


def test_a_clock_has_no_memory_and_tells_the_time():
    neuron = MaskedPSN(5, 1)
    with torch.no_grad():
        neuron.weight.copy_(torch.diag(torch.arange(5.0)))
    x = torch.full((5, 1), 0.4)
    assert neuron(x).flatten().tolist() == [0, 0, 0, 1, 1]  # the same current, and later it fires


def test_what_it_cannot_be_or_run_is_said():
    for k in (0, 5):
        with pytest.raises(ValueError, match="k must be"):
            MaskedPSN(4, k)
    with pytest.raises(ValueError, match="x must have 4 steps, one for each weight, got 3"):
        MaskedPSN(4, 2)(torch.zeros(3, 2))
    with pytest.raises(ValueError, match="mix must be between 0 and 1, got 2"):
        masked(torch.ones(3, 3), 1, 2.0)
    with pytest.raises(ValueError, match=r"weight must be \[T, T\] with T = 3, .* got \(3, 2\)"):
        psn_sequence(torch.zeros(3, 1), torch.zeros(3, 2))
    with pytest.raises(ValueError, match="v_threshold must be .* each of the 3 steps, got 2"):
        psn_sequence(torch.zeros(3, 1), torch.zeros(3, 3), torch.zeros(2))
