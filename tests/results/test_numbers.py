"""Intervals and p values, against values worked out by hand."""

import pytest

from mpe_lib.results.numbers import beyond, holm, mean_interval, paired_p, wilson


def test_wilson_by_hand():
    # 8 of 10, z = 1.959964: middle (0.8 + 0.192073) / 1.384146, half as in Wilson 1927
    assert wilson(8, 10) == pytest.approx((0.490162, 0.943318), abs=1e-6)
    assert wilson(0, 20)[0] == pytest.approx(0) and wilson(20, 20)[1] == pytest.approx(1)
    with pytest.raises(ValueError, match="expected 0 <= right"):
        wilson(11, 10)


def test_t_interval_by_hand():
    # mean 3, deviation sqrt(10 / 4), t(0.975; 4) = 2.776445
    middle, low, high = mean_interval([1, 2, 3, 4, 5])
    half = 2.776445 * (2.5 / 5) ** 0.5
    assert (middle, low, high) == pytest.approx((3, 3 - half, 3 + half), abs=1e-6)
    assert mean_interval([0.5]) == (0.5, -float("inf"), float("inf"))


def test_paired_p_by_hand():
    # t = 3 / sqrt(0.5) = 4.242641 with 4 degrees of freedom: p = 0.013236
    assert paired_p([1, 2, 3, 4, 5]) == pytest.approx(0.013236, abs=1e-5)
    assert paired_p([0.1, 0.1, 0.1]) == 0.0  # always the same, and not 0
    assert paired_p([-1, 1]) == 1.0


def test_holm_by_hand():
    assert holm([0.02, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_sign_of_a_mean_that_its_interval_tells_from_0():
    assert beyond([1.0, 2.0, 1.5]) == 1 and beyond([-1.0, -2.0, -1.5]) == -1
    assert beyond([0.01, 0.03, -0.01, 0.02, 0.05]) == beyond([5.0]) == 0
