"""Checks of notebook 11, randomness."""

import math

import numpy as np

from .base import called, exercise, need, right
from .compare import match
from .forms import number

RAISED = "your function raised {kind}: {error}"


@exercise
def spread(points) -> None:
    """Deviation in points of an accuracy: 2 % of 1000 samples change side between two runs."""
    changes, samples, accuracy = 0.02, 1000, 0.85
    share = math.sqrt(changes / (2 * samples))
    match(
        number(points, "points"),
        100 * share,
        [
            (share, "that is a share; the question asks for percentage points"),
            (
                100 * math.sqrt(changes / samples),
                "that is the deviation of the difference of two runs: two draws went into it",
            ),
            (
                100 * math.sqrt(accuracy * (1 - accuracy) / samples),
                "that is how far another 1000 recordings would move it; here they stay the same",
            ),
            (2, "not every change counts in the same direction: most of them cancel"),
            (1, "half of the changes go each way, but they do not all go one way in one run"),
            (100 * changes / (2 * samples), "that is a variance; a deviation is its root"),
        ],
        "put the share of changes and the number of samples into the last line of the derivation",
        tolerance=0.02,
    )
    right("A third of a point, without any change in the network: so much for the second decimal.")


@exercise
def sure(function) -> None:
    """A function of (noise, chance): the lead that another run overturns with that chance."""
    need(callable(function), "give the function itself, without brackets")
    from scipy.stats import norm

    for noise, chance in ((0.5, 0.01), (1.3, 0.05), (2.0, 0.2)):
        z = -norm.ppf(chance)
        match(
            number(called(RAISED, function, noise, chance), "the lead"),
            math.sqrt(2) * noise * z,
            [
                (
                    noise * z,
                    "the lead that you see was drawn as well: two runs are noisy, not one",
                ),
                (2 * noise * z, "two variances add up; what do two deviations do?"),
                (
                    -math.sqrt(2) * noise * z,
                    "a negative lead? the winner leads, so look for the positive side",
                ),
                (
                    -math.sqrt(2) * noise * norm.ppf(chance / 2),
                    "only one side of the bell overturns the answer: the other makes it safer",
                ),
                (math.sqrt(2) * z, "the lead has the unit of the noise: multiply by it"),
            ],
            "solve Phi(-lead / (sqrt(2) noise)) = chance for the lead",
        )
    right("A lead is safe or not by the noise of two runs, the one you saw and the one to come.")


@exercise
def damage(function) -> None:
    """A function of (table, rule): mean loss in points when that network runs as exact LIF."""
    need(callable(function), "give the function itself, without brackets")
    draws = np.random.default_rng(11)
    names = ("exact LIF", "bernoulli", "hard")
    for rule, seeds in (("bernoulli", 3), ("hard", 3), ("hard", 5), ("bernoulli", 1)):
        table = {
            a: {b: draws.uniform(0.3, 0.9, seeds).round(3).tolist() for b in names} for a in names
        }
        mean = {(a, b): 100 * float(np.mean(table[a][b])) for a in names for b in names}
        own, exact = mean[rule, rule], mean[rule, "exact LIF"]
        first = 100 * (table[rule][rule][0] - table[rule]["exact LIF"][0])
        match(
            number(called(RAISED, function, table, rule), "the damage"),
            own - exact,
            [
                (exact - own, "the sign: a loss is positive"),
                ((own - exact) / 100, "that is a share; the question asks for points"),
                (
                    own - mean["exact LIF", rule],
                    "table[trained][run as]: you took the exact network run with the rule",
                ),
                (
                    mean["exact LIF", "exact LIF"] - exact,
                    "that compares with another network, one that was trained as exact LIF; "
                    "what did *this* network lose?",
                ),
                (first, "one seed is no verdict: take the mean over all of them"),
                (
                    100 * (1 - exact / own) if own else math.nan,
                    "that is relative to its own accuracy; points are a plain difference",
                ),
            ],
            "two entries of one row of the table: the network is the same in both",
        )
    right("The same weights in both entries, so the difference is the neuron's alone.")
