"""Checks of notebook 05, train."""

import math

import torch
import torch.nn.functional as F

from ...core.losses import tet_loss
from .base import exercise, match, need, number, right


@exercise
def tet(function) -> None:
    """A hand-written TET loss of (logits [T, B, classes], target [B])."""
    need(callable(function), "give the function itself, without brackets")
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(4, 6, 3, generator=generator)
    target = torch.randint(3, (6,), generator=generator)
    each = torch.stack([F.cross_entropy(step, target) for step in logits])
    match(number(function(logits, target), "the loss"), tet_loss(logits, target).item(), [
        (
            F.cross_entropy(logits.mean(0), target).item(),
            "you average the votes and then take the loss; TET takes the loss of every step "
            "and then averages",
        ),
        (each.sum().item(), "you add the steps up; a longer recording would weigh more"),
        (each[-1].item(), "only the last step counts in yours; which steps does TET train?"),
    ], "print the shapes inside your function: cross_entropy wants [samples, classes]")  # fmt: skip
    right("Every step is asked for the answer, so early steps are trained too.")


@exercise
def relative(first, second, better) -> None:
    """Relative distances of two networks, and the number of the one that guesses better."""
    for answer, name, gap, size in (
        (first, "first_relative", 0.4, 2.0),
        (second, "second_relative", 0.1, 0.2),
    ):
        match(
            number(answer, name),
            math.sqrt(gap / size),
            [
                (gap / size, f"{name} is a ratio of squares so far; rms is a root"),
                (math.sqrt(gap), f"{name}: the distance alone; relative to the size of what?"),
                (math.sqrt(size / gap), f"{name} is upside down: the distance goes on top"),
                (math.sqrt(gap) / size, f"{name}: you took the root of the distance only"),
            ],
            f"{name} is rms(v_hat - v) / rms(v); rms is the root of the mean square",
        )
    need(better in (1, 2), "better should be 1 or 2")
    need(
        better == 1,
        "the second has the smaller distance, but also the smaller signal; compare what you "
        "have just computed",
    )
    right("The distance fell to a quarter, and the guess got worse: the signal shrank faster.")


@exercise
def honest(function) -> None:
    """A function of (validation curve, test curve) that returns the accuracy to report."""
    need(callable(function), "give the function itself, without brackets")
    validation, test = [0.5, 0.8, 0.7, 0.75], [0.55, 0.7, 0.9, 0.72]
    match(number(function(validation, test), "the reported accuracy"), 0.7, [
        (0.9, "you chose the epoch by looking at the test curve; what is left to test with?"),
        (0.8, "that is the validation accuracy: the choice was made on it, so it flatters"),
        (0.72, "the last epoch is honest too, but the question asks for a chosen one"),
        (sum(test) / 4, "a mean over epochs is no accuracy of any one network"),
    ], "choose the epoch with one curve, read the accuracy off the other")  # fmt: skip
    later = number(function(validation[::-1], test[::-1]), "the reported accuracy")
    need(math.isclose(later, 0.7), "it works for one order of the epochs only: index, not place")
    right("Chosen on one part, reported on another: the test part was touched once.")
