"""Heartbeats step by step: what is scored, what is searched, and one whole job on few steps."""

import math
from argparse import Namespace

import numpy as np
import pytest
import torch
from torch import nn

from mpe_lib import lif_sequence
from mpe_lib.datasets.ecg import FILE, UNMARKED, WAVES, Heartbeats
from mpe_lib.studies import ecg

TINY = ecg.SETTINGS | {"neurons": 6, "piece": 12, "batch": 4, "iterations": 6, "looks": 3}
TINY |= {"rates": [0.001, 0.1], "every": 1}


def heartbeats(n=9, steps=30, seed=0):
    """A pulse in channel 0 begins six waves of five steps each; channel 3 is noise."""
    draw = torch.Generator().manual_seed(seed)
    late = torch.randint(5, (n,), generator=draw)
    waves = (torch.arange(steps)[:, None] + late) // 5 % WAVES
    spikes = torch.zeros(steps, n, 4)
    spikes[..., 0] = (waves == 0) & (waves.roll(1, 0) != 0)
    spikes[..., 3] = (torch.rand(steps, n, generator=draw) < 0.1).float()
    waves[:2] = UNMARKED
    return Heartbeats(spikes, waves)


@pytest.fixture
def parts():
    return [heartbeats(9, seed=0), heartbeats(4, seed=1), heartbeats(4, seed=2)]


def test_unmarked_steps_are_neither_right_nor_wrong():
    waves = torch.tensor([[0, 1], [2, UNMARKED], [UNMARKED, 5]])
    votes = nn.functional.one_hot(torch.tensor([[0, 0], [2, 3], [1, 5]]), WAVES)
    counts = ecg.confusion(lambda x: votes, Heartbeats(torch.zeros(3, 2, 4), waves))
    assert counts.sum() == 4 and ecg.right(counts) == 0.75
    assert counts[1, 0] == 1 and counts.diagonal().tolist() == [1, 0, 1, 0, 0, 1]


def test_the_loss_leaves_unmarked_steps_out(parts):
    net, nothing = ecg.built("exact LIF", TINY, 0), torch.full_like(parts[0].waves, UNMARKED)
    unmarked = [parts[0]._replace(waves=nothing), *parts[1:]]
    assert all(map(math.isnan, ecg.fit(net, unmarked, TINY, 0.0, 0)[2]))  # a mean over no step


def test_recurrent_lif_without_its_recurrent_weights_is_the_librarys():
    layer = ecg.built("exact LIF", TINY | {"gain": 1.0}, 0).layer
    x = torch.rand(20, 3, 4, generator=torch.Generator().manual_seed(0)) * 3
    with torch.no_grad():
        layer.recurrent.zero_()
        plain = lif_sequence(layer.weights(x), 0.95, surrogate="atan").s
        assert torch.equal(layer(x), plain) and plain.any()
        layer.recurrent.copy_(5 * torch.ones(6, 6))
        assert not torch.equal(layer(x), plain)


@pytest.mark.parametrize("name", list(ecg.networks(TINY)))
def test_every_network_votes_at_every_step_and_starts_by_its_seed(name):
    x = heartbeats().spikes
    nets = [ecg.built(name, TINY, seed) for seed in (0, 0, 1)]
    votes = [net(x) for net in nets]
    assert votes[0].shape == (30, 9, WAVES) and torch.equal(votes[0], votes[1])
    weights = [getattr(net, "layer", net).weights.weight for net in nets]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])
    later = x.clone()
    later[20:] = 1 - later[20:]
    assert torch.allclose(nets[0](later)[:20], votes[0][:20], atol=1e-6)  # nothing from the future


def test_the_slow_variable_is_all_that_an_ablation_lacks():
    made = {name: make() for name, make in ecg.networks(TINY).items()}
    assert made["SRNN"].neuron.beta > 0 == made["SRNN, beta 0"].neuron.beta
    assert made["SE-adLIF"].layer.neuron.q > 0 == made["SE-adLIF, q 0"].layer.neuron.q
    sizes = {name: sum(p.numel() for p in net.parameters()) for name, net in made.items()}
    assert sizes["SRNN"] == sizes["SRNN, beta 0"]
    assert sizes["SE-adLIF"] == sizes["SE-adLIF, q 0"]


def test_the_net_that_is_kept_is_the_best_on_validation_and_the_test_part_is_read_once(
    parts, monkeypatch
):
    seen, score = [], ecg.confusion
    monkeypatch.setattr(ecg, "confusion", lambda net, part: seen.append(part) or score(net, part))
    row = ecg.run_network("exact LIF", 0, parts, TINY)
    assert [part is parts[1] for part in seen] == [True] * 6 + [False] and seen[-1] is parts[2]
    assert row["validation"] == max(row["searched"].values())
    assert row["searched"][str(row["rate"])] == row["validation"]
    assert set(row["searched"]) == {"0.001", "0.1"} and len(row["loss"]) == 3
    assert row["test"] == round(ecg.right(torch.tensor(row["confusion"])), 4)


def test_the_learning_rate_is_the_best_on_validation(parts, monkeypatch):
    shares = {0.001: 0.3, 0.01: 0.6, 0.1: 0.2}
    nets = {rate: ecg.built("exact LIF", TINY, k) for k, rate in enumerate(shares)}
    monkeypatch.setattr(ecg, "fit", lambda net, p, s, rate, seed: (nets[rate], shares[rate], []))
    row = ecg.run_network("exact LIF", 0, parts, TINY | {"rates": list(shares)})
    assert row["rate"] == 0.01 and row["validation"] == 0.6
    assert row["confusion"] == ecg.confusion(nets[0.01], parts[2]).tolist()


def test_a_run_repeats_itself(parts):
    rows = [ecg.run_network("SRNN", 1, parts, TINY) for _ in range(2)]
    for row in rows:
        row.pop("seconds")
    assert rows[0] == rows[1]


def test_training_helps(parts):
    longer = TINY | {"iterations": 90, "piece": 30, "neurons": 16, "rates": [0.01]}
    row = ecg.run_network("exact LIF", 0, parts, longer | {"tau_out": 2.0, "gain": 1.0})
    plain = ecg.run_baseline(ecg.MAJORITY, parts, TINY)["test"]
    assert row["test"] > plain + 0.3 and row["loss"][-1] < 0.8 * row["loss"][0]


def test_what_remembers_beats_what_does_not(parts):
    rows = {
        name: ecg.run_baseline(name, parts, TINY) for name in (ecg.MAJORITY, ecg.STEP, ecg.TRACES)
    }
    assert rows[ecg.TRACES]["test"] > rows[ecg.STEP]["test"] + 0.2
    assert rows[ecg.STEP]["test"] >= rows[ecg.MAJORITY]["test"] - 0.02
    marked = parts[2].waves[parts[2].waves != UNMARKED]
    counts = torch.tensor(rows[ecg.MAJORITY]["confusion"])
    assert (counts.sum(0) > 0).sum() == 1 and counts.sum() == len(marked)


def test_traces_are_leaky_means():
    x = heartbeats().spikes
    made = ecg.traces(x, [3, 10])
    assert made.shape == (30, 9, 12) and torch.equal(made[..., :4], x)
    v = torch.zeros(9, 4)
    for t, x_t in enumerate(x.unbind(0)):
        v = math.exp(-1 / 10) * v + (1 - math.exp(-1 / 10)) * x_t
        torch.testing.assert_close(made[t, :, 8:], v, atol=1e-6, rtol=1e-5)


def test_jobs_have_whole_seeds_and_read_the_folder(tmp_path, monkeypatch):
    made = {}
    for half, n in (("train", 11), ("test", 4)):
        spikes, waves = heartbeats(n)
        made[f"{half}_x"] = spikes.transpose(0, 1).numpy().astype(np.int8)
        made[f"{half}_y"] = waves.T.numpy().astype(np.uint8)
    np.savez(tmp_path / FILE, **made)
    monkeypatch.setattr(ecg, "SETTINGS", TINY)
    jobs = list(ecg.jobs(3))
    assert len(jobs) == 3 + 3 * 5 and [job["seed"] for job in jobs] == [0] * 8 + [1] * 5 + [2] * 5
    study = ecg.study(Namespace(root=tmp_path))
    assert [len(each) for each in study.data()] == [30] * 6
    row = study.run(jobs[0])
    assert jobs[0]["network"] == "majority" and 0 < row["test"] < 1
