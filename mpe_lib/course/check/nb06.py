"""Checks of notebook 06, scaling."""

import math
from random import Random
from statistics import mean

from .base import called, exercise, need, right
from .compare import match, same
from .forms import number


@exercise
def backward_bytes(indexing, unbind) -> None:
    """Bytes of gradient that backward writes for T = 64, N = 2^14 in float32."""
    steps, size = 64, 2**14
    whole = steps * size * 4
    match(number(indexing, "indexing"), steps * whole, [
        (
            whole,
            "that is one gradient of the whole input; how many of them does indexing make?",
        ),
        (steps * steps * size, "those are numbers, not bytes: a float32 takes four"),
        (steps * size * 4 * size, "each of the T steps, not each of the N neurons, makes one"),
        (2**26, "those are numbers, not bytes: a float32 takes four"),
    ], "each x[t] gives a gradient as large as the whole of x; there are T of them")  # fmt: skip
    match(number(unbind, "unbind"), whole, [
        (steps * whole, "unbind makes one gradient of the whole input, not one for each step"),
        (size * 4, "that is one step; the gradient of the whole input has T of them"),
        (steps * size, "those are numbers, not bytes: a float32 takes four"),
    ], "the gradient of x is as large as x, and it is written once")  # fmt: skip
    right("T times as much: backward is quadratic in T, only because of how the input was read.")


@exercise
def crossover(neurons, limit) -> None:
    """Where T (a + b N) and a' + b' T N meet, and where their ratio ends."""
    match(number(neurons, "crossover"), 580 / 0.064, [
        (10000, "MPE has an overhead too, if only once"),
        (580 / 0.002, "the time per neuron-step is paid at each of the T steps"),
        (580 / 64, "microseconds and nanoseconds: bring both to one unit"),
        (580 / 0.128, "LIF pays for its numbers as well; what matters is b' - b"),
        (-20000, "LIF pays its overhead at every step, T times"),
        (-40 / 0.064, "LIF pays its overhead at every step, T times"),
    ], "set the two times equal and solve for N, in microseconds")  # fmt: skip
    match(number(limit, "limit"), 0.5, [
        (2, "that is MPE over LIF; a speed-up has LIF on top"),
        (32 / 3, "that is the other end, few neurons: T a / a'"),
        (1, "overhead cancels for large N, but b and b' differ"),
        (32, "T drops out: both neurons do T N neuron-steps"),
    ], "for large N only the terms with N matter")  # fmt: skip
    right("Left of the crossing overhead decides, right of it the work per number.")


@exercise
def speedup(function) -> None:
    """A function of two lists of times, in call order, that gives the ratio of the typical ones."""
    need(callable(function), "give the function itself, without brackets")
    for slow, fast, truth in _timings():
        found = called("your function raised {kind}: {error}", function, slow, fast)
        ratio = number(found, "the ratio")
        if math.isclose(ratio, truth, rel_tol=0.1):  # any estimate that no accident moves
            continue
        for wrong, hint in (
            (mean(slow) / mean(fast), "a mean is moved by one slow call; which figure is not?"),
            (
                mean(slow[1:]) / mean(fast[1:]),
                "you left out the warm-up, good; but another process interrupted one of the later "
                "calls",
            ),
        ):
            need(not same(ratio, wrong), hint)
        need(not math.isclose(ratio, 1 / truth, rel_tol=0.1), "which of the two goes on top?")
        need(False, "compare typical times: medians, say")
    right("One cold start and one interruption, and neither moved your answer.")


def _timings():
    """Times of five calls each, slow and fast, and the ratio that they would have undisturbed."""
    yield [90.0, 10.0, 10.2, 9.8, 10.1], [31.0, 2.0, 2.1, 1.9, 60.0], 5.0
    draws = Random(6)
    for place in (1, 2, 3, 4):
        for interrupted in (0, 1):  # the slow or the fast neuron
            usual = draws.uniform(5, 50)
            ratio = draws.choice((0.4, 1.6, 4, 9)) * draws.uniform(0.9, 1.1)
            times = [[t * draws.uniform(1, 1.02) for _ in range(5)] for t in (usual * ratio, usual)]
            for each in times:
                each[0] *= draws.uniform(4, 20)
            times[interrupted][place] *= draws.uniform(8, 40)
            yield *times, ratio
