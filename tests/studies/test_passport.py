"""The passport: neurons that are known measured as what they are, and one of the user's own."""

import json
import subprocess
import sys

import pytest

from mpe_lib.results import store
from mpe_lib.studies import memory, own, passport, probes

QUICK = passport.SETTINGS | {"iterations": 2, "samples": 20, "width": 8, "order_iterations": 2}
KNOWN = {  # furthest lag of 40 steps, causal, without a clock
    "exact LIF": (39, True, True),
    "zero": (0, True, True),
    "hard": (1, True, True),
    "hard + 2": (3, True, True),
    "sliding PSN": (7, True, True),
    "clock": (0, True, False),
    "masked PSN": (7, True, False),
    "PSN": (39, False, False),
    "IPSU": (39, True, False),
    "FPT": (39, True, True),
    "PMSN": (39, True, True),
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_known_is_found_by_nudging(name):
    furthest, causal, stationary = KNOWN[name]
    make = memory.made(name)
    reach = probes.reach(make)
    assert (reach["furthest"], reach["causal"]) == (furthest, causal)
    assert len(reach["changed"]) == 40 and reach["changed"][0] > 0.7
    assert all(each == 0 for each in reach["changed"][furthest + 1 :])
    assert probes.stationary(make) == stationary


def test_parameters_that_are_masked_are_not_counted():
    counts = {"exact LIF": 0, "clock": 80, "sliding PSN": 9, "PSN": 1640, "masked PSN": 332}
    for name, count in counts.items():
        assert probes.facts(memory.made(name))["parameters"] == count, name


def test_rate_and_residual_are_those_of_the_neuron():
    assert probes.facts(memory.made("zero"))["rate"] == pytest.approx(0.159, abs=0.01)
    assert set(probes.residuals(memory.made("exact LIF")).values()) == {0.0}
    found = probes.residuals(memory.made("zero"))
    assert list(found) == ["0.25", "0.5", "0.9"] and list(found.values()) == sorted(found.values())


def test_a_gradient_ends_where_the_reach_does():
    share = probes.gradient(memory.made("hard + 2"))["share"]
    assert share[0] == 1 and share[3] > 0 and not any(share[4:])
    assert probes.gradient(memory.made("exact LIF"))["finite"]


def test_order_needs_memory_or_a_clock():
    right = {name: probes.order(memory.made(name), 60)["3"] for name in ("exact LIF", "zero")}
    assert right["exact LIF"] > 0.9 and right["zero"] == 0.5


def test_cost_stands_beside_the_lif_in_kind(monkeypatch):
    monkeypatch.setattr(probes, "COST_STEPS", (4, 8))
    plain = probes.cost(memory.made("PSN"), 0.01)
    both = probes.cost(memory.made("hard"), 0.01)
    assert [(row["steps"], row["kind"]) for row in plain] == [(4, "plain"), (8, "plain")]
    assert {row["kind"] for row in both} == {"plain", "fused"}
    for row in (*plain, *both):
        assert row["times_the_lif"] == pytest.approx(row["ms"] / row["lif_ms"], rel=0.1)


OWN = """
import torch
from torch import nn
from mpe_lib.core.surrogate import step

class Last(nn.Module):  # sees this step and the one before
    def __init__(self, decay):
        super().__init__()
        self.keep = nn.Parameter(torch.tensor(float(decay)))
    def forward(self, x):
        before = torch.cat((torch.zeros_like(x[:1]), x[:-1]))
        return step(x + self.keep * before - 1)

class Batch(nn.Module):
    def forward(self, x):
        return x.sum(0)

class Potential(nn.Module):
    def forward(self, x):
        return x

class Raises(nn.Module):
    def forward(self, x):
        batch, features = x.shape
        return x

class Needs(nn.Module):
    def __init__(self, size):
        super().__init__()

class NoModule:
    pass

number = 3
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_a_neuron_of_ones_own_is_measured_like_any_other(mine):
    make = own.load("mine:Last")
    reach = probes.reach(make)
    assert reach["furthest"] == 1 and reach["causal"] and probes.stationary(make)
    assert probes.facts(make)["parameters"] == 1 and probes.residuals(make) is None
    assert own.takes_decay("mine:Last") and not own.takes_decay("mine:Potential")
    assert len(passport.passport(make, QUICK, 0.01)["suite"]) == 3


@pytest.mark.parametrize("place, words", [
    ("mine:Batch", r"time first; for \[6, 2, 3\] it returned \(2, 3\)"),
    ("mine:Potential", "each 0 or 1; it returned values from"),
    ("mine:Raises", "it raised ValueError|it said: too many values"),
    ("mine:Needs", "raised TypeError"),
    ("mine:NoModule", r"must be a torch.nn.Module, got NoModule"),
    ("mine:number", "expected a class, got int"),
    ("mine:Missing", "mine has no Missing: check the spelling"),
    ("nowhere:Class", "No module named 'nowhere'; run the command where nowhere is"),
    ("mine", "must be package.file:Class, got 'mine': put a colon between"),
])  # fmt: skip
def test_what_is_no_neuron_is_said(mine, place, words):
    with pytest.raises(ValueError, match=words):
        own.load(place)


@pytest.mark.slow
def test_the_command_writes_a_page_and_a_figure(tmp_path):
    (tmp_path / "mine.py").write_text(OWN)
    code = (
        "from mpe_lib.studies import passport as p; p.SETTINGS |= "
        "{'iterations': 3, 'samples': 20, 'order_iterations': 2}; "
        "p.probes.COST_STEPS = (4, 8); p.main()"
    )
    words = [sys.executable, "-c", code, "../my neuron", "--module", "mine:Last"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (page,) = (tmp_path / "passports").glob("*.json")
    found = json.loads(page.read_text())
    assert page.name == "-my-neuron.json" and page.with_suffix(".png").stat().st_size > 10_000
    assert found["neuron"] == "../my neuron" and found["provenance"]["device"]
    assert set(found["controls"]) == {"zero", "clock"} and found["passport"]["reach"]["causal"]
    wrong = [sys.executable, "-m", "mpe_lib.studies.passport", "x", "--module", "mine:Batch"]
    done = subprocess.run(wrong, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2 and "time first" in done.stderr and "Traceback" not in done.stderr
    unknown = [sys.executable, "-m", "mpe_lib.studies.passport", "PSM"]
    done = subprocess.run(unknown, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2 and "neuron must be one of" in done.stderr


def test_the_whole_suite_is_searched_and_run(monkeypatch):
    monkeypatch.setattr(memory, "FAMILIES", {"interval": memory.FAMILIES["interval"]})
    monkeypatch.setattr(memory, "NINE", (1e-3, 2e-3))
    rows = passport.whole_suite(memory.made("clock"), False, 2, QUICK)
    assert [(row["task"], row["seed"]) for row in rows] == [("interval", 0), ("interval", 1)]


def test_every_neuron_of_the_suite_has_a_stored_passport_that_says_what_is_known():
    rows = {row["neuron"]: row for row in store.read("passport")["rows"]}
    assert list(rows) == memory.neurons()
    for name, (furthest, causal, stationary) in KNOWN.items():
        reach = rows[name]["reach"]
        found = reach["furthest"], reach["causal"], rows[name]["stationary"]
        assert found == (furthest, causal, stationary), name
    nothing, clock = rows["zero"], rows["clock"]
    assert set(nothing["order"].values()) == {0.5} and clock["order"]["11"] > 0.95
    assert max(clock["suite"]["recall 4"], nothing["suite"]["recall 4"]) < 0.2
