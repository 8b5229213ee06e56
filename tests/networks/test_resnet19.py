"""ResNet-19: its size, its blocks, and images without time."""

import pytest
import torch
from nets import frames, network

from mpe_lib import LIF, MPE
from mpe_lib.networks.base import per_step
from mpe_lib.networks.resnet19 import ResNet19, repeat


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


def test_images_are_repeated_without_a_copy():
    images = frames("resnet19", 1)[0]
    x = repeat(images, 6)
    assert x.shape == (6, *images.shape) and all(torch.equal(step, images) for step in x)
    assert x.data_ptr() == images.data_ptr() and x.stride(0) == 0
    net = network("resnet19", "hard").eval()
    torch.testing.assert_close(net(x)[0], net(x.clone())[0])
    with pytest.raises(ValueError, match="expected images .B, C, H, W. and steps >= 1"):
        repeat(x, 6)
    with pytest.raises(ValueError, match="and 0"):
        repeat(images, 0)


def test_the_sum_is_taken_before_the_neuron():
    net, x = network("resnet19", "hard").eval(), frames("resnet19")
    traces = net.traces(x)
    # block 4 is the first of its stage: half the size, and a convolution on the way past
    for k, way in ((1, "Identity"), (3, "Sequential")):
        block, (before, inner, after) = net.blocks[k], traces[2 * k : 2 * k + 3]
        assert type(block.past).__name__ == way and before.s.any()
        current = per_step(block.second, inner.s) + per_step(block.past, before.s)
        torch.testing.assert_close(after.s, net.neurons[0](current))
