"""Nothing is lost: stopped anywhere and gone on with, a run is the run that never stopped."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from here import ROOT
from plain_net import PlainNet, parts
from safetensors.torch import load_file

from mpe_lib.training import checkpoint, loop, train, weights

SETTINGS = {"epochs": 3, "batch_size": 8, "learning_rate": 0.05, "membrane_weight": 0.1, "seed": 2}


class Stopped(Exception):
    """Stands for the end of a process."""


def build():
    """Draws at every step and dropout, so that every kind of luck is in play."""
    network = PlainNet("bernoulli")
    network.second = torch.nn.Sequential(torch.nn.Dropout(0.3), network.second)
    return network


@pytest.fixture
def stops_after(monkeypatch):
    """stops_after(step, train's settings): after so many steps of this call it is stopped."""
    tet_loss = loop.tet_loss

    def stopped(step, **settings):
        left = iter(range(step))

        def counted(*args):
            if next(left, None) is None:
                raise Stopped
            return tet_loss(*args)

        with monkeypatch.context() as patch, pytest.raises(Stopped):
            patch.setattr(loop, "tet_loss", counted)
            train(build, *parts(), **settings)

    return stopped


LUCK = {"warm_up": 1, "augment": ("roll", "drop"), "mixup": 0.4}  # and a schedule of two parts
WITH = {
    name: SETTINGS | {"optimiser": name, "device": "cpu"} | more
    for name, more in {"adam": {}, "sgd": LUCK, "adamw": {}}.items()
}


@cache
def whole_run(optimiser):
    return train(build, *parts(), **WITH[optimiser])


@pytest.mark.parametrize("optimiser", WITH)
@pytest.mark.parametrize("step", [0, 1, 4, 5, 6, 11, 14])
def test_a_resumed_run_is_the_uninterrupted_run(tmp_path, stops_after, step, optimiser):
    settings, whole = WITH[optimiser], whole_run(optimiser)
    path = tmp_path / "run.safetensors"
    stops_after(step, **settings, checkpoint=path, save_every=2)
    held = checkpoint.read(path)[1]
    assert step - (5 * held["epoch"] + held["batch"]) in (0, 1)  # no more than since the last
    resumed = train(build, *parts(), **settings, checkpoint=path, save_every=2)
    assert resumed.history == whole.history and resumed.test == whole.test
    assert len(resumed.seconds) == 3 and min(resumed.seconds) > 0
    for a, b in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        assert torch.equal(a, b)
    for name, value in weights(path).items():
        assert torch.equal(value, resumed.network.state_dict()[name])
    again = train(build, *parts(), **settings, checkpoint=path)  # nothing is left to do
    assert again.history == whole.history and again.test == whole.test


def test_checkpoints_change_nothing(tmp_path):
    plain = train(build, *parts(), **SETTINGS, device="cpu")
    saved = train(
        build, *parts(), **SETTINGS, device="cpu", checkpoint=tmp_path / "run", save_every=1
    )
    assert saved.history == plain.history


def test_another_run_s_checkpoint_is_refused(tmp_path):
    path = tmp_path / "run.safetensors"
    train(build, *parts(), **SETTINGS, checkpoint=path)
    with pytest.raises(ValueError, match="another run .*seed: 2 there, 3 here"):
        train(build, *parts(), **SETTINGS | {"seed": 3}, checkpoint=path)
    with pytest.raises(ValueError, match="'learning_rate': 0.05.* there"):
        train(build, *parts(), **SETTINGS | {"learning_rate": 0.1}, checkpoint=path)
    with pytest.raises(ValueError, match=r"frames: \[4, 40, 2, 8, 8\] there"):
        train(build, *parts(70), **SETTINGS, checkpoint=path)
    with pytest.raises(ValueError, match="another network"):
        train(lambda: PlainNet("mean"), *parts(), **SETTINGS, checkpoint=path)
    with pytest.raises(ValueError, match="dataset:  there, nmnist here"):
        train(build, *parts(), **SETTINGS, checkpoint=path, dataset="nmnist")
    training, validation, test = parts()
    for other in (training._replace(frames=training.frames + 1),
                  training._replace(labels=training.labels.flip(0))):  # fmt: skip
        with pytest.raises(ValueError, match="of another run .data: "):
            train(build, other, validation, test, **SETTINGS, checkpoint=path)


def test_where_and_how_a_run_was_made_is_kept_and_a_change_is_told(tmp_path, stops_after):
    path, first = tmp_path / "run.safetensors", {"commit": "a", "date": "2026-01-01"}
    stops_after(7, **SETTINGS, checkpoint=path, made=first)
    later = first | {"date": "later"}  # another day is no other code
    stops_after(0, **SETTINGS, checkpoint=path, made=later)
    assert checkpoint.read(path)[1]["made"] == [first]
    other = {"commit": "b", "date": "2026-01-02"}
    with pytest.warns(UserWarning, match="begun elsewhere .*commit: a there, b here"):
        done = train(build, *parts(), **SETTINGS, checkpoint=path, made=other)
    assert done.made == (first, other)


@pytest.mark.parametrize("damage", ["empty", "cut", "other", "format"])
def test_a_damaged_checkpoint_is_refused_by_name(tmp_path, damage):
    path = tmp_path / "run.safetensors"
    train(build, *parts(), **SETTINGS, checkpoint=path)
    data = path.read_bytes()
    broken = {"empty": b"", "cut": data[:-7], "other": b"PK\3\4" * 99,
              "format": data.replace(b'\\"format\\": 1', b'\\"format\\": 7')}[damage]  # fmt: skip
    assert broken != data
    path.write_bytes(broken)
    with pytest.raises(ValueError, match="run.safetensors.*(no whole checkpoint|got 7)"):
        train(build, *parts(), **SETTINGS, checkpoint=path)


def test_a_checkpoint_is_read_whole_while_its_run_goes_on(tmp_path):
    """Two of other sizes take turns at one path; each reading is of one of them."""
    path, turns, over = tmp_path / "run.safetensors", [], threading.Event()
    for k, size in enumerate((10, 5000)):
        state = {"state": json.dumps({"format": checkpoint.FORMAT, "k": k})}
        tensors = {f"network.{name}": torch.full((size,), float(k)) for name in "abcd"}
        turns.append(checkpoint.serialised(tensors, state))

    def run():
        while not over.is_set():
            for data in turns:
                (tmp_path / "part").write_bytes(data)
                os.replace(tmp_path / "part", path)

    path.write_bytes(turns[0])
    thread = threading.Thread(target=run)
    thread.start()
    try:
        for _ in range(300):
            tensors, text = checkpoint.read(path)
            assert {float(v.unique()) for v in tensors.values()} == {text["k"]}
    finally:
        over.set()
        thread.join()


def test_no_code_is_run_on_load(tmp_path):
    """A pickle in the place of a checkpoint is not opened."""

    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    path = tmp_path / "run.safetensors"
    torch.save({"state": Trap()}, path)
    with pytest.raises(ValueError, match="no whole checkpoint"):
        train(build, *parts(), **SETTINGS, checkpoint=path)
    assert not (tmp_path / "sprung").exists()


def test_a_folder_that_cannot_be_written_is_told_before_training(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "tet_loss", lambda *_: pytest.fail("trained"))
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file" / "run", Path("/proc/nowhere/run")):
        with pytest.raises(OSError, match="could not be written .*: make room or give a folder"):
            train(build, *parts(), **SETTINGS, checkpoint=place)


def test_a_full_disk_is_told_and_the_last_checkpoint_kept(tmp_path, monkeypatch, stops_after):
    path = tmp_path / "run.safetensors"
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.shutil, "disk_usage", lambda _: SimpleNamespace(free=9))
        patch.setattr(loop, "tet_loss", lambda *_: pytest.fail("trained"))
        with pytest.raises(OSError, match="has 9 bytes left, and a checkpoint takes .* before tr"):
            train(build, *parts(), **SETTINGS, checkpoint=path)
    stops_after(7, **SETTINGS, checkpoint=path)
    before, soft = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, soft[1]))  # the system refuses longer files
    try:
        with pytest.raises(OSError, match="could not be written"):
            train(build, *parts(), **SETTINGS, checkpoint=path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, soft)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]  # no half-written file


@pytest.mark.slow
def test_killed_twenty_times_it_ends_with_the_same_numbers(tmp_path):
    """SIGKILL at random moments, 20 times over: start-up, between steps, while saving."""
    options = ["--dataset", "order", "--neuron", "mpe", "--epochs", "12", "--save-every", "2",
               "--device", "cpu", "--threads", "1"]  # fmt: skip
    command = [sys.executable, "-m", "mpe_lib.training", *options, "--out"]
    settings = os.environ | {"PYTHONPATH": str(ROOT), "TQDM_DISABLE": "1"}

    def start(folder):
        return subprocess.Popen(
            [*command, str(folder)], env=settings, cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    whole = start(tmp_path / "whole")
    words, began = whole.communicate()[0], time.monotonic()
    assert whole.returncode == 0, words
    rng, kills, path = random.Random(0), 0, tmp_path / "killed" / "seed-0.safetensors"
    lost = []
    while kills < 20:
        process, seen = start(tmp_path / "killed"), state_of(path)
        wanted = rng.randint(0, 2)  # saves to see before the kill; 0: anywhere in the start-up
        deadline = time.monotonic() + 120
        while process.poll() is None and wanted and time.monotonic() < deadline:
            now = state_of(path)
            wanted -= now != seen
            seen = now
        time.sleep(rng.random() * 0.1)
        if process.poll() is not None:
            break  # it came to its end
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        after = state_of(path)
        lost.append(after >= seen)  # the file on the disk never goes back, and is always whole
    assert all(lost) and kills == 20, (kills, time.monotonic() - began)
    last = start(tmp_path / "killed")
    words = last.communicate()[0]
    assert last.returncode == 0, words
    rows = [
        json.loads((tmp_path / name / "result.json").read_text())["rows"]
        for name in ("whole", "killed")
    ]
    for row in (*rows[0], *rows[1]):
        row.pop("epoch_seconds")
        (made,) = row.pop("made")  # the same code on the same machine: one entry
        assert made["command"].startswith("python -m mpe_lib.training --dataset order")
    assert rows[0] == rows[1]
    a, b = (load_file(tmp_path / name / "seed-0.safetensors") for name in ("whole", "killed"))
    for name in a:
        assert torch.equal(a[name], b[name]), name


def state_of(path):
    """(epoch, batch) of the checkpoint on the disk; it must always be a whole one."""
    if not path.exists():
        return (-1, 0)
    text = checkpoint.read(path)[1]
    return (text["epoch"], text["batch"])
