"""ResNet-19: its size, its blocks, and that only the neurons know time."""

import pytest
import torch

from mpe_lib import LIF, MPE
from mpe_lib.networks.base import per_step
from mpe_lib.networks.resnet19 import ResNet19, repeat
from mpe_lib.training import Part, train
from mpe_lib.training.neurons import NEURONS


def frames(steps=5, batch=3, size=(12, 12), channels=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.rand(steps, batch, channels, *size, generator=generator)


def network(neuron, size=(12, 12), **settings):
    torch.manual_seed(0)
    net = ResNet19(4, NEURONS[neuron], size, **{"width": 32} | settings)
    for module in net.modules():  # lively enough to fire in the last layer before any training
        if isinstance(module, torch.nn.BatchNorm2d):
            module.bias.data += 0.5
    net.hidden.bias.data += 0.8
    return net


def kernels(net):
    return [tuple(m.weight.shape) for m in net.modules() if isinstance(m, torch.nn.Conv2d)]


def test_as_many_parameters_as_the_layers_have():
    net = ResNet19(10, lambda: MPE(learn_threshold=True), inputs=3)
    first = 9 * 3 * 128
    stages = 6 * 9 * 128**2 + 9 * 128 * 256 + 5 * 9 * 256**2 + 9 * 256 * 512 + 3 * 9 * 512**2
    past = 128 * 256 + 256 * 512
    norms = 2 * (7 * 128 + 7 * 256 + 5 * 512)
    linear = (512 + 1) * 256 + (256 + 1) * 10
    total = first + stages + past + norms + linear
    assert sum(p.numel() for p in net.parameters()) == total + 18 and total == 12_697_994
    assert len([each for each in kernels(net) if each[2] == 3]) == 17  # and two linear: nineteen
    assert [each[:2] for each in kernels(net) if each[2] == 1] == [(256, 128), (512, 256)]


def test_the_released_code_s_64_channels_need_one_more_way_past():
    net = ResNet19(10, LIF, inputs=3, stem=64)
    assert [each[:2] for each in kernels(net) if each[2] == 1][0] == (128, 64)
    assert sum(p.numel() for p in net.parameters()) == 12_630_858


@pytest.mark.parametrize("neuron", NEURONS)
@pytest.mark.parametrize("size", [(12, 12), (9, 14)])
def test_shapes_losses_and_gradients(neuron, size):
    net = network(neuron, size)
    logits, loss = net(frames(size=size))
    assert logits.shape == (5, 3, 4) and loss.shape == ()
    assert (loss > 0) == (neuron != "exact LIF")
    (logits.square().sum() + loss).backward()
    grads = [p.grad for p in net.parameters()]
    assert all(grad is not None and grad.isfinite().all() and grad.any() for grad in grads)


def test_images_are_repeated_without_a_copy():
    images = frames(1, channels=3)[0]
    x = repeat(images, 6)
    assert x.shape == (6, *images.shape) and all(torch.equal(step, images) for step in x)
    assert x.data_ptr() == images.data_ptr() and x.stride(0) == 0
    net = network("hard", inputs=3).eval()
    torch.testing.assert_close(net(x)[0], net(x.clone())[0])
    with pytest.raises(ValueError, match="expected images .B, C, H, W. and steps >= 1"):
        repeat(x, 6)
    with pytest.raises(ValueError, match="and 0"):
        repeat(images, 0)


def test_the_sum_is_taken_before_the_neuron():
    net, x = network("hard").eval(), frames()
    traces = net.traces(x)
    assert all(set(trace.s.unique().tolist()) <= {0.0, 1.0} for trace in traces)
    # block 4 is the first of its stage: half the size, and a convolution on the way past
    for k, way in ((1, "Identity"), (3, "Sequential")):
        block, (before, inner, after) = net.blocks[k], traces[2 * k : 2 * k + 3]
        assert type(block.past).__name__ == way and before.s.any()
        current = per_step(block.second, inner.s) + per_step(block.past, before.s)
        torch.testing.assert_close(after.s, net.neurons[0](current))


def test_traces_halve_the_size_twice():
    shapes = [
        tuple(trace.s.shape[2:]) for trace in network("mean", (9, 14)).traces(frames(size=(9, 14)))
    ]
    assert shapes == [(4, 9, 14)] * 7 + [(8, 5, 7)] * 6 + [(16, 3, 4)] * 4 + [(8,)]


def test_the_losses_of_the_layers_are_summed():
    net = network("hard").eval()
    parts = [torch.mean((trace.v_hat - trace.v) ** 2) for trace in net.traces(frames())]
    assert len(parts) == 18 and all(part > 0 for part in parts)
    torch.testing.assert_close(net(frames())[1], sum(parts))


def test_only_the_neurons_see_more_than_one_step():
    net, x = network("zero").eval(), frames()
    order = torch.tensor([3, 1, 4, 0, 2])
    torch.testing.assert_close(net(x)[0][order], net(x[order])[0])
    net = network("exact LIF").eval()
    assert not torch.allclose(net(x)[0][order], net(x[order])[0])


def test_it_trains_with_the_library_s_loop():
    x = torch.cat((frames(batch=4), 0.2 * frames(batch=4)), 1)
    part = Part(x, torch.arange(8) // 4)
    run = train(lambda: ResNet19(2, LIF, (12, 12), width=32), part, part, part, epochs=8,
                batch_size=8, device="cpu")  # fmt: skip
    assert run.history[-1]["task"] < run.history[0]["task"] and len(run.history[0]["rate"]) == 18


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="size must be at least 1 on each side, got .0, 32."):
        ResNet19(10, LIF, (0, 32))
    with pytest.raises(ValueError, match="width must divide 128, got 256"):
        ResNet19(10, LIF, width=256)
