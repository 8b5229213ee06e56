"""Checks of notebook 15, one equation."""

import torch
from torch import Tensor

from ...core.dynamics import lif_sequence
from ...systems.fpt import fpt_sequence
from ...systems.psu import leak_matrix
from .base import called, exercise, need, right
from .compare import match, match_tensor
from .forms import number, numbers, tensor

DOUBLE = torch.float64


@exercise
def taken(charged, given) -> None:
    """h and r of three steps of 0.9 at decay 0.5, soft reset."""
    words = "{} should be a list; each list should hold three numbers, one for each step"
    charged = numbers(charged, words.format("charged"), 3, "charged")
    given = numbers(given, words.format("taken"), 3, "taken")
    mistakes = {  # the last h that a mistake leads to
        0.9: "that is after a hard reset; a soft one takes away a threshold and leaves the rest",
        1.575: "was nothing taken away on the second step? Is its h above the threshold?",
        0.575: "h of the third step is what was left, half of it, and then?",
        1.25: "what was left of the second step leaks too, before the input is added",
    }
    match(charged[0], 0.9, otherwise="on the first step nothing is left from before")
    match(charged[1], 1.35, [(1.8, "the leak keeps half of the step before")])
    match(charged[2], 1.075, [*mistakes.items()])
    for k, wish in enumerate((0.0, 1.0, 1.0)):
        hints = [(charged[k], "all of h is what a hard reset takes away; a soft one takes 1")]
        where = f"step {k}: does it fire, strictly above 1, and what does a soft reset take?"
        match(given[k], wish, hints if wish else [], where)
    right("r is a list of thresholds: with a soft reset it is the spikes themselves.")


@exercise
def equation(function) -> None:
    """put_back(x, r, decay): h = A x - (A - 1) r, with a gradient to x."""
    need(callable(function), "put_back should be a function of x, r and decay")
    generator = torch.Generator().manual_seed(15)
    for steps, decay in ((7, 0.9), (12, 0.5), (1, 0.25), (9, 0.0)):
        x, r = (torch.randn(steps, 4, generator=generator, dtype=DOUBLE) for _ in range(2))
        x.requires_grad_()
        found = called("put_back raised {kind}: {error}", function, x, r, decay)
        found = tensor(found, x.shape, "put_back should return a tensor shaped like x, [T, B]")
        a, one = leak_matrix(steps, decay, DOUBLE), torch.eye(steps, dtype=DOUBLE)
        flat = x.detach()
        mistakes = [
            (a @ flat - a @ r, "what is taken away on a step is missing from the next one on"),
            (a @ flat + (a - one) @ r, "look at the sign: r is taken away"),
            (a @ flat, "where is r?"),
            (a.T @ flat - (a - one).T @ r, "your matrix reads the future: is it transposed?"),
            (a @ flat - r, "what was taken away fades as slowly as what came in"),
        ]
        wish = a @ flat - (a - one) @ r
        otherwise = "write h[t] = decay (h[t-1] - r[t-1]) + x[t] out for three steps"
        match_tensor(found.detach(), wish, mistakes, otherwise)
        need(found.requires_grad, "no gradient reaches x: compute with x itself, not with a copy")
        (slope,) = torch.autograd.grad(found.sum(), x)
        need(
            torch.allclose(slope, a.T @ torch.ones_like(flat), rtol=1e-6, atol=1e-7),
            "the potential is right, but its gradient to x is not that of A x",
        )
    right("It serves every neuron of this page: only their r differ.")


@exercise
def rest(at_rest, largest) -> None:
    """A PSU's potential at rest at decay 0.8; the largest decay that keeps it above -1/2."""
    match(
        number(at_rest, "at_rest"),
        -2.0,
        [
            (2.0, "look at the sign: a chance of a reset is taken away"),
            (-0.5, "half a reset at every step: what do all the earlier ones add up to?"),
            (-2.5, "this step's own chance is not taken away yet"),
            (-4.0, "what is the sigmoid of 0?"),
            (-0.4, "that is one step's share; the steps before left something too"),
        ],
        "a geometric sum: half a threshold a step, from the step before on, fading by 0.8",
    )
    match(
        number(largest, "largest"),
        0.5,
        [
            (1 / 3, "is the sum d / (1 - d) or d (1 + d)? Write its first three terms down"),
            (0.9, "try it: at 0.9 it is several thresholds"),
            (0.25, "it may be larger: put the equation equal to minus one half"),
        ],
        "set half of d / (1 - d) equal to one half and solve for d",
    )
    right("The same bias is four and a half thresholds at 0.9: a chance of one half is not small.")


@exercise
def sweep(function) -> None:
    """swept(x, decay, sweeps): spikes of the soft reset after so many sweeps from r = 0."""
    need(callable(function), "swept should be a function of x, decay and sweeps")
    generator = torch.Generator().manual_seed(16)
    x = torch.randn(12, 300, generator=generator, dtype=DOUBLE)
    for decay in (0.9, 0.5):
        for sweeps in (0, 1, 3, 12):
            found = called("swept raised {kind}: {error}", function, x.clone(), decay, sweeps)
            found = tensor(found, x.shape, "swept should return a tensor shaped like x, [T, B]")
            need(
                bool(((found == 0) | (found == 1)).all()),
                "spikes are 0 or 1: return where h is above the threshold, not h",
            )
            late, early = (fpt_sequence(x, decay, sweeps=k).s for k in (sweeps + 1, sweeps))
            hard = lif_sequence(x, decay).s
            full = _own_step(x, decay, sweeps)
            mistakes = [
                (late, "zero sweeps: never reset, that is h = A x and nothing put back"),
                (full, "a reset acts from the next step on: A - 1, not A"),
                (hard, "that is a hard reset; what does a soft one take away?"),
            ]
            if sweeps:
                mistakes.append(
                    (fpt_sequence(x, decay, sweeps=sweeps - 1).s, "one sweep is missing")
                )
            otherwise = "start from r = 0, fire, put the spikes back as r, and fire again"
            match_tensor(found, early, mistakes, otherwise)
    right("Twelve sweeps over twelve steps: the exact neuron, found without a loop over time.")


def _own_step(x: Tensor, decay: float, sweeps: int) -> Tensor:
    """What comes out where a reset already acts in its own step."""
    a, s = leak_matrix(len(x), decay, x.dtype), torch.zeros_like(x)
    for _ in range(sweeps + 1):
        s = (a @ x - a @ s > 1).to(x.dtype)
    return s


@exercise
def remainder(function) -> None:
    """remainder(x): what is left of a rectified running sum once all thresholds passed are paid."""
    need(callable(function), "remainder should be a function of x")
    generator = torch.Generator().manual_seed(17)
    for shape in ((30, 50), (1, 9), (12, 4)):
        x = torch.randint(-4, 13, shape, generator=generator).to(DOUBLE) / 4  # ties, and more
        found = called("remainder raised {kind}: {error}", function, x)
        found = tensor(found, x.shape, "remainder should return a tensor shaped like x, [T, B]")
        c = x.relu().cumsum(0)
        plain = x.cumsum(0)
        wish = c - (c.ceil() - 1).clamp(min=0)
        mistakes = [
            (c - c.floor(), "a potential of exactly 1 does not fire, so it is not paid"),
            (c - c.ceil() + 1, "before anything came in, nothing is left: not 1"),
            (plain - (plain.ceil() - 1).clamp(min=0), "what is below 0 counts as 0: rectify first"),
            (c, "that is the running sum; now take the thresholds that it has passed away"),
            ((c.ceil() - 1).clamp(min=0), "that is what was paid; what is left?"),
        ]
        otherwise = (
            "count the thresholds that the running sum has passed, and take them away from it"
        )
        match_tensor(found, wish, mistakes, otherwise)
    right("One pass, no guess: without a leak the number of payments says it all.")
