"""Checks of notebook 12, the landscape."""

import torch

from ...studies.cuts import norms
from .base import called, exercise, need, right
from .compare import match, match_tensor, same
from .forms import number, tensor


@exercise
def normalised(function) -> None:
    """A function of (weight, noise), both [filters, ...], that gives the direction."""
    need(callable(function), "give the function itself, without brackets")
    generator = torch.Generator().manual_seed(12)
    for shape in ((3, 2, 3, 3), (4, 7)):  # a convolution and a linear layer
        weight = torch.randn(shape, generator=generator) * torch.arange(1.0, shape[0] + 1).view(
            -1, *[1] * (len(shape) - 1)
        )
        noise = torch.randn(shape, generator=generator)
        words = f"it stops for a weight of shape {shape}: {{error}}"
        step = called(words, function, weight.clone(), noise.clone())
        step = tensor(step, None, "it should return a tensor")
        need(step.shape == weight.shape, "the direction needs the shape of the weight")
        mistakes = [
            (noise, "the noise came back as it was: whose length should it have?"),
            (
                noise / norms(noise),
                "every filter of yours has length 1; the network's own filters have other lengths",
            ),
            (
                noise * norms(weight),
                "you multiply by the length of the filter; which length has the noise before?",
            ),
            (
                noise * weight.norm() / noise.norm(),
                "that is one factor for the whole layer; a large filter and a small one should "
                "be moved by the same share of themselves",
            ),
            (noise * norms(noise) / norms(weight), "the ratio of the lengths is upside down"),
            (noise * weight.abs(), "that scales every single weight; the unit here is a filter"),
        ]
        otherwise = (
            "for every filter: its direction is that of the noise, its length that of the weight"
        )
        good = noise * norms(weight) / norms(noise)
        match_tensor(step, good, mistakes, otherwise)
    right("Every filter moves by the same share of itself, in a layer of any shape.")


@exercise
def share(function) -> None:
    """A function of two lists [seed][direction] that gives the share of draws a > b."""
    need(callable(function), "give the function itself, without brackets")
    words = "your function raised {kind}: {error}"
    pairs = [([[1.0, 3.0, 5.0], [2.0, 6.0, 7.0]], [[4.0, 0.5, 2.5], [1.5, 6.5, 3.5]])]
    generator = torch.Generator().manual_seed(13)
    for shape, more in (((3, 4), 0.0), ((5, 2), 0.3), ((1, 6), -0.3)):
        widths = torch.rand(2, *shape, generator=generator)
        widths[0] += more
        pairs.append(tuple(widths.tolist()))
    for first, second in pairs:
        found = number(called(words, function, first, second), "the share")
        a, b = torch.tensor(first), torch.tensor(second)
        _is_share(found, a, b)
    alone = called(words, function, [[1.0, 2.0]], [[1.0, 2.0]])
    alone = number(alone, "the share of a network against itself")
    need(same(alone, 0.25), "a tie is not wider; and do not assume the number of seeds")
    right("With two lists alike and no ties this is near a half: the value to compare with.")


def _is_share(found: float, a: torch.Tensor, b: torch.Tensor) -> None:
    """A hint unless it is the share of pairs in which a width of the first is the larger."""
    match(
        found,
        (a.flatten()[:, None] > b.flatten()).double().mean().item(),
        [
            (
                (a > b).double().mean().item(),
                "you compare the same seed and the same direction only; here the two pictures "
                "are drawn apart",
            ),
            (
                (a.flatten()[:, None] < b.flatten()).double().mean().item(),
                "that is how often the second is wider: who is asked about?",
            ),
            (
                (a.mean(1)[:, None] > b.mean(1)).double().mean().item(),
                "you average the directions first; one picture shows one direction",
            ),
            (
                (a.flatten()[:, None] > b.flatten()).sum().item(),
                "that is a number of draws; a share of how many?",
            ),
            (float(a.mean() > b.mean()), "the mean of all decides for you; one draw has no mean"),
        ],
        "take every width of the first with every width of the second and count",
    )


@exercise
def seeds_needed(answer) -> None:
    """Seeds per network for a standard error of half the difference: sd 0.06, difference 0.03."""
    match(
        number(answer, "seeds"),
        32,
        [
            (16, "that is for one mean; the difference of two means has twice the variance"),
            (4, "the standard error falls with the root of the number: square the ratio"),
            (8, "you double the number, but the ratio of the two sizes has to be squared first"),
            (2, "a ratio of sizes; what does it take to halve a standard error?"),
            (64, "half of the difference is 0.015; is your standard error smaller than that?"),
            (80, "directions are not seeds: they do not make a training run count twice"),
            (160, "directions are not seeds: they do not make a training run count twice"),
            (6.4, "five directions through one network are no five networks"),
        ],
        "the variance of the difference of two means is 2 sd^2 / n; set its root to 0.015",
    )
    right("A small difference is dear: half the difference costs four times the seeds.")
