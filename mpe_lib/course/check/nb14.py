"""Checks of notebook 14, the paper's data sets."""

from random import Random

from .base import called, exercise, need, right
from .compare import same
from .forms import as_list, numbers

TRAINING = ("user03_led/0", "user07_led/4", "user07_lab/1", "user11_natural/2", "user12_led/0")
TEST = ("user07_natural/3", "user24_led/0", "user11_led/5", "user25_lab/1", "user11_lab/0")

LAMPS = ("led", "lab", "natural")
RAISED = "your function raised {kind}: {error}"


@exercise
def leak(function) -> None:
    """A function of two lists of names that gives the persons who are in both, in order."""
    need(callable(function), "give the function itself, without brackets")
    found = _persons(function, TRAINING, TEST)
    need(
        bool(found),
        "no recording is in both lists, that is so; but who made them? Compare persons, not names",
    )
    need(
        len(found) == len(set(found)),
        "name each person once, however many recordings there are",
    )
    need(
        not any("_" in str(each) or "/" in str(each) for each in found),
        "give the person alone, which is what stands before the first underscore",
    )
    need(
        set(found) <= {"user07", "user11"},
        f"{sorted(set(found) - {'user07', 'user11'})} made recordings of one part only",
    )
    need(set(found) == {"user07", "user11"}, "one more person is in both parts")
    need(found == ["user07", "user11"], "give them in order, so that two machines agree")
    need(
        not _persons(function, ["user01_led/0"], ["user02_led/0", "user10_led/0"]),
        "where nobody is in both, the list is empty; user01 is not user10",
    )
    draws = Random(14)
    names = [f"user{k:02d}_{lamp}/{n}" for k in range(1, 30) for lamp in LAMPS for n in range(3)]
    for count in (6, 20, 60):
        drawn = draws.sample(names, 2 * count)
        parts = drawn[:count], drawn[count:]
        first, second = ({name.split("_")[0] for name in part} for part in parts)
        found = _persons(function, *parts)
        need(set(found) == first & second, "it works for one pair of lists only, not for longer")
        need(found == sorted(found), "give them in order, so that two machines agree")
    right("No recording is shared, and yet the test part knows two persons from training.")


@exercise
def shares(function) -> None:
    """A function of (samples, processes): (samples, weight of their mean loss) for each process."""
    need(callable(function), "give the function itself, without brackets")
    pairs = _pairs(function, 30, 8)
    counts, weights = zip(*pairs, strict=True)
    need(
        sum(counts) == 30,
        f"yours has {sum(counts):g} of 30 samples: each counts once, none is left out",
    )
    need(max(counts) - min(counts) <= 1, "who gets most waits for nobody, and all wait for him")
    need(
        not all(same(w, 1) for w in weights),
        "with weight 1 everywhere a sample in a small share counts for more than one in a large",
    )
    need(
        not same(sum(weights), 1),
        "your weights sum to 1, and the gradients are averaged besides: that divides by 8 twice",
    )
    need(
        all(same(w, n * 8 / 30) for n, w in pairs),
        "the mean over 8 processes of weight x mean loss is to be the mean over all 30 samples",
    )
    for samples, processes in ((32, 4), (7, 3), (5, 1), (100, 6)):
        pairs = _pairs(function, samples, processes)
        counts = [n for n, _ in pairs]
        whole = all(n == int(n) for n in counts)
        even = whole and sum(counts) == samples and max(counts) - min(counts) <= 1
        fair = all(same(w, n * processes / samples) for n, w in pairs)
        need(even and fair, f"it works for 30 on 8; try {samples} on {processes}")
    right("The step is the same as on one process: no sample weighs more for where it lies.")


def _persons(function, training, test) -> list:
    found = called(RAISED, function, list(training), list(test))
    return as_list(found, "the persons should be a list, in order")


def _pairs(function, samples: int, processes: int) -> list[tuple[float, ...]]:
    found = called(RAISED, function, samples, processes)
    words = f"give a list of {processes} pairs (samples, weight), one for each process"
    pairs = as_list(found, f"the shares should be a list: {words}")
    need(len(pairs) == processes, words)
    return [tuple(numbers(pair, words, 2, "of samples and weight each")) for pair in pairs]
