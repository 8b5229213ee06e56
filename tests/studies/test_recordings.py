"""The recordings study on a few recordings: its parts, its rows, and what is stored."""

import json

import pytest
import torch
from speech import make_spoken

from mpe_lib import digits_in_motion
from mpe_lib.results import numbers, store
from mpe_lib.results.differences import sentences
from mpe_lib.results.rows import select
from mpe_lib.studies import nets, recordings, recordings_cost, tasks
from mpe_lib.training import Part
from mpe_lib.training import tasks as training_tasks

QUICK = {"epochs": 2, "batch_size": 64, "steps": 3, "pool": 4}


@pytest.fixture
def few(monkeypatch, tmp_path):
    """The study's own code on 120 recordings, three neurons, two epochs, in this process."""
    data = {label: digits_in_motion(label, n=120) for label in ("digit", "order")}
    monkeypatch.setattr(training_tasks, "digits_in_motion", data.get)
    monkeypatch.setattr(tasks, "load_nmnist", lambda root, train=True: data["digit"])
    monkeypatch.setattr(tasks, "NEURONS", ("exact LIF", "bernoulli", "hard + 2"))
    monkeypatch.setitem(tasks.COMPARED, "nmnist", (*tasks.NEURONS, nets.CNN))
    small = {task: settings | QUICK for task, settings in tasks.SETTINGS.items()}
    small["spoken"] |= {"hidden": [8, 8], "pool": 70}
    monkeypatch.setattr(tasks, "SETTINGS", small)
    monkeypatch.setattr(tasks, "folds_of", lambda task: [0, 4] if "nmnist" in task else [None])
    monkeypatch.setattr(tasks, "PENALTIES", (1.0,))
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    tasks._parts.cache_clear()
    yield data["digit"]
    tasks._parts.cache_clear()


@pytest.fixture
def run_all(typed, few):
    def run(task, *root):
        typed(recordings.main, task, "--seeds", 1, "--processes", 1, *root)
        return store.read(f"recordings_{task}")

    return run


def test_folds_use_every_recording_once_as_test_and_never_twice(few):
    tests = []
    for fold in range(5):
        parts = tasks.nmnist_parts(few, fold, QUICK)
        assert [len(part.labels) for part in parts] == [86, 10, 24]
        assert len({key for part in parts for key in _keys(part)}) == len(set(_all_keys(few)))
        tests += _keys(parts[2])
    assert sorted(tests) == sorted(_all_keys(few))


def _keys(part):
    return [frames.numpy().tobytes() for frames in part.frames.unbind(1)]


def _all_keys(recordings):
    return _keys(tasks.part_of(recordings, QUICK))


def test_rows_hold_what_the_analysis_reads(run_all):
    result = run_all("nmnist", "--root", "nowhere")
    rows = result["rows"]
    assert len(rows) == 2 * (1 + 3 + 1) and [row["fold"] for row in rows] == [0, 4] * 5
    assert result["settings"] == tasks.SETTINGS["nmnist"] and result["study"] == "recordings"
    for row in rows[:2]:
        assert row.keys() == {"question", "neuron", "seed", "fold", "test", "n"}
    for row in rows[2:]:
        assert row["n"] == len(row["hits"]) == 24 and row["membrane_weight"] == 0
        assert row["test"] == pytest.approx(row["hits"].count("1") / 24, abs=1e-5)
        assert len(row["task"]) == len(row["validation"]) == len(row["membrane"]) == 2
        assert 0 <= row["official_test"] <= 1
        assert ("drawn" in row) == (row["neuron"] == "bernoulli")
        assert ("rate" in row) == (row["neuron"] != nets.CNN)
    (exact,), (guess,) = (select(rows, "gaps", neuron=name, fold=0)
                          for name in ("exact LIF", "hard + 2"))  # fmt: skip
    (last,) = select(rows, "gap", neuron="hard + 2", fold=0)
    assert exact is None and guess[-1] == pytest.approx(sum(last) / 2, abs=1e-4)


def test_spoken_digits_and_both_built_in_questions(run_all, tmp_path):
    result = run_all("spoken", "--root", make_spoken(tmp_path / "spoken"))
    names = [row["neuron"] for row in result["rows"]]
    assert names == [*tasks.BASELINES["spoken"], *tasks.NEURONS]
    result = run_all("digits")
    cases = [(row["neuron"], row.get("membrane_weight")) for row in result["rows"]]
    drawn = [("bernoulli", weight) for weight in (0.0, 0.01, 0.5)]
    assert cases == 2 * [("counts", None), ("exact LIF", 0.0), *drawn, ("hard + 2", 0.0)]
    assert [row["question"] for row in result["rows"]] == ["digit"] * 6 + ["order"] * 6
    losses = select(result["rows"], "task", question="order", neuron="bernoulli")
    assert losses[0] != losses[1] != losses[2] and set(result["titles"]) == {"digit", "order"}


def test_patience_asks_for_the_order_alone(run_all):
    rows = run_all("patience")["rows"]
    assert [row["neuron"] for row in rows] == ["exact LIF", "bernoulli", "hard", "zero"]
    assert {row["question"] for row in rows} == {"order"}


def test_a_case_repeats_with_its_seed(few):
    parts = tasks.nmnist_parts(few, 0, QUICK)
    settings = tasks.SETTINGS["digits"]
    a, b, c = (tasks.run_case(parts, settings, "bernoulli", 0.01, seed)[1] for seed in (0, 0, 1))
    assert a == b and a["task"] != c["task"]
    json.dumps(a, allow_nan=False)


def test_what_is_stored_is_said_and_what_is_missing_too(run_all, typed, monkeypatch, capsys):
    monkeypatch.setattr(tasks, "NEURONS", ("exact LIF", "zero"))
    run_all("digits")
    capsys.readouterr()
    typed(recordings.main, "says")
    said = capsys.readouterr().out.splitlines()
    missing = {line for line in said if "not measured yet" in line}
    assert missing == {f"{task}: not measured yet" for task in set(tasks.SETTINGS) - {"digits"}}
    assert "built-in data: digit:" in said and "built-in data: order:" in said
    assert sum("logistic regression on counts" in line for line in said) == 2
    assert sum("exact LIF and zero cannot be told apart" in line for line in said) == 2  # one seed


def test_a_drawn_run_draws_and_leaves_the_network_as_it_was():
    generator = torch.Generator().manual_seed(0)
    frames = 3 * torch.rand(4, 400, 2, 8, 8, generator=generator)
    part = Part(frames, torch.randint(4, (400,), generator=generator))
    torch.manual_seed(0)
    network = nets.network_of("bernoulli", part, tasks.SETTINGS["digits"]).eval()
    for layer in network.layers:
        layer[0][1].weight.data *= 3
    state = torch.random.get_rng_state()
    scores = {tasks.drawn(network, part, seed) for seed in range(3)}
    assert len(scores) > 1 and torch.equal(torch.random.get_rng_state(), state)
    assert all(layer[1].eval_rule == "mean" for layer in network.layers)


def test_the_cost_of_every_neuron_is_counted(few):
    part = tasks.parts_of("digit", tasks.SETTINGS["digits"])[0]
    rows = list(recordings_cost.cost("digits", part, tasks.SETTINGS["digits"], rounds=2))
    assert [row["neuron"] for row in rows] == list(tasks.NEURONS)
    for row in rows:
        assert 0 < row["fastest_s"] <= row["epoch_s"] <= row["slowest_s"]
        assert row["samples"] == len(part.labels) and row["batches"] == 2
        assert row["peak_bytes"] > part.frames[:, :64].numel()


def test_a_missing_folder_is_asked_for(typed, capsys):
    with pytest.raises(SystemExit):
        typed(recordings.main, "spoken")
    assert "spoken needs --root" in capsys.readouterr().err


@pytest.mark.parametrize("task", tasks.SETTINGS)
def test_stored_results_are_complete_and_of_these_settings(task):
    found = store.every()
    result = found.get(f"recordings_{task}", {"settings": None})
    if result["settings"] != tasks.SETTINGS[task] and task in ("digits", "patience"):
        pytest.skip(f"{task} is not measured yet with these settings")
    assert result["settings"] == tasks.SETTINGS[task]
    rows = result["rows"]
    seeds = 1 + max(row["seed"] for row in rows)
    assert seeds >= {"nmnist": 2, "nmnist_large": 1, "nmnist_small": 3}.get(task, 5)
    jobs = list(recordings.jobs(task, seeds))
    assert [
        {name: row.get(name) for name in job} for job, row in zip(jobs, rows, strict=True)
    ] == jobs
    assert all(("membrane_weight" in job) == ("membrane_weight" in row)
               for job, row in zip(jobs, rows, strict=True))  # fmt: skip
    for row in rows:
        if "hits" in row:
            assert row["n"] == len(row["hits"])
            assert row["test"] == pytest.approx(row["hits"].count("1") / row["n"], abs=1e-5)
        if "task" in row:
            assert len(row["task"]) == result["settings"]["epochs"]
    for question in result["titles"]:
        mine = [r for r in rows if r["question"] == question and r.get("membrane_weight") == 0]
        if task != "nmnist_small":  # made before hits were kept
            assert len(sentences(mine, tasks.neurons_of(task))) > len(tasks.neurons_of(task))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "neuron", "folder"),
    [("spoken", name, "real_spoken") for name in ("ten stretched bins", "exact LIF", "mean")]
    + [("nmnist_small", name, "nmnist_root") for name in ("counts", "exact LIF", "bernoulli")],
)
def test_a_part_of_the_study_repeats(task, neuron, folder, request):
    """The first job of a neuron, from the files, lies within the stored ones."""
    root = request.getfixturevalue(folder)
    job = next(job for job in recordings.jobs(task, 1) if job["neuron"] == neuron)
    live = recordings.run(job, task, root)
    stored = store.read(f"recordings_{task}")["rows"]
    which = {name: value for name, value in job.items() if name not in ("seed", "fold")}
    assert numbers.within(live["test"], select(stored, **which)), live["test"]
