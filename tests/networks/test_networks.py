import copy

import pytest
import torch
from here import compile_here

from mpe_lib.networks.event import EventNet
from mpe_lib.training.neurons import NEURONS


def frames(steps=6, batch=5, seed=0):
    return 2 * torch.rand(steps, batch, 2, 12, 9, generator=torch.Generator().manual_seed(seed))


def network(neuron):
    torch.manual_seed(0)
    net = EventNet(4, NEURONS[neuron], size=(12, 9))
    for weights, _, _ in net.layers:  # lively enough to fire before any training
        weights[0].weight.data *= 5
    return net


@pytest.mark.parametrize("neuron", NEURONS)
def test_shapes_losses_and_gradients(neuron):
    net = network(neuron)
    logits, loss = net(frames())
    assert logits.shape == (6, 5, 4) and loss.shape == () and loss.dtype == torch.float32
    assert (loss > 0) == (neuron != "exact LIF")
    (logits.sum() + loss).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())


@pytest.mark.parametrize("neuron", NEURONS)
def test_eval_twice_is_bit_equal_and_copies_agree(neuron):
    net = network(neuron).eval()
    a, b, c = net(frames())[0], net(frames())[0], copy.deepcopy(net)(frames())[0]
    assert torch.equal(a, b) and torch.equal(a, c)


def test_only_the_neurons_see_more_than_one_step():
    """With no memory the vote at a step depends on that step's frame alone."""
    net, x = network("zero").eval(), frames()
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    torch.testing.assert_close(net(x)[0][order], net(x[order])[0])
    net = network("exact LIF").eval()
    assert not torch.allclose(net(x)[0][order], net(x[order])[0])


def test_light_cone_of_two_layers():
    """The vote at a step reaches back two steps through two estimating layers, and no further."""
    net = network("mean").eval()
    x = frames(8, batch=40)
    y = x.clone()
    y[2] = frames(8, batch=40, seed=1)[2]
    changed = (net(x)[0] != net(y)[0]).flatten(1).any(1).tolist()
    assert changed == [False, False, True, True, True, False, False, False]


@pytest.mark.parametrize("neuron", NEURONS)
def test_traces_are_what_forward_runs(neuron):
    net = network(neuron).eval()
    traces = net.traces(frames())
    votes = net.readout(net.layers[1][2](traces[1].s.flatten(0, 1)).unflatten(0, (6, 5)).flatten(2))
    assert torch.equal(votes, net(frames())[0])
    assert (traces[0].v_hat is None) == (neuron == "exact LIF")


def test_compiles_whole():
    net = network("bernoulli")
    torch.manual_seed(1)
    eager = net(frames())
    net_copy = network("bernoulli")
    torch.manual_seed(1)
    compiled = compile_here(net_copy, fullgraph=True)(frames())
    torch.testing.assert_close(compiled[1], eager[1], rtol=0.05, atol=1e-3)
    assert (compiled[0] - eager[0]).abs().mean() < 0.05
