import torch
from hints import hints

from mpe_lib.core.dynamics import lif_sequence
from mpe_lib.course.check import nb16
from mpe_lib.systems.population import leaky_sequence


def charge(v, x, tau):
    return v + (x - v) / tau


def felt(before, after, nudged):
    changed = (before != after).any(1).nonzero().flatten()
    return changed.max().item() - nudged, bool(changed.min() < nudged)


def gains(steps):
    return torch.arange(steps, 0, -1.0)


def leaky(x, decay):
    return leaky_sequence(x, decay).h


def by_hand(x, decay):
    h, rows = torch.zeros_like(x[0]), []
    for x_t in x.unbind(0):
        h = decay * h + x_t - (h > 1).to(x.dtype)
        rows.append(h)
    return torch.stack(rows)


def test_other_right_answers_pass(capsys):
    nb16.charge(charge)
    nb16.charge(lambda v, x, tau: (1 - 1 / tau) * v + x / tau)
    nb16.felt(felt)
    nb16.felt(lambda *given: [torch.tensor(felt(*given)[0]), float(felt(*given)[1])])
    nb16.count(16512, 64)
    nb16.clock(gains)
    nb16.clock(lambda steps: [-float(t * t) for t in range(steps)])
    nb16.leaky(leaky)
    nb16.leaky(by_hand)
    assert capsys.readouterr().out.count("Right.") == 9


test_hints_of_charge = hints(nb16.charge, [
    (lambda v, x, tau: v - v / tau + x, "the whole of x comes in"),
    (lambda v, x, tau: v / tau + x / tau, "is what is lost; how much is kept"),
    (lambda v, x, tau: v / tau + x, "of x too only a part"),
    (lambda v, x, tau: v + x, "nothing leaks yet"),
    (lambda v, x, tau: v + (x + v) / tau, "look at the sign"),
    (lambda v, x, tau: v, "of the way from v to x"),
    (lambda v, x, tau: 3.0, "shaped like v"),
    (lambda v: v, "charge raised TypeError"),
    (3, "should be a function"),
])  # fmt: skip

test_hints_of_felt = hints(nb16.felt, [
    (lambda b, a, n: (felt(b, a, n)[0] + n, felt(b, a, n)[1]), "that is a step"),
    (lambda b, a, n: ((b != a).any(1).sum() - 1, felt(b, a, n)[1]), "not for how many did"),
    (lambda b, a, n: ((b < a).any(1).nonzero().sum() - n, False), "in either direction"),
    (lambda b, a, n: felt(b.mean(1, True).round(decimals=9), a.mean(1, True).round(decimals=9), n),
     "one neuron that changes is enough"),
    (lambda b, a, n: (felt(b, a, n)[0], False), "sees the future"),
    (lambda b, a, n: (felt(b, a, n)[0], True), "sees the future"),
    (lambda b, a, n: 3, "two things"),
    (lambda b, a, n: ("far", True), "should be one number"),
    (None, "should be a function"),
])  # fmt: skip

test_hints_of_count = hints(nb16.count, [
    ((128 * 128, 64), "and the thresholds"),
    ((64 * 128 * 129, 64), "share one matrix"),
    ((128 * 129 / 2, 64), "later steps too"),
    ((128, 64), "from every step to every step"),
    ((128 * 128 + 1, 64), "a threshold for each step"),
    ((7, 64), "from every step to every step"),
    ((16512, 65), "are the thresholds counted"),
    ((16512, 63), "is it more"),
    ((16512, 91), "not triangular"),
    ((16512, 64.2), "above 64 x 64"),
])  # fmt: skip

test_hints_of_clock = hints(nb16.clock, [
    (torch.ones, "where is the time"),
    (lambda steps: torch.arange(float(steps)), "came last"),
    (lambda steps: torch.tensor([5.0, *range(steps - 1)]), "which pair of steps"),
    (lambda steps: torch.ones(3), "should hold 2 numbers"),
    (lambda steps: torch.full((steps,), float("nan")), "finite"),
    (lambda steps: "no", "one number for each step"),
    (3, "should be a function"),
])  # fmt: skip

test_hints_of_leaky = hints(nb16.leaky, [
    (lambda x, d: lif_sequence(x, d, reset="soft").h, "paid in full"),
    (lambda x, d: lif_sequence(x, d).h, "hard reset"),
    (lambda x, d: lif_sequence(x, d, reset="none").h, "nothing is taken off"),
    (lambda x, d: leaky_sequence(x, d).s, "those are the spikes"),
    (lambda x, d: leaky(x, d) - leaky_sequence(x, d).s, "before the reset"),
    (lambda x, d: x, "less 1 where the step before fired"),
    (lambda x, d: x[0], "shaped like x"),
    (3, "should be a function"),
])  # fmt: skip
