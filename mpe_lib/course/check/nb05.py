"""Checks of notebook 05, train."""

import math
from random import Random

import torch
import torch.nn.functional as F

from ...core.losses import tet_loss
from .base import called, exercise, need, reads, right
from .compare import match
from .forms import number

RAISED = "your function raised {kind}: {error}"


@exercise
def tet(function) -> None:
    """A hand-written TET loss of (logits [T, B, classes], target [B])."""
    need(callable(function), "give the function itself, without brackets")
    need("tet_loss" not in reads(function), "write it without tet_loss: cross_entropy does a step")
    generator = torch.Generator().manual_seed(0)
    for steps, batch, classes in ((4, 6, 3), (7, 5, 4), (2, 9, 10), (1, 3, 2)):
        logits = torch.randn(steps, batch, classes, generator=generator)
        target = torch.randint(classes, (batch,), generator=generator)
        each = torch.stack([F.cross_entropy(step, target) for step in logits])
        mistakes = [
            (
                F.cross_entropy(logits.mean(0), target),
                "you average the votes and then take the loss; TET takes the loss of every step "
                "and then averages",
            ),
            (each.sum(), "you add the steps up; a longer recording would weigh more"),
            (each[-1], "only the last step counts in yours; which steps does TET train?"),
            (each.sum() / 4, "it works for four steps only: how many does this recording have?"),
        ]
        otherwise = "print the shapes inside your function: cross_entropy wants [samples, classes]"
        loss = number(called(RAISED, function, logits, target), "the loss")
        match(loss, tet_loss(logits, target).item(), mistakes, otherwise)
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
    better = number(better, "better, 1 or 2,")
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
    curves = [(validation, test), (validation[::-1], test[::-1])]
    draws = Random(5)
    for epochs in (3, 6, 9, 12):
        parts = [draws.sample(range(50, 99), epochs) for _ in range(2)]
        curves.append(tuple([k / 100 for k in part] for part in parts))
    mistakes = [
        (max(test), "you chose the epoch by looking at the test curve; what is left to test with?"),
        (
            max(validation),
            "that is the validation accuracy: the choice was made on it, so it flatters",
        ),
        (test[-1], "the last epoch is honest too, but the question asks for a chosen one"),
        (sum(test) / 4, "a mean over epochs is no accuracy of any one network"),
    ]
    otherwise = "choose the epoch with one curve, read the accuracy off the other"
    for validation, test in curves:
        chosen = test[validation.index(max(validation))]
        reported = number(called(RAISED, function, validation, test), "the reported accuracy")
        match(reported, chosen, mistakes, otherwise)
        mistakes, otherwise = [], "it works for one order of the epochs only: index, not place"
    right("Chosen on one part, reported on another: the test part was touched once.")
