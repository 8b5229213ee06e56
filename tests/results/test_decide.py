"""Three answers: simulated worlds, one seed, and intervals by a second route."""

import numpy as np
import pytest
from scipy.stats import bootstrap, ttest_1samp, ttest_rel

from mpe_lib.results.decide import AGAINST, FOR, UNDECIDED, Claim, decide, jointly, over_seeds

WORLDS, SEEDS, SPREAD, MARGIN = 1000, 5, 0.02, 0.02
MOST = 0.05 + 2 * np.sqrt(0.05 * 0.95 / WORLDS)  # 5 %, and what 1000 worlds leave open


def answers(kind, truth, seed=0, family=1, margin=MARGIN):
    """The share of worlds with each answer in at least one claim of a family."""
    draws = np.random.default_rng(seed).normal(truth, SPREAD, (WORLDS, family, SEEDS))
    found = [
        decide({str(k): Claim(over_seeds(v.tolist()), kind, margin) for k, v in enumerate(world)})
        for world in draws
    ]
    every = (FOR, AGAINST, UNDECIDED)
    return {word: np.mean([word in each.values() for each in found]) for word in every}


@pytest.mark.parametrize("kind", ["above", "within"])
@pytest.mark.parametrize("family", [1, 6])
def test_at_the_margin_either_word_is_rare(kind, family):
    found = answers(kind, MARGIN, family=family)
    print(f"{kind}, {family} claims, at the margin: {found}")
    assert found[FOR] + found[AGAINST] <= MOST and found[UNDECIDED] > 0.9


@pytest.mark.parametrize("family", [1, 6])
def test_where_there_is_nothing_no_difference_is_found(family):
    found = answers("above", 0.0, family=family)
    print(f"{family} claims, no effect: {found}")
    assert found[FOR] <= MOST


@pytest.mark.parametrize("family", [1, 6])
def test_twice_the_margin_is_not_denied(family):
    found = answers("above", 2 * MARGIN, family=family)
    print(f"{family} claims, twice the margin: {found}")
    assert found[AGAINST] <= MOST and found[FOR] > 0.2


def test_a_clear_world_is_told():
    assert answers("above", 5 * MARGIN)[FOR] > 0.99
    assert answers("above", -2 * MARGIN)[AGAINST] > 0.99
    assert answers("within", 0.0, margin=4 * MARGIN)[FOR] > 0.95
    assert answers("within", 5 * MARGIN)[AGAINST] > 0.95


@pytest.mark.parametrize("kind", ["above", "within"])
@pytest.mark.parametrize("value", [-9.0, 0.0, 9.0])
def test_one_seed_decides_nothing(kind, value):
    recordings = [[value, value - 1, value + 1, value]]
    claims = {
        "a seed": Claim(over_seeds([value]), kind, 1.0),
        "and its recordings": Claim(jointly(recordings), kind, 1.0),
    }
    assert set(decide(claims).values()) == {UNDECIDED}


def test_seeds_that_all_say_the_same():
    same = over_seeds([1.0, 1.0, 1.0])
    claims = [Claim(same, "above", m) for m in (0.5, 1.0, 2.0)]
    assert [decide({"": each})[""] for each in claims] == [FOR, UNDECIDED, AGAINST]
    assert decide({"": Claim(same, "within", 2.0)})[""] == FOR


def test_p_values_are_scipys():
    rng = np.random.default_rng(3)
    values = rng.normal(0.5, 1, 7)
    estimate = over_seeds(values.tolist())
    for margin in (-0.5, 0.0, 0.7):
        for ours, side in ((estimate.above, "greater"), (estimate.below, "less")):
            expected = ttest_1samp(values, margin, alternative=side).pvalue
            assert ours(margin) == pytest.approx(expected, rel=1e-9)
    a, b = rng.normal(size=(2, 6))
    assert over_seeds((a - b).tolist()).above(0) == pytest.approx(
        ttest_rel(a, b, alternative="greater").pvalue
    )


def test_an_interval_over_many_seeds_is_that_of_the_bootstrap():
    values = np.random.default_rng(4).gamma(2.0, 1.0, 200)
    ours = over_seeds(values.tolist()).interval()
    theirs = bootstrap((values,), np.mean, n_resamples=5000, rng=np.random.default_rng(0))
    assert ours == pytest.approx(tuple(theirs.confidence_interval), abs=0.03)


def test_seeds_and_recordings_together_cover_the_truth():
    """Both vary: an interval over seeds alone covers too little, the joint one 95 % or more."""
    rng, covered = np.random.default_rng(5), np.zeros(2)
    for _ in range(400):
        table = 0.1 + rng.normal(0, 0.05, (5, 1)) + rng.normal(0, 0.8, 60) / np.sqrt(4)
        table = table + rng.normal(0, 0.3, (5, 60))
        for k, each in enumerate((over_seeds(table.mean(1).tolist()), jointly(table.tolist()))):
            low, high = each.interval()
            covered[k] += low <= 0.1 <= high
    alone, both = covered / 400
    assert alone < 0.9 < 0.94 < both


def test_the_joint_error_is_that_of_a_bootstrap_over_both():
    rng = np.random.default_rng(6)
    table = rng.normal(0, 0.3, (40, 1)) + rng.normal(0, 1.0, 50) + rng.normal(0, 0.1, (40, 50))
    means = [
        table[rng.integers(40, size=40)][:, rng.integers(50, size=50)].mean() for _ in range(4000)
    ]
    assert jointly(table.tolist()).error == pytest.approx(np.std(means), rel=0.05)


def test_other_recordings_for_each_seed_are_refused():
    with pytest.raises(ValueError, match="the same recordings for each seed"):
        jointly([[1.0, 2.0], [1.0]])
