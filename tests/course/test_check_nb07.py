import pytest
import torch
from hints import hints

from mpe_lib import lif_sequence
from mpe_lib.course.check import NotYet, nb07
from mpe_lib.studies.stationary import error_split, stationary_law

X = torch.empty(150, 2000).exponential_(2, generator=torch.Generator().manual_seed(9))
V = lif_sequence(X, 0.9).v[50:].flatten()
ORDER = X[50:].flatten().argsort().view(200, -1)
EDGES = X[50:].flatten()[ORDER].amax(1)[:-1]
MEDIANS, MEANS = V[ORDER].median(1).values, V[ORDER].mean(1)

COINS = stationary_law(1.1, 0.5, 0.25)
PARTS, NOTHING = error_split(COINS, "bernoulli"), sum(error_split(COINS, "zero"))
LIMIT = (PARTS.bias + PARTS.unknowable) ** 0.5


def nearby_median(x):
    return MEDIANS[torch.bucketize(x, EDGES)]


def nearby_mean(x):
    return MEANS[torch.bucketize(x, EDGES)]


def test_the_answers_are_what_a_simulation_gives():
    generator = torch.Generator().manual_seed(0)
    coin = torch.rand(400, 2000, generator=generator) < 0.5
    rate = lif_sequence(torch.where(coin, 0.75, 0.4), 0.5).s[20:].mean().item()
    assert rate == pytest.approx(2 / 7, abs=2e-3)
    left = [LIMIT**2 + PARTS.variance / k for k in range(1, 9)]
    assert abs(LIMIT - 0.37) < 5e-4
    assert next(k for k, value in enumerate(left, 1) if value < NOTHING) == 5


def test_other_right_answers_pass(capsys):
    nb07.interval(3.5, 0.286)
    nb07.coins(5, 0.370)
    nb07.fewest(nearby_median)
    assert capsys.readouterr().out.count("Right.") == 3


test_hints_of_interval = hints(nb07.interval, [
    ((None, 2 / 7), "mean_interval should be one number, got NoneType"),
    ((3.5, "x"), "rate should be one number"),
    ((2 / 7, 2 / 7), "the interval is in steps"),
    ((2, 0.5), "the wait from 0.6 .* how many steps does it take to get there"),
    ((2.5, 0.4), "count the step from 0"),
    ((3, 1 / 3), "after the first step from 0"),
    ((4, 1 / 4), "only one of the two inputs"),
    ((1.5, 2 / 3), "the spike comes later"),
    ((7, 1 / 7), "from which potentials does 0.75 fire"),
    ((3.5, 3.5), "a rate is spikes per step"),
    ((3.5, nb07._mean_of_reciprocals()), "is not 1 / mean"),
    ((3.5, 0.5), "the chance of a spike from 0.6"),
    ((3.5, 1 / 3), "use the mean"),
    ((3.5, 1 / 4), "a whole number"),
    ((3.5, 0.9), "one spike for each interval"),
])  # fmt: skip

test_hints_of_coins = hints(nb07.coins, [
    ((None, 0.37), "coins should be one number"),
    ((2.5, 0.37), "a whole number"),
    ((0, 0.37), "a whole number"),
    ((1, 0.37), "that loses to zero here"),
    ((2, 0.37), "divide the whole error"),
    ((4, 0.37), "still larger than that of zero"),
    ((6, 0.37), "fewer are enough"),
    ((5, None), "limit should be one number"),
    ((5, LIMIT**2), "RMS is its root"),
    ((5, 0), "coins average out the draw alone"),
    ((5, PARTS.unknowable**0.5), "the bias of the coin stays"),
    ((5, PARTS.bias**0.5), "the past is still unknown"),
    ((5, sum(PARTS) ** 0.5), "with one coin"),
    ((5, NOTHING**0.5), "that is the error of zero"),
    ((5, (LIMIT**2 + PARTS.variance / 5) ** 0.5), "just enough coins"),
    ((5, 0.7), "which of the three parts"),
])  # fmt: skip

test_hints_of_fewest = hints(nb07.fewest, [
    (None, "my_rule should be a function of x, got NoneType"),
    (lambda x: None, "a tensor shaped like x"),
    (lambda x: x[0], "a tensor shaped like x"),
    (lambda x: x > 1, "on the scale of v"),
    (lambda x: x / 0, "not finite"),
    (lambda x: x.nothing, "stopped with AttributeError"),
    (lambda x: x * torch.rand_like(x), "called twice"),
    (lambda x: x.roll(1, 0), "the input of one step alone"),
    (lambda x: x + 2, "is it on the scale of v"),
    (lambda x: torch.where(x > 1, 0.0, x), "although x is small"),
    (nearby_mean, "the mean is best for square errors"),
])  # fmt: skip


def test_a_rule_between_the_mean_and_the_goal_is_close():
    def between(x):
        return torch.where(x > 0.85, 0.0, torch.where(x > 0.45, x, nearby_mean(x)))

    with pytest.raises(NotYet, match="close: it is wrong on"):
        nb07.fewest(between)
