"""The network of the spoken digits."""

import pytest
import torch

from mpe_lib.networks.spoken import SpokenNet
from mpe_lib.training.neurons import NEURONS


def frames(steps=8, batch=5, channels=12, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.rand(steps, batch, channels, generator=generator)


def network(neuron, **settings):
    torch.manual_seed(0)
    net = SpokenNet(4, NEURONS[neuron], 12, (16, 16), **settings)
    for weights in net.weights:  # lively enough to fire before any training
        weights[1].weight.data *= 2
    return net


@pytest.mark.parametrize("neuron", NEURONS)
def test_shapes_losses_and_gradients(neuron):
    net = network(neuron)
    logits, loss = net(frames())
    assert logits.shape == (8, 5, 4) and loss.shape == () and loss.dtype == torch.float32
    assert (loss > 0) == (neuron != "exact LIF")
    (logits.square().sum() + loss).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())


@pytest.mark.parametrize("neuron", NEURONS)
def test_evaluation_repeats_and_traces_are_what_forward_runs(neuron):
    net = network(neuron).eval()
    logits, traces = net(frames())[0], net.traces(frames())
    assert torch.equal(logits, net(frames())[0])
    assert [trace.s.shape for trace in traces] == [(8, 5, 16)] * 2 and traces[1].s.any()
    votes = net.readout(5 * traces[1].s.mean(0))
    assert torch.equal(votes.expand(8, -1, -1), logits)


def test_only_the_neurons_tell_one_step_from_another():
    """The readout counts: with no memory the order of the frames cannot matter."""
    x, order = frames(), torch.tensor([3, 1, 5, 0, 2, 4, 7, 6])
    without = network("zero").eval()
    torch.testing.assert_close(without(x)[0], without(x[order])[0])
    exact = network("exact LIF").eval()
    assert not torch.allclose(exact(x)[0], exact(x[order])[0])


def test_dropout_acts_on_the_spikes_in_training_alone():
    net = network("exact LIF", dropout=0.9)
    assert not torch.equal(net(frames())[0], net(frames())[0])
    net.eval()
    assert torch.equal(net(frames())[0], net(frames())[0])


def test_a_network_without_a_layer_is_refused():
    with pytest.raises(ValueError, match="at least one layer"):
        SpokenNet(4, NEURONS["mean"], 12, ())
