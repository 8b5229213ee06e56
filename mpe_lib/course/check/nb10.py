"""Checks of notebook 10, exact in parallel."""

import torch

from ...core.dynamics import lif_sequence
from ...core.exact import exact_parallel
from .base import called, exercise, need, right
from .compare import match, match_tensor
from .forms import number, tensor


@exercise
def stripes(wrong, certified) -> None:
    """Constant drive 0.3, decay 0.9, 40 steps: wrong v after ten passes, and all the passes."""
    match(
        number(wrong, "wrong_after_ten"),
        22,
        [
            (30, "those are all steps ahead of the front; some copies started at a lucky step"),
            (8, "those are the lucky steps ahead of the front, the ones that are right"),
            (23, "count the lucky steps again: the step right at the front is one of them"),
            (20, "that is for a spike on every third step, as in the text; how often here?"),
            (15, "that is for a spike on every second step; write down h until it passes 1"),
            (0.55, "that is a share; the question asks for a number of steps"),
            (18, "those are the right ones among all 40 steps"),
        ],
        "how many steps lie ahead of the front, and which of them started together with a reset?",
    )
    match(
        number(certified, "certified_after"),
        40,
        [
            (41, "from zero it would be T + 1; but hard is one pass ahead of zero"),
            (39, "then v is right, but nothing has shown it yet: who notices?"),
            (38, "there is still one unlucky step ahead of the front"),
            (4, "the copies do not merge after one period: look at the stripes again"),
        ],
        "when is the last unlucky step reached by the front, and what is one more pass for?",
    )
    right("The front crosses the whole sequence, and one pass more says that it is done.")


@exercise
def barrier(x) -> None:
    """An input of 64 steps, decay 0.9, that remembers and is certified in ten passes from zero."""
    x = tensor(x, None, "x should be a tensor with 64 numbers")
    need(x.numel() == 64, f"x should hold 64 numbers, one for each step, got {x.numel()}")
    x = x.detach().float().reshape(64, 1)
    need(bool(torch.isfinite(x).all()), "x should hold finite numbers only")
    trace = lif_sequence(x, 0.9)
    count = int(trace.s.sum())
    remembered = int(((trace.s > 0) & (x <= 1)).sum())
    need(count > 0, "the neuron never fires: only fading is left, and 0.9 fades slowly")
    need(
        remembered >= 10,
        f"only {remembered} of its {count} spikes come on an input of at most 1, so it hardly "
        "remembers anything; let it add up inputs between the strong ones",
    )
    _, sweeps = exact_parallel(x, 0.9, start="zero")
    need(
        sweeps <= 10,
        f"it takes {sweeps} passes. What would make every copy fire on the same step, "
        "wherever its potential is, and how often must that happen?",
    )
    right(f"{count} spikes, {remembered} of them remembered, certified after {sweeps} passes.")


@exercise
def factor(function) -> None:
    """carried_soft(h, decay, v_threshold): the slope of the next h in this one, soft reset."""
    need(callable(function), "carried_soft should be a function of h, decay and v_threshold")
    generator = torch.Generator().manual_seed(10)
    for decay, theta in ((0.9, 0.8), (0.25, 1.0), (0.5, 1.3)):
        h = 3 * torch.rand(40, 3, generator=generator, dtype=torch.float64) - 0.5
        found = called("carried_soft raised {error!r}", function, h, decay, theta)
        found = tensor(found, h.shape, "carried_soft should return a tensor shaped like h")
        distance = h - theta
        s, f = (distance > 0).double(), (1 - distance.abs()).clamp(min=0)
        mistakes = [
            (decay * (1 + theta * f), "look at the sign: does a spike add to v or take away?"),
            (1 - theta * f, "that is dv/dh; how much of v[t] goes into h[t+1]?"),
            (decay * torch.ones_like(h), "you hold the spike fixed; s depends on h as well"),
            (decay * ((1 - s) - h * f), "that is the hard reset of the text; write down v first"),
            (decay * (1 - h * f), "the soft reset takes away the threshold, not h"),
            (decay * (1 - theta * s), "the slope of s is the surrogate f, not s itself"),
            (decay * (1 - s), "that is the hard reset with the spike held fixed"),
        ]
        if theta != 1:
            mistakes.append((decay * (1 - f), "what does a spike take away, if theta is not 1?"))
            at_one = (1 - (h - 1).abs()).clamp(min=0)
            mistakes += [
                (decay * (1 - theta * at_one), "your triangle stands at 1; where is the threshold?")
            ]
        otherwise = (
            "write v as a function of h, take the slope with f in the place of ds/dh, and then "
            "one step more to h[t+1]"
        )
        slope = decay * (1 - theta * f)
        match_tensor(found, slope, mistakes, otherwise)
    right("At threshold 1 it lies between 0 and decay: a soft reset never turns the sign.")
