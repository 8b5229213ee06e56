"""The ledger: each verdict follows from the numbers that it cites."""

import copy
import re
from functools import partial

import measured
import pytest

from mpe_lib.results import ledger
from mpe_lib.results.claims import CANNOT, HOLDS, MISSING, NOT, PART, VERDICTS, verdict_of

STORED = ledger.results()
FOUND = {name: STORED[name] for name in ("paper", "scaling_cpu")} | measured.FILES
LEARNED = ("recordings_digits", "recordings_nmnist_small")  # with and without the membrane loss


def verdict(claim, found):
    (entry,) = [entry for entry in ledger.table(found) if entry.claim == claim]
    return entry.verdict


altered = partial(measured.altered, FOUND)


def put(**values):
    return lambda row: row.update(values)


@pytest.mark.parametrize("found", [STORED, FOUND])
def test_one_line_for_each_claim_and_only_known_verdicts(found):
    entries = ledger.table(found)
    assert [entry.claim for entry in entries] == [f"C{k}" for k in range(1, 9)]
    assert {entry.verdict for entry in entries} <= set(VERDICTS)
    for entry in entries:
        assert entry.says and (entry.verdict == MISSING or re.search(r"\d", entry.measured))
        assert "|" not in entry.measured + entry.says


def test_speed_follows_the_times():
    def times(value):
        return altered(["scaling_cpu"], put(median_ms=value), neuron="LIF, fair")

    assert verdict("C1", times(1e9)) == HOLDS
    assert verdict("C1", times(1e-9)) == NOT
    one = altered(["scaling_cpu"], put(median_ms=1e9), neuron="LIF, fair", T=4, N=1024)
    assert verdict("C1", one) == PART


def test_density_follows_the_times():
    def times(**at):
        found = FOUND
        for neuron in ("LIF, fair", "LIF as released"):
            slow = put(median_ms=1e9)
            found = measured.altered(found, ["scaling_cpu"], slow, neuron=neuron, **at)
        return found

    assert verdict("C2", times(N=65536)) == HOLDS
    assert verdict("C2", times(N=1024)) == NOT
    assert verdict("C2", times(N=65536, T=4)) == PART


def test_accuracy_cannot_be_tested_without_the_papers_data():
    assert verdict("C3", FOUND) == CANNOT
    told = {"what": "frames as large as those of CIFAR10-DVS", "rows": []}
    assert verdict("C3", FOUND | {"epoch_cuda": told}) == CANNOT
    for more in ({"settings": {"dataset": "cifar10-dvs"}}, {"titles": {"cifar10-dvs": "words"}}):
        assert verdict("C3", FOUND | {"train": told | more}) == MISSING


@pytest.mark.parametrize("distance, test, expected", [
    (-1.0, 1.0, HOLDS), (-1.0, -1.0, PART), (1.0, 1.0, PART), (1.0, -1.0, NOT),
])  # fmt: skip
def test_membrane_follows_distance_and_accuracy(distance, test, expected):
    def edit(row):
        row["membrane"] = [*row["membrane"][:-1], row["membrane"][-1] + distance]
        row["test"] += test

    found = altered(LEARNED, edit, neuron="bernoulli", membrane_weight=0.01)
    assert verdict("C4", found) == expected


def test_dynamics_follow_the_order():
    def mpe(test):
        which = {"neuron": "bernoulli", "membrane_weight": 0.0, "question": "order"}
        return altered(["recordings_digits"], put(test=test), **which)

    assert verdict("C5", mpe(0.95)) == HOLDS
    assert verdict("C5", mpe(0.6)) == PART
    assert verdict("C5", mpe(0.1)) == NOT
    assert "with the draw, after more epochs: 94.0 %)" in ledger.table(FOUND)[4].measured
    assert verdict("C5", FOUND | {"randomness": {"rows": []}}) == MISSING


def test_rates_follow_the_rates():
    def rates(factor):
        def edit(row):
            row["rate"] = [factor * each for each in row["rate"]]

        return altered(LEARNED, edit, neuron="bernoulli", membrane_weight=0.0)

    def one_layer(row):
        row["rate"][0] *= 5

    assert verdict("C6", rates(1.2)) == HOLDS and verdict("C6", rates(5.0)) == NOT
    assert verdict("C6", altered(LEARNED, one_layer, neuron="bernoulli")) == PART


def test_flatness_follows_the_widths():
    def flat(steep, seeds=0.01):
        cuts = measured.landscape({"exact LIF": 4.0, "bernoulli": steep}, seeds)
        return verdict("C7", FOUND | {"landscape": cuts})

    assert flat(1.0) == HOLDS and flat(16.0) == NOT and flat(4.0) == NOT
    assert flat(4.0, seeds=0.5) == CANNOT  # the seeds differ too much to say no


def test_curves_follow_loss_and_accuracy():
    def better(loss, test):
        def edit(row):
            row["task"] = [*row["task"][:-1], row["task"][-1] + loss]
            row["test"] += test

        found = altered(LEARNED, edit, neuron="bernoulli", membrane_weight=0.01)
        return verdict("C8", found)

    assert better(-2, 2) == HOLDS and better(2, -2) == NOT and better(-2, -2) == PART


@pytest.mark.parametrize(("name", "claims"), [
    ("scaling_cpu", {"C1", "C2"}), ("recordings_nmnist", {"C3"}), ("recordings_digits", {"C5"}),
    ("landscape", {"C7"}),
])  # fmt: skip
def test_a_missing_file_is_said_to_be_missing_and_no_other_claim_minds(name, claims):
    entries = ledger.table({key: value for key, value in FOUND.items() if key != name})
    assert {entry.claim for entry in entries if entry.verdict == MISSING} == claims
    assert {e.measured for e in entries if e.claim in claims} == {f"{name}.json is not there"}


def test_a_machine_without_fused_neurons_says_so():
    rows = [row for row in FOUND["scaling_cpu"]["rows"] if "compiled" not in row["neuron"]]
    found = FOUND | {"scaling_cpu": FOUND["scaling_cpu"] | {"rows": rows}}
    speed = next(entry for entry in ledger.table(found) if entry.claim == "C1")
    assert speed.verdict == MISSING and "LIF, compiled was not timed" in speed.measured


@pytest.mark.parametrize("field", ["membrane", "membrane_weight"])
def test_a_missing_field_is_said_to_be_missing(field):
    found = altered(FOUND.keys() & measured.FILES.keys(), lambda row: row.pop(field, None))
    assert {e.claim for e in ledger.table(found) if e.verdict == MISSING} == {"C4", "C6", "C8"}


def test_one_seed_decides_nothing():
    found = copy.deepcopy(FOUND)
    for name in LEARNED:
        found[name]["rows"] = [row for row in found[name]["rows"]
                               if row["seed"] == 0 and not row["fold"]]  # fmt: skip
    assert verdict("C4", found) == verdict("C8", found) == NOT


def test_all_some_or_none_of_the_tests_of_a_claim():
    assert [verdict_of(t) for t in ([True], [True, False], [False])] == [HOLDS, PART, NOT]
