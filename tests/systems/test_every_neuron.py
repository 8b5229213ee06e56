"""What every neuron of systems/ must do, whatever its equation."""

import copy

import pytest
import torch
from torch import nn

from mpe_lib.networks.event import EventNet
from mpe_lib.results.names import kinds
from mpe_lib.training.neurons import maker

NAMES = [name for name, kind in kinds().items() if kind.file]
SHAPES = [(6, 4), (6, 2, 3), (6, 2, 3, 4, 2)]


def made(name, x, decay=0.5):
    """The neuron, sized for x, in evaluation."""
    torch.manual_seed(0)
    neuron = maker(name, len(x), decay=decay)().eval()
    neuron(x.float())
    return neuron


def current(*shape):
    return 2 * torch.randn(shape, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("shape", [*SHAPES, (1, 4), (1, 2, 3), (6, 0, 3)])
@pytest.mark.parametrize("name", NAMES)
def test_its_calls_agree_and_its_spikes_are_0_or_1_in_the_dtype_of_the_current(name, shape):
    x = current(*shape)
    neuron = made(name, x)
    trace = neuron.trace(x)
    assert trace._fields[:3] == ("s", "h", "v")
    assert all(each.shape == x.shape for each in trace if each is not None)
    assert torch.equal(neuron(x), trace.s) and ((trace.s == 0) | (trace.s == 1)).all()
    s, loss = neuron.with_loss(x)
    assert torch.equal(s, trace.s) and loss.shape == () and loss == 0
    for dtype in (torch.bfloat16, torch.float16, torch.float64):
        low = copy.deepcopy(neuron).to(dtype if dtype == torch.float64 else torch.float32)
        assert all(each.dtype == dtype for each in low.trace(x.to(dtype)) if each is not None)


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_is_rounded_once_at_the_end(name):
    x = current(6, 2, 3).bfloat16()
    neuron = made(name, x)
    low, high = neuron.trace(x), neuron.trace(x.float())
    for a, b in zip(low, high, strict=True):
        if a is not None:
            torch.testing.assert_close(a, b.bfloat16())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_reaches_the_current_and_every_parameter(name, shape):
    x = current(*shape).requires_grad_()
    neuron = made(name, x).train()
    torch.manual_seed(1)
    trace = neuron.trace(x)
    (trace.s + 0.1 * trace.h).sum().backward()
    assert x.grad.isfinite().all() and x.grad.abs().sum() > 0
    for own, parameter in neuron.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), own


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_in_a_network_that_does_not_know_its_channels(name):
    torch.manual_seed(0)
    network = EventNet(3, maker(name, 6, decay=0.5), size=(8, 8))
    frames = torch.rand(6, 12, 2, 8, 8)
    labels = torch.arange(12) % 3
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)
    losses = []
    for _ in range(20):
        logits, loss = network(frames)
        loss = loss + nn.functional.cross_entropy(logits.mean(0), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert min(losses[-4:]) < losses[0] - 0.05, losses


@pytest.mark.parametrize("name", NAMES)
def test_what_it_has_learned_is_in_its_state(name):
    x = current(6, 2, 3)
    neuron = made(name, x)
    with torch.no_grad():
        for parameter in neuron.parameters():
            parameter.mul_(0.9)
    other = maker(name, 6, decay=0.5)().eval()
    other.load_state_dict(neuron.state_dict())  # sizes what has a value for each channel
    assert torch.equal(other(x), neuron(x))


@pytest.mark.parametrize("name", NAMES)
def test_torch_func_sees_the_same_gradient(name):
    x = current(6, 2, 3)
    neuron = made(name, x)

    def score(x):
        trace = neuron.trace(x)
        return (trace.s + 0.1 * trace.h).sum()

    asked = x.clone().requires_grad_()
    score(asked).backward()
    torch.testing.assert_close(torch.func.grad(score)(x), asked.grad)
    if name != "SPSN":  # its coins belong to places of the whole batch
        each = torch.func.vmap(neuron, 1, 1)(x[:, :, None])[:, :, 0]
        assert torch.equal(each, neuron(x))


@pytest.mark.parametrize("name", NAMES)
def test_a_compiler_sees_the_same_spikes(name):
    torch.compiler.reset()
    x = current(6, 2, 3)
    neuron = made(name, x)
    assert torch.equal(torch.compile(neuron, backend="aot_eager")(x), neuron(x))


@pytest.mark.parametrize("wrong, error, words", [
    (torch.zeros(6), ValueError, r"x must be \[T, B, ...\]"),
    (torch.zeros(0, 3), ValueError, "."),
    (torch.zeros(6, 3, dtype=torch.int64), TypeError, "x must be a floating dtype"),
    ([[1.0]], TypeError, "x must be a torch tensor"),
])  # fmt: skip
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_current_is_refused_in_words(name, wrong, error, words):
    with pytest.raises(error, match=words):
        maker(name, 6, decay=0.5)()(wrong)


@pytest.mark.parametrize("name", [n for n in NAMES if hasattr(maker(n, 6)(), "starts")])
def test_another_number_of_channels_is_refused(name):
    neuron = made(name, current(6, 2, 3))
    with pytest.raises(ValueError, match=r"x must be \[T, B, 3, ...\], a channel for each neuron"):
        neuron(current(6, 2, 4))
