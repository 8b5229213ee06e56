"""Checks of notebook 07, anatomy of the estimate."""

import math
from functools import cache

import torch
from torch import Tensor

from ...core.dynamics import lif_sequence
from ...core.estimate import mpe_sequence
from ...studies.stationary import error_split, stationary_law
from .base import exercise, need, right
from .compare import alone, guesses, match
from .forms import number

GOAL = 0.138  # share of wrong steps; the median of v given x reaches 0.135, the mean 0.141


@exercise
def interval(mean_interval, rate) -> None:
    """Input 0.75 or 0.4 with equal chance, decay 0.5: the mean interval and the firing rate."""
    match(
        number(mean_interval, "mean_interval"),
        3.5,
        [
            (2 / 7, "that is a rate, in spikes per step; the interval is in steps"),
            (2, "that is the wait from 0.6 or more; how many steps does it take to get there?"),
            (2.5, "count the step from 0 as well: no input fires from 0"),
            (3, "is the potential always 0.6 or more after the first step from 0?"),
            (4, "only one of the two inputs needs a second step to reach 0.6"),
            (3 / 2, "that is how long it takes to reach 0.6; the spike comes later"),
        ],
        "from which potentials does 0.75 fire, and from which does 0.4? how long to get there?",
    )
    match(number(rate, "rate"), 2 / 7, [
        (3.5, "that is the interval in steps; a rate is spikes per step"),
        (_mean_of_reciprocals(), "the mean of 1 / interval is not 1 / mean: long intervals "
         "take up more of the steps"),
        (1 / 2, "that is the chance of a spike from 0.6 or more; not all steps start there"),
        (1 / 3, "that is the reciprocal of the shortest interval plus one; use the mean"),
        (1 / 4, "is the mean interval really a whole number?"),
    ], "one spike for each interval, and the interval has a mean")  # fmt: skip
    right("Each spike is a fresh start, so the rate is one over the mean interval.")


@exercise
def coins(answer, limit) -> None:
    """How many coins beat zero at decay 0.25, mean 1.1, spread 0.5, and the error of very many."""
    law = stationary_law(1.1, 0.5, 0.25)
    parts, nothing = error_split(law, "bernoulli"), sum(error_split(law, "zero"))
    fixed = parts.bias + parts.unknowable
    fewest = math.ceil(parts.variance / (nothing - fixed))
    every = math.ceil(sum(parts) / nothing)
    answer = number(answer, "coins")
    need(answer == int(answer) and answer >= 1, "coins should be a whole number, at least 1")
    need(answer != 1, "with one coin it is the paper's rule, and that loses to zero here")
    need(
        answer != every or every == fewest,
        "you divide the whole error by the number of coins; which part do coins average out?",
    )
    need(answer >= fewest, "with so few coins the error is still larger than that of zero")
    need(answer <= fewest, "that is enough, but fewer are enough too")
    match(number(limit, "limit"), fixed**0.5, [
        (fixed, "that is a mean square; RMS is its root"),
        (0, "coins average out the draw alone; is the mean of the draw equal to v?"),
        (parts.unknowable**0.5, "that is the floor of all rules; the bias of the coin stays"),
        (parts.bias**0.5, "that is the bias alone; the past is still unknown"),
        (sum(parts) ** 0.5, "that is the error with one coin"),
        (nothing**0.5, "that is the error of zero"),
        ((fixed + parts.variance / fewest) ** 0.5, "that is with just enough coins; now take "
         "very many"),
    ], "which of the three parts goes to 0 when the number of coins grows?")  # fmt: skip
    right(f"Infinitely many coins are the rule `mean`, whose RMS error is {fixed**0.5:.2f}.")


@exercise
def fewest(answer) -> None:
    """A rule of one input that is wrong on fewer steps than GOAL on exponential input."""
    need(callable(answer), f"my_rule should be a function of x, got {type(answer).__name__}")
    shares: dict[str, list[float]] = {name: [] for name in ("yours", "hard", "zero", "mean")}
    for seed in (301, 302, 303):
        x, exact = _exponential(seed)
        rules = {"yours": lambda z: _guess(answer, z), "hard": "hard", "zero": "zero"}
        rules["mean"] = _nearby_mean()
        for name, rule in rules.items():
            s = mpe_sequence(x, rule, 0.9).s
            shares[name].append((s != exact.s)[50:].float().mean().item())
    generator = torch.Generator().manual_seed(304)
    order = torch.randperm(len(x), generator=generator)
    alone(rules["yours"], x, order)
    mine, hard, zero, mean = (max(each) for each in shares.values())
    words = f"it is wrong on {100 * mine:.1f} % of steps"
    need(mine < zero, f"{words}, zero on {100 * zero:.1f} %: is it on the scale of v?")
    need(
        mine < 0.99 * hard,
        f"{words}, hard on {100 * hard:.1f} %: where does v differ from x although x is small?",
    )
    need(
        mine < 0.99 * mean,
        f"{words}, and E[v | x] on {100 * mean:.1f} %: the mean is best for square errors; which "
        "number is best for wrong spikes?",
    )
    need(mine < GOAL, f"close: {words}; use more bins, or more neurons in each")
    right(f"It is wrong on {100 * mine:.1f} % of steps, hard on {100 * hard:.1f} %.")


def _mean_of_reciprocals() -> float:
    waits = range(1, 60)
    return sum(0.5**wait * (1 / (1 + wait) + 1 / (2 + wait)) / 2 for wait in waits)


@cache
def _exponential(seed: int) -> tuple[Tensor, tuple]:
    generator = torch.Generator().manual_seed(seed)
    x = torch.empty(150, 1500).exponential_(2, generator=generator)
    return x, lif_sequence(x, 0.9)


@cache
def _nearby_mean(bins: int = 100):
    """``E[v | x]`` from a simulation of its own, as a rule."""
    x, exact = _exponential(300)
    x, v = x[50:].flatten(), exact.v[50:].flatten()
    order = x.argsort().view(bins, -1)
    edges, means = x[order].amax(1)[:-1], v[order].mean(1)
    return lambda z: means[torch.bucketize(z, edges)]


def _guess(answer, x: Tensor) -> Tensor:
    return guesses(answer, x, "my_rule")
