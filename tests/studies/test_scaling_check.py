"""The benchmark's check of itself, and its command."""

import json
from functools import partial

import pytest
import torch

from mpe_lib.results import store
from mpe_lib.studies.scaling import check
from mpe_lib.studies.scaling.__main__ import main, table


def test_a_harness_that_halves_or_swallows_time_fails():
    assert all(check.verdict((1.0, 1.9), (0.1, 5.2, 5.0)).values())
    assert not check.verdict((1.0, 0.4), (0.1, 5.2, 5.0))["copy"]
    assert not check.verdict((1.0, 2.1), (0.1, 5.2, 5.0))["copy"]
    assert not check.verdict((1.0, 1.0), (0.1, 0.1, 5.0))["sleep"]  # the sleep was not timed
    assert not check.verdict((1.0, 1.0), (0.1, 11.0, 5.0))["sleep"]


def test_the_sleeper_is_later_by_its_sleep(monkeypatch):
    awake, sleepy, sleep = check.sleep_check(torch.clone, 0.02)
    assert sleep == 20 and sleepy >= 20 and awake > 0
    monkeypatch.setattr(check.time, "sleep", lambda seconds: None)
    assert check.sleep_check(torch.clone, 0.5)[1] < 500


def test_report_stops_at_the_first_attempt_that_passes(monkeypatch):
    copies = iter([(1.0, 9.0), (1.0, 1.1), (1.0, 1.2)])
    monkeypatch.setattr(check, "copy_check", lambda device: next(copies))
    monkeypatch.setattr(check, "sleep_check", lambda neuron, device: (0.1, 5.2, 5.0))
    words, passed = check.report()
    assert passed and words.count("attempt 2") == 2 and words.count("FAILED") == 1
    monkeypatch.setattr(check, "copy_check", lambda device: (1.0, 9.0))
    assert not check.report()[1]


@pytest.mark.slow
def test_a_copy_is_timed_as_torch_times_it():
    """Five attempts: other programs may disturb one of the two timings."""
    pairs = [check.copy_check() for _ in range(5)]
    assert any(check.verdict(pair, (0.0, 5.0, 5.0))["copy"] for pair in pairs), pairs


@pytest.fixture
def run(typed, monkeypatch, tmp_path):
    """run(*words) is the command; its results go to a folder of their own."""
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    threads = torch.get_num_threads()
    yield partial(typed, main, file="/x/mpe_lib/benchmark/__main__.py")
    torch.set_num_threads(threads)


def test_the_command_writes_a_sweep_with_its_provenance(run, tmp_path, capsys):
    words = ["--device", "cpu", "--steps", "2", "--sizes", "64", "--budget", "0", "--threads", "1"]
    words += ["--neurons", "LIF, fair", "mpe hard", "--out", "tiny"]
    run(*words)
    result = json.loads((tmp_path / "tiny.json").read_text())
    assert {row["neuron"] for row in result["rows"]} >= {"copy", "LIF, fair", "MPE hard"}
    assert "MPE mean" not in {row["neuron"] for row in result["rows"]}
    command = result["provenance"]["command"]
    assert command.startswith("python -m mpe_lib.benchmark --device cpu --steps 2 ")
    assert "--neurons 'LIF, fair' 'mpe hard'" in command
    assert result["provenance"]["threads"] == 1
    out = capsys.readouterr().out
    assert "share of a copy" in out and out.count("100.0 %") == 1  # the copy itself, forward


def test_the_command_refuses_a_word_that_names_nobody(run, capsys):
    with pytest.raises(SystemExit, match="2"):
        run("--device", "cpu", "--steps", "2", "--neurons", "nobody")
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("python -m mpe_lib.benchmark: --neurons: expected a part of ")
    assert "'nobody'" in line


def test_the_command_says_whether_the_harness_can_be_trusted(run, monkeypatch, capsys):
    monkeypatch.setattr(check, "report", lambda device: ("words", False))
    with pytest.raises(SystemExit) as stop:
        run("--check")
    assert stop.value.code == 1 and capsys.readouterr().out == "words\n"


def test_table_shows_one_cell():
    cell = {"T": 2, "N": 8, "rounds": 3, "peak_bytes": 64, "pass": "forward"}
    rows = [cell | {"neuron": "copy", "median_ms": 1.0}, cell | {"neuron": "a", "median_ms": 2.0}]
    rows += [row | {"T": 4} for row in rows]
    lines = table(rows, 2, 8).splitlines()
    assert len(lines) == 3 and "50.0 %" in lines[2] and "4.0 bytes" in lines[2]
