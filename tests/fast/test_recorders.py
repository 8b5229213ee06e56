"""Neurons whose calls are written down: compiled, checkpointed, exported, traced, faked."""

import io

import pytest
import torch
from fused import compiled, current, device
from torch import nn
from torch._subclasses import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils.checkpoint import checkpoint

from mpe_lib import LIF, MPE, lif_spikes, mpe_spikes
from mpe_lib.core.exact import exact_parallel


def seeded(call, *inputs):
    torch.manual_seed(0)
    return call(*inputs)


class Layers(nn.Module):
    """Drawing neurons one behind the other and, at the end, two beside one another."""

    def __init__(self, sizes=(8, 8, 8)):
        super().__init__()
        self.layers = nn.ModuleList(map(nn.Linear, sizes[:-1], sizes[1:]))
        self.neurons = nn.ModuleList(MPE(v_threshold=0.2) for _ in sizes[1:])
        self.last = MPE(v_threshold=0.2)

    def forward(self, x):
        spikes = []
        for layer, neuron in zip(self.layers, self.neurons, strict=True):
            current = layer(x)
            x = neuron(current)
            spikes.append(x)
        return *spikes, self.last(current)


INDUCTOR = pytest.param("inductor", marks=pytest.mark.slow)  # a C++ compiler is at work


@pytest.mark.parametrize("sizes", [(8, 8, 8, 8), (8, 16, 5, 9)], ids=["equal", "different"])
@pytest.mark.parametrize("backend", ["aot_eager", INDUCTOR])
@pytest.mark.parametrize("training", [True, False])
def test_compiled_layers_draw_what_eager_ones_draw(training, backend, sizes):
    network, x = Layers(sizes), torch.randn(6, 40, 8)
    fast = compiled(backend)(network)
    with torch.set_grad_enabled(training):
        torch.manual_seed(0)
        eager = [network(x) for _ in range(2)]
        torch.manual_seed(0)
        calls = [fast(x) for _ in range(2)]
    for a, b in zip(eager, calls, strict=True):
        for s, t in zip(a, b, strict=True):
            assert (s != t).float().mean() < 0.01  # inductor rounds a Linear elsewhere
        assert not torch.equal(b[-2], b[-1])  # side by side on one current
    assert not torch.equal(calls[0][0], calls[1][0])
    if training:
        sum(s.sum() for s in calls[0]).backward()
        assert network.layers[0].weight.grad.abs().sum() > 0


@pytest.mark.parametrize("backend", ["aot_eager", INDUCTOR])
def test_a_checkpointed_layer_draws_the_same_when_it_is_run_again(backend):
    x, weights = torch.rand(4, 2, 30), torch.rand(4, 2, 30)

    def block(x):
        return MPE()(1.5 * MPE()(2 * x))

    def kept(x):
        return checkpoint(block, x, use_reentrant=False)

    grads = []
    for call in (block, kept, compiled(backend)(kept)):
        y = x.clone().requires_grad_()
        (seeded(call, y) * weights).sum().backward()
        grads.append(y.grad)
    torch.testing.assert_close(grads[0], grads[1], rtol=0, atol=0)
    torch.testing.assert_close(grads[0], grads[2])


@pytest.mark.parametrize("backend", ["auto", "torch", "compile", "triton"])
def test_a_fake_tensor_leaves_no_trace(backend):
    where = "cpu" if backend in ("auto", "torch") else device(backend)
    for call in (lif_spikes, mpe_spikes):
        numbers = {"decay": 0.3141 if call is lif_spikes else 0.2718, "backend": backend}
        with FakeTensorMode():
            fake = call(torch.rand(4, 5, device=where), **numbers)
        assert (fake[0].shape if call is mpe_spikes else fake.shape) == (4, 5)
        real = call(current(4, 5, where=where), **numbers)
        real = real[0] if call is mpe_spikes else real
        assert type(real) is torch.Tensor and 0 < real.sum() < 20


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = MPE(), MPE()

    def forward(self, x):
        return self.a(x), self.b(x)


def saved_trace(x):
    file = io.BytesIO()
    with torch.no_grad():
        torch.jit.save(torch.jit.trace(Two(), (x,), check_trace=False), file)
    file.seek(0)
    return torch.jit.load(file)


RECORDERS = {
    "export": lambda x: torch.export.export(Two(), (x,)).module(),
    "export, decomposed": lambda x: torch.export.export(Two(), (x,)).run_decompositions().module(),
    "make_fx": lambda x: make_fx(Two())(x),
    "make_fx, symbolic": lambda x: make_fx(Two(), tracing_mode="symbolic")(x),
    "jit.trace": lambda x: torch.jit.trace(Two(), (x,), check_trace=False),
    "jit.trace, saved": saved_trace,
}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("way", RECORDERS)
def test_what_is_recorded_draws_anew_each_time_it_is_run(way):
    x = torch.full((4, 1, 500), 0.9)
    recorded = RECORDERS[way](x)
    for _ in range(3):  # a trace is optimised at its second run
        first = recorded(x)
        assert not torch.equal(*first) and not torch.equal(first[0], recorded(x)[0])
    for a, b in zip(seeded(recorded, x), seeded(Two(), x), strict=True):
        assert torch.equal(a, b)


def test_any_length_and_batch_in_one_compiled_graph():
    for layer in (LIF(), MPE("hard", eval_rule="hard")):
        torch._dynamo.reset()
        fast = torch.compile(layer, dynamic=True, fullgraph=True, backend="aot_eager")
        for shape in ((4, 2, 7), (4, 5, 7), (9, 3, 7)):
            x = current(*shape)
            assert torch.equal(fast(x), layer(x))


def test_a_drawing_neuron_is_exported_for_any_batch():
    shapes = ({1: torch.export.Dim("B")},)
    exported = torch.export.export(MPE(), (torch.rand(4, 3, 50),), dynamic_shapes=shapes).module()
    x = torch.rand(4, 7, 50)
    assert torch.equal(seeded(exported, x), seeded(MPE(), x))


def test_a_backend_by_name_and_the_exact_neuron_in_one_compiled_graph():
    x = current(5, 6)
    for call in (lambda x: lif_spikes(x, backend="compile"), lambda x: exact_parallel(x)[0].s):
        assert torch.equal(compiled("aot_eager")(call)(x), lif_spikes(x))
    both = torch.stack((x, 2 * x))
    found = compiled("aot_eager")(torch.func.vmap(lambda x: exact_parallel(x)[0].s))(both)
    assert torch.equal(found, torch.stack([lif_spikes(each) for each in both]))
    assert exact_parallel(x.to("meta"))[0].s.shape == x.shape


def test_a_seed_in_a_compiled_call_is_where_the_host_is():
    x = current(5, 6)
    with torch.device("meta"):
        s = compiled("aot_eager")(lambda x: mpe_spikes(x, seed=3)[0])(x)
    assert torch.equal(s, mpe_spikes(x, seed=3)[0])
