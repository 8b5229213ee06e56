"""What the recordings study asks: parts, networks and baselines, on made-up recordings."""

import numpy as np
import pytest
import torch
from speech import make_spoken

from mpe_lib.studies import nets, pairs, tasks
from mpe_lib.training import Part


@pytest.fixture
def spoken_root(tmp_path):
    return make_spoken(tmp_path / "spoken")


def test_bins_count_every_spike_once_and_stretch_to_the_recording():
    times, units = np.array([0.1, 0.2, 0.2999, 0.3]), np.array([0, 4, 5, 699])
    stretched = pairs.binned(times, units, 2, 5)
    assert stretched.shape == (2, 140) and stretched.sum() == 4
    assert stretched[:, 0].tolist() == [1, 1] and stretched[1, 1] == stretched[1, 139] == 1
    plain = pairs.binned(times, units, 4, 700, (0.0, 0.25))
    assert plain.flatten().tolist() == [0, 1, 0, 3]  # late ones in the last bin


def test_spoken_parts_share_nothing_and_keep_every_label(spoken_root):
    settings = tasks.SETTINGS["spoken"] | {"steps": 4}
    training, validation, test = tasks.spoken_parts(spoken_root, settings)
    assert [len(part.labels) for part in (training, validation, test)] == [90, 10, 20]
    assert training.frames.shape == (4, 90, 700 // settings["pool"])
    keys = [frames.numpy().tobytes() for part in (training, validation, test)
            for frames in part.frames.unbind(1)]  # fmt: skip
    assert len(set(keys)) == 120
    for part in (training, validation, test):  # a label stands beside its own recording
        loudest = part.frames.sum(0).view(len(part.labels), 10, -1).sum(2).argmax(1)
        assert torch.equal(loudest, part.labels)


@pytest.mark.parametrize("name", tasks.BASELINES["spoken"])
def test_logistic_regressions_find_the_band_of_a_digit(spoken_root, name):
    row = tasks.baseline("spoken", name, spoken_root, None, tasks.SETTINGS["spoken"])
    assert row["n"] == 20 and row["test"] > 0.8 and row["penalty"] in tasks.PENALTIES


@pytest.mark.parametrize("name", tasks.NEURONS)
def test_a_name_says_the_rule_the_sweeps_and_the_decay(name):
    part = Part(torch.rand(4, 6, 2, 12, 12), torch.arange(6))
    for layer in nets.network_of(name, part, {"decay": 0.7}).layers:
        each = layer[1]
        assert each.decay == 0.7
        if name != "exact LIF":
            assert (each.rule, each.sweeps) == (name.split(" + ")[0], 2 * ("+" in name))
            assert each.eval_rule == ("mean" if "bernoulli" in name else each.rule)


def test_a_shift_moves_all_steps_alike_and_only_in_training():
    frames = torch.zeros(3, 200, 2, 5, 6)
    frames[:, :, 1, 2, 3] = torch.tensor([1.0, 2.0, 3.0])[:, None]
    torch.manual_seed(0)
    seen = nets.Shifted(torch.nn.Identity(), 1).view(frames)
    assert torch.equal(seen.sum((2, 3, 4)), frames.sum((2, 3, 4)))
    assert torch.equal(seen[1], 2 * seen[0]) and torch.equal(seen[2], 3 * seen[0])
    places = {tuple(place[1:].tolist()) for place in seen[0].nonzero()}
    assert places == {(1, y, x) for y in (1, 2, 3) for x in (2, 3, 4)}
    assert torch.equal(nets.Shifted(torch.nn.Identity(), 1).eval().view(frames), frames)


def test_the_plain_network_has_the_same_weights_and_sees_the_sum():
    part = Part(torch.rand(4, 6, 2, 12, 12), torch.arange(6))
    settings = tasks.SETTINGS["nmnist"]
    plain = nets.network_of(nets.CNN, part, settings).eval()
    spiking = nets.network_of("mean", part, settings)
    shapes = [[tuple(each.shape) for each in net.parameters()] for net in (plain, spiking)]
    assert shapes[0] == shapes[1]
    logits, loss = plain(part.frames)
    assert logits.shape == (1, 6, 6) and loss == 0
    torch.testing.assert_close(plain(part.frames[[2, 0, 3, 1]])[0], logits)
    assert len(plain.traces(part.frames)) == 2


def test_the_real_spoken_digits_are_600_and_150(real_spoken):
    parts = tasks.spoken_parts(real_spoken, tasks.SETTINGS["spoken"])
    assert [len(part.labels) for part in parts] == [540, 60, 150]
    assert parts[1].labels.bincount().tolist() == [6] * 10
