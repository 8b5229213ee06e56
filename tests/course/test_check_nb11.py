import math

import numpy as np
from hints import hints
from scipy.stats import norm

from mpe_lib.course.check import nb11


def lead(noise, chance):
    return math.sqrt(2) * noise * -norm.ppf(chance)


def lost(table, rule):
    return 100 * float(np.mean(table[rule][rule]) - np.mean(table[rule]["exact LIF"]))


def test_right_answers_pass(capsys):
    nb11.spread(100 * (0.02 / 2000) ** 0.5)
    nb11.spread(0.316)
    nb11.sure(lead)
    nb11.damage(lost)
    assert capsys.readouterr().out.count("Right.") == 4


test_hints_of_spread = hints(nb11.spread, [
    (0.00316, "that is a share"),
    (0.447, "deviation of the difference"),
    (1.129, "another 1000 recordings"),
    (2, "most of them cancel"),
    (1, "half of the changes"),
    (0.001, "a deviation is its root"),
    (0.6, "last line of the derivation"),
    (None, "points should be one number"),
])  # fmt: skip

test_hints_of_sure = hints(nb11.sure, [
    (lambda n, c: -n * norm.ppf(c), "was drawn as well"),
    (lambda n, c: -2 * n * norm.ppf(c), "two variances add up"),
    (lambda n, c: -lead(n, c), "a negative lead"),
    (lambda n, c: lead(n, c / 2), "one side of the bell"),
    (lambda n, c: lead(1, c), "multiply by it"),
    (lambda n, c: 10 * n, "solve Phi"),
    (lambda n, c: None, "the lead should be one number"),
    (3.3, "the function itself"),
])  # fmt: skip

test_hints_of_damage = hints(nb11.damage, [
    (lambda t, r: -lost(t, r), "the sign"),
    (lambda t, r: lost(t, r) / 100, "that is a share"),
    (
        lambda t, r: 100 * (np.mean(t[r][r]) - np.mean(t["exact LIF"][r])),
        "the exact network run with the rule",
    ),
    (
        lambda t, r: 100 * (np.mean(t["exact LIF"]["exact LIF"]) - np.mean(t[r]["exact LIF"])),
        "another network",
    ),
    (lambda t, r: 100 * (t[r][r][0] - t[r]["exact LIF"][0]), "one seed is no verdict"),
    (
        lambda t, r: 100 * (1 - np.mean(t[r]["exact LIF"]) / np.mean(t[r][r])),
        "relative to its own accuracy",
    ),
    (lambda t, r: 77.0, "two entries of one row"),
    (lambda t, r: None, "the damage should be one number"),
    (7, "the function itself"),
])  # fmt: skip
