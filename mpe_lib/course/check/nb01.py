"""Checks of notebook 01, the LIF neuron."""

from collections.abc import Callable, Sequence

import torch

from ...core.dynamics import lif_sequence
from ...core.surrogate import SLOPES
from .base import called, exercise, need, right
from .compare import alike, match
from .forms import number, numbers, tensor

# wrong spike trains of exercise 1, each with the slip that leads to it
SLIPS = {
    (0, 1, 0, 0, 1): "at step 1 the potential is exactly 1; does a neuron fire at the threshold?",
    (0, 1, 0, 1, 0): "half of the potential leaks away before the next input is added",
    (0, 0, 0, 0, 0): "no single input is above 1, but h is not the input alone",
    (0, 0, 1, 1, 1): "after a spike the potential is 0, and the next step starts from there",
}


@exercise
def three_lines(spikes, last_h) -> None:
    """Spikes, and the last potential before firing, of the five inputs in the notebook."""
    words = "spikes should be a list of five numbers, one for each step"
    train = tuple(numbers(spikes, words, 5, "a spike"))
    need(set(train) <= {0, 1}, "a spike is 0 or 1; is that a list of potentials?")
    need(train not in SLIPS, SLIPS.get(train, ""))
    need(
        train == (0, 0, 1, 0, 1),
        "write one line for each step: h, then s, then v; the next h starts from that v",
    )
    match(number(last_h, "last_h"), 1.125, [
        (0, "that is v, after the reset; h is the potential before firing"),
        (0.875, "that is the last input; what did the step before leave?"),
        (1.375, "the potential leaks before the input is added: decay times v, plus x"),
        (0.6875, "the leak acts on v only, not on the new input"),
        (1.1875, "after the spike you keep h - 1; a hard reset keeps nothing"),
        (1.4375, "after a spike the potential is 0, and the next step starts from there"),
    ], "the spikes are right; now h at step 4 is decay times v after step 3, plus x")  # fmt: skip
    right("Charge, fire, reset; and exactly at the threshold nothing happens.")


@exercise
def every_third(lowest, highest) -> None:
    """The constant inputs with which a neuron of decay 0.5 fires on every third step."""
    lowest, highest = number(lowest, "lowest"), number(highest, "highest")
    need(lowest != highest, "it is a whole range of inputs; give its two ends")
    need(lowest < highest, "lowest is above highest: swap the two ends?")
    match(
        lowest,
        1 / 1.75,
        [
            (0.5, "that is where the neuron begins to fire at all, and then not every third step"),
            (1 / 3, "without a leak three inputs of 1/3 add up to 1; here each loses a part"),
            (1 / 1.875, "that input needs a fourth step: how many terms has h on the third?"),
            (2 / 3, "above that input the neuron fires on every second step"),
            (0.875, "that is with three steps and x = 0.5; solve for x instead"),
        ],
        "after a reset h is x, then x + x/2, then ...; it must be above 1 on the third step",
    )
    match(highest, 1 / 1.5, [
        (1, "between the right end and 1 it fires on every second step"),
        (0.75, "at 0.75 the second step already fires: 0.75 + 0.375 is above 1"),
    ], "it must not fire sooner: what must be true of h on the second step?")  # fmt: skip
    for x in (lowest * 1.002, (lowest + highest) / 2, highest * 0.998):
        s = lif_sequence(torch.full((12, 1), x), 0.5).s[:, 0]
        assert s.tolist() == [0, 0, 1] * 4
    right("The simulation agrees: on the third step, not on the second, and then from 0 again.")


@exercise
def soft_gradient(function: Callable[[list, list, float], Sequence]) -> None:
    """dL/dx of a neuron with a soft reset, by hand, against autograd on inputs of its own."""
    need(callable(function), "soft_gradient should be a function of h, w and decay")
    for seed, decay in ((11, 0.9), (12, 0.25), (13, 0.5)):
        generator = torch.Generator().manual_seed(seed)
        x = 0.4 + 0.5 * torch.randn(9, 1, generator=generator, dtype=torch.float64)
        w = torch.randn(9, 1, generator=generator, dtype=torch.float64)
        x.requires_grad_()
        trace = lif_sequence(x, decay, reset="soft")
        wanted = torch.autograd.grad((w * trace.s).sum(), x)[0][:, 0]
        h, w = trace.h.detach()[:, 0], w[:, 0]
        words = "called with a list h, a list w and a number, it says: {error}"
        found = called(words, function, h.tolist(), w.tolist(), decay)
        need(found is not None, "the function returns None: end it with return")
        got = tensor(found, (9,), "the function should return a list of numbers, one for each step")
        need(bool(got.isfinite().all()), "the function returns a number that is not finite")
        if alike(got, wanted):
            continue
        need(
            not alike(got.flip(0), wanted),
            "the numbers are right and come in reverse order: dL/dx[0] belongs in front",
        )
        for slip, hint in _SOFT_SLIPS.items():
            need(not alike(got, _backward(h, w, decay, slip)), hint)
        need(
            not alike(got[-1:], wanted[-1:]),
            "dL/dx of the last step is right; what does a step hand to the one before it?",
        )
        need(False, "begin with the last step: nothing comes after it, so a = 0 there")
    right("Autograd agrees on three inputs. The soft reset hands back (1 - slope) of what it gets.")


_SOFT_SLIPS = {
    "hard": "those are the slopes of the hard reset; what is dv/dh for v = h - threshold * s?",
    "detached": "v depends on h in two ways: directly, and through the spike that it subtracts",
    "no decay": "v[t-1] enters h[t] times decay, and so does its gradient",
    "no past": "that is w[t] times the slope: each step alone. Where does v[t] lead to?",
    "true": "with the true slope of the step, 0, no spike has a gradient; use the triangle",
}


def _backward(h: torch.Tensor, w: torch.Tensor, decay: float, slip: str) -> torch.Tensor:
    """What a reader gets who makes that slip."""
    slopes, a, gradient = SLOPES["triangle"](h - 1), 0.0, []
    for h_t, w_t, slope in zip(h.flip(0), w.flip(0), slopes.flip(0), strict=True):
        s = float(h_t > 1)
        through = {"hard": (1 - s) - h_t * slope, "detached": 1.0, "no past": 0.0, "true": 1.0}
        if slip == "true":
            slope = torch.zeros_like(slope)
        g = w_t * slope + through.get(slip, 1 - slope) * a
        a = g if slip == "no decay" else decay * g
        gradient.append(g)
    return torch.stack(gradient).flip(0)
