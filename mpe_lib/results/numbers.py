"""Numbers of rows: a mean and its spread, an interval, a p value, and how they are written."""

from collections.abc import Sequence
from math import isclose, sqrt
from statistics import mean, stdev

from scipy.stats import norm
from scipy.stats import t as student

LEVEL = 0.95


def spread(values: list[float]) -> tuple[float, float]:
    """(mean, standard deviation); the deviation of one value is 0.

    >>> spread([1.0, 2.0, 3.0])
    (2.0, 1.0)
    """
    return mean(values), stdev(values) if len(values) > 1 else 0.0


def percent(values: list[float]) -> str:
    """Mean and standard deviation in percent; of a single value no deviation is known.

    >>> percent([0.9, 0.92]), percent([0.9])
    ('91.0 % (sd 1.4)', '90.0 %')
    """
    middle, deviation = spread(values)
    if len(values) == 1:
        return f"{100 * middle:.1f} %"
    return f"{100 * middle:.1f} % (sd {100 * deviation:.1f})"


def points(values: list[float], digits: int = 1, unit: float = 100) -> str:
    """Mean and standard deviation with a sign, in percentage points.

    >>> points([0.01, 0.03])
    '+2.0 (sd 1.4)'
    """
    middle, deviation = spread(values)
    return f"{unit * middle:+.{digits}f} (sd {unit * deviation:.{digits}f})"


def learned(shares: Sequence[float]) -> str:
    """The mean of several runs in percent; or, where they lie far apart, how many have learned.

    A mean of runs at 100, 50 and 30 % is a number that none of them has: what is right in more
    than three cases of four counts as learned, if the runs lie over 20 points apart.

    >>> learned([0.97, 0.99]), learned([1.0, 0.5, 0.3])
    ('98', '1 of 3')
    """
    if max(shares) - min(shares) > 0.2:
        return f"{sum(share > 0.75 for share in shares)} of {len(shares)}"
    return f"{100 * mean(shares):.0f}"


def within(live: float, stored: list[float]) -> bool:
    """Does a live run lie within the stored spread (3 deviations or 0.02, the larger)?"""
    middle, deviation = spread(stored)
    return abs(live - middle) <= max(3 * deviation, 0.02)


def beyond(differences: list[float]) -> int:
    """Sign of the mean where its 95 % interval leaves out 0, else 0; one value decides nothing.

    >>> beyond([1.0, 1.1, 0.9]), beyond([1.0, -1.1, 0.9]), beyond([5.0])
    (1, 0, 0)
    """
    _, low, high = mean_interval(differences)
    return (low > 0) - (high < 0)


def half_width(differences: list[float]) -> float:
    """Half the width of the 95 % interval of the mean (Student's t); infinite for one value.

    >>> round(half_width([1.0, 1.1, 0.9]), 3), half_width([5.0])
    (0.248, inf)
    """
    if (n := len(differences)) < 2:
        return float("inf")
    return float(student.ppf((1 + LEVEL) / 2, n - 1)) * stdev(differences) / sqrt(n)


def wilson(right: float, n: int) -> tuple[float, float]:
    """95 % interval of a share that was counted on n samples.

    It says how far the accuracy on other samples may lie, whatever the seeds do.

    Source: Wilson 1927, doi 10.1080/01621459.1927.10502953.

    >>> [round(each, 3) for each in wilson(138, 150)]
    [0.865, 0.954]
    """
    if n < 1 or not 0 <= right <= n:
        raise ValueError(f"expected 0 <= right <= n and n >= 1, got {right} of {n}")
    z = float(norm.ppf((1 + LEVEL) / 2))
    share, spread = right / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    return middle - half, middle + half


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """(mean, low, high): the 95 % interval of the mean by Student's t; infinite for one value.

    >>> [round(each, 2) for each in mean_interval([1.0, 2.0, 3.0])]
    [2.0, -0.48, 4.48]
    """
    middle, half = mean(values), half_width(values)
    return middle, middle - half, middle + half


def paired_p(differences: Sequence[float]) -> float:
    """Two-sided p value of a mean difference of 0 (Student's t); 1 for a single pair.

    >>> round(paired_p([1.0, 2.0, 3.0]), 3), paired_p([0.0, 0.0]), paired_p([1.0])
    (0.074, 1.0, 1.0)
    """
    (middle, deviation), n = spread(differences), len(differences)
    if n < 2 or isclose(middle, 0, abs_tol=1e-12):
        return 1.0
    error = deviation / sqrt(n)
    return 0.0 if error < 1e-12 else float(2 * student.sf(abs(middle) / error, n - 1))


def holm(p: Sequence[float]) -> list[float]:
    """p values corrected for their number: any of them below 0.05 by chance has 5 % in all.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.

    >>> [round(each, 3) for each in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        largest = max(largest, min(1.0, (len(p) - rank) * p[place]))
        adjusted[place] = largest
    return adjusted
