import torch
from hints import hints

from mpe_lib.course.check import nb15
from mpe_lib.systems.fpt import fpt_sequence
from mpe_lib.systems.psu import leak_matrix


def parts(x, decay):
    a = leak_matrix(len(x), decay, x.dtype)
    return a, torch.eye(len(x), dtype=x.dtype)


def put_back(x, r, decay):
    a, one = parts(x, decay)
    return a @ x - (a - one) @ r


def by_loop(x, r, decay):
    h, rows = torch.zeros_like(x[0]), []
    for t, x_t in enumerate(x.unbind(0)):
        h = (decay * (h - r[t - 1]) if t else 0) + x_t
        rows.append(h)
    return torch.stack(rows)


def swept(x, decay, sweeps):
    return fpt_sequence(x, decay, sweeps=sweeps).s


def remainder(x):
    c = x.relu().cumsum(0)
    return c - (c.ceil() - 1).clamp(min=0)


def test_other_right_answers_pass(capsys):
    nb15.taken([0.9, 1.35, 1.075], [0, 1, 1])
    nb15.taken(torch.tensor([0.9, 1.35, 1.075]), torch.tensor([0.0, 1.0, 1.0]))
    nb15.equation(put_back)
    nb15.equation(by_loop)
    nb15.rest(-2, 0.5)
    nb15.sweep(swept)
    nb15.remainder(remainder)
    assert capsys.readouterr().out.count("Right.") == 7


H, R = [0.9, 1.35, 1.075], [0, 1, 1]
test_hints_of_taken = hints(nb15.taken, [
    (([0.9, 1.35, 0.9], R), "after a hard reset"),
    (([0.9, 1.35, 1.575], R), "was nothing taken away on the second step"),
    (([0.9, 1.35, 0.575], R), "half of it, and then"),
    (([0.9, 1.35, 1.25], R), "leaks too"),
    (([0.9, 1.8, 1.075], R), "the leak keeps half"),
    (([0.5, 1.35, 1.075], R), "on the first step nothing is left"),
    ((H, [0, 1.35, 1.075]), "all of h is what a hard reset"),
    ((H, [0, 1, 0]), "step 2: does it fire"),
    ((H, [1, 1, 1]), "step 0: does it fire"),
    ((H[:2], R[:2]), "three numbers"),
    ((3, R), "charged should be a list"),
    ((H, "no"), "taken should be a list"),
])  # fmt: skip

test_hints_of_equation = hints(nb15.equation, [
    (lambda x, r, d: (p := parts(x, d))[0] @ x - p[0] @ r, "from? the next one on|the next one on"),
    (lambda x, r, d: put_back(x, -r, d), "look at the sign"),
    (lambda x, r, d: parts(x, d)[0] @ x, "where is r"),
    (lambda x, r, d: parts(x, d)[0].T @ x - (parts(x, d)[0].T - parts(x, d)[1]) @ r, "the future"),
    (lambda x, r, d: parts(x, d)[0] @ x - r, "fades as slowly"),
    (lambda x, r, d: put_back(x.detach(), r, d), "no gradient reaches x"),
    (lambda x, r, d: put_back(x, r, d) + x.detach() - x, "its gradient to x is not"),
    (lambda x, r, d: x.sum(0), "shaped like x"),
    (lambda x, r, d: x + 1, "three steps"),
    (lambda x: x, "put_back raised TypeError"),
    (5, "should be a function"),
])  # fmt: skip

test_hints_of_rest = hints(nb15.rest, [
    ((2, 0.5), "look at the sign"),
    ((-0.5, 0.5), "what do all the earlier ones add up to"),
    ((-2.5, 0.5), "own chance"),
    ((-4, 0.5), "sigmoid of 0"),
    ((-0.4, 0.5), "one step's share"),
    ((-1, 0.5), "a geometric sum"),
    ((-2, 1 / 3), "first three terms"),
    ((-2, 0.9), "several thresholds"),
    ((-2, 0.25), "it may be larger"),
    ((-2, 0.7), "solve for d"),
    (("x", 0.5), "at_rest should be one number"),
])  # fmt: skip

test_hints_of_sweep = hints(nb15.sweep, [
    (lambda x, d, k: swept(x, d, k + 1), "never reset"),
    (lambda x, d, k: nb15._own_step(x, d, k), "A - 1, not A"),
    (lambda x, d, k: swept(x, d, max(k - 1, 0)), "one sweep is missing"),
    (lambda x, d, k: fpt_sequence(x, d, sweeps=k).h, "not h"),
    (lambda x, d, k: x[0], "shaped like x"),
    (lambda x, d, k: torch.zeros_like(x), "fire again"),
    (lambda x: x, "swept raised TypeError"),
    (None, "should be a function"),
])  # fmt: skip

test_hints_of_remainder = hints(nb15.remainder, [
    (lambda x: (c := x.relu().cumsum(0)) - c.floor(), "exactly 1 does not fire"),
    (lambda x: (c := x.relu().cumsum(0)) - c.ceil() + 1, "nothing is left: not 1"),
    (lambda x: (c := x.cumsum(0)) - (c.ceil() - 1).clamp(min=0), "rectify first"),
    (lambda x: x.relu().cumsum(0), "that is the running sum"),
    (lambda x: (x.relu().cumsum(0).ceil() - 1).clamp(min=0), "what is left"),
    (lambda x: x.sum(), "shaped like x"),
    (lambda x: x, "count the thresholds"),
    (lambda: 0, "remainder raised TypeError"),
    ("x", "should be a function"),
])  # fmt: skip
