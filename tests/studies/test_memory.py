"""The memory suite: what each task asks, that the answer is in it, and an equal search."""

import pytest
import torch
from here import REAL

from mpe_lib.results import store
from mpe_lib.studies import memory
from mpe_lib.studies import memory_tasks as tasks
from mpe_lib.studies.study import complete

SMALL = {"width": 8, "batch_size": 8, "iterations": 3, "samples": 20}


def drawn(task, n=400, part="test", seed=0):
    return task.sample(part, n, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("delay", [1, 4, 32])
def test_recall_can_be_answered_from_the_first_step_and_from_no_other(delay):
    task = tasks.recall(delay)
    x, labels = drawn(task, 4000)
    assert x.shape == (task.steps, 4000, task.inputs) == (delay + 1, 4000, 8)
    assert (x[0].argmax(1) == labels).double().mean() > 0.99
    later = [(each.argmax(1) == labels).double().mean() for each in x[1:]]
    assert max(later) < 1 / 8 + 5 * (7 / 64 / 4000) ** 0.5


def test_xor_needs_both_cues():
    x, labels = drawn(tasks.xor(6), 4000)
    first, last = x[0, :, :2].argmax(1), x[-1, :, 2:].argmax(1)
    assert ((first ^ last) == labels).double().mean() > 0.99
    for alone in (first, last):
        assert abs((alone == labels).double().mean() - 0.5) < 0.05


def test_interval_is_told_by_the_distance_and_not_by_the_place():
    x, labels = drawn(tasks.interval(), 4000)
    pulses = x[..., 0].topk(2, 0).indices.sort(0).values
    assert ((pulses[1] - pulses[0] - 1) == labels).double().mean() > 0.98
    assert labels.unique().tolist() == list(range(8))
    for gap in range(8):
        mine = pulses[:, labels == gap]
        assert mine[0].min() <= 2 and mine[1].max() >= 17  # it starts anywhere


def test_adding_is_the_sum_of_the_marked_bits_and_its_classes_are_balanced():
    x, labels = drawn(tasks.adding(), 5000)
    bits, marks = x.unbind(2)
    assert marks.sum(0).eq(9).all() and torch.equal((bits * marks).sum(0).long(), labels)
    counts = labels.bincount(minlength=10)
    assert (counts - 500).abs().max() < 5 * (5000 * 0.09) ** 0.5
    assert abs(bits[marks == 0].mean() - 0.5) < 0.01


def test_digits_have_three_parts_that_share_nothing_and_every_sample_counts():
    for by, shape in (("row", (8, 8)), ("pixel", (64, 1))):
        task = tasks.digits(by)
        parts = [drawn(task, 0, part) for part in ("training", "validation", "test")]
        assert [len(part.labels) for part in parts] == [1077, 360, 360]
        assert parts[0].frames.shape == (shape[0], 1077, shape[1])
        assert len(drawn(task, 2000).labels) == 360 and len(drawn(task, 64).labels) == 64
    images = torch.cat([part.frames for part in parts], 1)
    assert images.mean().abs() < 1e-3 and len(images.unique(dim=1)[0]) > 0


def test_glances_are_the_built_in_recordings():
    task = tasks.glances()
    x, labels = drawn(task, 64, "training")
    assert (task.steps, task.inputs, task.classes) == (12, 200, 6)
    assert x.shape == (12, 64, 200) and labels.max() < 6


@pytest.mark.skipif(not (REAL / "spoken_digits").is_dir(), reason="no spoken digits here")
def test_two_spoken_digits_come_in_both_orders():
    task = tasks.spoken(REAL / "spoken_digits")
    x, labels = drawn(task, 200)
    assert x.shape == (16, 200, 35) and 60 < labels.sum() < 140
    halves = {tuple(each[:8].flatten().tolist()) for each in x.unbind(1)}
    assert len(halves) > 5


def test_the_same_seed_draws_the_same():
    for task in (tasks.recall(3), tasks.interval(), tasks.adding()):
        assert torch.equal(drawn(task).frames, drawn(task).frames)
        assert not torch.equal(drawn(task).frames, drawn(task, seed=1).frames)


def test_every_neuron_has_nine_settings_and_the_best_is_taken():
    for has_decay in (True, False):
        found = memory.trials(has_decay)
        assert len(found) == 9 == len({tuple(each.values()) for each in found})
    rows = [each | {"validation": 0.5} for each in memory.trials(True)]
    rows[4]["validation"] = 0.9
    best = {name: rows[4][name] for name in ("learning_rate", "decay")}
    assert memory.chosen(rows) == best
    rows[5]["validation"] = 0.9  # of equals the lower rate
    assert memory.chosen(rows) == best
    assert set(memory.neurons()) >= {"exact LIF", "zero", "clock", "PSN", "hard + 2"}


def test_a_net_learns_to_recall_one_step_with_memory_and_not_without():
    settings = memory.SETTINGS | {"iterations": 60, "samples": 500}
    setting = {"learning_rate": 1e-2, "decay": 0.9}
    task = tasks.recall(1)
    found = {
        name: memory.tested(task, memory.made(name), setting, 0, settings)["test"]
        for name in ("exact LIF", "zero")
    }
    assert found["exact LIF"] > 0.6 > 0.3 > found["zero"]


def test_a_family_is_searched_and_then_run(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(memory, "neurons", lambda: ["bernoulli", "clock"])
    monkeypatch.setitem(memory.FAMILIES, "interval", ([tasks.interval], tasks.interval))
    complete(memory.searches("interval", None, SMALL))
    complete(memory.runs("interval", None, SMALL), 2)
    trials = store.read("memory_interval_search")["rows"]
    rows = store.read("memory_interval")["rows"]
    assert len(trials) == 18 and len(rows) == 4
    for row in rows:
        mine = [each for each in trials if each["neuron"] == row["neuron"]]
        best = memory.chosen(mine)
        assert {name: row[name] for name in best} == best
        assert ("drawn" in row) == (row["neuron"] == "bernoulli") and row["samples"] == 20


def test_the_same_seed_trains_the_same_net():
    one, two = (
        memory.tested(tasks.recall(2), memory.made("PSN"), memory.trials(False)[0], 3, SMALL)
        for _ in range(2)
    )
    assert one["loss"] == two["loss"] and one["test"] == two["test"]
