"""Checks of notebook 08, the membrane loss."""

import math

import torch

from .base import called, exercise, need, right
from .compare import match, match_tensor
from .forms import number, tensor


@exercise
def turning(adam_step, sgd_epochs) -> None:
    """When kappa turns negative: steps of Adam (lr 0.01, T = 4), epochs of SGD (282 steps each)."""
    match(number(adam_step, "adam_step"), 25, [
        (100, "1 / lr steps take it down by 1; where does a weight of T start?"),
        (4, "that is T; how far must kappa fall, and how far does one step take it?"),
        (0.25, "that is how far kappa has to fall; how many steps of the optimiser is it?"),
        (2500, "Adam divides by the size of the gradient, so lambda drops out"),
        (10_000, "Adam divides by the size of the gradient, so lambda and the distance drop"),
    ], "Adam moves kappa by lr in each step; it starts at 1/T", tolerance=0.05)  # fmt: skip
    pull, decay, lr, momentum = 0.01 * 0.24, 5e-4, 0.05, 0.9
    time = (1 - momentum) / lr / decay * math.log1p(decay / pull)
    steps = time + momentum / (1 - momentum)
    plain, slow = (1 - momentum) / lr / pull, time / (1 - momentum)
    match(
        number(sgd_epochs, "sgd_epochs"),
        steps / 282,
        [
            (steps, "those are steps; an epoch has 282 of them"),
            (plain / 282, "the weight decay pulls kappa down as well: use the formula with ln"),
            (
                (plain + 9) / 282,
                "the weight decay pulls kappa down as well: use the formula with ln",
            ),
            (slow / 282, "the momentum adds the steps up: each pull counts 1 / (1 - m) times"),
            ((slow + 9) / 282, "the momentum adds the steps up: each pull counts 1/(1-m) times"),
            (steps / 282 / 10, "T cancels: kappa starts at 1/T and its gradient has a 1/T as well"),
            (steps / 282 * 10, "T cancels: kappa starts at 1/T and its gradient has a 1/T as well"),
        ],
        "put lr, m, lambda, the distance and w into the formula with ln; then divide by 282",
        tolerance=0.015,  # with or without the few steps that momentum needs to get going
    )
    right("The sign turns in the first thirtieth of one epoch, and in the third of 230 epochs.")


@exercise
def softmax_gradient(function) -> None:
    """Gradient of sum kappa mse with respect to the logits of kappa = softmax(logits)."""
    need(callable(function), "give the function itself, without brackets")
    generator = torch.Generator().manual_seed(0)
    for steps in (2, 5, 12):
        logits = torch.randn(steps, generator=generator).double().requires_grad_()
        mse = torch.rand(steps, generator=generator).double()
        kappa = torch.softmax(logits, 0)
        (expected,) = torch.autograd.grad(kappa @ mse, logits)
        kappa = kappa.detach()
        words = "softmax_gradient raised {kind}: {error}"
        got = called(words, function, kappa, mse)
        words = "return one number for each time step, as a tensor shaped like mse"
        got = tensor(got, mse.shape, words)
        mean, loss = mse.mean(), kappa @ mse
        mistakes = (
            (-expected, "the sign: a step with more than the mean distance must lose weight when "
             "the gradient is subtracted"),
            (mse, "that is the gradient with respect to kappa; go one step further, to the logits"),
            (kappa * mse, "the weights share one denominator: raising one logit lowers the others"),
            (kappa * (1 - kappa) * mse, "only how a weight changes with its own logit; a logit "
             "changes all the other weights too"),
            (mse - loss, "right but for a factor: how strongly can a weight of almost 0 change?"),
            (kappa * (mse - mean), "compare with the loss, which is the mean by the weights kappa, "
             "not the plain mean"),
        )  # fmt: skip
        otherwise = (
            "d kappa[i] / d logit[j] is kappa[i] (1[i = j] - kappa[j]); sum over i with mse[i]"
        )
        match_tensor(got, expected, mistakes, otherwise)
    right("It sums to 0: what one step gains in weight, the others lose.")


@exercise
def limit(function) -> None:
    """Relative distance of the rule mean for a vanishing signal of mean 0, for any decay."""
    need(callable(function), "give the function itself, without brackets")
    for decay in (0.25, 0.9, 0.5):
        d2 = decay**2
        found = called("mean_limit raised {kind}: {error}", function, decay)
        match(
            number(found, f"the relative distance at decay {decay:g}"),
            math.sqrt((1 + d2) / (4 + d2)),
            [
                ((1 + d2) / (4 + d2), "that is the ratio of the squares; the distance is its root"),
                (math.sqrt((1 + d2) / (2 + d2)), "that is the draw; what is v_hat of the mean rule "
                 "for small x? It is no coin"),
                (math.sqrt((1 + d2) / 4), "v is not x alone: it holds decay times the last v_hat"),
                (0.5, "v is not x alone: it holds decay times the last v_hat"),
                (math.sqrt(1 / (4 + d2)), "the last v_hat is in v - v_hat as well"),
                (math.sqrt((4 + d2) / (1 + d2)), "upside down: the distance goes on top"),
                (math.sqrt((1 + decay) ** 2 / (4 + d2)), "two independent inputs of mean 0: their "
                 "squares add, not their sizes"),
                ((1 - decay) / (2 + decay), "two independent inputs of mean 0: their squares add"),
            ],
            "for small x the mean rule is v_hat = x / 2, and v = x + decay v_hat of the step "
            "before; take the mean squares of v_hat - v and of v",
        )  # fmt: skip
    right("Even the best constant guess is half a signal away when the signal is small.")
