"""Same seed, same weights: a network's weights do not depend on its neurons."""

import pytest
import torch

from mpe_lib.networks.event import EventNet
from mpe_lib.networks.gesture import GestureNet
from mpe_lib.networks.resnet19 import ResNet19
from mpe_lib.networks.spoken import SpokenNet
from mpe_lib.networks.vgg import VGG
from mpe_lib.results.names import kinds
from mpe_lib.training.neurons import maker

NETWORKS = {
    "event": (EventNet, {"size": (8, 8)}),
    "vgg": (VGG, {"size": (16, 16), "width": 64}),
    "gesture": (GestureNet, {"size": (32, 32), "width": 64}),
    "resnet19": (ResNet19, {"size": (16, 16), "width": 64}),
    "spoken": (SpokenNet, {"inputs": 20, "hidden": (8, 8)}),
}


def weights(network: str, neuron: str) -> dict:
    """All but the neurons' own parameters, and torch's random state after building."""
    kind, options = NETWORKS[network]
    torch.manual_seed(3)
    net = kind(10, maker(neuron, steps=4), **options)
    own = {id(p) for m in net.modules() if hasattr(m, "with_loss") for p in m.parameters()}
    found = {name: p for name, p in net.named_parameters() if id(p) not in own}
    return found | {"random state": torch.get_rng_state()}


@pytest.mark.parametrize("neuron", [*kinds(), "hard + 2", "bernoulli, drawn"])
@pytest.mark.parametrize("network", NETWORKS)
def test_same_seed_same_weights_for_every_neuron(network, neuron):
    first, other = weights(network, "exact LIF"), weights(network, neuron)
    assert first.keys() == other.keys()
    assert all(torch.equal(first[name], other[name]) for name in first)
