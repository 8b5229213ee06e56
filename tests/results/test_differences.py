"""The analysis of the recordings study, against values worked out by hand."""

import pytest

from mpe_lib.results.differences import accuracy, compare, memory_shows, sentences
from mpe_lib.results.numbers import wilson


def row(neuron, seed, hits, fold=None):
    n = len(hits)
    return {"neuron": neuron, "seed": seed, "fold": fold, "n": n, "hits": hits,
            "test": hits.count("1") / n}  # fmt: skip


def test_accuracy_pools_the_folds_of_a_seed_first():
    rows = [row("a", 0, "1110", 0), row("a", 0, "111111", 1),
            row("a", 1, "1111", 0), row("a", 1, "111000", 1)]  # fmt: skip
    found = accuracy(rows)
    assert found["mean"] == pytest.approx(0.8) and found["seeds"] == 2  # 9 and 7 of 10
    assert found["over_seeds"] == pytest.approx(
        (0.8 - 12.7062 * 0.1, 0.8 + 12.7062 * 0.1), abs=1e-4
    )
    assert found["over_recordings"] == pytest.approx(wilson(8, 10))
    with pytest.raises(ValueError, match="same test samples"):
        accuracy(rows[:3])


def three(better, worse, same, seeds=5):
    """Three neurons on 40 recordings in two folds: the third is the second again."""
    rows = []
    for seed in range(seeds):
        for fold in (0, 1):
            for name, right in (("exact LIF", better), ("zero", worse), ("mean", same)):
                hits = "1" * (right + seed % 2) + "0" * (40 - right - seed % 2)
                rows.append(row(name, seed, hits, fold))
    return rows


def test_a_difference_beyond_both_spreads_and_one_that_is_none():
    found = compare(three(36, 20, 20), ["exact LIF", "zero", "mean"])
    assert [(each["a"], each["b"]) for each in found] == [
        ("exact LIF", "zero"), ("exact LIF", "mean"), ("zero", "mean")]  # fmt: skip
    first, _, last = found
    assert first["pairs"] == 10 and first["difference"] == pytest.approx(0.4)
    assert [each["beyond"] for each in found] == [True, True, False]
    assert last["difference"] == 0 and last["holm"] == 1
    assert memory_shows(found) == 1
    names = ["zero", "mean", "exact LIF"]  # in the other order
    assert memory_shows(compare(three(20, 36, 36), names)) == -1
    assert memory_shows(compare(three(20, 36, 36), names[::-1])) == -1
    assert memory_shows(compare(three(20, 20, 20), names)) == 0


def test_seeds_that_agree_do_not_make_up_for_few_recordings():
    """One recording of 80 more, in every training: certain over seeds, and nothing over others."""
    (only,) = compare(three(36, 35, 35, seeds=1), ["exact LIF", "zero"])
    assert only["p"] < 1e-6 and not only["beyond"]
    # by hand: 2 of 80 recordings differ; mean 0.025, deviation sqrt(80 / 79 (0.025 - 0.025^2))
    half = 1.990450 * (0.025 * 0.975 / 79) ** 0.5
    assert only["recordings"] == pytest.approx((0.025 - half, 0.025 + half), abs=1e-6)
    assert memory_shows([only]) == 0


def test_pairs_are_made_by_seed_and_fold():
    """Folds differ far more than neurons do; within a pair they do not count."""
    rows = []
    for fold, right in enumerate((10, 20, 30, 38)):
        for name, more in (("exact LIF", 1), ("zero", 0)):
            rows.append(row(name, 0, "1" * (right + more) + "0" * (39 - right - more) + "0", fold))
    (only,) = compare(rows[::-1], ["exact LIF", "zero"])  # in any order
    assert only["pairs"] == 4 and only["low"] == pytest.approx(only["high"])
    with pytest.raises(ValueError, match="same seeds and folds"):
        compare(rows[:-1], ["exact LIF", "zero"])
    with pytest.raises(ValueError, match="got none"):
        memory_shows([only], "mean", "hard")


def test_sentences_say_what_stands_and_what_does_not():
    names = ["exact LIF", "zero", "mean"]
    said = sentences(three(36, 20, 20), names)
    assert said[0].startswith("exact LIF: 91.0 % (5 seeds: 89.3 to 92.7; other recordings: 82.")
    assert "exact LIF is above zero by 40.0 points (40.0 to 40.0)" in said
    assert said[-2:] == [
        "1 of 3 differences are not larger than their spread",
        "exact LIF is above zero: the task asks for memory, and shows who has it",
    ]
    turned = sentences(three(20, 36, 20), names)  # the second above the first
    assert "zero is above exact LIF by 40.0 points (40.0 to 40.0)" in turned
    assert "is below zero" in turned[-1]
    assert "cannot show" in sentences(three(20, 20, 20), names)[-1]
