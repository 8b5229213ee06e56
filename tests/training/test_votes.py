"""Votes step by step: those of the network, in any batches, and the lead against a plain loop."""

import pytest
import torch

from mpe_lib import LIF
from mpe_lib.networks.event import EventNet
from mpe_lib.training import predict
from mpe_lib.training.votes import leads, votes


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return EventNet(5, LIF, size=(8, 8))


def frames(n, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.poisson(2 * torch.rand(6, n, 2, 8, 8, generator=generator), generator=generator)


def test_votes_are_the_network_s_whatever_the_batches(network):
    x = frames(7)
    found = votes(network, x, batch_size=3)
    with torch.no_grad():
        assert torch.allclose(found, network.eval()(x)[0], atol=1e-6)
    assert found.shape == (6, 7, 5)
    assert torch.equal(votes(network, x.to(torch.uint8), batch_size=3), found)


def test_the_mean_of_all_votes_is_the_answer(network):
    x = frames(40)
    found = votes(network, x)
    answer = predict(network, x)
    assert torch.equal(found.mean(0).argmax(1), answer)
    assert torch.equal(leads(found, answer)[-1] > 0, torch.ones(40, dtype=torch.bool))


def test_leads_against_a_plain_loop():
    generator = torch.Generator().manual_seed(0)
    found = torch.randn(4, 9, 3, generator=generator)
    labels = torch.randint(3, (9,), generator=generator)
    got = leads(found, labels)
    for t in range(4):
        for n in range(9):
            mean = found[: t + 1, n].mean(0)
            best = max(mean[k] for k in range(3) if k != labels[n])
            assert got[t, n].item() == pytest.approx((mean[labels[n]] - best).item(), abs=1e-6)
            assert (got[t, n] > 0) == (mean.argmax() == labels[n])


@pytest.mark.parametrize("shape", [(4, 8, 3), (4, 9, 1), (9, 3)])
def test_what_does_not_fit_is_refused(shape):
    with pytest.raises(ValueError, match="keep time first"):
        leads(torch.zeros(shape), torch.zeros(9, dtype=torch.int64))
