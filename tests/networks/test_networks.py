"""What every network must do, and what is EventNet's own."""

import copy

import pytest
import torch
from here import compile_here
from nets import NETS, frames, network
from refusals import refused

from mpe_lib import LIF
from mpe_lib.networks.event import EventNet
from mpe_lib.networks.gesture import GestureNet
from mpe_lib.networks.resnet19 import ResNet19
from mpe_lib.networks.spoken import SpokenNet
from mpe_lib.networks.vgg import VGG
from mpe_lib.training import Part, train
from mpe_lib.training.neurons import NEURONS

every_net = pytest.mark.parametrize("name", NETS)
every_neuron = pytest.mark.parametrize("neuron", NEURONS)


@every_net
@every_neuron
def test_shapes_losses_and_gradients(name, neuron):
    net = network(name, neuron)
    logits, loss = net(frames(name))
    assert logits.shape == (5, 3, 4) and loss.shape == () and loss.dtype == torch.float32
    assert (loss > 0) == (neuron != "exact LIF")
    (logits.square().sum() + loss).backward()
    grads = [p.grad for p in net.parameters()]
    assert all(grad is not None and grad.isfinite().all() and grad.any() for grad in grads)


@every_net
@every_neuron
def test_evaluation_repeats_and_traces_are_what_forward_runs(name, neuron):
    net, x = network(name, neuron).eval(), frames(name)
    logits, loss = net(x)
    assert torch.equal(logits, net(x)[0]) and torch.equal(logits, copy.deepcopy(net)(x)[0])
    traces = net.traces(x)
    assert [tuple(trace.s.shape) for trace in traces] == [(5, 3, *s) for s in NETS[name].layers]
    assert traces[-1].s.any() and all(set(trace.s.unique().tolist()) <= {0, 1} for trace in traces)
    assert all((trace.v_hat is None) == (neuron == "exact LIF") for trace in traces)
    left = iter(traces)

    def replay(layer, current):
        s = next(left).s
        assert torch.equal(layer(current), s)
        return s

    assert torch.equal(net.run(x, replay), logits) and not [*left]
    if neuron == "hard":  # the losses of the layers are summed
        parts = [torch.mean((trace.v_hat - trace.v) ** 2) for trace in traces]
        assert all(part > 0 for part in parts)
        torch.testing.assert_close(loss, sum(parts))


@every_net
def test_only_the_neurons_see_more_than_one_step(name):
    """With no memory the vote at a step depends on that step's frame alone."""
    x, order = frames(name), torch.tensor([3, 1, 4, 0, 2])
    net = network(name, "zero").eval()
    torch.testing.assert_close(net(x)[0][order], net(x[order])[0])
    net = network(name, "exact LIF").eval()
    assert not torch.allclose(net(x)[0][order], net(x[order])[0])


@pytest.mark.parametrize("name", ["vgg", "gesture", "spoken"])
def test_dropout_is_on_in_training_only_and_never_in_traces(name):
    net, x = network(name, "exact LIF", dropout=0.5), frames(name)
    assert not torch.equal(net(x)[0], net(x)[0])
    if name == "spoken":
        assert all(torch.equal(a.s, b.s) for a, b in zip(net.traces(x), net.traces(x), strict=True))
        assert not torch.equal(net(x)[0], net(x)[0])
    net.eval()
    assert torch.equal(net(x)[0], net(x)[0])


@pytest.mark.parametrize("name", ["vgg", "resnet19"])
def test_it_trains_with_the_library_s_loop(name):
    small = NETS[name]
    x = torch.cat((frames(name, batch=4), 0.2 * frames(name, batch=4)), 1)
    part = Part(x, torch.arange(8) // 4)
    settings = small.settings | {"width": 16 if name == "vgg" else 32}
    run = train(lambda: small.kind(2, LIF, **settings), part, part, part, epochs=8, batch_size=8,
                device="cpu")  # fmt: skip
    assert run.history[-1]["task"] < run.history[0]["task"]
    assert len(run.history[0]["rate"]) == len(small.layers)


test_wrong_sizes_are_refused = refused(lambda kind, settings: kind(10, LIF, **settings), [
    ((VGG, {"size": (15, 48)}), "size must be at least 16 on each side, got .15, 48."),
    ((VGG, {"width": 5}), "width must divide 64, got 5"),
    ((GestureNet, {"size": (31, 64)}), "size must be at least 32 on each side, got .31, 64."),
    ((GestureNet, {"width": 5}), "width must divide 256, got 5"),
    ((ResNet19, {"size": (0, 32)}), "size must be at least 1 on each side, got .0, 32."),
    ((ResNet19, {"width": 256}), "width must divide 128, got 256"),
    ((SpokenNet, {"hidden": ()}), "at least one layer"),
])  # fmt: skip


def test_light_cone_of_two_layers():
    """The vote at a step reaches back two steps through two estimating layers, and no further."""
    net = network("event", "mean").eval()
    x = frames("event", 8, batch=40)
    y = x.clone()
    y[2] = frames("event", 8, batch=40, seed=1)[2]
    changed = (net(x)[0] != net(y)[0]).flatten(1).any(1).tolist()
    assert changed == [False, False, True, True, True, False, False, False]


def test_compiles_whole():
    made, x = [], frames("event", 6, 5)
    for _ in "ab":
        torch.manual_seed(0)
        made.append(EventNet(4, NEURONS["bernoulli"], size=(12, 9)))
    torch.manual_seed(1)
    eager = made[0](x)
    torch.manual_seed(1)
    compiled = compile_here(made[1], fullgraph=True)(x)
    torch.testing.assert_close(compiled[1], eager[1], rtol=0.05, atol=1e-3)
    assert (compiled[0] - eager[0]).abs().mean() < 0.05
