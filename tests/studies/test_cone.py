"""The light cone, exactly; the pairs, the nets and the stored results of the study."""

import math
from itertools import product

import pytest
import torch

from mpe_lib import mpe_sequence
from mpe_lib.results import store
from mpe_lib.results.names import Name
from mpe_lib.studies import cone, order, pairs
from mpe_lib.training.neurons import maker

G = torch.Generator


def nets(name, layers, n=3, channels=2, steps=40):
    made, make = [], maker(name, steps, decay=0.9)
    for seed in range(n):
        torch.manual_seed(seed)
        made.append(order.OrderNet(channels, [make() for _ in range(layers)]).eval())
    return made


@pytest.mark.parametrize(("layers", "sweeps"), list(product((1, 2, 3), (0, 1, 2))))
@pytest.mark.parametrize("rule", ["bernoulli", "mean", "hard"])
def test_nothing_reaches_beyond_the_cone_and_something_reaches_its_edge(rule, layers, sweeps):
    torch.manual_seed(1)
    weights = [2 * torch.randn(12, 12) / 12**0.5 for _ in range(layers)]
    x = torch.randn(16, 400, 12)
    other = x.clone()
    other[3] = torch.randn(400, 12)
    runs = []
    for s in (x, other):
        for each in weights:
            trace = mpe_sequence(s @ each, rule, 0.9, sweeps=sweeps, seed=5)
            s = trace.s
        runs.append(trace.h)
    differ = (runs[0] != runs[1]).flatten(1).any(1)
    reach = order.cone(str(Name(rule, sweeps)), layers)
    assert reach == layers * (sweeps + 1)
    assert not differ[:3].any() and not differ[3 + reach + 1 :].any()
    assert differ[3] and differ[3 + reach]


@pytest.mark.parametrize(("layers", "sweeps"), list(product((1, 2), (0, 1, 2, 4))))
def test_the_gradient_is_exactly_zero_beyond_the_cone(layers, sweeps):
    name = str(Name("hard", sweeps))
    (net,) = nets(name, layers, 1, channels=3)
    x = torch.randn(16, 8, 3, generator=G().manual_seed(0), requires_grad=True)
    net.spikes(x)[12].sum().backward()
    reached = x.grad.abs().flatten(1).amax(1) > 0
    reach = order.cone(name, layers)
    assert not reached[13:].any() and not reached[: 12 - reach].any()


@pytest.mark.parametrize(
    "name", ["zero", "zero + 2", "no shift", "hard", "hard + 1", "bernoulli + 2"]
)
@pytest.mark.parametrize("layers", [1, 2])
def test_both_orders_score_the_same_beyond_the_cone_and_not_within(name, layers):
    reach = order.cone(name, layers)
    for net in nets(name, layers):
        assert order.judge(net, pairs.pulses(reach + 1, 60, G().manual_seed(0)))["ties"] == 1
    inside = pairs.pulses(max(reach, 1), 60, G().manual_seed(0))
    if reach:
        assert min(order.judge(net, inside)["ties"] for net in nets(name, layers)) < 1


def test_without_blank_ends_absolute_time_leaks():
    made = pairs.pulses(9, 60, G().manual_seed(0), steps=20, pad=0)
    assert max(order.judge(net, made)["ties"] for net in nets("hard + 1", 2)) < 1


@pytest.mark.parametrize("name", ["hard", "hard + 1", "zero"])
def test_joined_recordings_tie_beyond_the_cone_too(name):
    a, b = torch.rand(2, 5, 30, 4, generator=G().manual_seed(0)) + 0.1
    reach = order.cone(name, 2)
    for net in nets(name, 2, channels=4):
        far = pairs.joined(a, b, reach + 1, G().manual_seed(1), pad=10)
        assert order.judge(net, far)["ties"] == 1
        if reach:
            near = pairs.joined(a, b, reach, G().manual_seed(1), pad=10)
            assert order.judge(net, near)["ties"] < 1


def test_no_memory_cannot_tell_playback_backwards():
    x = pairs.padded(torch.rand(6, 40, 4, generator=G().manual_seed(0)), 10)
    both = pairs.Pairs(x, x.flip(0))
    for name in ("zero", "no shift"):
        assert all(order.judge(net, both)["ties"] == 1 for net in nets(name, 2, channels=4))
    assert any(order.judge(net, both)["ties"] < 1 for net in nets("hard", 2, channels=4))


def test_pulses_hold_the_same_two_things_and_blank_ends():
    first, second = pairs.pulses(4, 50, G().manual_seed(3), steps=36, pad=10)
    assert torch.equal(first.sum(0), second.sum(0)) and first.shape == (36, 50, 2)
    for x, sign in ((first, 1), (second, -1)):
        at = x.argmax(0)  # [N, 2]
        assert (sign * (at[:, 1] - at[:, 0]) == 4).all()
        assert not x[:10].any() and not x[-10:].any() and ((x > 0).sum((0, 2)) == 2).all()
    onsets = first.argmax(0)[:, 0], second.argmax(0)[:, 1]
    assert not torch.equal(*onsets)  # each order has an onset of its own


def test_joined_keeps_every_frame_and_the_gap():
    a, b = torch.full((3, 20, 2), 1.0), torch.full((3, 20, 2), 2.0)
    first, second = pairs.joined(a, b, 4, G().manual_seed(0), pad=5, jitter=3)
    assert len(first) == 3 + 3 + 3 + 5 + 5 + 2
    for x, early, late in ((first, 1, 2), (second, 2, 1)):
        assert not x[:5].any() and not x[-5:].any()
        for each in x[..., 0].T:
            (a_at,), (b_at,) = ((each == value).nonzero().T for value in (early, late))
            assert len(a_at) == len(b_at) == 3 and b_at[0] - a_at[-1] == 4


def test_judge_counts_a_tie_one_half():
    made = pairs.Pairs(*torch.tensor([[1.0, -1, 2, 2], [0.0, -2, 2, 3]]))
    got = order.judge(lambda x: x, made)
    assert got == {"accuracy": 5 / 8, "pairs": 2.5 / 4, "ties": 1 / 4}
    assert order.judge(lambda x: x + 9, made)["pairs"] == got["pairs"]


def test_a_run_repeats_itself_and_keeps_what_the_file_needs():
    settings = cone.PULSES | {"iterations": 20, "test_pairs": 20, "width": 4}
    sample = cone.pulse_sample(settings, 2)
    runs = [cone.run_case(settings, "bernoulli", 1, sample, sample, 0) for _ in range(2)]
    rows = [{k: v for k, v in row.items() if k != "seconds"} for _, row in runs]
    assert rows[0] == rows[1] and rows[0]["ties"] == 1 and rows[0]["cone"] == 1
    assert len(rows[0]["loss"]) == 1 and set(rows[0]["drawn"]) == {"accuracy", "pairs", "ties"}
    assert all(m.eval_rule == "mean" for m in runs[0][0].neurons)


def test_the_built_in_frames_have_events_at_both_ends():
    for part in cone.load_frames(cone.TWIN, None, (0, 1)):
        for frames in part:
            assert (frames[[0, -1]].sum(-1) > 0).all() and frames.shape[::2] == (8, 50)


def test_spoken_digits_are_binned_from_the_first_spike_to_the_last(real_spoken):
    train, test = pairs.spoken_digits(real_spoken, (0, 1), 8, 20)
    assert [each.shape[1] for each in train] == [60, 60] and len(test) == 2
    for frames in (*train, *test):
        assert frames.shape[::2] == (8, 35) and (frames[[0, -1]].sum(-1) > 0).all()


def test_missing_recordings_are_named(tmp_path):
    pytest.importorskip("h5py")
    with pytest.raises(FileNotFoundError, match="--root"):
        pairs.spoken_digits(tmp_path, (0, 1), 8, 20)


@pytest.mark.parametrize("name", ["cone_pulses", "cone_digits", "cone_spoken"])
def test_stored_results_keep_to_the_cone(name):
    result = store.read(name)
    assert result["provenance"]["command"].startswith("python -m mpe_lib.studies.cone ")
    seeds = {}
    for row in result["rows"]:
        assert (row["cone"] is None) == (row["neuron"] in cone.WITHOUT_A_CONE)
        reach = math.inf if row["cone"] is None else row["cone"]
        beyond = reach == 0 if row["question"] == "playback" else row["gap"] > reach
        assert not beyond or row["ties"] == 1 and row["pairs"] == row["accuracy"] == 0.5
        seeds.setdefault((row["neuron"], row["layers"], row["gap"]), set()).add(row["seed"])
    asked = {(job["neuron"], job["layers"], job["gap"]) for job in cone.jobs(name[5:], 1)}
    assert set(seeds) == asked and all(each >= {0, 1, 2} for each in seeds.values())
