"""The form of a study, with a tiny one: stopped anywhere, gone on with, and the same result."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import torch
from here import ROOT

from mpe_lib.results import store
from mpe_lib.studies import study

SETTINGS = {"width": 3, "pair": (1, 2)}
KILLED = """
import sys
from pathlib import Path
sys.argv, sys.path[:0] = ["tiny"], [{here!r}]
import test_study
from mpe_lib.results import store
from mpe_lib.studies import study
store.FOLDER = Path({folder!r})
study.complete(test_study.tiny({at}), 2, {processes})
"""


def jobs(seeds):
    for seed in range(seeds):
        for neuron in ("exact LIF", "zero", "hard"):
            yield {"seed": seed, "neuron": neuron, "fold": None}


def run(job, at=None):
    """One row, of "zero" two; the process is killed while it makes the row `at`."""
    if at is not None and [job["seed"], job["neuron"]] == at:
        if os.environ.get("TINY_PARENT"):  # in a process of its own
            Path(os.environ["TINY_PARENT"]).write_text(str(os.getpid()))
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        os.kill(os.getpid(), signal.SIGKILL)
    generator = torch.Generator().manual_seed(job["seed"])
    row = {"test": torch.rand((), generator=generator).item(), "curve": [len(job["neuron"])] * 3}
    return [row | {"part": k} for k in range(2)] if job["neuron"] == "zero" else row


def tiny(at=None, **changes):
    facts = {"titles": {"digit": "which digit?"}}
    data = lambda: [torch.arange(3)]  # noqa: E731
    whole = study.Study("tiny", "a tiny study", SETTINGS, jobs, partial(run, at=at), facts, data)
    return whole._replace(**changes)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["tiny"])
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def whole(folder):
    """An uninterrupted study of two seeds; its file is taken away again."""
    path = study.complete(tiny(), 2)
    result = json.loads(path.read_text())
    path.unlink()
    return result


def killed(folder, at, processes=1, **env):
    code = KILLED.format(here=str(Path(__file__).parent), folder=str(folder), at=at,
                         processes=processes)  # fmt: skip
    env = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"} | env
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


def runs(pid):
    """Is there such a process, and not only what is left of one?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def test_the_file_says_what_it_is_about_and_has_a_row_a_line(whole, folder):
    assert [whole[k] for k in ("what", "study")] == ["a tiny study", "tiny"]
    assert whole["titles"] == {"digit": "which digit?"} and whole["settings"]["pair"] == [1, 2]
    facts = whole["provenance"]
    assert facts["versions"]["mpe_lib"] and facts["blas"] and len(facts["data"]) == 64
    assert [row["neuron"] for row in whole["rows"]] == ["exact LIF", "zero", "zero", "hard"] * 2
    assert [row.get("part") for row in whole["rows"]] == [None, 0, 1, None] * 2
    text = study.complete(tiny(), 1).read_text()
    assert sum('"curve"' in line for line in text.splitlines()) == 4
    assert not (folder / "tiny.jsonl").exists()


@pytest.mark.parametrize("at", [[0, "exact LIF"], [0, "zero"], [1, "exact LIF"], [1, "hard"]])
def test_a_killed_study_goes_on_with_the_job_it_was_making(whole, folder, at):
    killed(folder, at)
    kept = (folder / "tiny.jsonl").read_text().splitlines()
    before = [[job["seed"], job["neuron"]] for job in jobs(2)].index(at)
    assert len(kept) == 1 + before and not (folder / "tiny.json").exists()
    made = []
    study.complete(tiny(run=lambda job: made.append(job) or run(job)), 2)
    assert made == list(jobs(2))[before:]
    assert store.read("tiny") == whole


@pytest.mark.skipif(not Path("/proc").exists(), reason="no list of processes here")
def test_with_two_processes_the_rows_are_the_same_and_no_process_is_left(whole, folder):
    killed(folder, [1, "zero"], 2, TINY_PARENT=str(folder / "worker"))
    worker, patience = int((folder / "worker").read_text()), time.time() + 20
    while runs(worker) and time.time() < patience:
        time.sleep(0.1)
    assert not runs(worker)
    study.complete(tiny(), 2, processes=2)
    assert store.read("tiny") == whole


def test_cut_short_anywhere_nothing_is_lost_but_the_last_line(whole, folder, monkeypatch):
    stop = list(jobs(2))[4]

    def stopped(job):
        if job == stop:
            raise KeyboardInterrupt
        return run(job)

    with pytest.raises(KeyboardInterrupt):
        study.complete(tiny(run=stopped), 2)
    kept = folder / "tiny.jsonl"
    lines = kept.read_bytes()
    for cut in range(0, len(lines), 97):
        kept.write_bytes(lines[:cut])
        made = []
        study.complete(tiny(run=lambda job, made=made: made.append(job) or run(job)), 2)
        assert store.read("tiny") == whole
        assert len(made) == 6 - max(0, lines[:cut].count(b"\n") - 1)
        (folder / "tiny.json").unlink()


def test_more_seeds_are_added_and_fewer_take_nothing_away(whole, folder):
    made = []
    counted = tiny(run=lambda job: made.append(job["seed"]) or run(job))
    for seeds in (1, 2, 1):
        study.complete(counted, seeds)
    assert made == [0, 0, 0, 1, 1, 1]
    assert store.read("tiny") == whole


def test_rows_of_other_settings_and_other_data_are_refused_in_words(whole, folder):
    study.complete(tiny(), 1)
    before = (folder / "tiny.json").read_bytes()
    with pytest.raises(ValueError, match="other settings .width: 3 there, 4 here.: move data"):
        study.complete(tiny(settings=SETTINGS | {"width": 4}), 2)
    with pytest.raises(ValueError, match="made from other recordings"):
        study.complete(tiny(data=lambda: [torch.arange(1, 4)]), 2)
    assert (folder / "tiny.json").read_bytes() == before


def test_rows_of_other_code_are_told_apart(whole, folder):
    path = study.complete(tiny(), 1)
    stored = json.loads(path.read_text())
    stored["provenance"]["commit"] = "another"
    store.write("tiny", stored)
    study.complete(tiny(), 2)
    again = store.read("tiny")
    assert again["provenance"]["commit"] == "another"
    assert [each["commit"] for each in again["later"]] == [store.provenance("")["commit"]]
    study.complete(tiny(), 2)
    assert store.read("tiny") == again


def test_the_words_of_the_command(folder, monkeypatch, capsys):
    def make(arguments):
        return tiny(name=f"tiny_{arguments.study}")

    def said(*words):
        monkeypatch.setattr(sys, "argv", ["/x/mpe_lib/studies/tiny.py", *words])
        study.command(make, "", ("few", "far"), ("far",), {"says": lambda: "nothing"})
        return capsys.readouterr().out

    assert "tiny_few.json: 4 rows" in said("--seeds", "1", "--processes", "1")
    assert store.read("tiny_few")["provenance"]["command"].endswith("tiny --seeds 1 --processes 1")
    assert said("says") == "nothing\n"
    with pytest.raises(SystemExit):
        said("far")
    assert "far needs --root, the folder of the recordings" in capsys.readouterr().err


def test_a_refusal_ends_the_command_in_one_line(folder, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["/x/mpe_lib/studies/tiny.py", "--seeds", "1"])
    study.command(lambda arguments: tiny(), "")
    with pytest.raises(SystemExit, match="2"):
        study.command(lambda arguments: tiny(settings={"width": 4}), "")
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("python -m mpe_lib.studies.tiny: the rows of tiny have other settings")


def test_times_are_measured_anew_and_on_one_machine(whole, folder):
    made = []
    timed = tiny(timed=True, run=lambda job: made.append(job) or run(job))
    for _ in range(2):
        study.complete(timed, 1, processes=2)
    assert len(made) == 6
    head = store.read("tiny")
    rows = head.pop("rows")
    (folder / "tiny.jsonl").write_text("".join(json.dumps(x) + "\n" for x in (head, rows[:1])))
    study.complete(timed, 1)
    assert len(made) == 8 and store.read("tiny")["rows"] == rows
    head["provenance"]["device"] = "an abacus"
    (folder / "tiny.jsonl").write_text(json.dumps(head) + "\n")
    with pytest.raises(ValueError, match="timed on another machine, an abacus"):
        study.complete(timed, 1)
