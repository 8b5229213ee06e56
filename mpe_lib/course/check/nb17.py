"""Checks of notebook 17, memory in the neuron."""

import math
from itertools import product

import torch
from torch import Tensor

from ...systems.se_adlif import FORMS, adlif_sequence
from ...systems.srnn import alif_sequence
from .base import called, exercise, need, right
from .compare import alike, match, match_tensor
from .forms import number, tensor

DOUBLE = torch.float64


@exercise
def left(jump, kept) -> None:
    """What a spike adds to the threshold at tau_adp 100, and what 50 silent steps leave of it."""
    match(
        number(jump, "jump"),
        1.8 * (1 - math.exp(-0.01)),
        [
            (1.8, "e takes a share 1 - P of a spike, not all of it"),
            (1 - math.exp(-0.01), "that is what e gains; the threshold moves by beta times that"),
            (1.8 * math.exp(-0.01), "P is what e keeps; what does it take in?"),
            (1.8 * (1 - math.exp(-0.1)), "that is the time constant of the potential"),
            (0.018, "nearly: P is exp(-1/100), which is not 1 - 1/100; three digits"),
        ],
        "write e down for the step after a spike, from e = 0, and multiply by beta",
    )
    match(
        number(kept, "left"),
        math.exp(-0.5),
        [
            (math.exp(-5), "that is what the potential keeps; the threshold is slower"),
            (0.5, "50 of 100 steps, but a leak takes a share of what is still there"),
            (1 - math.exp(-0.5), "that is what has gone"),
            (math.exp(-0.01), "that is one step; there are fifty"),
            (100 * math.exp(-0.5), "a share, not percent"),
            (math.exp(-2), "time over time constant, not the other way round"),
        ],
        "fifty steps, each keeps P: which power is that?",
    )
    right("The rise outlives the potential by far: after fifty steps that has a hundredth left.")


def _pair(found, names: str, shape) -> list[Tensor]:
    """Two tensors of this shape, in float64; or a hint."""
    found = tensor(found, (2, *shape), f"return two tensors shaped like x, {names}")
    return list(found.detach())


def _same(found: list[Tensor], other: list[Tensor]) -> bool:
    return all(alike(a, b) for a, b in zip(found, other, strict=True))


def _judge(found: list[Tensor], wish: list[Tensor], mistakes: dict, otherwise: str) -> None:
    """A mistake says something only where it differs from what is right."""
    for hint, other in mistakes.items():
        need(not _same(found, other) or _same(other, wish), hint)
    need(_same(found, wish), otherwise)


@exercise
def alif(function) -> None:
    """alif(x, tau_m, tau_adp, b0, beta): spikes and thresholds of the adaptive neuron."""
    need(callable(function), "alif should be a function of x, tau_m, tau_adp, b0 and beta")
    generator = torch.Generator().manual_seed(17)
    for given in ((20.0, 100.0, 0.1, 1.8), (8.0, 30.0, 0.05, 0.9), (10.0, 50.0, 0.2, 0.0)):
        x = 0.4 + 0.5 * torch.randn(80, 6, generator=generator, dtype=DOUBLE)
        found = called("alif raised {kind}: {error}", function, x.clone(), *given)
        found = _pair(found, "s and the threshold", x.shape)
        trace = alif_sequence(x, *given)
        mistakes = {
            hint: _alif(x, *given, wrong)
            for hint, wrong in (
                ("a spike costs the threshold of this step, not the one at rest", "rest"),
                ("the reset is paid by the threshold that the spike has raised", "early"),
                ("e takes a share 1 - P of a spike, not all of it", "whole"),
                ("of the input only a share 1 - A arrives", "input"),
                ("a soft reset: the threshold is taken away, the rest of h stays", "hard"),
                ("the reset is taken off after the leak: look where A stands", "leaked"),
                ("where is the reset?", "none"),
                ("what does beta do?", "beta"),
            )
        }
        otherwise = "go line by line: e, then the threshold, then h, then s; all start at 0"
        _judge(found, [trace.s, trace.v_threshold], mistakes, otherwise)
    right("Spikes and thresholds are the library's: one more line than a LIF neuron has.")


def _alif(x, tau_m, tau_adp, b0, beta, wrong: str) -> list[Tensor]:
    """Spikes and thresholds with one line wrong."""
    a, p = math.exp(-1 / tau_m), math.exp(-1 / tau_adp)
    h = e = s = torch.zeros_like(x[0])
    theta, rows = torch.full_like(h, b0), []
    for x_t in x:
        e = p * e + (s if wrong == "whole" else (1 - p) * s)
        before, theta = theta, b0 + (1.0 if wrong == "beta" else beta) * e
        cost = {"rest": b0 * s, "early": before * s, "none": 0 * s, "leaked": a * theta * s}
        if wrong == "hard":
            h = h * (1 - s)
        share = 1.0 if wrong == "input" else 1 - a
        h = a * h + share * x_t - cost.get(wrong, 0 * s if wrong == "hard" else theta * s)
        s = (h > theta).to(x.dtype)
        rows.append((s, theta))
    return [torch.stack(each) for each in zip(*rows, strict=True)]


@exercise
def adlif(function) -> None:
    """adlif(x, tau_u, tau_w, a, b, q, form): spikes and w of SE-adLIF in both orders."""
    need(callable(function), "adlif should be a function of x, tau_u, tau_w, a, b, q and form")
    generator = torch.Generator().manual_seed(18)
    for form, q in product(FORMS, (60.0, 120.0)):
        other = FORMS[1 - FORMS.index(form)]
        x = 20 * torch.randn(50, 6, generator=generator, dtype=DOUBLE)
        given = (10.0, 100.0, 0.6, 1.4, q, form)
        found = called("adlif raised {kind}: {error}", function, x.clone(), *given)
        found, trace = _pair(found, "s and w", x.shape), adlif_sequence(x, *given)
        turned = adlif_sequence(x, *given[:-1], other)
        mistakes = {f'with form="{form}" that is the order of "{other}"': [turned.s, turned.w]} | {
            hint: _adlif(x, *given, wrong)
            for hint, wrong in (
                ("w is driven by what is left after the reset, v and not h", "charged"),
                ("the spike is not in both orders from the same step as the potential", "mixed"),
                ("of input less w only a share 1 - A arrives", "input"),
                ("q is the factor of both, of a v and of b s", "alone"),
                ("w takes only a share 1 - B", "whole"),
                ("look at the sign: w pulls the potential back", "sign"),
                ("the potential must come back to 0 after a spike", "none"),
            )
        }
        otherwise = "go line by line: h, then s, then v, then w; all start at 0"
        _judge(found, [trace.s, trace.w], mistakes, otherwise)
    right("Two orders, one line apart, and both are the library's.")


def _adlif(x, tau_u, tau_w, a, b, q, form, wrong: str) -> list[Tensor]:
    """Spikes and w with one line wrong."""
    keep_u, keep_w = math.exp(-1 / tau_u), math.exp(-1 / tau_w)
    v = w = s = torch.zeros_like(x[0])
    rows = []
    for x_t in x:
        share, sign = (1.0 if wrong == "input" else 1 - keep_u), (1 if wrong == "sign" else -1)
        h = keep_u * v + share * (x_t + sign * w)
        old_v, old_s = v, s
        s = (h > 1).to(x.dtype)
        v = h if wrong == "none" else h * (1 - s)
        new = h if wrong == "charged" else v
        seen_v, seen_s = (old_v, old_s) if form == "euler" else (new, s)
        if wrong == "mixed":
            seen_s = s if form == "euler" else old_s
        drive = q * a * seen_v + b * seen_s if wrong == "alone" else q * (a * seen_v + b * seen_s)
        w = keep_w * w + (1.0 if wrong == "whole" else 1 - keep_w) * drive
        rows.append((s, w))
    return [torch.stack(each) for each in zip(*rows, strict=True)]


@exercise
def limit(function) -> None:
    """euler_limit(tau_u, tau_w, a): the largest q at which Euler forward does not explode."""
    need(callable(function), "euler_limit should be a function of tau_u, tau_w and a")
    # short constants too: there tau_u + tau_w is more than a digit off
    for tau_u, tau_w, a in ((10.0, 100.0, 0.9), (1.5, 4.0, 1.0), (2.5, 30.0, 0.3)):
        found = called("euler_limit raised {kind}: {error}", function, tau_u, tau_w, a)
        keep_u, keep_w = math.exp(-1 / tau_u), math.exp(-1 / tau_w)
        both = (1 - keep_u) * (1 - keep_w)
        mistakes = [
            ((1 + keep_u) * (1 + keep_w) / both / a, "that is the limit of the symplectic order"),
            (1 / both / a, "the determinant has a part without q as well"),
            ((1 - keep_u * keep_w) / both * a, "a larger a explodes sooner: divide by it"),
            ((1 - (keep_u * keep_w) ** 0.5) / both / a, "the modulus is 1 where its square is 1"),
        ]
        if a != 1:
            mistakes.append(((1 - keep_u * keep_w) / both, "that is q a; and q alone?"))
        otherwise = "set the determinant of Euler forward equal to 1 and solve for q"
        match(
            number(found, "euler_limit(...)"),
            (1 - keep_u * keep_w) / both / a,
            mistakes,
            otherwise,
        )
    right("For slow leaks it is nearly (tau_u + tau_w) / a: the two time constants, added.")


@exercise
def recall(function) -> None:
    """recalled(s): the cue, from the spikes of the go signal (the last ten steps) alone."""
    need(callable(function), "recalled should be a function of s")
    generator = torch.Generator().manual_seed(19)
    go = torch.tensor([5.0, 6.0, 7.0, 8.0])  # how often each neuron fires, in any order
    for n in (300, 1, 40):
        cue = torch.randint(4, (n,), generator=generator)
        s = torch.zeros(70, n, 4, dtype=DOUBLE)
        s[:10, torch.arange(n), cue] = 1.0  # its cue, which the answer may not look at
        counts = torch.stack([go[torch.randperm(4, generator=generator)] for _ in range(n)])
        order = torch.rand(10, n, 4, generator=generator).argsort(0)
        s[60:] = (order < counts).to(DOUBLE)
        found = called("recalled raised {kind}: {error}", function, s)
        found = tensor(found, (n,), "recalled should return one cue for each sequence, [B]")
        most, total, last = counts.argmax(1), s.sum(0).argmin(1), s[-1].argmin(1)
        mistakes = [
            (most, "who fires most is the least tired: was it raised, or was it not?"),
            (total, "your sum reaches beyond the go signal: take its steps alone"),
            (cue, "that reads the cue off its own steps; only those of the go signal are allowed"),
            (last, "one step says little: count over the whole go signal"),
        ]
        otherwise = "count the spikes of each neuron while the go signal lasts, and compare"
        match_tensor(found, counts.argmin(1), mistakes, otherwise)
    right("Nothing fired for fifty steps, and the answer is there: in who is tired.")
