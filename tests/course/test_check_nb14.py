import torch
from hints import hints

from mpe_lib.course.check import nb14


def leaked(training, test):
    return sorted({n.split("_")[0] for n in training} & {n.split("_")[0] for n in test})


def shares(samples, processes):
    less, more = divmod(samples, processes)
    counts = [less + (k < more) for k in range(processes)]
    return [(n, n * processes / samples) for n in counts]


def test_other_right_answers_pass(capsys):
    nb14.leak(leaked)
    nb14.shares(shares)
    nb14.shares(lambda n, p: shares(n, p)[::-1])
    assert capsys.readouterr().out.count("Right.") == 3


def test_the_shares_are_those_of_the_library():
    for samples, processes in ((30, 8), (63, 8), (32, 4)):
        library = [len(part) for part in torch.arange(samples).tensor_split(processes)]
        assert [n for n, _ in shares(samples, processes)] == library


test_hints_of_leak = hints(nb14.leak, [
    (lambda a, b: sorted(set(a) & set(b)), "Compare persons, not names"),
    (lambda a, b: [n.split("_")[0] for n in b if n.split("_")[0] in str(a)], "once"),
    (lambda a, b: ["user07_led", "user11_led"], "before the first underscore"),
    (lambda a, b: sorted({n[:6] for n in a + b}), "made recordings of one part only"),
    (lambda a, b: ["user07"], "one more person"),
    (lambda a, b: ["user07", "user11"] if len(a) == 5 else [], "one pair of lists only"),
    (lambda a, b: ["user11", "user07"], "in order"),
    (lambda a, b: ["user07", "user11"], "where nobody is in both"),
    (lambda a, b: {"user07"}, "should be a list"),
    (["user07"], "without brackets"),
])  # fmt: skip

test_hints_of_shares = hints(nb14.shares, [
    (lambda n, p: [(n / p, 1.0)], "8 pairs"),
    (lambda n, p: [(n // p, 1.0)] * p, "24 of 30 samples: each counts once, none is left out"),
    (lambda n, p: [(4, 1.0)] * 7 + [(2, 0.5)], "all wait for him"),
    (lambda n, p: [(k, 1.0) for k, _ in shares(n, p)], "counts for more than one in a large"),
    (lambda n, p: [(k, k / n) for k, _ in shares(n, p)], "divides by 8 twice"),
    (lambda n, p: [(k, 2 * w) for k, w in shares(n, p)], "the mean over all 30 samples"),
    (lambda n, p: shares(30, 8), "give a list of 4 pairs"),
    (lambda n, p: shares(n, p) if n == 30 else shares(n, 4), "a list of 3 pairs"),
    (lambda n, p: shares(n, p) if n == 30 else [(n / p, 1)] * p, "try 7 on 3"),
    (lambda n, p: 5, "the shares should be a list"),
    (5, "without brackets"),
])  # fmt: skip
