"""Synaptic operations against loops over every spike and every output."""

import itertools

import pytest
import torch
from nets import NETS, frames, network
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mpe_lib import LIF, MPE
from mpe_lib.networks.base import per_step
from mpe_lib.networks.energy import synaptic_operations
from mpe_lib.networks.event import EventNet


def spikes(*shape, rate=0.3, seed=0):
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < rate).float()


class Steps(nn.Module):
    """Layers that know no time, as a network of this library."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, frames):
        return per_step(self.layers, frames), torch.zeros(())


def second(layer, *before):
    """A network in which `layer` is not the first one, and is given what came in, or `before` it.

    The first layer is a 1 x 1 convolution that changes nothing.
    """
    first = nn.Conv2d(2, 2, 1, bias=False)
    first.weight.data = torch.eye(2)[:, :, None, None]
    return Steps(first, *before, layer)


def by_loops(conv, x):
    """(operations, dense): each output asks each input in its window."""
    outputs, inputs = conv.out_channels // conv.groups, conv.in_channels // conv.groups
    out = conv(x)
    count = dense = 0
    for n, c, r, q in itertools.product(*map(range, out.shape)):
        for i, a, b in itertools.product(range(inputs), *map(range, conv.kernel_size)):
            row = r * conv.stride[0] + a * conv.dilation[0] - conv.padding[0]
            column = q * conv.stride[1] + b * conv.dilation[1] - conv.padding[1]
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                dense += 1
                count += x[n, c // outputs * inputs + i, row, column].item() != 0
    return count, dense


@pytest.mark.parametrize(
    "settings",
    [
        {"kernel_size": 3, "padding": 1},
        {"kernel_size": 3, "padding": 1, "stride": 2},
        {"kernel_size": (1, 3), "padding": (0, 2), "stride": (2, 1)},
        {"kernel_size": 2, "dilation": 2},
        {"kernel_size": 3, "padding": 1, "groups": 2},
        {"kernel_size": 3, "stride": 3},  # the last row and column reach nothing
    ],
)
def test_a_spike_costs_one_addition_for_each_output_that_it_reaches(settings):
    conv = nn.Conv2d(2, 4, **settings)
    x = spikes(2, 3, 2, 7, 5)
    cost = synaptic_operations(second(conv), x)
    _, layer = cost.layers
    operations, dense = by_loops(conv, x.flatten(0, 1))
    assert layer.kind == "AC" and operations > 0
    assert layer.events == pytest.approx(x.sum().item() / 3)
    assert layer.operations == pytest.approx(operations / 3)
    assert layer.dense == pytest.approx(dense / 3)


def test_padding_by_parameteris_padding():
    x = spikes(2, 3, 2, 7, 5)
    a, b = (
        synaptic_operations(second(nn.Conv2d(2, 4, 3, padding=padding)), x).layers[1][1:]
        for padding in ("same", 1)
    )
    assert a == b


def test_a_spike_into_a_linear_layer_reaches_all_its_outputs():
    x = spikes(2, 3, 2, 4, 4)
    layer = synaptic_operations(second(nn.Linear(32, 7), nn.Flatten()), x).layers[1]
    assert layer.operations == pytest.approx(7 * x.sum().item() / 3)
    assert layer.dense == 2 * 32 * 7


def test_the_first_layer_multiplies_each_count_that_is_not_zero():
    x = 3 * spikes(2, 3, 2, 5, 5)
    conv = nn.Conv2d(2, 4, 3, padding=1)
    cost = synaptic_operations(Steps(conv), x)
    operations, _ = by_loops(conv, x.flatten(0, 1))
    assert cost.layers[0].kind == "MAC" and cost.multiplies == pytest.approx(operations / 3)
    assert cost.accumulates == 0 and cost.picojoules == pytest.approx(4.6 * operations / 3)
    assert synaptic_operations(Steps(conv), spikes(2, 3, 2, 5, 5)).layers[0].kind == "MAC"


@pytest.mark.parametrize(
    "pool",
    [nn.AvgPool2d(2), nn.AvgPool2d((3, 2)), nn.AdaptiveAvgPool2d(2), nn.AdaptiveAvgPool2d(1)],
)
def test_averaged_spikes_are_counted_as_the_spikes_that_they_are(pool):
    x = spikes(2, 3, 2, 6, 6)
    conv = nn.Conv2d(2, 5, 1)
    layer = synaptic_operations(second(conv, pool), x).layers[1]
    assert layer.kind == "AC" and layer.events == pytest.approx(x.sum().item() / 3)
    assert layer.operations == pytest.approx(5 * x.sum().item() / 3)
    after = pool(x.flatten(0, 1)).numel()
    assert layer.dense == pytest.approx(5 * after / 3)


def test_two_averages_in_a_row_and_views_behind_them_are_still_spikes():
    x = spikes(2, 3, 2, 8, 8)
    layers = (nn.AvgPool2d(2), nn.AvgPool2d(2), nn.Flatten(), nn.Dropout(0.5))
    layer = synaptic_operations(second(nn.Linear(8, 5), *layers), x).layers[1]
    assert layer.kind == "AC" and layer.operations == pytest.approx(5 * x.sum().item() / 3)


class Fire(nn.Module):
    def forward(self, x):
        return (x > 0.3).float()


def test_a_neuron_behind_an_average_makes_spikes_of_their_own():
    x = spikes(2, 3, 2, 6, 6)
    fired = Fire()(nn.functional.avg_pool2d(x.flatten(0, 1), 2)).sum().item()
    layer = synaptic_operations(second(nn.Conv2d(2, 5, 1), nn.AvgPool2d(2), Fire()), x).layers[1]
    assert layer.kind == "AC" and layer.events == pytest.approx(fired / 3)


def test_a_maximum_of_spikes_is_a_spike_and_a_sum_of_two_is_two():
    x = spikes(2, 3, 2, 6, 6)
    layer = synaptic_operations(second(nn.Conv2d(2, 5, 1), nn.MaxPool2d(2)), x).layers[1]
    largest = nn.functional.max_pool2d(x.flatten(0, 1), 2).sum().item()
    assert layer.kind == "AC" and layer.events == pytest.approx(largest / 3)
    network = second(nn.Conv2d(2, 5, 1))
    network.layers[0].weight.data *= 2
    assert synaptic_operations(network, x).layers[1].events == pytest.approx(2 * x.sum().item() / 3)


def test_values_that_are_no_spikes_are_multiplied():
    x = torch.rand(2, 3, 2, 6, 6)
    cost = synaptic_operations(second(nn.Conv2d(2, 5, 1), nn.Sigmoid()), x)
    assert [layer.kind for layer in cost.layers] == ["MAC", "MAC"]
    assert cost.layers[1].operations == cost.layers[1].dense == 2 * 2 * 36 * 5


@pytest.mark.parametrize("name", [name for name in NETS if name != "spoken"])
@pytest.mark.parametrize("neuron", [LIF, MPE])
def test_the_library_s_networks_are_counted_as_their_traces_say(name, neuron):
    net, x = network(name, neuron), frames(name, 3, 2).round()
    if name == "event":  # an average of 2 x 2 would leave a ninth column out
        net, x = network(name, neuron, size=(12, 8)), x[..., :8]
    before = {k: v.clone() for k, v in net.state_dict().items()}
    cost = synaptic_operations(net, x)
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items())
    weights = [n for n, m in net.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert sorted(layer.name for layer in cost.layers) == sorted(weights)
    assert [layer.kind for layer in cost.layers] == ["MAC"] + ["AC"] * (len(weights) - 1)
    assert cost.layers[0].events == (x > 0).sum() / 2
    fired = [trace.s for trace in net.eval().traces(x)]
    if name.startswith("gesture"):  # a maximum of four spikes is one; of an average all four arrive
        fired[:5] = [per_step(net.pool, s) for s in fired[:5]]
    assert {layer.events for layer in cost.layers[1:]} == {s.sum().item() / 2 for s in fired}
    assert all(layer.operations > 0 for layer in cost.layers)
    assert cost.accumulates == sum(layer.operations for layer in cost.layers[1:])
    assert cost.picojoules == pytest.approx(0.9 * cost.accumulates + 4.6 * cost.multiplies)
    assert cost.dense_picojoules == pytest.approx(4.6 * sum(each.dense for each in cost.layers))
    assert cost.steps == 3


def test_dense_is_what_torch_counts_where_nothing_is_padded():
    conv, linear = nn.Conv2d(2, 6, 3, stride=2), nn.Linear(6 * 4 * 4, 7)
    x = torch.ones(2, 3, 2, 9, 9)
    network = Steps(conv, nn.Flatten(), linear)
    with FlopCounterMode(display=False) as counter:
        network(x)
    cost = synaptic_operations(network, x)
    assert cost.dense * 3 * 2 == counter.get_total_flops()  # 3 samples; a MAC is 2 of theirs
    assert cost.layers[0].operations == cost.layers[0].dense


def test_the_network_is_left_as_it_was():
    net = EventNet(4, MPE, (8, 8))
    net.train()
    net.layers[0][0].eval()
    modes = [module.training for module in net.modules()]
    x = torch.poisson(torch.full((3, 2, 2, 8, 8), 0.7))
    first = synaptic_operations(net, x)
    assert [module.training for module in net.modules()] == modes
    assert synaptic_operations(net, x) == first  # eval(): no draw
    assert not any(module._forward_hooks for module in net.modules())
    with pytest.raises(RuntimeError):
        synaptic_operations(net, torch.zeros(3, 2, 5, 8, 8))
    assert [module.training for module in net.modules()] == modes
    assert not any(module._forward_hooks for module in net.modules())


def test_layers_that_would_not_be_counted_are_refused():
    x = spikes(2, 3, 2, 6, 6)
    with pytest.raises(ValueError, match="got layers.1 = Conv2d.*its spikes would not be counted"):
        synaptic_operations(second(nn.Conv2d(2, 5, 3, padding=1, padding_mode="reflect")), x)
    with pytest.raises(ValueError, match="got layers.1 = ConvTranspose2d"):
        synaptic_operations(second(nn.ConvTranspose2d(2, 5, 3)), x)
    with pytest.raises(ValueError, match="expected a network that runs nn.Conv2d or nn.Linear"):
        synaptic_operations(Steps(nn.ReLU()), x)
