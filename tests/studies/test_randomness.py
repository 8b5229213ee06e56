"""The study behind notebook 11: what a swap changes, what it leaves alone, and its result file."""

import math
from itertools import combinations

import pytest
import torch

from mpe_lib import LIF, MPE
from mpe_lib.networks.base import per_step
from mpe_lib.networks.event import EventNet
from mpe_lib.results import store
from mpe_lib.studies import randomness
from mpe_lib.training import Part
from mpe_lib.training.neurons import NEURONS


@pytest.fixture
def network():
    torch.manual_seed(0)
    return EventNet(4, MPE, size=(8, 8)).eval()


@pytest.fixture
def part():
    generator = torch.Generator().manual_seed(1)
    frames = 3 * torch.rand(6, 40, 2, 8, 8, generator=generator)
    return Part(frames, torch.randint(4, (40,), generator=generator))


@pytest.mark.parametrize("name", randomness.RUN_AS)
def test_a_swap_keeps_the_weights_and_the_original(network, name):
    other = randomness.swapped(network, name)
    before, after = network.state_dict(), other.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert all(isinstance(layer[1], MPE) for layer in network.layers)
    assert all(isinstance(layer[1], LIF) == (name == "exact LIF") for layer in other.layers)


@pytest.mark.parametrize("names", [("exact LIF", "bernoulli + 5, drawn"), ("hard", "zero + 1")])
def test_names_of_one_neuron_vote_alike(network, part, names):  # of six steps
    others = (randomness.swapped(network, name) for name in names)
    assert torch.equal(*(randomness.votes(other, part.frames, 0)[0] for other in others))


@pytest.mark.parametrize("name", [*NEURONS, "bernoulli, drawn"])
def test_votes_are_those_of_the_network(network, part, name):
    other = randomness.swapped(network, name)
    state = torch.random.get_rng_state()
    votes, spikes = randomness.votes(other, part.frames, 3)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(3)
    with torch.no_grad():
        assert torch.equal(votes, other(part.frames)[0].mean(0))
    assert [s.shape[2] for s in spikes] == [12, 24]


def test_only_a_draw_makes_two_runs_differ(network, part):
    for name in randomness.RUN_AS[:5]:
        other = randomness.swapped(network, name)
        first, second = (randomness.votes(other, part.frames, seed)[1] for seed in (0, 1))
        same = all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
        assert same == (name != "bernoulli, drawn")


def test_recalibration_measures_the_statistics_anew_and_nothing_else(network, part):
    other = randomness.recalibrated(network, part.frames)
    for (name, old), new in zip(
        network.state_dict().items(), other.state_dict().values(), strict=True
    ):
        assert torch.equal(old, new) != ("running" in name or "num_batches" in name), name
    convolution = network.layers[0][0][0]
    x = per_step(convolution, part.frames)  # [T, N, C, H, W]
    norm = other.layers[0][0][1]
    assert torch.allclose(norm.running_mean, x.mean((0, 1, 3, 4)), atol=1e-5)
    variance = x.transpose(0, 2).flatten(1).var(1)
    assert torch.allclose(norm.running_var, variance, rtol=1e-4)
    assert not any(module.training for module in other.modules())


def test_changes_predict_the_spread(network, part):
    row = randomness.measure(randomness.swapped(network, "bernoulli, drawn"), part, draws=8)
    runs = [round(40 * each) for each in row["test"]]
    assert len(runs) == 8 and row["changes"] <= row["flips"]
    for key in ("lead", "others"):
        assert len(row["margin"][key].split()) == 40
    assert "flips" not in randomness.measure(network, part, draws=1)


def test_pair_share_is_the_mean_over_pairs():
    answers = torch.randint(3, (5, 30), generator=torch.Generator().manual_seed(0))
    byhand = [(a != b).float().mean().item() for a, b in combinations(answers, 2)]
    assert math.isclose(randomness.pair_share(answers), sum(byhand) / 10, rel_tol=1e-6)


def test_the_stored_result_is_whole():
    stored = store.read("randomness")
    assert stored["provenance"]["command"] == "python -m mpe_lib.studies.randomness"
    rows, jobs = stored["rows"], list(randomness.jobs(3))
    assert len(jobs) == 3 * 2 * 5
    keys = [tuple(row[k] for k in ("label", "trained", "seed", "run_as", "recalibrated"))
            for row in rows]  # fmt: skip
    wanted = [
        (*job.values(), name, anew)
        for job in jobs
        for name in randomness.RUN_AS
        for anew in ((False, True) if "+" not in name else (False,))
    ]
    assert keys == wanted
    assert all(0 <= value <= 1 for row in rows for value in row["test"])


def test_zero_trained_and_run_on_the_order_is_at_chance():
    rows = store.read("randomness")["rows"]
    for row in rows:
        if (row["label"], row["trained"], row["run_as"]) == ("order", "zero", "zero"):
            assert abs(row["test"][0] - 1 / 6) < 0.08
