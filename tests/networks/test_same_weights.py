"""Same seed, same weights: a network's weights do not depend on its neurons."""

import pytest
import torch
from nets import NETS

from mpe_lib.results.names import kinds
from mpe_lib.training.neurons import maker


def weights(network: str, neuron: str) -> dict:
    """All but the neurons' own parameters, and torch's random state after building."""
    small = NETS[network]
    torch.manual_seed(3)
    net = small.kind(10, maker(neuron, steps=4), **small.settings)
    own = {id(p) for m in net.modules() if hasattr(m, "with_loss") for p in m.parameters()}
    found = {name: p for name, p in net.named_parameters() if id(p) not in own}
    return found | {"random state": torch.get_rng_state()}


@pytest.mark.parametrize("neuron", [*kinds(), "hard + 2", "bernoulli, drawn"])
@pytest.mark.parametrize("network", NETS)
def test_same_seed_same_weights_for_every_neuron(network, neuron):
    first, other = weights(network, "exact LIF"), weights(network, neuron)
    assert first.keys() == other.keys()
    assert all(torch.equal(first[name], other[name]) for name in first)
