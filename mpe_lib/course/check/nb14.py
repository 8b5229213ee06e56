"""Checks of notebook 14, the paper's data sets."""

from .base import as_list, exercise, need, number, right

TRAINING = ("user03_led/0", "user07_led/4", "user07_lab/1", "user11_natural/2", "user12_led/0")
TEST = ("user07_natural/3", "user24_led/0", "user11_led/5", "user25_lab/1", "user11_lab/0")


@exercise
def leak(function) -> None:
    """A function of two lists of names that gives the persons who are in both, in order."""
    need(callable(function), "give the function itself, without brackets")
    found = as_list(function(list(TRAINING), list(TEST)), "the persons")
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
        not as_list(function(["user01_led/0"], ["user02_led/0", "user10_led/0"]), "the persons"),
        "where nobody is in both, the list is empty; user01 is not user10",
    )
    right("No recording is shared, and yet the test part knows two persons from training.")


@exercise
def shares(function) -> None:
    """A function of (samples, processes): (samples, weight of their mean loss) for each process."""
    need(callable(function), "give the function itself, without brackets")
    pairs = [tuple(pair) for pair in as_list(function(30, 8), "the shares")]
    need(
        len(pairs) == 8 and all(len(pair) == 2 for pair in pairs),
        "give eight pairs (samples, weight), one for each process",
    )
    counts = [number(n, "samples") for n, _ in pairs]
    weights = [number(w, "a weight") for _, w in pairs]
    need(
        sum(counts) == 30,
        f"yours has {sum(counts):g} of 30 samples: each counts once, none is left out",
    )
    need(max(counts) - min(counts) <= 1, "who gets most waits for nobody, and all wait for him")
    need(
        any(abs(w - 1) > 1e-9 for w in weights),
        "with weight 1 everywhere a sample in a small share counts for more than one in a large",
    )
    need(
        abs(sum(weights) - 1) > 1e-6,
        "your weights sum to 1, and the gradients are averaged besides: that divides by 8 twice",
    )
    need(
        all(abs(w - n * 8 / 30) < 1e-6 for n, w in pairs),
        "the mean over 8 processes of weight x mean loss is to be the mean over all 30 samples",
    )
    pairs = [tuple(pair) for pair in as_list(function(32, 4), "the shares")]
    need(pairs == [(8, 1.0)] * 4, "it works for 30 on 8; try 32 on 4")
    right("The step is the same as on one process: no sample weighs more for where it lies.")
