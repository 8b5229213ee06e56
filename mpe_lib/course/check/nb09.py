"""Checks of notebook 09, what the estimate forgets."""

import numpy as np
import torch

from ...core.estimate import mpe_sequence
from .base import called, exercise, need, right
from .compare import match
from .forms import number, plain


@exercise
def reach(furthest, sweeps) -> None:
    """The cone of three layers with two sweeps, and the sweeps that two layers need for 12 lags."""
    match(
        number(furthest, "furthest"),
        9,
        [
            (5, "layers and sweeps do not add up: each layer starts where the one before ended"),
            (6, "the guess itself looks one step back, before any sweep: k sweeps see how far?"),
            (3, "that is the reach of one layer; how many are there?"),
            (10, "that counts the steps in the window; the lag is the distance to the furthest"),
            (7, "one layer reaches k + 1 steps, and three of them one after the other?"),
        ],
        "how far does one layer see after two sweeps, and what does each further layer add?",
    )
    value = number(sweeps, "sweeps")
    match(value, 5, [
        (6, "one too many: from frame 1 to frame 13 are how many steps? and what does the "
            "guess see before any sweep?"),
        (12, "that many sweeps would do for one layer with steps to spare; there are two"),
        (11, "one layer would need so many; there are two"),
        (5.5, "13 frames are 12 steps apart from first to last, not 13"),
        (4, "with 4 sweeps two layers reach 10 steps: frame 3, not frame 1"),
        (13, "count steps between frames, and remember that there are two layers"),
    ], "solve L (k + 1) = the number of steps from frame 1 to frame 13")  # fmt: skip
    right("Layers multiply, sweeps add one each, and the guess itself is worth one step.")


@exercise
def pair_score(function) -> None:
    """A function (first, second) -> share of pairs in the right order, ties counted one half."""
    need(callable(function), "pair_score should be a function of (first, second)")
    first, second = torch.tensor([3.0, 1.0, 2.0, 0.5]), torch.tensor([2.0, 1.0, 5.0, 0.5])
    value = _scored(function, first, second)
    match(
        value,
        0.5,
        [
            (0.75, "a tie counts as right there; a net that knows nothing would reach 1"),
            (0.25, "a tie counts as wrong there; a net that knows nothing would reach 0, as if it "
                   "knew the order and lied"),
            (2.0, "that is a number of pairs; a share is wanted"),
            (1.0, "is a tie counted twice, or a whole point?"),
        ],
        "count 1 for a higher score of the recording where A came first, one half for a tie",
    )  # fmt: skip
    generator = torch.Generator().manual_seed(9)
    for shift in (0.0, 7.0, -7.0):
        second = torch.randn(200, generator=generator) + shift
        first = second + torch.randn(200, generator=generator) + 0.7
        second[:20] = first[:20]
        truth = ((first > second).double() + 0.5 * (first == second).double()).mean().item()
        value = _scored(function, first, second)
        plain = torch.cat((first > 0, second <= 0)).double().mean().item()
        need(
            abs(value - plain) > 1e-6 or abs(plain - truth) < 1e-6,
            "that is plain accuracy, with a threshold at 0; compare the two scores of each pair",
        )
        match(
            value,
            truth,
            [(1 - truth, "the wrong way round: which of the two recordings should score higher?")],
            "compare each score of `first` with the score of `second` at the same place",
        )
    right("Adding one number to all scores does not change it, so no threshold can hide anything.")


@exercise
def detector(w_a, w_b) -> None:
    """Weights of one neuron that fires when A comes first and never when B does, gaps 1 to 3."""
    w_a, w_b = number(w_a, "w_a"), number(w_b, "w_b")
    need(max(abs(w_a), abs(w_b)) <= 20, "stay within 20 thresholds")
    for gap in (1, 2, 3):
        a_first, b_first = order_counts(w_a, w_b, gap)
        need(
            a_first or b_first,
            f"at gap {gap} it never fires: neither pulse alone nor both together reach 1",
        )
        need(
            not (a_first and b_first),
            f"at gap {gap} it fires in both orders, {a_first} and {b_first} times: a sum hardly "
            "cares which part came first; what does the leak do to the earlier pulse?",
        )
        need(a_first, f"at gap {gap} it fires when B comes first: swap something")
    four = order_counts(w_a, w_b, 4)
    need(four[0] == four[1], "the cone should end at lag 3: has the neuron changed?")
    right(f"And at gap 4 it fires {four[0]} and {four[1]} times: outside the cone no weights help.")


def order_counts(w_a: float, w_b: float, gap: int) -> tuple[int, int]:
    """Spikes of one neuron (hard, 2 sweeps, decay 0.9) when A comes first and when B does."""
    counts = []
    for early, late in ((w_a, w_b), (w_b, w_a)):
        x = torch.zeros(24, 1)
        x[8], x[8 + gap] = early, late
        counts.append(int(mpe_sequence(x, "hard", 0.9, sweeps=2).s.sum()))
    return counts[0], counts[1]


def _scored(function, first, second) -> float:
    """The one number that the function returns; or a hint."""
    value = called("pair_score raised {kind}: {error}", function, first, second)
    words = "pair_score should return one number for all pairs: take the mean"
    need(np.size(plain(value)) == 1, words)
    return number(value, "what pair_score returns")
