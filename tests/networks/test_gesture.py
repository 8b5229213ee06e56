"""The paper's gesture network: its size, its vote, and that only the neurons know time."""

import pytest
import torch

from mpe_lib import LIF, MPE
from mpe_lib.networks.gesture import GestureNet
from mpe_lib.training import Part, Recipe, train
from mpe_lib.training.neurons import NEURONS


def frames(steps=5, batch=3, size=(32, 32), seed=0):
    return 3 * torch.rand(steps, batch, 2, *size, generator=torch.Generator().manual_seed(seed))


def network(neuron, **settings):
    torch.manual_seed(0)
    settings = {"size": (32, 32), "width": 32, "dropout": 0.0} | settings
    net = GestureNet(4, NEURONS[neuron], **settings)
    for _, norm in net.weights:  # lively enough to fire in the last layer before any training
        norm.bias.data += 0.8
    net.hidden[1].bias.data += 0.8
    return net


def test_as_many_parameters_as_the_layers_of_the_paper_have():
    net = GestureNet(11, lambda: MPE(learn_threshold=True))
    convolutions = 9 * 2 * 256 + 4 * 9 * 256**2 + 5 * 2 * 256  # weights, and two for each norm
    linear = (256 * 2 * 2 + 1) * 1024 + (1024 + 1) * 110  # 64 x 64 through five pools
    assert sum(p.numel() for p in net.parameters()) == convolutions + linear + 6
    assert convolutions + linear == 3_528_814
    assert net.hidden[0].p == net.readout[0].p == 0.5
    assert sum(p.ndim == 0 for p in net.parameters()) == 6  # one threshold for each layer


@pytest.mark.parametrize("neuron", NEURONS)
@pytest.mark.parametrize("size", [(32, 32), (35, 70)])
def test_shapes_losses_and_gradients(neuron, size):
    net = network(neuron, size=size)
    logits, loss = net(frames(size=size))
    assert logits.shape == (5, 3, 4) and loss.shape == ()
    assert (loss > 0) == (neuron != "exact LIF")
    (logits.square().sum() + loss).backward()
    grads = [p.grad for p in net.parameters()]
    assert all(grad is not None and grad.isfinite().all() and grad.any() for grad in grads)


def test_the_vote_is_the_mean_of_the_ten_outputs_of_each_class():
    net = network("hard").eval()
    last = net.traces(frames())[-1].s
    votes = net.readout(last)
    assert votes.shape == (5, 3, 40) and last.any()
    for k in range(4):
        torch.testing.assert_close(
            net(frames())[0][..., k], votes[..., 10 * k : 10 * k + 10].mean(2)
        )


def test_the_losses_of_the_layers_are_summed():
    net = network("hard").eval()
    parts = [torch.mean((trace.v_hat - trace.v) ** 2) for trace in net.traces(frames())]
    assert len(parts) == 6 and all(part > 0 for part in parts)
    torch.testing.assert_close(net(frames())[1], sum(parts))


def test_traces_keep_time_first():
    shapes = [tuple(trace.s.shape) for trace in network("mean").eval().traces(frames())]
    assert shapes == [(5, 3, 8, side, side) for side in (32, 16, 8, 4, 2)] + [(5, 3, 32)]


def test_only_the_neurons_see_more_than_one_step():
    net, x = network("zero").eval(), frames()
    order = torch.tensor([3, 1, 4, 0, 2])
    torch.testing.assert_close(net(x)[0][order], net(x[order])[0])
    net = network("exact LIF").eval()
    assert not torch.allclose(net(x)[0][order], net(x[order])[0])


def test_without_the_shift_nothing_is_remembered_as_in_the_released_network():
    torch.manual_seed(0)
    x, order = frames(), torch.tensor([3, 1, 4, 0, 2])
    for shift in (False, True):
        net = GestureNet(
            4, lambda shift=shift: MPE("hard", "hard", shift=shift), (32, 32), width=32
        )
        for _, norm in net.weights:
            norm.bias.data += 0.8
        net.eval()
        assert torch.allclose(net(x)[0][order], net(x[order])[0], atol=1e-5) == (not shift)


def test_dropout_is_on_in_training_only():
    net, x = network("mean", dropout=0.5), frames()
    net.eval()
    assert torch.equal(net(x)[0], net(x)[0])
    net.train()
    assert not torch.equal(net(x)[0], net(x)[0])


def test_it_trains_with_the_library_s_loop_on_mirrored_and_mixed_recordings():
    x = torch.cat((frames(batch=4), 0.2 * frames(batch=4)), 1).round()
    part = Part(x, torch.arange(8) // 4)
    recipe = Recipe(
        8, 8, 0.02, augment=("crop", "mirror", "drop"), mixup=0.2, mixup_epochs=4, amp=True
    )
    run = train(
        lambda: GestureNet(11, MPE, (32, 32), width=32, dropout=0.1), part, part, part, recipe,
        device="cpu", dataset="dvs-gesture",
    )  # fmt: skip
    assert run.history[-1]["task"] < run.history[0]["task"] and len(run.history[0]["rate"]) == 6


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="size must be at least 32 on each side, got .31, 64."):
        GestureNet(11, LIF, (31, 64))
    with pytest.raises(ValueError, match="width must divide 256, got 5"):
        GestureNet(11, LIF, width=5)
