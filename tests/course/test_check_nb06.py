from statistics import mean, median, median_low, quantiles

from hints import hints

from mpe_lib.course.check import nb06

ROBUST = (
    min,
    lambda times: sorted(times)[1],
    lambda times: mean(sorted(times)[:3]),
    lambda times: mean(sorted(times[1:])[1:-1]),  # trimmed
    lambda times: mean(sorted(times[1:])[:-1]),
    lambda times: median_low(times),
    lambda times: quantiles(times, n=4)[0],
)


def test_other_right_answers_pass(capsys):
    nb06.speedup(lambda slow, fast: median(slow) / median(fast))
    nb06.speedup(lambda slow, fast: median(slow[1:]) / median(fast[1:]))
    for usual in ROBUST:
        nb06.speedup(lambda slow, fast, usual=usual: usual(slow) / usual(fast))
    nb06.speedup(lambda slow, fast: median(a / b for a, b in zip(slow, fast, strict=True)))
    assert capsys.readouterr().out.count("Right.") == 3 + len(ROBUST)


test_hints_of_backward_bytes = hints(nb06.backward_bytes, [
    ((2**22, 2**22), "how many of them does indexing make"),
    ((2**26, 2**22), "numbers, not bytes"),
    ((2**22 * 2**14, 2**22), "not each of the N neurons"),
    ((1, 2**22), "as large as the whole of x; there are T"),
    ((2**28, 2**28), "unbind makes one gradient"),
    ((2**28, 2**16), "that is one step"),
    ((2**28, 2**20), "numbers, not bytes"),
    ((2**28, 5), "it is written once"),
    ((None, 5), "indexing should be one number"),
])  # fmt: skip

test_hints_of_speedup = hints(nb06.speedup, [
    (lambda a, b: mean(a) / mean(b), "a mean is moved by one slow call"),
    (lambda a, b: mean(a[1:]) / mean(b[1:]), "you left out the warm-up, good"),
    (lambda a, b: median(b) / median(a), "which of the two goes on top"),
    (lambda a, b: a[0] / b[0], "compare typical times"),
    (lambda a, b: 4.9, "compare typical times"),
    (lambda a, b: a[1] / b[1], "compare typical times"),
    (lambda a, b: a[-1] / b[-1], "compare typical times"),
    (lambda a, b: None, "the ratio should be one number"),
    (5.0, "without brackets"),
])  # fmt: skip

test_hints_of_crossover = hints(nb06.crossover, [
    ((10000, 0.5), "MPE has an overhead too"),
    ((290000, 0.5), "paid at each of the T steps"),
    ((9.0625, 0.5), "bring both to one unit"),
    ((4531.25, 0.5), "what matters is b' - b"),
    ((-20000, 0.5), "overhead at every step"),
    ((-625, 0.5), "overhead at every step"),
    ((5, 0.5), "solve for N"),
    ((None, 0.5), "crossover should be one number"),
    ((9062.5, 2), "LIF on top"),
    ((9062.5, 32 / 3), "the other end"),
    ((9062.5, 1), "b and b' differ"),
    ((9062.5, 32), "T drops out"),
    ((9062.5, 7), "only the terms with N"),
    ((9062.5, "half"), "limit should be one number"),
])  # fmt: skip
