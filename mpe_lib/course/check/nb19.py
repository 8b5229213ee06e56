"""Checks of notebook 19, a spiking actor."""

import numpy as np
import torch
from torch import Tensor

from ...studies.cartpole import FORCE, STEP, advance, drawn_starts, expert, no_force, ride, up
from ...studies.pole import SETTINGS
from ...systems.ilc_san import population_code
from .base import called, exercise, need, right
from .compare import match, match_tensor
from .forms import number, tensor

DOUBLE = torch.float64


@exercise
def step(turning, first, second) -> None:
    """A pole upright and at rest, 10 N to the right for two steps: turning, and both angles."""
    match(
        number(turning, "turning"),
        -0.29268,
        [
            (0.29268, "the cart is pushed to the right from under the pole: to which side does it "
                      "turn?"),
            (-14.634, "that is how fast the turning grows, in rad/s each second; a step is 20 ms"),
            (-0.3219, "the force moves both masses: divide it by M, cart and pole"),
            (-0.27273, "the pole's own mass pulls at the cart: where is m / M in the bracket?"),
            (-0.14634, "look at the length: half of it is 0.5 m"),
            (-0.58537, "that is after two steps; the question asks for the first"),
        ],
        "at angle 0 the sine is 0 and the cosine 1: what is left of the equation of the turning?",
    )  # fmt: skip
    match(
        number(first, "first"),
        0.0,
        [(-0.0058537, "each number moves with what the others were before the step"),
         (0.0058537, "each number moves with what the others were before the step")],
        "how fast did the pole turn before the first step?",
    )  # fmt: skip
    match(
        number(second, "second"),
        -0.0058537,
        [
            (0.0058537, "look at the sign: does it turn to where its turning says?"),
            (-0.29268, "the turning is in rad/s; how long is a step?"),
            (-0.0117073, "the second step moves by the turning that the first one left"),
            (-0.0175611, "that is a step further"),
            (0.0, "it turns by now: 20 ms of what the first step left"),
            (-0.33540, "that is in degrees; the question asks for radians"),
        ],
        "the angle moves by 20 ms of the turning that the first step left",
    )
    right("A push is felt by the turning in one step, and by the angle in two.")


@exercise
def code(function) -> None:
    """code(o, mean, std, steps): the spikes of a population for each number."""
    need(callable(function), "code should be a function of o, mean, std and steps")
    draw = torch.Generator().manual_seed(19)
    for numbers, neurons, steps in ((1, 10, 5), (3, 4, 7), (2, 3, 1)):
        o = 1.5 * torch.randn(40, numbers, generator=draw, dtype=DOUBLE)
        mean = torch.randn(numbers, neurons, generator=draw, dtype=DOUBLE)
        std = 0.3 + torch.rand(numbers, neurons, generator=draw, dtype=DOUBLE)
        o[0] = mean[:, 0]  # exactly what a neuron prefers
        given = (o.clone(), mean.clone(), std.clone(), steps)
        found = called("code raised {kind}: {error}", function, *given)
        shape = (steps, 40, numbers * neurons)
        found = tensor(found, shape, f"code should return a tensor [T, B, D P], here {shape}")
        need(bool(((found == 0) | (found == 1)).all()), "spikes are 0 or 1")
        off = ((o[..., None] - mean) / std).square()
        a = torch.exp(-off / 2).flatten(1)
        wish = population_code(o, mean, std, steps)
        narrow, wide = torch.exp(-off).flatten(1), torch.exp(-off / 4).flatten(1)
        plain = torch.exp(-((o[..., None] - mean).square() / std) / 2).flatten(1)
        crossed = wish.unflatten(2, (numbers, neurons)).transpose(2, 3).flatten(2)
        mistakes = [
            (_fired(narrow, steps), "where is the half in front of the square?"),
            (_fired(wide, steps), "the half stands in front of the square once"),
            (_fired(plain, steps), "the width is inside the square too"),
            (_fired(a, steps, "hard"), "what is above the threshold stays: the reset is soft"),
            (_fired(a, steps, "none"), "nothing was taken away after a spike"),
            (_fired(a, steps, "forgets"), "what has come in adds up from step to step"),
            (_fired(a, steps, threshold=1.0), "driven by 1 it fires at each step: look at the "
                                              "threshold"),
            (crossed, "the P neurons of one number stand beside each other"),
        ]  # fmt: skip
        otherwise = "the equations again: the drive, what it adds up to, a spike, what is left"
        match_tensor(found, wish, mistakes, otherwise)
    right("Nothing is drawn at random: the same number gives the same spikes.")


def _fired(a: Tensor, steps: int, reset: str = "soft", threshold: float = 0.999) -> Tensor:
    """Spikes of neurons that are driven by a, with the reset that a mistake makes of it."""
    v, spikes = torch.zeros_like(a), []
    for _ in range(steps):
        h = v + a
        s = (h > threshold).to(a.dtype)
        v = {"soft": h - threshold * s, "hard": (1 - s) * h, "none": h, "forgets": 0 * h}[reset]
        spikes.append(s)
    return torch.stack(spikes)


@exercise
def neighbours(function) -> None:
    """population(x, lateral): the spikes of one output population that hears itself."""
    need(callable(function), "population should be a function of x and lateral")
    draw = torch.Generator().manual_seed(20)
    for neurons, steps in ((6, 12), (3, 1), (4, 2)):
        x = 0.3 + torch.randn(steps, 50, neurons, generator=draw, dtype=DOUBLE)
        lateral = torch.randn(neurons, neurons, generator=draw, dtype=DOUBLE)
        given = (x.clone(), lateral.clone())
        found = called("population raised {kind}: {error}", function, *given)
        found = tensor(found, x.shape, "population should return spikes shaped like x, [T, B, P]")
        need(bool(((found == 0) | (found == 1)).all()), "spikes are 0 or 1")
        wish = _heard(x, lateral)
        mistakes = [
            (_heard(x, 0 * lateral), "nobody hears anybody: where is L s[t-1]?"),
            (_heard(x, lateral.T), "L[p, q] leads from q to p; yours leads from p to q"),
            (_heard(x, lateral, "potential"), "what is heard goes into the current, and lasts"),
            (_heard(x, lateral, "current"), "a spike resets the potential; the current goes on"),
            (_heard(x, lateral, "soft"), "the reset is hard: after a spike v is 0"),
            (_heard(x, lateral, "own"), "a neuron hears itself too"),
            (_heard(x, lateral, "later"), "a spike is heard one step later, not two"),
        ]
        otherwise = "the function of the text, with L s[t-1] added to what comes in"
        match_tensor(found, wish, mistakes, otherwise)
    right("It is the output population of the paper, without its bias.")


def _heard(x: Tensor, lateral: Tensor, mistake: str = "") -> Tensor:
    """Spikes of a population ``[T, B, P]`` with the lateral weights ``[P, P]``, or a mistake."""
    s = before = c = v = torch.zeros_like(x[0])
    if mistake == "own":
        lateral = lateral - torch.diag(lateral.diag())
    spikes = []
    for x_t in x.unbind(0):
        heard = (before if mistake == "later" else s) @ lateral.T
        direct = mistake == "potential"
        c = 0.5 * c + x_t + (0 * heard if direct else heard)
        h = 0.75 * v + c + (heard if direct else 0 * heard)
        before, s = s, (h > 0.5).to(x.dtype)
        v = h - 0.5 * s if mistake == "soft" else (1 - s) * h
        if mistake == "current":
            c = (1 - s) * c
        spikes.append(s)
    return torch.stack(spikes)


@exercise
def levels(rate, kept, leaky) -> None:
    """How many values one neuron's part of the decoder can take in five steps."""
    count = [
        (5, "it may also be silent"),
        (32, "that is how many trains there are; does a sum see the order of the spikes?"),
        (25, "count the values of the sum, not steps times spikes"),
    ]
    match(number(rate, "rate"), 6, count, "how many different numbers of spikes are there?")
    match(
        number(kept, "kept"),
        6,
        [*count, (30, "T times as large is another scale, not more values")],
        "which trains of five steps end in the same sum?",
    )
    match(
        number(leaky, "leaky"),
        32,
        [
            (6, "with the leak a late spike weighs more than an early one: the order counts"),
            (5, "write down what a spike on each of the five steps is worth in the end"),
            (31, "the silent train is one too"),
            (10, "each step has a spike or has none, whatever the others do"),
            (25, "each step has a spike or has none, whatever the others do"),
            (120, "spikes are all alike: each step has one or none"),
        ],
        "a spike on step t is worth 0.5 to the power 5 - t: which sums of those are there?",
    )
    right("With nothing forgotten, membrane and rate say the same; a leak makes a binary number.")


@exercise
def remember(function) -> None:
    """push(now, before): forces for places and angles, now and a step before, that hold it."""
    need(callable(function), "push should be a function of now and before")
    steps, draw = 200, np.random.default_rng(19)
    start = drawn_starts(draw, 40, SETTINGS["starts"])

    def pushed(now, before) -> np.ndarray:
        found = called("push raised {kind}: {error}", function, now.copy(), before.copy())
        words = f"push should return one force for each cart, shape {(len(now),)}"
        force = tensor(found, (len(now),), words).detach().numpy()
        need(bool(np.isfinite(force).all()), "some forces are not finite numbers")
        return np.clip(force, -FORCE, FORCE)

    state, before, stands, held = start, start[:, ::2], up(start), 0
    for _ in range(steps):
        force = pushed(state[:, ::2], before)
        before = state[:, ::2]
        state = np.where(stands[:, None], advance(state, force), state)
        stands = stands & up(state)
        held += stands.mean()
    best, nobody = (ride(each, start, steps).held.mean() for each in (expert, no_force))
    if held < 0.9 * best:
        now, last = 0.1 * draw.standard_normal((2, 30, 2))
        given = pushed(now, last)
        for change, sign, hint in (
            (0, 1, "the velocities are missing: what does the step before tell?"),
            ((last - now) / STEP, 1, "your velocities point backwards: now less before"),
            (now - last, 1, "a change over one step of 20 ms is not yet a velocity"),
            ((now - last) / STEP, -1, "look at the sign of the force"),
        ):
            seen = np.zeros((30, 4))
            seen[:, ::2], seen[:, 1::2] = now, change
            need(not np.allclose(given, sign * expert(seen)), f"it holds {held:.0f} steps. {hint}")
        need(False, f"it holds {held:.0f} of {steps} steps; no force {nobody:.0f}, the LQR "
                    f"{best:.0f}. What does the LQR see that push does not?")  # fmt: skip
    right(f"It holds {held:.0f} of {steps} steps, the LQR {best:.0f}: one step is memory enough.")
