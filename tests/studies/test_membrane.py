"""The study of the membrane loss: its formulas, its neurons, and the stored result."""

import pytest
import torch
from torch import nn

from mpe_lib import MPE, digits_in_motion, lif_sequence, membrane_loss
from mpe_lib.networks.event import EventNet
from mpe_lib.results import store
from mpe_lib.studies import membrane
from mpe_lib.studies.tasks import DIGITS, part_of


@pytest.fixture(scope="module")
def part():
    return part_of(digits_in_motion("order", n=60), DIGITS)


def descend(optimiser, pull, steps):
    kappa = nn.Parameter(torch.full((1,), 1 / 12, dtype=torch.float64))
    descent, seen = optimiser([kappa]), []
    for _ in range(steps):
        kappa.grad = torch.full_like(kappa, pull / 12)
        descent.step()
        seen.append(kappa.detach().clone())
    return membrane.first_negative(torch.stack(seen)).item()


@pytest.mark.parametrize("lr", [1e-3, 3e-4])
def test_adam_takes_kappa_below_zero_when_derived(lr):
    met = descend(lambda p: torch.optim.Adam(p, lr=lr), 0.0024, 400)
    assert 0 <= met - membrane.adam_steps(12, lr) <= 1.5


@pytest.mark.parametrize(("momentum", "decay"), [(0, 0), (0.9, 0), (0.5, 0), (0.9, 5e-4)])
def test_sgd_takes_kappa_below_zero_when_derived(momentum, decay):
    settings = {"lr": 0.05, "momentum": momentum, "weight_decay": decay}
    derived = membrane.sgd_steps(0.05, 0.01, 0.24, momentum, decay).item()
    met = descend(lambda p: torch.optim.SGD(p, **settings), 0.0024, int(1.1 * derived))
    assert abs(met - derived) <= max(1.5, 0.004 * derived)  # the decay is met in a continuum


def test_first_negative_counts_steps_from_one_and_knows_never():
    kappa = torch.tensor([[0.1, 0.1], [-0.1, 0.2], [0.3, 0.0]])
    assert membrane.first_negative(kappa).tolist() == [2, torch.inf]


def test_following_a_trained_kappa_repeats_itself(part):
    def adam(network):
        return torch.optim.Adam(network.parameters(), lr=0.02)

    one, two = (membrane.follow(part, adam, 0.01, 7, seed=0) for _ in range(2))
    for a, b in zip(one, two, strict=True):
        assert a.shape == (7, 2, 12) and torch.equal(a, b)
    assert (membrane.first_negative(one[0]) == 5).all()  # 1 / (12 * 0.02) = 4.2


@pytest.mark.parametrize("mark", ["own", "held", "exact"])
def test_marks_compare_with_what_they_say(mark):
    torch.manual_seed(0)
    x = torch.randn(12, 50, requires_grad=True)
    neuron = membrane.Against(mark)
    s, loss = neuron.with_loss(x, seed=3)
    trace = MPE().trace(x, seed=3)
    v = lif_sequence(x).v if mark == "exact" else trace.v
    target = None if mark == "own" else v.detach()
    expected = membrane_loss(trace, target=target)
    assert torch.equal(s, trace.s) and torch.equal(loss, expected)
    pulls = [torch.autograd.grad(each, x, retain_graph=True)[0] for each in (loss, expected)]
    assert torch.equal(*pulls)


def test_gradients_leave_the_random_state_and_find_what_autograd_finds(part):
    torch.manual_seed(0)
    network = EventNet(6, MPE, (10, 10))
    before = torch.random.get_rng_state()
    one, two = (membrane.gradients(network, part) for _ in range(2))
    assert one == two and torch.equal(before, torch.random.get_rng_state())
    assert one["task"] > one["membrane"] > 0 and -1 <= one["cosine"] <= 1


def test_distances_by_layer(part):
    torch.manual_seed(0)
    found = membrane.distances(EventNet(6, MPE, (10, 10)), part.frames)
    assert all(len(values) == 2 and min(values) > 0 for values in found.values())
    zero = EventNet(6, lambda: MPE("zero", "zero"), (10, 10))
    assert membrane.distances(zero, part.frames)["own_relative"] == [1.0, 1.0]


def test_the_stored_result_is_whole():
    rows = store.read("membrane")["rows"]
    kinds = {kind: [row for row in rows if row["kind"] == kind] for kind in
             ("gradient", "target", "kappa")}  # fmt: skip
    seeds = {row["seed"] for row in kinds["target"]}
    assert len(seeds) >= 5
    for job in membrane.jobs(5):  # nothing is measured again, and every row has its job
        assert sum(job.items() <= row.items() for row in rows) == (
            3 if job["seed"] < 3 and job.get("kind") == "kappa" else 1 + (job.get("mark") == "own")
        )
    assert len(kinds["target"]) == len(seeds) * len(membrane.CASES)
    for row in kinds["kappa"]:
        met = [step for layer in row["first_negative"] for step in layer if step]
        if row["optimiser"] == "Adam":
            derived = membrane.adam_steps(12, row["lr"])
        else:
            mse = torch.tensor(row["mse"])
            decay = row.get("weight_decay", 0.0)
            derived = membrane.sgd_steps(row["lr"], row["weight"], mse, row["momentum"], decay)
            derived = derived.min().item()
        assert abs(min(met) / derived - 1) < 0.1
