"""Checks of notebook 13, training on recordings."""

import torch
from torch import Tensor

from .base import called, exercise, need, right
from .compare import match, match_tensor
from .forms import number, numbers


@exercise
def read_matrix(recall_c, precision_a, guess) -> None:
    """Three numbers read off the matrix [[18, 2, 0], [1, 9, 0], [4, 0, 6]], rows right classes."""
    match(number(recall_c, "recall_c"), 0.6, [
        (1.0, "that is how often an answer c is right; here the question is what became of c"),
        (6 / 40, "of the recordings of c, not of all recordings"),
        (0.4, "those are the ones that were missed"),
    ], "stay in the row of c: how many are there, how many of them were answered c?")  # fmt: skip
    match(number(precision_a, "precision_a"), 18 / 23, [
        (0.9, "that is the share of a that was found; the question is about the answers a"),
        (18 / 40, "of the answers a, not of all recordings"),
        (5 / 23, "those are the wrong ones"),
    ], "stay in the column of a: how often was a answered, how often was it right?")  # fmt: skip
    match(number(guess, "guess"), 0.5, [
        (1 / 3, "that is a guess that takes all classes alike; these are not equally frequent"),
        (23 / 40, "that counts how often this network says a, not how often a is right"),
        (33 / 40, "that is this network's accuracy"),
    ], "which single answer, given always, is right most often?")  # fmt: skip
    right("A row says what became of a class, a column what an answer is worth.")


@exercise
def anytime(function) -> None:
    """A function of votes [T, N, classes] and labels [N] that gives [T] shares right so far."""
    need(callable(function), "give the function itself, without brackets")
    generator = torch.Generator().manual_seed(0)
    for steps, n, classes in ((5, 40, 3), (3, 17, 4), (8, 25, 2)):
        votes = torch.randn(steps, n, classes, generator=generator)
        labels = torch.randint(classes, (n,), generator=generator)
        votes[steps // 2 :] += 2 * torch.nn.functional.one_hot(labels, classes)
        found = called("your function raised {kind}: {error}", function, votes, labels)
        found = numbers(found, "the shares should be a list", name="a share")
        need(len(found) == steps, f"there are {steps} steps, so {steps} shares")
        truth = _shares(votes.cumsum(0), labels)
        to_come = _shares(votes.flip(0).cumsum(0).flip(0), labels)
        mistakes = [
            (_shares(votes, labels), "step t alone decides in yours; the network adds them up"),
            (to_come, "you add up the votes that are still to come"),
            (100 * truth, "percent; the shares lie between 0 and 1"),
            (n * truth, "counts; divide by the number of recordings"),
            (truth[-1].expand(steps), "that is the answer at the end, at every step"),
        ]
        otherwise = "after step t: add up the votes 0..t, take the largest, compare"
        match_tensor(torch.tensor(found, dtype=torch.float64), truth, mistakes, otherwise)
    right("The last entry is the accuracy; all entries before it are the price of waiting less.")


@exercise
def layer(operations, picojoules) -> None:
    """Additions of one layer: 30 inner, 16 edge and 4 corner spikes, 3 x 3, 24 channels."""
    exact = (30 * 9 + 16 * 6 + 4 * 4) * 24
    match(
        number(operations, "operations"),
        exact,
        [
            (50 * 9 * 24, "at the border part of the kernel hangs over the edge: who is reached?"),
            (50 * 24, "a spike reaches several pixels of each channel"),
            (30 * 9 + 16 * 6 + 4 * 4, "each of the 24 channels has a kernel of its own"),
            (25 * 9 * 24, "that is for every pixel once; only spikes cost an addition"),
            (exact * 12, "a spike lies in one input channel, not in all twelve"),
        ],
        "an inner pixel lies under 9 places of the kernel, an edge pixel under 6, a corner under 4",
    )
    match(number(picojoules, "picojoules"), 0.9 * exact, [
        (4.6 * exact, "a spike is 1: no multiplication is left, only the addition"),
        (0.9 * exact / 1000, "that is in nanojoules"),
        (exact, "each addition takes 0.9 pJ"),
    ], "the operations times what one addition takes")  # fmt: skip
    right("Fewer spikes, fewer additions; what fetching the weights costs is not in it.")


def _shares(votes: Tensor, labels: Tensor) -> Tensor:
    return (votes.argmax(-1) == labels).double().mean(1)
