"""The recall that only a slow variable can answer, and the stored rows of it."""

import pytest
import torch

from mpe_lib.results import store
from mpe_lib.studies import adaptation


def test_the_cue_is_in_the_first_steps_and_then_nothing_until_the_go():
    x, cue = adaptation.sample(200, torch.Generator().manual_seed(0))
    assert x.shape == (70, 200, 5)
    assert (x[:10, :, :4].sum(0).argmax(1) == cue).double().mean() > 0.99
    assert not x[10:60].any() and x[60:, :, 4].any() and not x[60:, :, :4].any()
    assert abs(cue.bincount(minlength=4) - 50).max() < 35


def test_a_run_without_recurrent_weights_has_none_and_the_same_start(monkeypatch):
    monkeypatch.setitem(adaptation.SETTINGS, "iterations", 2)
    monkeypatch.setitem(adaptation.SETTINGS, "samples", 20)
    one, two = (adaptation.run({"case": "adaptive", "seed": 1}) for _ in range(2))
    assert one["test"] == two["test"] and len(one["tau_adp"]) == 40 and 0 <= one["rate"] <= 1
    found = adaptation.study()
    assert [job["case"] for job in found.jobs(2)] == [*adaptation.CASES] * 2


def test_what_is_stored_shows_that_the_slow_variable_remembers():
    rows = store.read("adaptation")["rows"]
    right = {
        case: [row["test"] for row in rows if row["case"] == case] for case in adaptation.CASES
    }
    assert all(len(each) >= 3 for each in right.values())
    assert min(right["adaptive"]) > 0.85
    assert max(right["beta = 0"]) < 0.4 and pytest.approx(0.25, abs=0.1) == right["beta = 0"][0]
