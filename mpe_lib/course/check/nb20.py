"""Checks of notebook 20, video from events."""

import math

import torch

from ...core.causal import leaky_sum
from ...studies.video import correlation
from ...systems.evsnn import voxel_grid
from .base import called, exercise, need, right
from .compare import match, match_tensor
from .forms import number, tensor

DOUBLE = torch.float64


@exercise
def voxels(function) -> None:
    """voxels(place, p, bins): events of one pixel, each shared by the two bins next to it."""
    need(callable(function), "voxels should be a function of place, p and bins")
    generator = torch.Generator().manual_seed(20)
    for bins, n in ((5, 12), (3, 1), (8, 40)):
        place = (bins - 1) * torch.rand(n, generator=generator, dtype=DOUBLE)
        place[-1] = bins - 1  # on the last bin: nothing is there to share it with
        p = torch.randint(0, 2, (n,), generator=generator).to(DOUBLE) * 2 - 1
        found = called("voxels raised {kind}: {error}", function, place.clone(), p.clone(), bins)
        found = tensor(found, (bins,), "voxels should return a tensor with one number for each bin")
        zero = torch.zeros(n)
        wish = voxel_grid(place, zero, zero, p, bins, (1, 1), (0, bins - 1)).flatten().double()
        gap = (torch.arange(bins)[:, None] - place).abs()
        hat = (1 - gap).clamp(min=0)
        mistakes = [
            (hat.sum(1), "p is missing: a darker pixel counts down"),
            ((1 - gap) @ p, "a bin further away than 1 gets nothing, not less than nothing"),
            ((gap == gap.min(0).values).to(DOUBLE) @ p, "share it: the nearest bin gets a part"),
            (torch.bincount(place.long(), p, bins), "share it with the next bin as well"),
            (hat.round() @ p, "share it: the nearest bin gets a part"),
            ((gap.clamp(max=1) * (gap < 1)) @ p, "the nearer bin gets the larger share"),
        ]
        otherwise = "a bin at distance d from the event gets p (1 - d), or nothing from 1 on"
        match_tensor(found, wish, mistakes, otherwise)
    right("No event is lost, and none is a step late: the bins add up to all the changes.")


@exercise
def alike(function) -> None:
    """alike(a, b): the correlation of two pictures, blind to level and to scale."""
    need(callable(function), "alike should be a function of two pictures")
    generator = torch.Generator().manual_seed(21)
    for _ in range(3):
        a, b = torch.rand(2, 6, 9, generator=generator, dtype=DOUBLE)
        b = 3 * b + a - 2
        found = called("alike raised {kind}: {error}", function, a.clone(), b.clone())
        found, wish = number(found, "what alike returns"), correlation(a, b).item()
        u, w = a - a.mean(), b - b.mean()
        match(
            found,
            wish,
            [
                ((a * b).sum() / a.norm() / b.norm(), "take the mean of each picture off first"),
                ((u * w).mean(), "divide by the spread of both: the scale is unknown as well"),
                ((u * w).sum(), "divide by the spread of both: the scale is unknown as well"),
                ((u * w).sum() / u.norm() ** 2, "divide by the spread of both, not of one twice"),
                ((u * w).mean() / a.std() / b.std(), "torch's std divides by n - 1, mean by n"),
                (wish**2, "that is its square, so a negative would count as a likeness"),
                (abs(wish - 1), "that is a distance; alike is 1 where they agree"),
            ],
            "the mean product of both pictures, each with mean 0 and spread 1",
        )
    flip = called("alike raised {kind}: {error}", function, a.clone(), -a)
    match(number(flip, "of a negative"), -1, otherwise="of a picture and its negative it is -1")
    right("Twice the contrast, or a lighter picture, is the same picture to it.")


@exercise
def fading(half, tau) -> None:
    """Steps until less than half is left at decay 0.9; tau of the paper's membrane for it."""
    match(
        number(half, "half"),
        7,
        [
            (6, "0.9^6 is still above one half"),
            (8, "it is below one half a step before"),
            (6.58, "that is where it is exactly one half; count whole steps"),
            (math.log(2) / 0.1, "that is the law of a small leak; count whole steps of 0.9"),
            (5, "it does not lose a tenth of the *first* contrast at each step"),
            (10, "a time constant leaves a third, not a half"),
        ],
        "how often can you take 0.9 of it before less than half is left?",
        1e-6,
    )
    match(
        number(tau, "tau"),
        10,
        [
            (0.1, "that is 1 / tau"),
            (0.9, "that is what is kept: 1 - 1 / tau"),
            (1 / 0.9, "1 / tau is what is *lost* at a step"),
            (-1 / math.log(0.9), "that is the time constant of continuous time"),
        ],
        "1 - 1 / tau is what a step keeps",
        1e-6,
    )
    right("And the paper's tau = 2 keeps one half: its picture is gone within some steps.")


@exercise
def drawn(function) -> None:
    """drawn(voxels, decay, before): pictures of a window, going on from the window before."""
    need(callable(function), "drawn should be a function of voxels, decay and before")
    generator = torch.Generator().manual_seed(22)
    for steps, decay in ((9, 0.9), (1, 0.5), (6, 0.0), (7, 1.0)):
        x = torch.randn(2 * steps, 3, 4, generator=generator, dtype=DOUBLE)
        start = torch.randn(3, 4, generator=generator, dtype=DOUBLE)
        both = torch.cat((start[None], x))
        wish = leaky_sum(both, decay)[1:]
        window, before = [], start
        for part in x.split(steps):
            words = "drawn raised {kind}: {error}"
            found = called(words, function, part.clone(), decay, before.clone())
            words = "drawn should return pictures, a tensor shaped like voxels, [T, H, W]"
            found = tensor(found, part.shape, words)
            window.append(found)
            before = found[-1].detach()
        found, alone = torch.cat(window), leaky_sum(x[:steps], decay)
        mistakes = [
            (alone, "the window before is forgotten: where is before?"),
            (alone + start, "what was there before fades too"),
            (decay * leaky_sum(both, decay)[1 : steps + 1], "a step's own events are not leaky"),
            (leaky_sum(both, decay)[:steps], "the first picture has seen the first voxels already"),
            (wish[:steps] * (1 - decay), "in this notebook events are added whole, not a share"),
        ]
        otherwise = "v is decay v + x at each step, and v starts at before"
        match_tensor(found[:steps], wish[:steps], mistakes, otherwise)
        match_tensor(found, wish, [], "two windows should give what one long window gives")
    right("Two windows, one picture: nothing is lost between them.")
