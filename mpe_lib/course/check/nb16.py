"""Checks of notebook 16, what each remembers, needs and costs."""

import torch

from ...core.dynamics import lif_sequence
from ...systems.node import charges
from ...systems.population import leaky_sequence
from .base import called, exercise, need, right
from .compare import match, match_tensor
from .forms import as_list, number, plain, tensor

DOUBLE = torch.float64


@exercise
def charge(function) -> None:
    """charge(v, x, tau): h of SpikingJelly's LIF, whose input leaks as well, at rest 0."""
    need(callable(function), "charge should be a function of v, x and tau")
    generator = torch.Generator().manual_seed(16)
    for tau in (4.0, 2.0, 1.5):
        v, x = torch.randn(2, 50, generator=generator, dtype=DOUBLE)
        found = called("charge raised {kind}: {error}", function, v, x, tau)
        found = tensor(found, v.shape, "charge should return a tensor shaped like v")
        kinds = charges(tau)
        mistakes = [
            (kinds["lif, input kept"](v, x), "there the whole of x comes in; here only 1 / tau"),
            (v / tau + x / tau, "v / tau is what is lost; how much is kept?"),
            (v / tau + x, "v / tau is what is lost, and of x too only a part comes in"),
            (v + x, "nothing leaks yet"),
            (v + (x + v) / tau, "look at the sign: a potential above rest is pulled down"),
        ]
        otherwise = "h is v, and 1 / tau of the way from v to x"
        match_tensor(found, kinds["lif"](v, x), mistakes, otherwise)
    right("With decay = 1 - 1 / tau it is our LIF, fed with x / tau.")


@exercise
def felt(function) -> None:
    """felt(before, after, nudged): the longest lag at which h changed, and was an earlier step?"""
    need(callable(function), "felt should be a function of before, after and nudged")
    for steps, nudged, changed in (
        (12, 4, {4: [0], 5: [1], 7: [0, 2]}),
        (12, 0, {0: [0, 1, 2], 11: [2]}),
        (9, 5, {2: [1], 5: [0], 6: [1]}),
        (9, 8, {0: [0], 8: [0]}),
        (6, 3, {3: [1]}),
    ):
        before = torch.linspace(-1, 1, 3 * steps, dtype=DOUBLE).view(steps, 3)
        after = before.clone()
        for step, neurons in changed.items():
            after[step, neurons] += 0.5 - torch.arange(len(neurons))  # up, or down
        given = called("felt raised {kind}: {error}", function, before, after, nudged)
        words = (
            "felt should return two things: the longest lag, and whether an earlier step changed"
        )
        given = as_list(given, words)
        need(len(given) == 2, words)
        last = max(changed)
        lag, ahead = number(given[0], "the lag"), bool(plain(given[1]))
        match(
            lag,
            last - nudged,
            [
                (last, "that is a step; the lag is counted from the nudged one"),
                (len(changed) - 1, "look for the last step that changed, not for how many did"),
                (len(changed), "look for the last step that changed, not for how many did"),
            ],
            "one neuron that changes is enough, in either direction; which step is the last one?",
        )
        hint = "did a step before the nudged one change? Then the neuron sees the future"
        need(ahead == (min(changed) < nudged), hint)
    right("That is all a passport does, for every step of the input in turn.")


@exercise
def count(at_128, more_from) -> None:
    """Parameters of a layer of PSN at T = 128, and the T from which they outnumber 64 x 64."""
    match(
        number(at_128, "at_128"),
        128 * 129,
        [
            (128 * 128, "and the thresholds?"),
            (64 * 128 * 129, "the 64 neurons of a layer share one matrix"),
            (128 * 129 / 2, "it sees later steps too: no half of the matrix is empty"),
            (128, "a weight from every step to every step"),
            (128 * 128 + 1, "a threshold for each step"),
        ],
        "a weight from every step to every step, and a threshold for each step",
        1e-6,
    )
    match(
        number(more_from, "more_from"),
        64,
        [
            (65, "try T = 64: are the thresholds counted?"),
            (63, "put 63 in: is it more?"),
            (91, "a PSN's matrix is full, not triangular"),
        ],
        "when is T (T + 1) above 64 x 64?",
        1e-6,
    )
    right("At T = 64 the neuron has more weights than the layer that feeds it.")


@exercise
def clock(function) -> None:
    """gains(steps): a gain for each step, so that the sums of two lines tell who came first."""
    need(callable(function), "gains should be a function of steps")
    for steps in (2, 7, 40):
        found = called("gains raised {kind}: {error}", function, steps)
        found = tensor(found, None, "gains should return a tensor with one number for each step")
        need(
            found.numel() == steps,
            f"gains({steps}) should hold {steps} numbers, got {found.numel()}",
        )
        found = found.detach().double().reshape(-1)
        need(bool(torch.isfinite(found).all()), "the gains should be finite numbers")
        fall = found[:-1] - found[1:]
        need(bool((fall != 0).any()), "with equal gains both sums are the same: where is the time?")
        need(not bool((fall < 0).all()), "then the line that came last has the larger sum")
        need(
            bool((fall > 0).all()),
            "there are two steps at which a pulse gets the wrong gain: which pair of steps is it?",
        )
    right("No step knows another one, and yet the order can be read: it is a clock.")


@exercise
def leaky(function) -> None:
    """leaky(x, decay): h of snnTorch's neuron, whose reset is paid at the next step, in full."""
    need(callable(function), "leaky should be a function of x and decay")
    generator = torch.Generator().manual_seed(17)
    for steps, decay in ((30, 0.9), (12, 0.5), (1, 0.7)):
        x = 0.3 + torch.randn(steps, 40, generator=generator, dtype=DOUBLE)
        found = called("leaky raised {kind}: {error}", function, x.clone(), decay)
        words = "leaky should return the potential h, a tensor shaped like x, [T, B]"
        found = tensor(found, x.shape, words)
        h = leaky_sequence(x, decay).h
        mistakes = [
            (lif_sequence(x, decay, reset="soft").h, "the reset leaks with the rest; here it is "
             "paid in full"),
            (lif_sequence(x, decay).h, "that is a hard reset; what is taken off is one threshold"),
            (lif_sequence(x, decay, reset="none").h, "nothing is taken off after a spike"),
            ((h > 1).to(DOUBLE), "those are the spikes; return the potential"),
            (h - (h > 1).to(DOUBLE), "return h as it is before the reset"),
        ]  # fmt: skip
        otherwise = "h[t] is decay h[t-1] + x[t], less 1 where the step before fired"
        match_tensor(found, h, mistakes, otherwise)
    right("A spike costs more than a threshold here: one, where only decay of it would be left.")
