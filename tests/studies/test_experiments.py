import json
import sys

import pytest
import torch

from mpe_lib import digits_in_motion, load_nmnist
from mpe_lib.results import numbers, store
from mpe_lib.results.rows import select
from mpe_lib.studies import experiments
from mpe_lib.studies.experiments import (
    CASES,
    DIGITS,
    NMNIST,
    PATIENCE,
    digits_study,
    nmnist_parts,
    nmnist_study,
    patience_study,
    run_case,
    with_places,
)

QUICK = {"steps": 3, "pool": 4, "epochs": 2, "batch_size": 64, "learning_rate": 0.02}


@pytest.fixture
def few(monkeypatch):
    """The studies' own code on 120 recordings and two cases."""
    data = {label: digits_in_motion(label, n=120) for label in ("digit", "order")}
    monkeypatch.setattr(experiments, "digits_in_motion", data.get)
    monkeypatch.setattr(experiments, "load_nmnist", lambda root, train=True: data["digit"])
    monkeypatch.setattr(experiments, "CASES", (("exact LIF", 0.0), ("mean", 0.01)))
    return data["digit"]


def test_folds_use_every_recording_once_as_test_and_never_twice(few):
    data = with_places(few)
    tests = []
    for fold in range(5):
        training, validation, test = nmnist_parts(data, fold, QUICK)
        assert [len(part.labels) for part in (training, validation, test)] == [86, 10, 24]
        keys = [frames for part in (training, validation, test) for frames in _keys(part)]
        assert len(set(keys)) == len(set(_keys(experiments.part_of(data, QUICK))))
        tests += _keys(test)
    assert sorted(tests) == sorted(_keys(experiments.part_of(data, QUICK)))


def _keys(part):
    return [frames.numpy().tobytes() for frames in part.frames.unbind(1)]


def test_rows_hold_all_that_the_notebooks_read(few):
    rows = list(digits_study(seeds=2, settings=QUICK))
    assert len(rows) == 2 * (1 + 2 * 2)
    assert len(select(rows, neuron="mean", label="order", membrane_weight=0.01)) == 2
    row = select(rows, "rate", neuron="exact LIF", label="digit")[0]
    assert len(row) == QUICK["epochs"] and len(row[0]) == 2
    assert select(rows, "gap", neuron="exact LIF", label="digit")[0] == [[None, None]] * 2
    json.dumps(rows, allow_nan=False)


def test_the_patience_study_asks_for_the_order(few):
    rows = list(patience_study(seeds=2, settings=QUICK))
    assert [row["seed"] for row in rows] == [0, 1] * 4
    assert {row["label"] for row in rows} == {"order"}
    assert [row["neuron"] for row in rows[::2]] == ["exact LIF", "bernoulli", "hard", "zero"]


def test_the_nmnist_study_scores_every_network_on_the_official_test_part_too(few):
    rows = list(nmnist_study("nowhere", seeds=1, settings=QUICK, folds=[0, 4]))
    assert [row["fold"] for row in rows] == [0, 0, 0, 4, 4, 4]
    assert all(0 <= row["official_test"] <= 1 for row in rows if row["neuron"] != "counts")


def test_a_row_repeats_with_its_seed(few):
    parts = nmnist_parts(with_places(few), 0, QUICK)
    a, b, c = (run_case(parts, QUICK, "bernoulli", 0.01, seed)[1] for seed in (0, 0, 1))
    a.pop("seconds"), b.pop("seconds")
    assert a == b and a["task"] != c["task"]


def test_command_writes_a_whole_result_with_its_provenance(few, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(experiments, "DIGITS", QUICK)
    monkeypatch.setattr(
        sys, "argv", ["/x/mpe_lib/studies/experiments.py", "digits", "--seeds", "1"]
    )
    experiments.main()
    result = store.read("digits")
    assert (
        result["provenance"]["command"] == "python -m mpe_lib.studies.experiments digits --seeds 1"
    )
    assert result["settings"] == QUICK and len(result["rows"]) == 6
    assert "wrote" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["experiments", "nmnist"])
    with pytest.raises(SystemExit):
        experiments.main()
    assert "needs --root" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "settings", "groups"),
    [("digits", DIGITS, {"label": ["digit", "order"]}), ("nmnist", NMNIST, {"fold": range(5)})],
)
def test_stored_results_are_complete_and_of_these_settings(name, settings, groups):
    result = store.read(name)
    assert result["settings"] == settings
    ((field, values),) = groups.items()
    for value in values:
        assert len(select(result["rows"], neuron="counts", **{field: value})) == 1
        for neuron, weight in CASES:
            wanted = {"neuron": neuron, "membrane_weight": weight, field: value}
            seeds = select(result["rows"], "seed", **wanted)
            assert len(set(seeds)) == len(seeds) >= 3
    assert "dirty" not in result["provenance"]["commit"]


def test_the_patience_study_is_stored_with_these_settings():
    result = store.read("patience")
    assert result["settings"] == PATIENCE and "dirty" not in result["provenance"]["commit"]
    for neuron in ("exact LIF", "bernoulli", "hard", "zero"):
        assert len(set(select(result["rows"], "seed", neuron=neuron))) >= 3


@pytest.mark.slow
def test_a_part_of_the_real_run_repeats(nmnist_root):
    """One fold, one seed of the stored N-MNIST study, from the files."""
    stored = store.read("nmnist")["rows"]
    data = with_places(load_nmnist(nmnist_root))
    assert len(data) == 700
    parts = nmnist_parts(data, 0, NMNIST)
    counts = experiments.counts_baseline(*parts)
    assert numbers.within(counts, select(stored, neuron="counts", fold=0))
    for neuron in ("exact LIF", "bernoulli"):
        row = run_case(parts, NMNIST, neuron, 0.0, seed=0)[1]
        wanted = {"neuron": neuron, "membrane_weight": 0.0}
        assert numbers.within(row["test"], select(stored, **wanted)), row["test"]
    assert torch.isfinite(torch.tensor(row["task"])).all()
