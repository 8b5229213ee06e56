"""Checks of notebook 02, estimate the membrane."""

import math

import torch
from torch import Tensor

from ...core.dynamics import lif_sequence
from ...core.estimate import RULES, estimate_membrane
from .base import exercise, need, right
from .compare import alone, guesses, match
from .forms import number

ROUGH = 6e-3  # two digits are enough


@exercise
def moments(mean, variance) -> None:
    """Mean and variance of the paper's guess at x = 2."""
    keep = 1 / (1 + math.exp(2))
    match(number(mean, "mean_at_2"), 2 * keep, [
        (2 * (1 - keep), "sigmoid(x) is the chance of a reset; when is the guess x?"),
        (keep, "that is the chance that x is kept; what is kept then?"),
        (1 - keep, "that is the chance of a reset; the question is about the potential"),
        (1 / (1 + math.e), "that is the mean at x = 1"),
        (1, "the coin is not fair here: it is fair at x = 0 only"),
        (2, "x is the guess when the coin says keep; how often does it?"),
        (0, "at x = 2 a reset is likely, but not certain"),
    ], "the guess takes two values; weight each with its probability")  # fmt: skip
    match(number(variance, "variance_at_2"), 4 * keep * (1 - keep), [
        (keep * (1 - keep), "that is the variance of the coin; the guess is x times as wide"),
        (2 * keep * (1 - keep), "x multiplies the coin: what does a factor do to a variance?"),
        (2 * math.sqrt(keep * (1 - keep)), "that is the standard deviation; square it"),
        (4 * keep, "that is the mean of the square; what is still to be taken off?"),
        (1, "the coin is not fair here: it is fair at x = 0 only"),
    ], "take the mean of the square, and from it the square of the mean")  # fmt: skip
    right("The spread is larger than the mean, and the mean is smaller than at x = 1.")


@exercise
def constant(estimate_from, rate_exact, rate_estimate) -> None:
    """Constant input at decay 0.5: where the estimate starts to fire, and both rates at 0.8."""
    match(
        number(estimate_from, "estimate_from"),
        2 / 3,
        [
            (0.5, "the exact neuron starts there; the estimate adds up two inputs, no more"),
            (1, "that is where a neuron with no memory starts; the kept guess lifts h a little"),
            (1.5, "upside down: at the border x (1 + decay) is as large as the threshold"),
            (2, "the largest h is x + decay x: set it equal to the threshold"),
        ],
        "what is the largest h the estimate can have, if its guess is either 0 or x?",
        ROUGH,
    )  # fmt: skip
    match(
        number(rate_exact, "rate_exact"),
        0.5,
        [
            (1, "the first step after a reset starts from 0: is 0.8 above the threshold?"),
            (0, "write down h of the exact neuron for two steps: 0.8, then?"),
            (2, "that is the number of steps between two spikes; a rate is spikes per step"),
            (1 / 3, "it does not need three steps: write down h until it passes 1"),
        ],
        "write down h of the exact neuron until it fires; then it starts anew from 0",
        ROUGH,
    )
    keep = 1 / (1 + math.exp(0.8))
    match(
        number(rate_estimate, "rate_estimate"),
        keep,
        [
            (1 - keep, "that is the chance that the guess forgets; when does it fire?"),
            (0.5, "the coin would be fair at x = 0; here x is 0.8"),
            (1, "only if the guess is kept; how likely is that?"),
            (0, "if the guess is kept, h is 0.8 + 0.5 times 0.8: is that above the threshold?"),
            (0.8 * keep, "that is the mean of the guess; the question is how often h passes 1"),
        ],
        "the estimate fires when the guess before was kept: what is the chance of that?",
        ROUGH,
    )  # fmt: skip
    right("Where two inputs are enough, the coin throws away more than half of the chances.")


@exercise
def guess(answer) -> None:
    """A function of the input of one step whose RMS error is below 0.375 at decay 0.9."""
    need(callable(answer), f"my_guess should be a function of x, got {type(answer).__name__}")
    errors, others = [], {rule: [] for rule in RULES}
    for seed in (201, 202, 203):
        generator = torch.Generator().manual_seed(seed)
        x = 0.5 + 0.5 * torch.randn(60, 500, generator=generator)
        v, v_hat = lif_sequence(x, 0.9).v, guesses(answer, x, "my_guess")
        errors.append(_rms(v_hat, v))
        for rule, each in others.items():
            each.append(_rms(estimate_membrane(x, rule, seed=seed), v))
    order = torch.randperm(60, generator=generator)[:30]
    alone(lambda z: guesses(answer, z, "my_guess"), x, order)
    mine, best = max(errors), min(map(max, others.values()))
    need(v_hat.std() > 1e-6, f"a constant has an error of {mine:.2f}; let x say something as well")
    need(
        mine < max(others["bernoulli"]),
        f"its error is {mine:.2f}, above even that of the draw: is it on the scale of v?",
    )
    need(
        mine < 0.99 * best,
        f"its error is {mine:.2f}, the best rule's {best:.2f}: compare it with the black line of "
        "the cloud at decay 0.9, at x = -0.5, 0.5 and 1.5",
    )
    need(
        mine < 0.375,
        f"close: its error is {mine:.2f}. How high is the black line between x = 0 and x = 1, and "
        "where does it drop?",
    )
    right(f"Its RMS error is {mine:.2f}, that of the best of the four rules {best:.2f}.")


def _rms(v_hat: Tensor, v: Tensor) -> float:
    return (v_hat - v).square().mean().sqrt().item()
