"""The recordings study on a few recordings: its parts, its rows, and how a stopped run goes on."""

import json
import sys
from concurrent.futures import Future

import numpy as np
import pytest
import torch
from conftest import REAL

from mpe_lib import digits_in_motion, experiments, measured
from mpe_lib.studies import pairs, recordings, recordings_cost, tasks
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
    monkeypatch.setattr(measured, "FOLDER", tmp_path)
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
    """A folder with 100 + 20 made-up recordings, in which a digit is a band of channels."""
    h5py = pytest.importorskip("h5py")
    rng = np.random.default_rng(0)
    root = tmp_path / "spoken"
    root.mkdir()
    for name, n in (("shd_train.h5", 100), ("shd_test.h5", 20)):
        labels = np.arange(n) % 10
        with h5py.File(root / name, "w") as file:
            kinds = {"times": np.float32, "units": np.uint16}
            made = {k: file.create_dataset(f"spikes/{k}", n, h5py.vlen_dtype(kind))
                    for k, kind in kinds.items()}  # fmt: skip
            for i, label in enumerate(labels):
                made["times"][i] = np.sort(rng.uniform(0, 0.3, 60))
                made["units"][i] = rng.integers(70 * label, 70 * label + 70, 60)
            file["labels"] = labels
    return root


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
    neuron = tasks.neuron_of_name(name, 0.7)
    assert neuron.decay == 0.7
    if name != "exact LIF":
        assert (neuron.rule, neuron.sweeps) == (name.split(" + ")[0], 2 * ("+" in name))
        assert neuron.eval_rule == ("mean" if "bernoulli" in name else neuron.rule)


def test_a_shift_moves_all_steps_alike_and_only_in_training():
    frames = torch.zeros(3, 200, 2, 5, 6)
    frames[:, :, 1, 2, 3] = torch.tensor([1.0, 2.0, 3.0])[:, None]
    torch.manual_seed(0)
    seen = tasks.Shifted(torch.nn.Identity(), 1).view(frames)
    assert torch.equal(seen.sum((2, 3, 4)), frames.sum((2, 3, 4)))
    assert torch.equal(seen[1], 2 * seen[0]) and torch.equal(seen[2], 3 * seen[0])
    places = {tuple(place[1:].tolist()) for place in seen[0].nonzero()}
    assert places == {(1, y, x) for y in (1, 2, 3) for x in (2, 3, 4)}
    assert torch.equal(tasks.Shifted(torch.nn.Identity(), 1).eval().view(frames), frames)


def test_the_plain_network_has_the_same_weights_and_sees_the_sum():
    part = Part(torch.rand(4, 6, 2, 12, 12), torch.arange(6))
    settings = tasks.SETTINGS["nmnist"]
    plain = tasks.network_of(tasks.CNN, part, settings).eval()
    spiking = tasks.network_of("mean", part, settings)
    shapes = [[tuple(each.shape) for each in net.parameters()] for net in (plain, spiking)]
    assert shapes[0] == shapes[1]
    logits, loss = plain(part.frames)
    assert logits.shape == (1, 6, 6) and loss == 0
    torch.testing.assert_close(plain(part.frames[[2, 0, 3, 1]])[0], logits)
    assert len(plain.traces(part.frames)) == 2


def run_all(task, root, seeds, monkeypatch, *more):
    words = ["recordings", task, "--seeds", str(seeds), *more]
    monkeypatch.setattr(sys, "argv", words + (["--root", str(root)] if root else []))
    recordings.main()
    return measured.read(f"recordings_{task}")


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
    assert [each["commit"] for each in again["later"]] == [measured.provenance("")["commit"]]
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


@pytest.mark.skipif(not (REAL / "spoken_digits").is_dir(), reason="no real spoken digits")
def test_the_real_spoken_digits_are_600_and_150():
    pytest.importorskip("h5py")
    parts = tasks.spoken_parts(REAL / "spoken_digits", tasks.SETTINGS["spoken"])
    assert [len(part.labels) for part in parts] == [540, 60, 150]
    assert parts[1].labels.bincount().tolist() == [6] * 10
