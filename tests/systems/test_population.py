"""The late reset and the population's vote beside snnTorch's, and the graph without a loop."""

import pytest
import torch

from mpe_lib import lif_sequence
from mpe_lib.core.losses import residual
from mpe_lib.systems.population import leaky_sequence, population_vote

DOUBLE = torch.float64
SHAPES = [(25, 8), (1, 8), (25, 2, 3, 4, 2)]


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def snntorch_leaky(x, decay, v_threshold):
    """(spikes, mem) of snnTorch's neuron, a step at a time."""
    snn = pytest.importorskip("snntorch")
    neuron = snn.Leaky(beta=decay, threshold=v_threshold)
    mem, found = torch.zeros_like(x[0]), []
    for x_t in x.unbind(0):
        s, mem = neuron(x_t, mem)
        found.append((s, mem))
    return [torch.stack(each) for each in zip(*found, strict=True)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("decay", "v_threshold"), [(0.9, 1.0), (0.5, 0.6), (1.0, 1.0)])
def test_spikes_potentials_and_gradients_are_snntorchs(decay, v_threshold, shape):
    x, y = random(*shape).requires_grad_(), random(*shape).requires_grad_()
    trace, (s, mem) = leaky_sequence(x, decay, v_threshold), snntorch_leaky(y, decay, v_threshold)
    assert torch.equal(trace.s, s)
    torch.testing.assert_close(trace.h, mem, rtol=0, atol=1e-6)  # it keeps decay in float32
    g, other = random(*shape, seed=1), random(*shape, seed=2)
    (trace.s * g + trace.h * other).sum().backward(), (s * g + mem * other).sum().backward()
    torch.testing.assert_close(x.grad, y.grad, rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("decay", [0.3, 0.9])
def test_it_is_its_equation_and_that_of_a_lif_whose_reset_is_dearer(decay, shape):
    x = random(*shape)
    trace = leaky_sequence(x, decay, 0.7)
    h, s, v = torch.zeros_like(x[0]), torch.zeros_like(x[0]), torch.zeros_like(x[0])
    for t, x_t in enumerate(x.unbind(0)):
        torch.testing.assert_close(decay * v + x_t, trace.h[t], rtol=0, atol=1e-12)
        h = decay * h + x_t - 0.7 * s
        s = (h > 0.7).to(h)
        v = h - 0.7 / decay * s
        for found, expected in zip(trace, (s, h, v), strict=False):
            torch.testing.assert_close(found[t], expected, rtol=0, atol=1e-12)
    assert residual(trace, x, decay, 0.7) == 0


def test_a_reset_that_is_paid_at_once_is_another_neuron():
    x = random(200, 50)
    late, soft = leaky_sequence(x, 0.5), lif_sequence(x, 0.5, reset="soft")
    assert (late.s != soft.s).double().mean() > 0.005
    assert late.s.mean() < soft.s.mean()  # a spike costs 2 thresholds, and not 1
    assert torch.equal(late.s[0], soft.s[0])


def test_gradients_are_those_of_finite_differences_below_the_threshold():
    x = random(6, 3).requires_grad_()
    decay = torch.tensor(0.8, dtype=DOUBLE, requires_grad=True)

    def h(x, decay):
        return leaky_sequence(x, decay, 99.0).h

    assert torch.autograd.gradcheck(h, (x, decay))


def test_the_gradient_of_a_spike_is_the_slope_and_what_was_kept():
    x = random(6, 5).requires_grad_()
    trace = leaky_sequence(x, 0.8, surrogate="triangle")
    trace.s.sum().backward()
    slope, g = (1 - (trace.h.detach() - 1).abs()).clamp(min=0), torch.zeros(5, dtype=DOUBLE)
    for t in reversed(range(6)):
        g = slope[t] + 0.8 * g  # nothing through the reset
        torch.testing.assert_close(x.grad[t], g)
    v_threshold = torch.tensor(1.0, dtype=DOUBLE, requires_grad=True)
    leaky_sequence(x.detach()[:1], 0.8, v_threshold, "triangle").s.sum().backward()
    torch.testing.assert_close(v_threshold.grad, -slope[0].sum())


def graph(steps):
    """The graph of so many steps, as a compiler gets it, and what it computes."""
    x = 2 * torch.rand(steps, 4, generator=torch.Generator().manual_seed(steps))
    traced = torch.jit.trace(lambda x: leaky_sequence(x).s, x)
    other = 2 * torch.rand(steps, 4, generator=torch.Generator().manual_seed(99))
    assert torch.equal(traced(other), leaky_sequence(other).s) and traced(other).any()
    return traced


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_a_trace_leaves_no_loop_and_grows_with_the_steps():
    graphs = {steps: graph(steps).graph for steps in (5, 10, 20)}
    kinds = {node.kind() for node in graphs[20].nodes()}
    assert not kinds & {"prim::Loop", "prim::If", "prim::PythonOp", "prim::CallFunction"}
    size = {steps: len(list(each.nodes())) for steps, each in graphs.items()}
    each_step, rest = divmod(size[20] - size[10], 10)
    assert rest == 0 and each_step >= 4 and size[10] - size[5] == 5 * each_step
    with pytest.raises(RuntimeError):  # it is the graph of 20 steps, and of no other number
        graph(20)(torch.rand(21, 4))


def test_the_vote_is_snntorchs():
    functional = pytest.importorskip("snntorch.functional")
    s = (random(7, 40, 30) > 0.5).float()
    labels = torch.randint(10, (40,), generator=torch.Generator().manual_seed(5))
    votes = population_vote(s, 10)
    mine = (votes.argmax(1) == labels).double().mean().item()
    theirs = functional.accuracy_rate(s, labels, population_code=True, num_classes=10)
    assert mine == theirs and 0 < mine < 1
    assert votes.sum() == s.sum() and votes.shape == (40, 10)


def test_neurons_of_a_class_stand_side_by_side():
    s = torch.zeros(3, 1, 6)
    s[:, 0, 1], s[0, 0, 4] = 1, 1  # neurons 1 and 4
    assert population_vote(s, 3).tolist() == [[3, 0, 1]]
    assert population_vote(s, 2).tolist() == [[3, 1]]
    assert s.unflatten(2, (-1, 3)).sum((0, 2)).tolist() != [[3, 0, 1]]  # taken in turn
    assert population_vote(s, 6).tolist() == s.sum(0).tolist()  # one neuron a class


def test_a_population_tells_with_one_step_what_one_neuron_tells_with_many():
    rates = torch.tensor([0.3, 0.5])
    draw = torch.Generator().manual_seed(0)

    def told(steps, population):
        chance = rates.repeat_interleave(population).expand(steps, 2000, -1)
        s = torch.bernoulli(chance, generator=draw)
        return (population_vote(s, 2) @ torch.tensor([-1.0, 1.0]) > 0).double().mean().item()

    few, wide, long = told(1, 1), told(1, 25), told(25, 1)
    assert few < 0.45 and wide > 0.85 and abs(wide - long) < 0.04


def test_the_vote_has_a_gradient_of_one_and_counts_beyond_half_precision():
    s = torch.ones(40, 2, 20, requires_grad=True)
    population_vote(s, 2)[:, 1].sum().backward()
    assert torch.equal(s.grad[..., 10:], torch.ones(40, 2, 10)) and not s.grad[..., :10].any()
    votes = population_vote(torch.ones(301, 1, 2).bfloat16(), 2)
    assert votes.dtype == torch.float32 and votes.tolist() == [[301, 301]]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_half_precision_is_rounded_once_at_the_end(dtype):
    x = random(20, 8).to(dtype)
    for a, b in zip(leaky_sequence(x)[:3], leaky_sequence(x.float())[:3], strict=True):
        assert a.dtype == dtype and torch.equal(a, b.to(dtype))


def test_strictly_above_fires():
    assert leaky_sequence(torch.ones(1, 1)).s.item() == 0


def test_what_it_cannot_be_or_run_is_said():
    x = torch.zeros(3, 2)
    for value, words in (
        (0.0, "decay must be above 0, got 0"),
        (1.5, "decay must be between 0 an"),
    ):
        with pytest.raises(ValueError, match=words):
            leaky_sequence(x, value)
    with pytest.raises(ValueError, match="surrogate must be one of .*, got 'no'"):
        leaky_sequence(x, surrogate="no")
    for wrong, error in ((x[0], ValueError), (x.int(), TypeError), (x[:0], ValueError)):
        with pytest.raises(error, match="x must"):
            leaky_sequence(wrong)
    for shape, classes in (((3, 2), 2), ((3, 2, 5), 2), ((3, 2, 4, 1), 2)):
        with pytest.raises(ValueError, match=r"s must be \[T, B, C P\] with as many neurons"):
            population_vote(torch.zeros(shape), classes)
    with pytest.raises(ValueError, match="classes must be a whole number >= 1, got 0"):
        population_vote(torch.zeros(3, 2, 4), 0)
