"""Three answers to a claim about a number: for it, against it, or undecided.

A claim names a margin before it is measured. "More than the margin" is held for where the
interval lies above it, and against where it lies below; "within the margin of 0" (equivalence)
for where the interval lies inside, and against where it lies outside on one side. An interval
that crosses a margin decides nothing, and neither does one seed. Where several claims are judged
together, each answer is corrected for their number.

Sources: two one-sided tests, Schuirmann 1987, doi 10.1007/BF01068419; the correction, Holm 1979;
degrees of freedom of a sum, Satterthwaite 1946, doi 10.2307/3002019.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import mean, variance
from typing import Literal, NamedTuple

import numpy as np
from scipy.stats import t as student

from .numbers import LEVEL, holm

FOR, AGAINST, UNDECIDED = "for", "against", "undecided"
SIDE = (1 - LEVEL) / 2  # the share of worlds in which each answer may be wrong at the margin


class Estimate(NamedTuple):
    """A mean, its standard error, and the degrees of freedom of that; below 1 it is not known."""

    mean: float
    error: float
    freedom: float

    def interval(self) -> tuple[float, float]:
        """The 95 % interval; infinite where the error is not known."""
        half = float(student.isf(SIDE, self.freedom)) * self.error if self.freedom >= 1 else np.inf
        return self.mean - half, self.mean + half

    def above(self, margin: float) -> float:
        """p value of the mean being at the margin or below it."""
        if self.freedom < 1:
            return 1.0
        distance = self.mean - margin
        if self.error <= 1e-12 * max(1.0, abs(margin)):  # every seed says the same
            return float(distance < 0) if distance else 0.5
        return float(student.sf(distance / self.error, self.freedom))

    def below(self, margin: float) -> float:
        """p value of the mean being at the margin or above it."""
        return self._replace(mean=-self.mean).above(-margin)


class Claim(NamedTuple):
    """What is claimed of an estimate: that it is "above" the margin, or "within" it of 0."""

    estimate: Estimate
    kind: Literal["above", "within"]
    margin: float

    def p(self) -> tuple[float, float]:
        """p values of the claim being wrong, and of it being right."""
        estimate, margin = self.estimate, self.margin
        if self.kind == "above":
            return estimate.above(margin), estimate.below(margin)
        inside = max(estimate.above(-margin), estimate.below(margin))
        return inside, min(estimate.above(margin), estimate.below(-margin))


def over_seeds(values: Sequence[float]) -> Estimate:
    """What one number for each seed says; folds of a seed are averaged before.

    >>> [round(end, 2) for end in over_seeds([1.0, 2.0, 3.0]).interval()]
    [-0.48, 4.48]
    >>> over_seeds([2.0]).interval()
    (-inf, inf)
    """
    n = len(values)
    return Estimate(mean(values), sqrt(variance(values) / n) if n > 1 else np.inf, n - 1)


def jointly(differences: Sequence[Sequence[float]]) -> Estimate:
    """What a number for each seed and recording says of other seeds and other recordings.

    The variance of the mean over seeds and that over recordings are added, so what a seed does to
    one recording alone is counted in both: the interval is a little wide rather than too narrow.

    Args:
        differences: ``[seeds][recordings]``, such as hits of one neuron minus those of another.

    Raises:
        ValueError: seeds with other recordings.

    >>> jointly([[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 0]]).mean
    0.4166666666666667
    """
    if len({len(row) for row in differences}) != 1:
        raise ValueError("expected the same recordings for each seed: run what is missing")
    table = np.asarray(differences, dtype=float)
    parts = [over_seeds(table.mean(axis).tolist()) for axis in (1, 0)]
    if min(part.freedom for part in parts) < 1:
        return Estimate(float(table.mean()), np.inf, 0)
    squares = [part.error**2 for part in parts]
    shares = sum(s**2 / part.freedom for s, part in zip(squares, parts, strict=True))
    freedom = sum(squares) ** 2 / shares if shares else min(part.freedom for part in parts)
    return Estimate(float(table.mean()), sqrt(sum(squares)), freedom)


def decide(claims: Mapping[str, Claim]) -> dict[str, str]:
    """The answer to each of the claims that are judged together.

    >>> seeds = over_seeds([2.0, 2.1, 1.9])
    >>> decide({"much": Claim(seeds, "above", 1.0), "little": Claim(seeds, "within", 1.0)})
    {'much': 'for', 'little': 'against'}
    >>> decide({"one seed": Claim(over_seeds([9.0]), "above", 1.0)})
    {'one seed': 'undecided'}
    """
    both = [claim.p() for claim in claims.values()]
    wrong, right = (holm([pair[side] for pair in both]) for side in (0, 1))
    return {
        name: FOR if a < SIDE else AGAINST if b < SIDE else UNDECIDED
        for name, a, b in zip(claims, wrong, right, strict=True)
    }
