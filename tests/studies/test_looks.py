"""Looks at trained networks: rows that agree with the networks, and what is stored."""

import numpy as np
import pytest
import torch

from mpe_lib.networks.energy import synaptic_operations
from mpe_lib.results import store
from mpe_lib.studies import looks
from mpe_lib.studies.study import complete
from mpe_lib.training import Part, evaluate, train
from mpe_lib.training.neurons import maker
from mpe_lib.training.tasks import network_of, parts_of, plan_of


@pytest.fixture(scope="module")
def few():
    """Three networks trained for one epoch, and their rows on a part of 40 recordings."""
    plan = plan_of("digit", "small")
    parts = tuple(Part(p.frames[:, :40], p.labels[:40]) for p in parts_of("digit", plan))
    runs = {
        name: train(network_of(plan, parts, maker(name)), *parts, epochs=2, device="cpu")
        for name in looks.NEURONS
    }
    return runs, parts[2], looks.rows_of(runs, parts[2], seed=3, batch_size=16)


def test_rows_agree_with_the_networks(few):
    runs, part, rows = few
    assert [row["neuron"] for row in rows] == [*looks.NEURONS]
    for row in rows:
        run, matrix = runs[row["neuron"]], np.array(row["confusion"])
        assert row["seed"] == 3 and row["test"] == run.test == evaluate(run.network, part)
        assert matrix.sum() == 40 and np.trace(matrix) / 40 == pytest.approx(row["test"])
        assert matrix.sum(1).tolist() == torch.bincount(part.labels, minlength=len(matrix)).tolist()
        assert row["anytime"][-1] == pytest.approx(row["test"]) and len(row["anytime"]) == 12
        assert row["task"] == [round(epoch["task"], 4) for epoch in run.history]
        cost = synaptic_operations(run.network, part.frames)
        for found, layer in zip(row["cost"]["operations"], cost.layers, strict=True):
            assert found == pytest.approx(layer.operations, abs=1)  # whole, of batches or at once
        assert row["cost"]["nanojoules"] == pytest.approx(cost.picojoules / 1000, abs=2e-3)


def test_the_same_recordings_are_shown_of_all(few):
    _, _, rows = few
    assert len({tuple(row["examples"]) for row in rows}) == 1
    exact = [lead[-1] for lead in rows[0]["leads"]]
    assert exact == sorted(exact) and len(exact) == len(looks.PLACES)


def test_what_is_stored_is_whole_and_what_is_not_is_empty():
    result = store.read("looks")
    for question in looks.QUESTIONS:
        rows = looks.stored(question)
        assert {row["dataset"] for row in rows} == {question}
        seeds = {name: [r["seed"] for r in rows if r["neuron"] == name] for name in looks.NEURONS}
        assert len(seeds["zero"]) >= 3 and len({tuple(each) for each in seeds.values()}) == 1
        plan = plan_of(question, "small")
        assert result["settings"][question] == plan.recipe.facts()  # made with the present recipe
        assert all(len(row["task"]) == plan.recipe.epochs for row in rows)
    assert looks.stored("nmnist") == []


def test_the_study_gives_rows_of_each_seed(monkeypatch, tmp_path):
    called = []

    def few_of(dataset, plan):
        return tuple(Part(p.frames[:, :12], p.labels[:12]) for p in parts_of(dataset, plan))

    def quick(build, *parts, seed, progress):
        called.append((progress, seed))
        return train(build, *parts[:3], epochs=1, seed=seed, device="cpu")

    monkeypatch.setattr(looks, "parts_of", few_of)
    monkeypatch.setattr(looks, "train", quick)
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(looks, "QUESTIONS", ("order",))
    complete(looks.study(None), 2)
    rows = store.read("looks")["rows"]
    assert [row["seed"] for row in rows] == [0, 0, 0, 1, 1, 1]
    assert [row["neuron"] for row in rows] == [*looks.NEURONS] * 2
    assert {row["dataset"] for row in rows} == {"order"} and len(called) == 6
