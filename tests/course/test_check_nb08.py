import math

import torch
from hints import hints

from mpe_lib.course.check import nb08

PULL, STEPS = 0.01 * 0.24, 282
TIME = 0.1 / 0.05 / 5e-4 * math.log1p(5e-4 / PULL)


def test_right_answers_pass(capsys):
    nb08.turning(25, (TIME + 9) / STEPS)
    nb08.turning(26, TIME / STEPS)
    nb08.softmax_gradient(lambda kappa, mse: kappa * (mse - kappa @ mse))
    nb08.limit(lambda decay: ((1 + decay**2) / (4 + decay**2)) ** 0.5)
    assert capsys.readouterr().out.count("Right.") == 4


test_hints_of_turning = hints(nb08.turning, [
    ((100, 2.7), "where does a weight of T start"),
    ((4, 2.7), "that is T"),
    ((0.25, 2.7), "how many steps of the optimiser"),
    ((2500, 2.7), "lambda drops out"),
    ((10_000, 2.7), "lambda and the distance drop"),
    ((50, 2.7), "it starts at 1/T"),
    ((None, 2.7), "adam_step should be one number"),
    ((25, TIME + 9), "those are steps"),
    ((25, 0.1 / 0.05 / PULL / STEPS), "the weight decay pulls"),
    ((25, (0.1 / 0.05 / PULL + 9) / STEPS), "the weight decay pulls"),
    ((25, 10 * TIME / STEPS), "the momentum adds the steps up"),
    ((25, (10 * TIME + 9) / STEPS), "the momentum adds the steps up"),
    ((25, (TIME + 9) / STEPS / 10), "T cancels"),
    ((25, 1), "then divide by 282"),
    ((25, "a"), "sgd_epochs should be one number"),
])  # fmt: skip

test_hints_of_softmax_gradient = hints(nb08.softmax_gradient, [
    (None, "give the function itself"),
    (lambda kappa, mse: None, "one number for each time step"),
    (lambda kappa, mse: kappa @ mse, "one number for each time step"),
    (lambda kappa, mse: kappa * (kappa @ mse - mse), "the sign"),
    (lambda kappa, mse: mse, "with respect to kappa; go one step further"),
    (lambda kappa, mse: kappa * mse, "share one denominator"),
    (lambda kappa, mse: kappa * (1 - kappa) * mse, "changes all the other weights"),
    (lambda kappa, mse: mse - kappa @ mse, "right but for a factor"),
    (lambda kappa, mse: kappa * (mse - mse.mean()), "not the plain mean"),
    (lambda kappa, mse: torch.zeros_like(mse), "sum over i"),
])  # fmt: skip

test_hints_of_limit = hints(nb08.limit, [
    (0.5, "give the function itself"),
    (lambda d: None, "relative distance at decay 0.25 should be one number"),
    (lambda d: (1 + d**2) / (4 + d**2), "its root"),
    (lambda d: ((1 + d**2) / (2 + d**2)) ** 0.5, "that is the draw"),
    (lambda d: ((1 + d**2) / 4) ** 0.5, "v is not x alone"),
    (lambda d: 0.5, "v is not x alone"),
    (lambda d: (1 / (4 + d**2)) ** 0.5, "in v - v_hat as well"),
    (lambda d: ((4 + d**2) / (1 + d**2)) ** 0.5, "upside down"),
    (lambda d: (1 + d) / (4 + d**2) ** 0.5, "squares add"),
    (lambda d: (1 - d) / (2 + d), "squares add"),
    (lambda d: (17 / 65) ** 0.5, "at|small x"),  # right at one decay only
    (lambda d: 0.9, "take the mean squares"),
])  # fmt: skip
