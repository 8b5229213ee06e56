"""The paper's network: its size, its shapes, and that only the neurons know time."""

import pytest
import torch

from mpe_lib import LIF, MPE
from mpe_lib.networks.vgg import VGG
from mpe_lib.training import Part, train
from mpe_lib.training.neurons import NEURONS


def frames(steps=5, batch=3, side=16, seed=0):
    return 3 * torch.rand(
        steps, batch, 2, side, side, generator=torch.Generator().manual_seed(seed)
    )


def network(neuron):
    torch.manual_seed(0)
    net = VGG(4, NEURONS[neuron], size=(16, 16), width=8, dropout=0.0)
    for _, norm in net.weights:  # lively enough to fire in the last layer before any training
        norm.bias.data += 0.8
    return net


def test_as_many_parameters_as_the_paper_s():
    net = VGG(10, lambda: MPE(learn_threshold=True))
    count = sum(p.numel() for p in net.parameters())
    assert 9.25e6 < count < 9.35e6
    shapes = [tuple(each[0].weight.shape[:2]) for each in net.weights]
    assert shapes == [(64, 2), (128, 64), (256, 128), (256, 256), (512, 256), *[(512, 512)] * 3]
    assert net.readout[1].in_features == 512 * 3 * 3  # 48 x 48 through four pools
    assert net.readout[0].p == 0.25
    assert sum(p.ndim == 0 for p in net.parameters()) == 8  # one threshold for each layer


@pytest.mark.parametrize("neuron", NEURONS)
def test_shapes_losses_and_gradients(neuron):
    net = network(neuron)
    logits, loss = net(frames())
    assert logits.shape == (5, 3, 4) and loss.shape == ()
    assert (loss > 0) == (neuron != "exact LIF")
    (logits.sum() + loss).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
    assert net.weights[0][0].weight.grad.abs().sum() > 0  # the first layer learns too


def test_the_losses_of_the_layers_are_summed():
    net = network("hard").eval()
    parts = [torch.mean((trace.v_hat - trace.v) ** 2) for trace in net.traces(frames())]
    assert len(parts) == 8 and all(part > 0 for part in parts)
    torch.testing.assert_close(net(frames())[1], sum(parts))


def test_only_the_neurons_see_more_than_one_step():
    net, x = network("zero").eval(), frames()
    order = torch.tensor([3, 1, 4, 0, 2])
    torch.testing.assert_close(net(x)[0][order], net(x[order])[0])
    net = network("exact LIF").eval()
    assert not torch.allclose(net(x)[0][order], net(x[order])[0])


def test_traces_are_what_forward_runs():
    net = network("mean").eval()
    last = net.traces(frames())[-1].s
    assert last.shape == (5, 3, 64, 2, 2) and last.sum() > 0
    votes = net.readout(net.pool(last.flatten(0, 1)).unflatten(0, (5, 3)).flatten(2))
    assert torch.equal(votes, net(frames())[0])


def test_it_trains_with_the_library_s_loop():
    x = torch.cat((frames(batch=4), 0.2 * frames(batch=4)), 1)
    part = Part(x, torch.arange(8) // 4)
    run = train(
        lambda: VGG(2, LIF, (16, 16), width=16, dropout=0.0),
        *(part, part, part),
        epochs=6,
        batch_size=8,
        device="cpu",
    )
    assert run.history[-1]["task"] < run.history[0]["task"] and len(run.history[0]["rate"]) == 8


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="size must be at least 16 on each side, got .15, 48."):
        VGG(10, LIF, (15, 48))
    with pytest.raises(ValueError, match="width must divide 64, got 5"):
        VGG(10, LIF, width=5)
