import math

import torch
from hints import hints

from mpe_lib.course.check import nb18
from mpe_lib.systems.rel_psp import spike_times


def right_time(t_in, weight, v_threshold):
    return spike_times(t_in[None], weight[None], v_threshold)[0, 0]


def right_slope(t_in, weight, t_out):
    if t_out == math.inf:
        return torch.zeros_like(weight)
    inside = t_in < t_out
    return inside * (t_in - t_out) / (inside * weight).sum()


def right_sweep(arrival, edges, delays):
    new = arrival.clone()
    for (u, v), d in zip(edges.T.tolist(), delays.tolist(), strict=True):
        new[v] = min(new[v], arrival[u] + d)
    return new


def test_other_right_answers_pass(capsys):
    nb18.latency(torch.tensor([0.0, 1.0, 1.5]), torch.tensor(1.4))
    nb18.latency((0, 1, 1.5), 7 / 5)
    nb18.time(right_time)
    nb18.time(lambda *given: float(right_time(*given)))
    nb18.slope(right_slope)
    nb18.sweep(right_sweep)
    nb18.sweep(lambda *given: right_sweep(*given).tolist())
    nb18.detour([2, 2, 2, 7])
    nb18.detour(torch.tensor([1, 5, 3, 10]))
    assert capsys.readouterr().out.count("Right.") == 9


def test_the_slope_by_hand_is_that_of_autograd():
    for t_in, weight, theta in nb18.NEURONS:
        t, w = torch.tensor(t_in, dtype=torch.float64), torch.tensor(weight, dtype=torch.float64)
        out = right_time(t, w.requires_grad_(), theta)
        if out < math.inf:
            (grad,) = torch.autograd.grad(out, w)
            torch.testing.assert_close(grad, right_slope(t, w.detach(), out.detach()))


test_hints_of_latency = hints(nb18.latency, [
    (([2.0, 1.0, 0.5], 1.4), "the brighter, the earlier"),
    (([0.0, 0.5, 0.75], 1.4), "a pixel of 0 spikes at t_max"),
    (([0.0, 1.0], 1.4), "three numbers"),
    (([0.0, 1.0, 1.0], 1.4), "put the pixels into"),
    ((3, 1.4), "times should hold three numbers.*got int"),
    (([0.0, "x", 1.5], 1.4), "times should be one number"),
    (([0.0, 1.0, 1.5], 2.75 / 1.75), "you took all three inputs"),
    (([0.0, 1.0, 1.5], 2.0), "the first input alone"),
    (([0.0, 1.0, 1.5], 0.8), "has its own time"),
    (([0.0, 1.0, 1.5], 0.4), "on which clock"),
    (([0.0, 1.0, 1.5], 1.5), "before the third input comes"),
    (([0.0, 1.0, 1.5], 1.2), "draw V"),
    (([0.0, 1.0, 1.5], math.inf), "a finite number"),
])  # fmt: skip


def everything(t_in, weight, v_threshold):
    if weight.sum() <= 0:
        return math.inf
    return (v_threshold + (weight * t_in).sum()) / weight.sum()


def ticking(t_in, weight, v_threshold):
    exact = right_time(t_in, weight, v_threshold)
    return exact if exact == math.inf else exact + 0.004


def unsorted(t_in, weight, v_threshold):
    if right_time(t_in, weight, v_threshold) == math.inf:
        return math.inf
    return nb18._walk(t_in.tolist(), weight.tolist(), v_threshold, sort=False)


def hasty(t_in, weight, v_threshold):
    if right_time(t_in, weight, v_threshold) == math.inf:
        return math.inf
    return nb18._walk(t_in.tolist(), weight.tolist(), v_threshold, until_next=False)


def quiet(answer):
    def function(*given):
        t = right_time(*given)
        return answer if t == math.inf else t

    return function


test_hints_of_time = hints(nb18.time, [
    (None, "should be a function"),
    (lambda t: t, "raised TypeError"),
    (lambda *a: "soon", "one number, a time or inf, got str"),
    (lambda *a: None, "one number, a time or inf, got NoneType"),
    (lambda t, w, v: t, "one number, a time or inf"),
    (everything, "after the spike silence it"),
    (lambda t, w, v: (v + (w * t).sum()) / w.sum(), "you took all inputs"),
    (ticking, "is it a clock"),
    (unsorted, "sort them first"),
    (hasty, "on its own piece only"),
    (lambda t, w, v: right_time(t, w, 1.0), "not always 1"),
    (lambda *a: math.inf, "one of the neurons fires"),
    (quiet(math.nan), "a silent neuron's time is inf"),
    (quiet(-math.inf), "a silent neuron's time is inf"),
    (quiet(7.0), "never gets above its threshold"),
    (lambda *a: 0.0, "walk from input to input"),
])  # fmt: skip


def masked(t, w, out):
    return (t < out) & (out < math.inf)


def by_hand(numerator, total=lambda t, w, m: (m * w).sum()):
    """A slope with a mistake; a silent neuron's is right."""

    def function(t, w, out):
        m = masked(t, w, out)
        if not m.any():
            return torch.zeros_like(w)
        return numerator(t, w, m, out) / total(t, w, m)

    return function


test_hints_of_slope = hints(nb18.slope, [
    (None, "should be a function"),
    (lambda t, w: t, "raised TypeError"),
    (lambda t, w, out: 0.0, "one number for each input"),
    (lambda t, w, out: w[:1], "one number for each input"),
    (by_hand(lambda t, w, m, out: m * (out - t)), "look at the sign"),
    (by_hand(lambda t, w, m, out: m * w), "that is dt/dt_i"),
    (by_hand(lambda t, w, m, out: t - out), "comes after the spike cannot move it"),
    (by_hand(lambda t, w, m, out: m * (t - out), lambda t, w, m: w.sum()), "divide by the sum"),
    (by_hand(lambda t, w, m, out: m * (t - out), lambda t, w, m: 1.0), "and divided by"),
    (by_hand(lambda t, w, m, out: m * t), "t stands on both sides"),
    (by_hand(lambda t, w, m, out: 0 * t), "as a quotient"),
    (lambda t, w, out: (t < out) * (t - out) / ((t < out) * w).sum(), "is no number"),
    (lambda t, w, out: right_slope(t, w, out) if out < 9 else w, "no spike that a weight"),
])  # fmt: skip


def with_a(mistake):
    return lambda *given: nb18._sweep(*given, mistake=mistake)


test_hints_of_sweep = hints(nb18.sweep, [
    (None, "should be a function"),
    (lambda a: a, "raised TypeError"),
    (lambda a, e, d: a[:3], "one time for each node"),
    (lambda a, e, d: "x", "should return a tensor, got str"),
    (with_a("own"), "the source stays at 0"),
    (with_a("same"), "news of this very sweep"),
    (with_a("last"), "the earliest counts"),
    (with_a("one"), "a delay of its own"),
    (with_a("back"), "where an edge starts"),
    (lambda a, e, d: a + 1, "the least of arrival"),
    (lambda a, e, d: a * math.nan, "the least of arrival"),
])  # fmt: skip

test_hints_of_detour = hints(nb18.detour, [
    (7, "delays should hold four numbers.*got int"),
    ([1, 2, 3], "four numbers, one for each edge, got 3"),
    ([1, 2, 3, 4.5], "whole steps from 1 to 99"),
    ([0, 2, 3, 6], "whole steps from 1 to 99"),
    ([2, 2, 2, 500], "whole steps from 1 to 99"),
    ([2, 2, 2, 6], "equally long, as it is"),
    ([2, 2, 2, 8], "equally long, with one step more"),
    ([2, 2, 2, 5], "as it is the straight edge wins"),
    ([2, 2, 2, 20], "the three edges still win"),
])  # fmt: skip
