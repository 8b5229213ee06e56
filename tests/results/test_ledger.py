"""The ledger: each verdict follows from the numbers that it cites."""

import copy
import re

import pytest

from mpe_lib.course import readme
from mpe_lib.course.readme import markdown
from mpe_lib.results import ledger
from mpe_lib.results.claims import CLAIMS
from mpe_lib.results.numbers import beyond
from mpe_lib.results.verdicts import CANNOT, HOLDS, MISSING, NOT, PART, VERDICTS, verdict_of
from mpe_lib.results.widths import LINE

FOUND = ledger.results()
RUN = "forward + backward"


def verdict(claim, found):
    (entry,) = [entry for entry in ledger.table(found) if entry.claim == claim]
    return entry.verdict


def altered(name, edit, **wanted):
    found = copy.deepcopy(FOUND)
    for row in found[name]["rows"]:
        if all(row.get(key) == value for key, value in wanted.items()):
            edit(row)
    return found


def put(**values):
    return lambda row: row.update(values)


def test_one_line_for_each_claim_and_only_known_verdicts():
    entries = ledger.table(FOUND)
    assert [entry.claim for entry in entries] == [f"C{k}" for k in range(1, 9)]
    assert {entry.verdict for entry in entries} <= set(VERDICTS)
    for entry in entries:
        assert entry.says and (entry.verdict == MISSING or re.search(r"\d", entry.measured))
        assert "|" not in entry.measured + entry.says


def test_speed_follows_the_times():
    def times(value):
        return altered("scaling_cpu", put(median_ms=value), neuron="LIF, fair")

    assert verdict("C1", times(1e9)) == HOLDS
    assert verdict("C1", times(1e-9)) == NOT
    one = altered("scaling_cpu", put(median_ms=1e9), neuron="LIF, fair", T=4, N=1024)
    assert verdict("C1", one) == PART


def test_density_follows_the_times():
    def times(**at):
        found = FOUND
        for neuron in ("LIF, fair", "LIF as released"):
            rows = copy.deepcopy(found)
            for row in rows["scaling_cpu"]["rows"]:
                if row["neuron"] == neuron and all(row[k] == v for k, v in at.items()):
                    row["median_ms"] = 1e9
            found = rows
        return found

    assert verdict("C2", times(N=65536)) == HOLDS
    assert verdict("C2", times(N=1024)) == NOT
    assert verdict("C2", times(N=65536, T=4)) == PART


def test_accuracy_cannot_be_tested_without_the_papers_data():
    assert verdict("C3", FOUND) == CANNOT
    found = copy.deepcopy(FOUND)
    found["nmnist"]["what"] += " and CIFAR10-DVS"
    assert verdict("C3", found) != CANNOT


@pytest.mark.parametrize("distance, test, expected", [
    (-1.0, 1.0, HOLDS), (-1.0, -1.0, PART), (1.0, 1.0, PART), (1.0, -1.0, NOT),
])  # fmt: skip
def test_membrane_follows_distance_and_accuracy(distance, test, expected):
    def edit(row):
        row["membrane"] = [*row["membrane"][:-1], row["membrane"][-1] + distance]
        row["test"] += test

    found = altered("digits", edit, neuron="bernoulli", membrane_weight=0.01)
    for row in found["nmnist"]["rows"]:
        if (row["neuron"], row.get("membrane_weight")) == ("bernoulli", 0.01):
            edit(row)
    assert verdict("C4", found) == expected


def test_dynamics_follow_the_order():
    def mpe(move):
        found = copy.deepcopy(FOUND)
        for row in found["digits"]["rows"]:
            if (row["neuron"], row.get("membrane_weight")) == ("bernoulli", 0.0):
                row["test"] = move + row["seed"] / 1000
        return found

    assert verdict("C5", mpe(0.95)) == HOLDS
    assert verdict("C5", mpe(0.6)) == PART
    assert verdict("C5", mpe(0.15)) == NOT


def test_rates_follow_the_rates():
    def rates(factor):
        def edit(row):
            row["rate"] = [[factor * each for each in epoch] for epoch in row["rate"]]

        found = altered("digits", edit, neuron="bernoulli", membrane_weight=0.0)
        for row in found["nmnist"]["rows"]:
            if (row["neuron"], row.get("membrane_weight")) == ("bernoulli", 0.0):
                edit(row)
        return found

    assert verdict("C6", rates(1.0)) == HOLDS
    assert verdict("C6", rates(1.2)) == PART
    assert verdict("C6", rates(5.0)) == NOT


@pytest.mark.skipif("landscape" not in FOUND, reason="not measured")
def test_flatness_follows_the_widths():
    def flat(factor, seeds=0.01):
        found = copy.deepcopy(FOUND)
        for row in found["landscape"]["rows"]:
            if row["kind"] == "line":
                steep = factor if row["eval_rule"] else 4.0
                own = -seeds if row["eval_rule"] else seeds
                row["loss"] = (steep * (1 + own * (row["seed"] - 1)) * LINE**2).tolist()
        return verdict("C7", found)

    assert flat(1.0) == HOLDS and flat(16.0) == NOT and flat(4.0) == NOT
    assert flat(4.0, seeds=0.5) == CANNOT  # the seeds differ too much to say no


def test_curves_follow_loss_and_accuracy():
    def better(loss, test):
        def edit(row):
            row["task"] = [*row["task"][:-1], row["task"][-1] + loss]
            row["test"] += test

        found = altered("digits", edit, neuron="bernoulli", membrane_weight=0.01)
        for row in found["nmnist"]["rows"]:
            if (row["neuron"], row.get("membrane_weight")) == ("bernoulli", 0.01):
                edit(row)
        return verdict("C8", found)

    assert better(-2, 2) == HOLDS and better(2, -2) == NOT and better(-2, -2) == PART


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_missing_file_is_said_to_be_missing(claim):
    for name in CLAIMS[claim][2]:
        found = {key: value for key, value in FOUND.items() if key != name}
        assert verdict(claim, found) == MISSING


def test_other_claims_stand_without_the_files_of_one():
    found = {name: FOUND[name] for name in ("paper", "digits")}
    told = {entry.claim: entry.verdict for entry in ledger.table(found)}
    assert {c for c, v in told.items() if v != MISSING} == {"C4", "C5", "C6", "C8"}


def test_one_seed_decides_nothing():
    assert beyond([5.0]) == 0
    found = copy.deepcopy(FOUND)
    for name in ("digits", "nmnist"):
        found[name]["rows"] = [
            row for row in found[name]["rows"] if row["seed"] == 0 and row.get("fold", 0) == 0
        ]
    assert verdict("C4", found) == verdict("C8", found) == NOT


def test_beyond_and_verdict_of():
    assert beyond([1.0, 2.0, 1.5]) == 1 and beyond([-1.0, -2.0, -1.5]) == -1
    assert beyond([0.01, 0.03, -0.01, 0.02, 0.05]) == 0
    assert [verdict_of(t) for t in ([True], [True, False], [False])] == [HOLDS, PART, NOT]


def test_the_readme_has_the_same_table():
    table = markdown(ledger.table(), "notebooks/")
    assert table in readme.README.read_text(encoding="utf-8")
