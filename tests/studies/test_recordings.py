"""The recordings study on a few recordings: its rows, and how a stopped run goes on."""

import json
import sys
from concurrent.futures import Future

import pytest
import torch
from here import REAL
from speech import make_spoken

from mpe_lib import digits_in_motion
from mpe_lib.results import numbers, store
from mpe_lib.results.differences import sentences
from mpe_lib.results.rows import select
from mpe_lib.studies import experiments, recordings, recordings_cost, tasks
from mpe_lib.training import Part

QUICK = {"epochs": 2, "batch_size": 64, "steps": 3, "pool": 4}


@pytest.fixture
def few(monkeypatch, tmp_path):
    """The study's own code on 120 recordings, three neurons, two epochs, in this process."""
    data = {label: digits_in_motion(label, n=120) for label in ("digit", "order")}
    monkeypatch.setattr(experiments, "digits_in_motion", data.get)
    monkeypatch.setattr(tasks, "load_nmnist", lambda root, train=True: data["digit"])
    monkeypatch.setattr(tasks, "NEURONS", ("exact LIF", "bernoulli", "hard + 2"))
    small = {task: settings | QUICK for task, settings in tasks.SETTINGS.items()}
    small["spoken"] |= {"hidden": [8, 8], "pool": 70}
    monkeypatch.setattr(tasks, "SETTINGS", small)
    monkeypatch.setattr(tasks, "folds_of", lambda task: [0, 4] if task == "nmnist" else [None])
    monkeypatch.setattr(tasks, "PENALTIES", (1.0,))
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(recordings, "ProcessPoolExecutor", Here)
    monkeypatch.setattr(recordings, "as_completed", list)  # in the order of the jobs
    tasks._parts.cache_clear()
    yield tmp_path
    tasks._parts.cache_clear()


class Here:
    """A pool that runs its work at once, so that what a test replaced is seen; stops at `stop`."""

    stop, runs = None, 0

    def __init__(self, processes):
        self.futures = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def shutdown(self, **options):
        pass

    def submit(self, function, *arguments):
        future = Future()
        if Here.stop is not None and Here.runs >= Here.stop:
            future.set_exception(KeyboardInterrupt("stopped"))
        else:
            Here.runs += 1
            future.set_result(function(*arguments))
        return future


@pytest.fixture(autouse=True)
def _runs_on():
    Here.stop, Here.runs = None, 0


@pytest.fixture
def spoken_root(tmp_path):
    return make_spoken(tmp_path / "spoken")


def run_all(task, root, seeds, monkeypatch, *more):
    words = ["recordings", task, "--seeds", str(seeds), *more]
    monkeypatch.setattr(sys, "argv", words + (["--root", str(root)] if root else []))
    recordings.main()
    return store.read(f"recordings_{task}")


def test_rows_hold_what_the_analysis_reads(few, monkeypatch):
    result = run_all("nmnist", "nowhere", 1, monkeypatch)
    rows = result["rows"]
    assert len(rows) == 2 * (1 + 3 + 1) and [row["fold"] for row in rows] == [0, 4] * 5
    assert result["settings"] == tasks.SETTINGS["nmnist"]
    for row in rows[2:]:
        assert row["n"] == len(row["hits"]) == 24
        assert row["test"] == pytest.approx(row["hits"].count("1") / 24, abs=1e-5)
        assert len(row["task"]) == len(row["validation"]) == 2 and "seconds" not in row
        assert 0 <= row["official_test"] <= 1
        assert ("drawn" in row) == (row["neuron"] == "bernoulli")
        assert ("rate" in row) == (row["neuron"] != tasks.CNN)
    assert not (few / "recordings_nmnist.jsonl").exists()


def test_spoken_digits_and_both_built_in_questions(few, spoken_root, monkeypatch):
    rows = run_all("spoken", spoken_root, 1, monkeypatch)["rows"]
    assert [row["neuron"] for row in rows] == [*tasks.BASELINES["spoken"], *tasks.NEURONS]
    rows = run_all("digits", None, 1, monkeypatch)["rows"]
    assert [row["question"] for row in rows] == ["digit"] * 4 + ["order"] * 4


def test_what_is_stored_is_said_and_what_is_missing_too(few, monkeypatch, capsys):
    monkeypatch.setattr(tasks, "NEURONS", ("exact LIF", "zero"))
    run_all("digits", None, 1, monkeypatch)
    monkeypatch.setattr(sys, "argv", ["recordings", "says"])
    capsys.readouterr()
    recordings.main()
    said = capsys.readouterr().out.splitlines()
    missing = {line for line in said if "not measured yet" in line}
    assert missing == {f"{task}: not measured yet" for task in set(tasks.SETTINGS) - {"digits"}}
    assert "digits, digit:" in said and "digits, order:" in said
    assert sum("logistic regression on counts" in line for line in said) == 2
    assert sum("exact LIF and zero cannot be told apart" in line for line in said) == 2  # one seed


def test_a_stopped_run_goes_on_and_more_seeds_are_added(few, monkeypatch):
    whole = run_all("digits", None, 2, monkeypatch)["rows"]
    (few / "recordings_digits.json").unlink()
    Here.stop, Here.runs = 3, 0
    with pytest.raises(KeyboardInterrupt):
        run_all("digits", None, 1, monkeypatch)
    kept = few / "recordings_digits.jsonl"
    assert len(kept.read_text().splitlines()) == 1 + 3  # the head and what was done
    with kept.open("a") as file:
        file.write('{"question": "cut sho')  # killed while it wrote
    Here.stop, Here.runs = None, 0
    first = run_all("digits", None, 1, monkeypatch)["rows"]
    assert Here.runs == 8 - 3
    assert first == [row for row in whole if row["seed"] == 0]
    Here.runs = 0
    assert run_all("digits", None, 2, monkeypatch)["rows"] == whole
    assert Here.runs == len(whole) - 8


def test_rows_of_other_settings_and_code_are_not_mixed_in_silence(few, monkeypatch):
    run_all("digits", None, 1, monkeypatch)
    path = few / "recordings_digits.json"
    stored = json.loads(path.read_text())
    stored["provenance"]["commit"] = "another"
    path.write_text(json.dumps(stored))
    again = run_all("digits", None, 2, monkeypatch)
    assert again["provenance"]["commit"] == "another"
    assert [each["commit"] for each in again["later"]] == [store.provenance("")["commit"]]
    tasks.SETTINGS["digits"] |= {"epochs": 3}
    with pytest.raises(ValueError, match="other settings"):
        run_all("digits", None, 1, monkeypatch)


def test_a_drawn_run_draws_and_leaves_the_network_as_it_was():
    generator = torch.Generator().manual_seed(0)
    frames = 3 * torch.rand(4, 400, 2, 8, 8, generator=generator)
    part = Part(frames, torch.randint(4, (400,), generator=generator))
    torch.manual_seed(0)
    network = tasks.network_of("bernoulli", part, tasks.SETTINGS["digits"]).eval()
    for layer in network.layers:
        layer[0][1].weight.data *= 3
    state = torch.random.get_rng_state()
    scores = {recordings.drawn(network, part, seed) for seed in range(3)}
    assert len(scores) > 1 and torch.equal(torch.random.get_rng_state(), state)
    assert all(layer[1].eval_rule == "mean" for layer in network.layers)


def test_the_cost_of_every_neuron_is_counted(few):
    part = tasks.parts_of("digit", None, None, tasks.SETTINGS["digits"])[0]
    rows = list(recordings_cost.cost("digits", part, tasks.SETTINGS["digits"], rounds=2))
    assert [row["neuron"] for row in rows] == list(tasks.NEURONS)
    for row in rows:
        assert 0 < row["fastest_s"] <= row["epoch_s"] <= row["slowest_s"]
        assert row["samples"] == len(part.labels) and row["batches"] == 2
        assert row["peak_bytes"] > part.frames[:, :64].numel()


def test_a_missing_folder_is_asked_for(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["recordings", "spoken"])
    with pytest.raises(SystemExit):
        recordings.main()
    assert "spoken needs --root" in capsys.readouterr().err


@pytest.mark.parametrize("task", tasks.SETTINGS)
def test_stored_results_are_complete_and_of_these_settings(task):
    result = store.read(f"recordings_{task}")
    assert result["settings"] == tasks.SETTINGS[task]
    for facts in (result["provenance"], *result.get("later", [])):
        assert "dirty" not in facts["commit"]
    rows = result["rows"]
    seeds = 1 + max(row["seed"] for row in rows)
    assert seeds >= {"nmnist": 2, "nmnist_large": 1}.get(task, 5)
    keys = [{name: row[name] for name in recordings.KEY} for row in rows]
    assert keys == list(recordings.jobs(task, seeds))
    for row in rows:
        if "hits" in row:
            assert row["n"] == len(row["hits"])
            assert row["test"] == pytest.approx(row["hits"].count("1") / row["n"], abs=1e-5)
            assert len(row["task"]) == result["settings"]["epochs"]
    for question in tasks.QUESTIONS[task]:
        mine = [row for row in rows if row["question"] == question]
        assert len(sentences(mine, tasks.neurons_of(task))) > len(tasks.neurons_of(task))


@pytest.mark.slow
@pytest.mark.skipif(not (REAL / "spoken_digits").is_dir(), reason="no real spoken digits")
@pytest.mark.parametrize("neuron", ["ten stretched bins", "exact LIF", "mean"])
def test_a_part_of_the_real_run_repeats(neuron):
    pytest.importorskip("h5py")
    job = dict(zip(recordings.KEY, ("spoken", neuron, 0, None), strict=True))
    live = recordings.run(job, "spoken", REAL / "spoken_digits", tasks.SETTINGS["spoken"])
    stored = store.read("recordings_spoken")["rows"]
    assert numbers.within(live["test"], select(stored, neuron=neuron)), live["test"]
