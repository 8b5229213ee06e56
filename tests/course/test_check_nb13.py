import torch
from hints import hints

from mpe_lib.course.check import nb13


def leaked(training, test):
    return sorted({n.split("_")[0] for n in training} & {n.split("_")[0] for n in test})


def anytime(votes, labels):
    return (votes.cumsum(0).argmax(-1) == labels).double().mean(1)


def shares(samples, processes):
    less, more = divmod(samples, processes)
    counts = [less + (k < more) for k in range(processes)]
    return [(n, n * processes / samples) for n in counts]


def test_other_right_answers_pass(capsys):
    nb13.leak(leaked)
    nb13.anytime(anytime)
    nb13.anytime(lambda v, y: [(v[: t + 1].mean(0).argmax(1) == y).sum() / 40 for t in range(5)])
    nb13.shares(shares)
    nb13.shares(lambda n, p: shares(n, p)[::-1])
    assert capsys.readouterr().out.count("Right.") == 5


def test_the_shares_are_those_of_the_library():
    for samples, processes in ((30, 8), (63, 8), (32, 4)):
        library = [len(part) for part in torch.arange(samples).tensor_split(processes)]
        assert [n for n, _ in shares(samples, processes)] == library


test_hints_of_leak = hints(nb13.leak, [
    (lambda a, b: sorted(set(a) & set(b)), "Compare persons, not names"),
    (lambda a, b: [n.split("_")[0] for n in b if n.split("_")[0] in str(a)], "once"),
    (lambda a, b: ["user07_led", "user11_led"], "before the first underscore"),
    (lambda a, b: sorted({n[:6] for n in a + b}), "made recordings of one part only"),
    (lambda a, b: ["user07"], "one more person"),
    (lambda a, b: ["user11", "user07"], "in order"),
    (lambda a, b: ["user07", "user11"], "where nobody is in both"),
    (lambda a, b: {"user07"}, "should be a list"),
    (["user07"], "without brackets"),
])  # fmt: skip

test_hints_of_read_matrix = hints(nb13.read_matrix, [
    ((1, 18 / 23, 0.5), "what became of c"),
    ((0.15, 18 / 23, 0.5), "not of all recordings"),
    ((0.4, 18 / 23, 0.5), "that were missed"),
    ((0.5, 18 / 23, 0.5), "stay in the row"),
    ((0.6, 0.9, 0.5), "about the answers a"),
    ((0.6, 0.45, 0.5), "of the answers a, not"),
    ((0.6, 5 / 23, 0.5), "the wrong ones"),
    ((0.6, 0.1, 0.5), "stay in the column"),
    ((0.6, 18 / 23, 1 / 3), "not equally frequent"),
    ((0.6, 18 / 23, 23 / 40), "how often this network says a"),
    ((0.6, 18 / 23, 33 / 40), "this network's accuracy"),
    ((0.6, 18 / 23, 0.2), "which single answer"),
    ((None, 18 / 23, 0.2), "recall_c should be one number"),
])  # fmt: skip

test_hints_of_anytime = hints(nb13.anytime, [
    (lambda v, y: (v.argmax(-1) == y).double().mean(1), "step t alone decides in yours"),
    (lambda v, y: anytime(v.flip(0), y).flip(0), "still to come"),
    (lambda v, y: 100 * anytime(v, y), "percent"),
    (lambda v, y: 40 * anytime(v, y), "counts; divide"),
    (lambda v, y: anytime(v, y)[-1:].expand(5), "the answer at the end"),
    (lambda v, y: anytime(v, y)[-1:], "there are 5 steps"),
    (lambda v, y: torch.zeros(5), "take the largest, compare"),
    (lambda v, y: 0.5, "the shares should be a list"),
    (0.5, "without brackets"),
])  # fmt: skip

test_hints_of_layer = hints(nb13.layer, [
    ((50 * 9 * 24, 1), "hangs over the edge"),
    ((50 * 24, 1), "several pixels"),
    ((382, 1), "a kernel of its own"),
    ((25 * 9 * 24, 1), "only spikes cost"),
    ((9168 * 12, 1), "one input channel"),
    ((1, 1), "a corner under 4"),
    ((9168, 9168 * 4.6), "no multiplication is left"),
    ((9168, 8.2512), "nanojoules"),
    ((9168, 9168), "each addition takes"),
    ((9168, 3), "times what one addition takes"),
    (("many", 3), "operations should be one number"),
])  # fmt: skip

test_hints_of_shares = hints(nb13.shares, [
    (lambda n, p: [(n / p, 1.0)], "eight pairs"),
    (lambda n, p: [(n // p, 1.0)] * p, "24 of 30 samples: each counts once, none is left out"),
    (lambda n, p: [(4, 1.0)] * 7 + [(2, 0.5)], "all wait for him"),
    (lambda n, p: [(k, 1.0) for k, _ in shares(n, p)], "counts for more than one in a large"),
    (lambda n, p: [(k, k / n) for k, _ in shares(n, p)], "divides by 8 twice"),
    (lambda n, p: [(k, 2 * w) for k, w in shares(n, p)], "the mean over all 30 samples"),
    (lambda n, p: shares(30, 8), "try 32 on 4"),
    (lambda n, p: 5, "the shares should be a list"),
    (5, "without brackets"),
])  # fmt: skip
