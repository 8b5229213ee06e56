"""The study of sweeps: its counts are those of exact_parallel, its stored file is whole."""

import pytest
import torch

from mpe_lib import exact_parallel, lif_sequence, mpe_sequence
from mpe_lib.results import store
from mpe_lib.studies import sweeps


@pytest.mark.parametrize("name", sweeps.DRIVES)
@pytest.mark.parametrize("start", ["hard", "zero", "mean"])
@pytest.mark.parametrize("decay", [0.25, 0.9])
def test_counts_are_those_of_exact_parallel_and_of_the_spikes(name, start, decay):
    x = sweeps.drive(name, 20, 12, 0)
    spikes, certificate = sweeps.sweeps_needed(x, decay, start)
    exact = lif_sequence(x, decay).s
    runs = [mpe_sequence(x, start, decay, sweeps=n).s for n in range(21)]
    for k in range(12):
        assert certificate[k] == exact_parallel(x[:, k : k + 1], decay, start=start)[1]
        wrong = [n for n, s in enumerate(runs, 1) if not torch.equal(s[:, k], exact[:, k])]
        assert spikes[k] == max(wrong, default=0) + 1
    assert (spikes <= certificate).all()


def test_drives_repeat_themselves_and_differ_by_seed():
    for name in sweeps.DRIVES:
        x = sweeps.drive(name, 30, 40, 1)
        assert x.shape == (30, 40) and torch.equal(x, sweeps.drive(name, 30, 40, 1))
        assert not torch.equal(x, sweeps.drive(name, 30, 40, 2))
    constant = sweeps.drive("constant", 30, 4000, 0)
    assert (constant == constant[0]).all() and constant.min() >= 0 and constant.max() <= 1.2
    with pytest.raises(ValueError, match="name must be one of"):
        sweeps.drive("loud", 3, 3, 0)


def test_summary_is_median_percentile_and_worst():
    assert sweeps.summary(torch.arange(1, 101)) == {"median": 50, "p99": 99, "worst": 100}
    assert sweeps.summary(torch.tensor([7])) == {"median": 7, "p99": 7, "worst": 7}


def test_gradient_through_all_sweeps_is_exact_and_one_has_no_memory():
    x, w = sweeps.drive("middle", 12, 30, 0), torch.ones(12, 30)
    for cut in (False, True):
        assert sweeps.gradient_gap(x, w, 0.9, 12, cut)["error"] < 1e-5
        assert sweeps.gradient_gap(x, w, 0.9, 1, cut)["error"] > 0.1


def test_rows_hold_what_the_notebook_reads():
    job = {"decay": 0.25, "T": 8, "drive": "weak", "start": "hard"}
    row = sweeps.count(job, 2, 10)
    assert row["certificate"]["worst"] == max(r["worst"] for r in row["certificate_by_seed"])
    assert len(row["spikes_by_seed"]) == 2
    settings = {"steps": 8, "neurons": 10, "passes": (1, 2)}
    rows = sweeps.gradient({"decay": 0.25, "seed": 1}, settings)
    assert len(rows) == 4 and all(r["error"] >= 0 for r in rows)


def test_the_stored_file_is_whole():
    stored = store.read("sweeps")
    assert stored["provenance"]["command"] == "python -m mpe_lib.studies.sweeps"
    assert stored["settings"]["seeds"] * stored["settings"]["neurons"] == 10_000
    for row in stored["rows"]:
        assert row["spikes"]["worst"] <= row["certificate"]["worst"] <= row["T"] + 1
        assert row["certificate"]["median"] <= row["certificate"]["p99"]
        assert len(row["certificate_by_seed"]) == stored["settings"]["seeds"] >= 3
    fields = ("decay", "T", "drive", "start")
    assert [{k: row[k] for k in fields} for row in stored["rows"]] == list(sweeps.count_jobs(5))
    rows = store.read("sweeps_gradient")["rows"]
    assert all(row["error"] >= 0 for row in rows)
    keys = sorted((row["decay"], row["seed"], row["sweeps"], row["cut"]) for row in rows)
    assert keys == sorted(
        (*job.values(), passes, cut)
        for job in sweeps.gradient_jobs(5)
        for passes in sweeps.GRADIENT["passes"]
        for cut in (False, True)
    )


def test_the_stored_timings_are_whole():
    stored = store.read("sweeps_cost")
    assert stored["provenance"]["threads"] == 1
    assert stored["provenance"]["command"] == "python -m mpe_lib.studies.sweeps cost"
    assert all(row["median_ms"] > 0 and row["rounds"] >= 3 for row in stored["rows"])
    cells = {(row["T"], row["N"]) for row in stored["rows"] if "compiled" in row["neuron"]}
    assert cells == {(t, n) for t in sweeps.COST["steps"] for n in sweeps.COST["sizes"]}


def test_timings_take_turns():
    calls = []
    neurons = {name: lambda x, name=name: calls.append(name) or x.exp() for name in "ab"}
    times = sweeps.in_turn(neurons, torch.zeros(4, 5), True, 0.0)
    assert calls == ["a", "b"] * 4 and [len(each) for each in times.values()] == [3, 3]
