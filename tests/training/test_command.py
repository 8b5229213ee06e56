import json
import shutil

import pytest
import torch

from mpe_lib.results.names import kinds
from mpe_lib.training import __main__ as command
from mpe_lib.training.command import run

QUICK = {"epochs": 1, "batch_size": 400, "device": "cpu"}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "first"
    return out, run("digit", "hard", seeds=(0, 1), out=out, **QUICK, command="as typed")


def test_a_folder_holds_all_that_is_needed_to_repeat_the_run(done):
    out, result = done
    stored = json.loads((out / "result.json").read_text())
    assert stored == json.loads(json.dumps(result))
    assert {"what", "settings", "provenance", "rows"} == stored.keys()
    assert stored["settings"]["epochs"] == 1 and stored["settings"]["learning_rate"] == 0.02
    assert stored["provenance"]["command"] == "as typed"
    assert {"commit", "device", "versions", "date"} <= stored["provenance"].keys()
    for seed, row in enumerate(stored["rows"]):
        assert row["seed"] == seed and row["test_samples"] == 359
        assert len(row["task"]) == len(row["validation"]) == len(row["epoch_seconds"]) == 1
    assert stored["rows"][0]["task"] != stored["rows"][1]["task"]
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert not list(out.glob("*.part"))


def test_what_is_done_is_not_done_again(done, monkeypatch):
    out, result = done
    monkeypatch.setattr("mpe_lib.training.command.train", lambda *_, **__: pytest.fail("trained"))
    again = run("digit", "hard", seeds=(1,), out=out, **QUICK)
    assert again["rows"] == json.loads(json.dumps(result["rows"]))  # those of both calls


def test_a_folder_with_other_settings_is_refused(done):
    with pytest.raises(ValueError, match="other settings .*neuron: hard there, zero here.*--out"):
        run("digit", "zero", out=done[0], **QUICK)
    with pytest.raises(ValueError, match="batch_size: 400 there, 300 here"):
        run("digit", "hard", out=done[0], **QUICK | {"batch_size": 300})


def test_wrong_words_are_refused_before_anything_is_written(tmp_path):
    for wrong, words in (
        ({"dataset": "mnist"}, "dataset must be one of .*'mnist'"),
        ({"dataset": "digit", "recipe": "paper"}, "digit has the recipes small, got 'paper'"),
        ({"dataset": "digit", "neuron": "relu"}, "neuron must be one of .*'relu'"),
        ({"dataset": "digit", "neuron": "lif + 2"}, "guesses nothing that sweeps refine"),
        ({"dataset": "digit", "neuron": "PSN-like", "learn_threshold": True}, "has no learn_thres"),
        ({"dataset": "digit", "epoch": 3}, r"got \['epoch'\]: check the spelling"),
        ({"dataset": "digit", "network": "net"}, "network must be one of .*'net'"),
        ({"dataset": "digit", "epochs": 0}, "expected epochs >= 1"),
        ({"dataset": "digit", "seeds": (0, 0, 1)}, "seeds must be different numbers"),
        ({"dataset": "digit", "seeds": ()}, "seeds must be different numbers, one or more"),
        ({"dataset": "digit", "augment": ("flip",)}, "'flip' is not for digit"),
        ({"dataset": "cifar10-dvs", "recipe": "paper", "augment": ("shake",)}, "got 'shake'"),
        ({"dataset": "digit", "device": "gpu"}, "device must be one of this machine, got 'gpu'"),
    ):
        with pytest.raises(ValueError, match=words):
            run(out=tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_settings_may_change_while_there_is_no_run(tmp_path, monkeypatch):
    def diverged(*_, **__):
        raise FloatingPointError("lower the learning rate")

    with monkeypatch.context() as patch:
        patch.setattr("mpe_lib.training.command.train", diverged)
        with pytest.raises(FloatingPointError):
            run("digit", "hard", out=tmp_path, **QUICK, learning_rate=1e9)
    run("digit", "hard", out=tmp_path, **QUICK, learning_rate=0.01)
    assert json.loads((tmp_path / "settings.json").read_text())["learning_rate"] == 0.01


@pytest.mark.parametrize("name", ["settings.json", "seed-0.json"])
def test_damaged_small_files_are_named(done, tmp_path, name):
    shutil.copytree(done[0], tmp_path / "copy")
    (tmp_path / "copy" / name).write_text('{"cut')
    with pytest.raises(ValueError, match=f"{name} is damaged .*: delete it"):
        run("digit", "hard", seeds=(0,), out=tmp_path / "copy", **QUICK)
    if name != "settings.json":  # made again from the checkpoint, the same numbers
        (tmp_path / "copy" / name).unlink()
        again = run("digit", "hard", seeds=(0,), out=tmp_path / "copy", **QUICK)
        assert again["rows"] == json.loads(json.dumps(done[1]["rows"]))


def test_rows_say_where_they_were_made(done):
    for row in done[1]["rows"]:
        (made,) = row["made"]
        assert made["command"] == "as typed" and {"commit", "device", "versions"} <= made.keys()


def test_stopping_is_no_traceback(tmp_path, monkeypatch, typed, capsys):
    def stopped(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", stopped)
    with pytest.raises(SystemExit) as raised:
        typed(command.main, "--dataset", "digit", "--out", tmp_path)
    assert raised.value.code == 130 and "the same command goes on" in capsys.readouterr().err


def test_the_command_prints_a_table_and_where_it_is(tmp_path, typed, capsys):
    words = ["--dataset", "order", "--neuron", "mpe", "--epochs", "1", "--batch-size", "400"]
    typed(command.main, *words, "--out", tmp_path, "--device", "cpu")
    told = capsys.readouterr().out
    assert "order, bernoulli, recipe small: 1 seed, 359 test samples" in told
    assert f"wrote {tmp_path}/result.json" in told
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["learning_rate"] == 0.02 and settings["batch_size"] == 400


def test_any_name_is_trained_and_names_its_folder(tmp_path, monkeypatch, typed, capsys):
    monkeypatch.chdir(tmp_path)
    for words, name, folder in (
        (["PSN-like"], "PSN-like", "PSN-like"),
        (["mpe, drawn", "--sweeps", "2"], "bernoulli + 2, drawn", "bernoulli+2-drawn"),
    ):
        words = ["--dataset", "digit", "--neuron", *words, "--epochs", "1", "--batch-size", "400"]
        typed(command.main, *words, "--device", "cpu")
        out = tmp_path / "runs" / f"digit-{folder}-small"
        assert json.loads((out / "settings.json").read_text())["neuron"] == name
        assert f"digit, {name}, recipe small" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="has its sweeps, got sweeps=2 besides"):
        typed(command.main, *words, "--neuron", "hard + 2", "--sweeps", "2")
    with pytest.raises(SystemExit):
        typed(command.main, "--help")
    told = "".join(capsys.readouterr().out.split())  # wrapped anywhere
    assert all(name.replace(" ", "") in told for name in kinds())


def test_errors_are_one_line_and_no_traceback(tmp_path, typed):
    words = ["--recipe", "paper", "--out", tmp_path / "out"]
    with pytest.raises(SystemExit, match="^ValueError: digit has the recipes small"):
        typed(command.main, "--dataset", "digit", *words)
    with pytest.raises(SystemExit, match="^(OSError|FileNotFoundError): /proc/no/where/settings"):
        typed(command.main, "--dataset", "digit", "--out", "/proc/no/where")


def test_repeatable_algorithms_are_asked_for_and_put_back(tmp_path, monkeypatch):
    seen = []

    def looked(*_, **__):
        seen.append(torch.are_deterministic_algorithms_enabled())
        raise KeyboardInterrupt

    monkeypatch.setattr("mpe_lib.training.command.train", looked)
    for wanted in (True, False):
        with pytest.raises(KeyboardInterrupt):
            run("digit", out=tmp_path / str(wanted), deterministic=wanted, **QUICK)
        assert not torch.are_deterministic_algorithms_enabled()
    assert seen == [True, False]
