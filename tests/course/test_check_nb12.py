import torch
from hints import hints

from mpe_lib.course.check import nb12
from mpe_lib.results.widths import flatter
from mpe_lib.studies.cuts import norms


def good(weight, noise):
    return noise * norms(weight) / norms(noise)


def test_other_right_answers_pass(capsys):
    nb12.normalised(good)
    nb12.share(lambda a, b: flatter(a, b)[0])
    nb12.seeds_needed(32)
    assert capsys.readouterr().out.count("Right.") == 3


test_hints_of_normalised = hints(nb12.normalised, [
    (None, "give the function itself"),
    (lambda w, n: None, "should return a tensor"),
    (lambda w, n: n.sum(), "needs the shape of the weight"),
    (lambda w, n: n, "the noise came back"),
    (lambda w, n: n / norms(n), "has length 1"),
    (lambda w, n: n * norms(w), "which length has the noise before"),
    (lambda w, n: n * w.norm() / n.norm(), "one factor for the whole layer"),
    (lambda w, n: n * norms(n) / norms(w), "upside down"),
    (lambda w, n: n * w.abs(), "the unit here is a filter"),
    (lambda w, n: n + w, "its length that of the weight"),
    (lambda w, n: n * w.norm(dim=(1, 2, 3), keepdim=True) / n.norm(dim=(1, 2, 3),
     keepdim=True), "it stops for a weight of shape"),
    (lambda w, n: w.norms(), "has no attribute 'norms'"),
])  # fmt: skip


def pairs(a, b):
    return torch.tensor(a).flatten()[:, None], torch.tensor(b).flatten()


test_hints_of_share = hints(nb12.share, [
    (0.5, "give the function itself"),
    (lambda a, b: None, "the share should be one number"),
    (lambda a, b: (torch.tensor(a) > torch.tensor(b)).double().mean(),
     "the same seed and the same direction only; .* drawn apart"),
    (lambda a, b: flatter(b, a)[0], "who is asked about"),
    (lambda a, b: flatter([[sum(x) / 3 for x in a]], [[sum(x) / 3 for x in b]])[0],
     "average the directions first"),
    (lambda a, b: (pairs(a, b)[0] > pairs(a, b)[1]).sum(), "a share of how many"),
    (lambda a, b: float(torch.tensor(a).mean() > torch.tensor(b).mean()), "mean of all"),
    (lambda a, b: 0.123, "and count"),
    (lambda a, b: flatter(a, b)[0] if a[0] != [1.0, 2.0] else 0.75, "a tie is not wider"),
])  # fmt: skip

test_hints_of_seeds = hints(nb12.seeds_needed, [
    (None, "seeds should be one number"),
    (16, "that is for one mean; .* twice the variance"),
    (4, "square the ratio"),
    (8, "squared first"),
    (2, "halve a standard error"),
    (64, "smaller than that"),
    (80, "directions are not seeds"),
    (160, "directions are not seeds"),
    (6.4, "no five networks"),
    (100, "set its root"),
])  # fmt: skip
