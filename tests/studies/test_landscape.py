"""The landscape: directions, moves, summaries; and that the stored study says what it is."""

import numpy as np
import pytest
import torch

from mpe_lib.networks.event import EventNet
from mpe_lib.results import store, widths
from mpe_lib.studies import cuts
from mpe_lib.studies import landscape as study
from mpe_lib.studies.nets import score
from mpe_lib.training import Part
from mpe_lib.training.neurons import NEURONS

SIZE = (10, 10)


@pytest.fixture(params=["exact LIF", "bernoulli", "zero"])
def network(request):
    torch.manual_seed(0)
    net = EventNet(4, NEURONS[request.param], SIZE).double()
    net(frames())  # batch norm sees something
    return net.eval()


def frames():
    generator = torch.Generator().manual_seed(1)
    return torch.poisson(0.5 * torch.rand(6, 16, 2, *SIZE, dtype=torch.float64), generator)


PART = Part(frames(), torch.arange(16) % 4)


def test_every_filter_of_a_direction_is_as_long_as_its_own(network):
    direction = cuts.random_direction(network, 0)
    assert set(direction) == {"layers.0.0.0.weight", "layers.1.0.0.weight", "readout.weight"}
    for name, step in direction.items():
        weight = network.get_parameter(name)
        assert torch.allclose(cuts.norms(step), cuts.norms(weight))


def test_a_raw_direction_does_not_look_at_the_weights(network):
    first = cuts.random_direction(network, 0, normalise=False)
    again = cuts.random_direction(cuts.rescaled(network, 4.0), 0, normalise=False)
    for name, step in first.items():
        assert torch.equal(step, again[name])
        assert torch.isclose(step.norm() ** 2, torch.tensor(float(len(step)), dtype=step.dtype))


def test_moving_copies_and_leaves_the_network_alone(network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    direction = cuts.random_direction(network, 0)
    far = cuts.moved(network, (0.5, direction), (0.5, direction))
    near = cuts.moved(network, (1.0, direction))
    for a, b in zip(far.parameters(), near.parameters(), strict=True):
        assert torch.allclose(a, b)
    assert cuts.loss_of(cuts.moved(network, (0.0, direction)), PART) == (
        cuts.loss_of(network, PART)
    )
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.parametrize("scale", [0.25, 3.0])
def test_the_size_of_a_filter_is_invisible(network, scale):
    same = cuts.rescaled(network, scale)
    frames_ = PART.frames
    assert torch.allclose(network(frames_)[0], same(frames_)[0], atol=1e-9)
    one, other = (cuts.random_direction(net, 3) for net in (network, same))
    for name in one:  # of a rescaled network the filters are moved by the same share
        factor = 1.0 if name.startswith("readout") else scale
        assert torch.allclose(other[name], factor * one[name])
    a, b = cuts.moved(network, (0.4, one)), cuts.moved(same, (0.4, other))
    assert torch.allclose(a(frames_)[0], b(frames_)[0], atol=1e-9)


def test_a_drawing_network_is_looked_at_with_one_draw():
    torch.manual_seed(0)
    net = score(EventNet(4, NEURONS["bernoulli"], SIZE).double(), drawn=True)
    net(frames())
    state = torch.get_rng_state()
    assert cuts.loss_of(net, PART) == cuts.loss_of(net, PART)
    assert torch.equal(state, torch.get_rng_state())


def test_summaries_on_curves_that_are_known():
    sizes = np.linspace(-1, 1, 17)
    assert widths.curvature(sizes, 1 + 0.3 * sizes + 3 * sizes**2) == pytest.approx(3)
    assert widths.width(sizes, np.abs(sizes), 0.5) == pytest.approx(0.5)
    assert widths.width(sizes, 0 * sizes, 0.5) == 1  # it never rises: the last size
    assert widths.width(sizes, np.where(sizes > 0, sizes, 0), 0.5) == pytest.approx(0.75)


@pytest.mark.parametrize("name", ["landscape", "landscape_order"])
def test_stored_cuts_are_complete(name):
    try:
        rows = store.read(name)["rows"]
    except FileNotFoundError:
        pytest.skip("not measured")
    by = widths.widths(rows)
    assert list(by) == ["exact LIF", "bernoulli", "bernoulli, drawn", "zero"]
    for seeds in by.values():
        assert [len(each) for each in seeds] == [study.DIRECTIONS] * study.SEEDS
        assert all(0 < value <= 1 for each in seeds for value in each)
    command = store.read(name)["provenance"]["command"]
    assert command.startswith("python -m mpe_lib.studies.landscape")
