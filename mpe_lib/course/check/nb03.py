"""Checks of notebook 03, traces and rasters."""

from statistics import mean

import torch

from ...core.dynamics import lif_sequence
from ...core.estimate import mpe_sequence
from ...core.losses import spike_agreement
from .base import exercise, need, right
from .compare import match, same
from .forms import number, plain

TOLD = ((1.5, 0.5), (1.0, 0.1))  # mean and spread, in the text and below the map


@exercise
def agreement(equal, missed, extra) -> None:
    """The shares of equal, missed and extra steps of the two lists in the notebook."""
    equal, missed = number(equal, "equal"), number(missed, "missed")
    extra = number(extra, "extra")
    need(max(equal, missed, extra) <= 1, "those are counts; a share is a count over what?")
    need(
        not (same(missed, 0.1) and same(extra, 0.2)),
        "missed and extra are swapped: who is the reference?",
    )
    match(
        equal,
        0.7,
        [
            (0.2, "you count only the steps on which both fire; silence together is agreement too"),
            (0.3, "that is the share of unequal steps"),
            (0.5, "is that a share of the spikes? agreement counts all steps, the silent ones too"),
        ],
        "go through the lists step by step: on how many of the ten do they say the same?",
    )
    match(
        missed,
        0.2,
        [
            (0.5, "that is a share of the exact spikes; here all three are shares of all steps"),
            (0.1, "that is the number of extra spikes: which list is the reference?"),
        ],
        "a missed spike: the exact neuron fires and the estimate does not; count those steps",
    )
    match(
        extra,
        0.1,
        [
            (0.25, "that is a share of the exact spikes; here all three are shares of all steps"),
            (1 / 3, "that is a share of the estimate's spikes; take the share of all steps"),
        ],
        "an extra spike: the estimate fires and the exact neuron does not; count those steps",
    )
    right("The three shares sum to 1, and most of the agreement here is shared silence.")


@exercise
def accumulation(kind, spikes) -> None:
    """Which kind of error, and how many of the exact spikes are missed in 40 steps."""
    kind = plain(kind)
    need(isinstance(kind, str), 'kind should be a word, "missed" or "extra"')
    kind = kind.strip().lower()
    need(kind in ("missed", "extra"), 'kind should be "missed" or "extra"')
    need(kind != "extra", "how high can the estimate's h be, if it sees two inputs only?")
    match(
        number(spikes, "missed_spikes"),
        10,
        [
            (0, "the exact neuron adds up more than two inputs: follow its h for five steps"),
            (0.25, "that is the share of steps; the question asks for a number of spikes"),
            (40, "that is every step; how long does the exact neuron need from reset to spike?"),
            (30, "those are the steps on which both are silent, and so agree"),
            (12, "without a leak it would take 1 / 0.3 steps; but spikes come on whole steps only"),
            (13, "after three steps the exact neuron is not there yet: write down its three h"),
            (8, "after a reset the potential is 0, and the next input already counts: no pause"),
            (9, "the last step of the forty counts too"),
        ],
        "write down h of the exact neuron step by step until it fires; then it starts anew from 0",
    )
    right("Every spike is missed, none is extra, and still three steps of four agree.")


@exercise
def worse_than_nothing(mean_input, spread) -> None:
    """A mean and a spread at which bernoulli is wrong more often than zero, at decay 0.25."""
    mean_input, spread = number(mean_input, "mean"), number(spread, "spread")
    need(spread > 0, "spread is a standard deviation: it should be above 0")
    need(max(abs(mean_input), spread) <= 5, "stay within 5 thresholds, as a normalised layer does")
    for told in TOLD:
        away = max(abs(mean_input - told[0]), abs(spread - told[1]))
        need(away >= 0.1, "the page measured that point already; find one of your own")
    rates, rule, nothing = [], [], []
    for seed in (101, 102, 103):
        generator = torch.Generator().manual_seed(seed)
        x = mean_input + spread * torch.randn(60, 500, generator=generator)
        exact = lif_sequence(x, 0.25).s
        rates.append(exact.mean().item())
        for name, shares in (("bernoulli", rule), ("zero", nothing)):
            s = mpe_sequence(x, name, 0.25, seed=seed).s
            shares.append(1 - spike_agreement(exact, s).equal)
    gaps = [a - b for a, b in zip(rule, nothing, strict=True)]
    words = f"bernoulli {100 * mean(rule):.2f} % and zero {100 * mean(nothing):.2f} % of steps"
    need(
        mean(rates) > 0.001, "the exact neuron hardly ever fires, so there is nothing to get wrong"
    )
    need(
        max(*rule, *nothing) > 0.001,
        "all three neurons fire on nearly every step and agree; leave them something to decide",
    )
    need(
        min(gaps) > 0.001 or max(gaps) < -0.001,
        f"too close to call: wrong are {words}; move further from the border in the map",
    )
    need(
        mean(gaps) > 0,
        f"here the guess helps: wrong are {words}. When is 0 the best guess of the potential "
        "after a step?",
    )
    right(f"Wrong are {words}: there, knowing nothing beats the guess.")
