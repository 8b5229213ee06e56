import math

import torch
from hints import hints

from mpe_lib.course.check import nb17
from mpe_lib.systems.se_adlif import adlif_matrix, adlif_sequence
from mpe_lib.systems.srnn import alif_sequence

JUMP, LEFT = 1.8 * (1 - math.exp(-0.01)), math.exp(-0.5)


def alif(x, tau_m, tau_adp, b0, beta):
    trace = alif_sequence(x, tau_m, tau_adp, b0, beta)
    return trace.s, trace.v_threshold


def adlif(x, tau_u, tau_w, a, b, q, form):
    trace = adlif_sequence(x, tau_u, tau_w, a, b, q, form)
    return trace.s, trace.w


def limit(tau_u, tau_w, a):
    keep_u, keep_w = math.exp(-1 / tau_u), math.exp(-1 / tau_w)
    return (1 - keep_u * keep_w) / ((1 - keep_u) * (1 - keep_w) * a)


def recall(s):
    return s[-10:].sum(0).argmin(1)


def test_other_right_answers_pass(capsys):
    nb17.left(0.0179, torch.tensor(0.6065))
    nb17.alif(alif)
    nb17.alif(lambda *given: [alif(*given)[0].bool(), alif(*given)[1]])
    nb17.alif(lambda *given: torch.stack(alif(*given)))
    nb17.adlif(adlif)
    nb17.limit(limit)
    nb17.limit(lambda *given: torch.tensor(limit(*given)))
    nb17.recall(recall)
    nb17.recall(lambda s: s[60:].mean(0).argmin(-1).tolist())
    assert capsys.readouterr().out.count("Right.") == 9


def test_at_the_limit_the_modulus_is_1():
    for given in ((10.0, 100.0, 0.9), (5.0, 60.0, 1.0), (25.0, 300.0, 0.3)):
        values = torch.linalg.eigvals(adlif_matrix(*given, limit(*given), "euler"))
        torch.testing.assert_close(values.abs(), torch.ones(2, dtype=torch.float64))
        assert values.imag.abs().min() > 0
        assert abs(limit(*given) * given[2] / (given[0] + given[1]) - 1) < 0.002  # as it says


test_hints_of_left = hints(nb17.left, [
    ((1.8, LEFT), "a share 1 - P of a spike"),
    ((JUMP / 1.8, LEFT), "the threshold moves by beta"),
    ((1.8 * math.exp(-0.01), LEFT), "what does it take in"),
    ((1.8 * (1 - math.exp(-0.1)), LEFT), "time constant of the potential"),
    ((0.018, LEFT), "which is not 1 - 1/100"),
    ((0.5, LEFT), "write e down"),
    (("much", LEFT), "jump should be one number"),
    ((JUMP, math.exp(-5)), "what the potential keeps"),
    ((JUMP, 0.5), "a share of what is still there"),
    ((JUMP, 1 - LEFT), "what has gone"),
    ((JUMP, math.exp(-0.01)), "there are fifty"),
    ((JUMP, 60.653), "not percent"),
    ((JUMP, math.exp(-2)), "not the other way round"),
    ((JUMP, 0.9), "which power"),
    ((JUMP, None), "left should be one number, got NoneType"),
])  # fmt: skip


def spoilt(wrong):
    return lambda *given: nb17._alif(*given, wrong)


test_hints_of_alif = hints(nb17.alif, [
    (None, "should be a function"),
    (lambda x, tau: x, "alif raised TypeError"),
    (lambda *given: None, "two tensors shaped like x, s and the threshold, got NoneType"),
    (lambda x, *given: x, "two tensors shaped like x"),
    (lambda x, *given: (x[0], x[0]), "two tensors shaped like x"),
    (spoilt("rest"), "not the one at rest"),
    (spoilt("early"), "that the spike has raised"),
    (spoilt("whole"), "a share 1 - P of a spike"),
    (spoilt("input"), "only a share 1 - A arrives"),
    (spoilt("hard"), "a soft reset"),
    (spoilt("leaked"), "after the leak"),
    (spoilt("none"), "where is the reset"),
    (spoilt("beta"), "what does beta do"),
    (lambda x, *given: (x, float("nan") * x), "go line by line"),
])  # fmt: skip


def wrong_w(wrong):
    return lambda *given: nb17._adlif(*given, wrong)


test_hints_of_adlif = hints(nb17.adlif, [
    (None, "should be a function"),
    (lambda x: x, "adlif raised TypeError"),
    (lambda x, *given: 3, "two tensors shaped like x, s and w, got the shape"),
    (lambda *given: adlif(*given[:-1], "symplectic"), 'form="euler" that is the order of "symp'),
    (lambda *given: adlif(*given[:-1], "euler"), 'form="symplectic" that is the order of "euler'),
    (wrong_w("charged"), "v and not h"),
    (wrong_w("mixed"), "from the same step as the potential"),
    (wrong_w("input"), "only a share 1 - A arrives"),
    (wrong_w("alone"), "factor of both"),
    (wrong_w("whole"), "only a share 1 - B"),
    (wrong_w("sign"), "look at the sign"),
    (wrong_w("none"), "back to 0 after a spike"),
    (lambda x, *given: (x, x), "go line by line"),
])  # fmt: skip

A, B = math.exp(-0.1), math.exp(-0.01)
test_hints_of_limit = hints(nb17.limit, [
    (110.0, "should be a function"),
    (lambda tau_u: 1.0, "euler_limit raised TypeError"),
    (lambda *given: "large", "should be one number, got str"),
    (lambda *given: float("inf"), "finite number"),
    (lambda *given: (1 + A) * (1 + B) / ((1 - A) * (1 - B) * 0.9), "limit of the symplectic"),
    (lambda *given: 1 / ((1 - A) * (1 - B) * 0.9), "a part without q"),
    (lambda *given: limit(*given) * 0.9**2, "divide by it"),
    (lambda *given: (1 - (A * B) ** 0.5) / ((1 - A) * (1 - B) * 0.9), "where its square is 1"),
    (lambda *given: limit(*given) * 0.9, "and q alone"),
    (lambda *given: 120.0, "equal to 1 and solve for q"),
])  # fmt: skip

test_hints_of_recall = hints(nb17.recall, [
    (None, "should be a function"),
    (lambda s: s.nothing, "recalled raised AttributeError"),
    (lambda s: s[-10:].sum(0), "one cue for each sequence"),
    (lambda s: s[-10:].sum(0).argmax(1), "least tired"),
    (lambda s: s.sum(0).argmin(1), "reaches beyond the go signal"),
    (lambda s: s.sum(0).argmax(1), "off its own steps"),
    (lambda s: s[:10].sum(0).argmax(1), "off its own steps"),
    (lambda s: s[-1].argmin(1), "one step says little"),
    (lambda s: torch.zeros(len(s[0])), "count the spikes"),
])  # fmt: skip
