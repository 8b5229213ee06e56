"""Two processes give what one gives; the launchers themselves are run."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
import torch
from here import ROOT
from plain_net import CASES, SHARED, PlainNet, parts
from safetensors.torch import load_file

from mpe_lib.training import processes, train

TOLERANCE = {"rtol": 1e-5, "atol": 1e-7}  # the losses are float32, their sums in another order


# two processes on this machine that find each other on a free port
TORCHRUN = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
ACCELERATE = ["accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
              "--num_machines", "1", "--mixed_precision", "no",
              "--dynamo_backend", "no"]  # fmt: skip
QUIET = {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1"}


def launched(launcher, *command):
    words = [sys.executable, "-m", *launcher, *map(str, command)]
    settings = os.environ | QUIET | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, capture_output=True, text=True, env=settings, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("launcher", [TORCHRUN, ACCELERATE], ids=["torchrun", "accelerate"])
def test_two_processes_end_where_one_ends(tmp_path, launcher):
    """The membrane loss is on, batches are odd, so the shares of the two are never equal.

    All that is asked of a launcher are the variables that torchrun sets.
    """
    if launcher is ACCELERATE and not find_spec("accelerate"):
        pytest.skip("accelerate is not installed")
    launched(launcher, ROOT / "tests" / "plain_net.py", tmp_path)
    for case, (n, settings) in CASES.items():
        one = train(PlainNet, *parts(n), **SHARED, **settings)
        told = json.loads((tmp_path / f"{case}.json").read_text())
        assert told["world"] == 2 and told["test"] == one.test
        for ours, theirs in zip(one.history, told["history"], strict=True):
            assert ours["validation"] == theirs["validation"]
            for name in ("task", "membrane"):
                assert theirs[name] == pytest.approx(ours[name], rel=1e-5)
        for name, value in load_file(tmp_path / f"{case}.safetensors").items():
            torch.testing.assert_close(value, one.network.state_dict()[name], **TOLERANCE)


@pytest.mark.slow
def test_the_command_runs_under_a_launcher_and_counts_every_sample(tmp_path):
    options = ["--dataset", "digit", "--neuron", "mpe", "--epochs", "1", "--device", "cpu"]
    words = launched(TORCHRUN, "-m", "mpe_lib.training", *options, "--out", tmp_path / "two")
    assert words.count("test accuracy") == 1  # one of the two speaks
    result = json.loads((tmp_path / "two" / "result.json").read_text())
    assert result["settings"]["processes"] == 2
    row = result["rows"][0]
    assert row["test"] * 359 == pytest.approx(round(row["test"] * 359), abs=1e-6)
    assert row["test"] > 0.15 and row["test_samples"] == 359


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("world", [1, 2, 3, 8])
def test_shares_make_up_the_batch_and_their_weights_its_mean(monkeypatch, n, world):
    values, mean, seen = torch.arange(n) ** 2, 0.0, []
    for rank in range(world):
        monkeypatch.setattr(processes, "world", lambda: world)
        monkeypatch.setattr(processes, "rank", lambda rank=rank: rank)
        share, weight = processes.slice_of(torch.arange(n))
        assert len(share)
        mean += weight * values[share].double().mean().item() / world  # DDP's plain average
        seen += share.tolist() if weight else []
    assert seen == list(range(n))
    assert mean == pytest.approx(values.double().mean().item())


def test_one_process_is_left_alone(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with processes.joined("cpu") as device:
        assert (device, processes.world(), processes.rank()) == ("cpu", 1, 0)
    network = torch.nn.Linear(1, 1)
    assert processes.parallel(network) is network
    assert not torch.distributed.is_initialized()
