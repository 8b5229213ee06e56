"""The figures of the family: labelled, unchanged data, and what the marks say."""

import numpy as np
import torch
from figures import draw, every, explorer_says

from mpe_lib.plot import family, passport

X = 0.4 + 0.3 * torch.randn(30, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
BARS = {"exact LIF": (0.0, 0.0), "zero": (0.1, 0.12), "PSU": (0.3, 0.05)}
PAGE = {
    "neuron": "hard",
    "says": "MPE, hard rule",
    "chance": {"recall 4": 1 / 8, "interval": 1 / 8, "digits by row": 1 / 10},
    "passport": {
        "reach": {"changed": [1.0, 0.8, *[0.0] * 38], "causal": True, "furthest": 1},
        "stationary": True, "parameters": 12, "rate": 0.15,
        "residual": {"0.25": 0.01, "0.5": 0.03, "0.9": 0.12},
        "gradient": {"share": [1.0, 0.5, *[0.0] * 38], "finite": True},
        "order": {"1": 1.0, "3": 0.5, "11": 0.5},
        "suite": {"recall 4": 0.2, "interval": 0.13, "digits by row": 0.7},
        "cost": [
            {"steps": t, "kind": kind, "times_the_lif": r}
            for t in (16, 128, 1024) for kind, r in (("plain", 0.2), ("fused", 3.0))
        ],
    },
    "controls": {
        name: {
            "order": {"1": 0.5, "3": 0.5, "11": 0.5},
            "suite": {"recall 4": 0.12, "interval": 0.12, "digits by row": 0.5},
        }
        for name in ("zero", "clock")
    },
}  # fmt: skip

FIGURES = {  # name -> (axes, function, arguments)
    "sums": (2, family.plot_sums, X, 0.9, "t"),
    "rates": (1, family.plot_rates, [0.1, 0.5, 0.9], {"a": [0.1, 0.1, 0.1], "b": [0.1, 0.2, 0.3]}),
    "sweeps": (1, family.plot_sweeps, {0.5: [0.1, 0.01, 0.0]}, {0.5: 0.06}, "t"),
    "residuals": (2, family.plot_residuals, {0.5: BARS, 0.9: BARS}, "t"),
    "explorer": (3, family.draw_family, 0, "one sweep (FPT)", 0.5),
}  # fmt: skip
test_figure = every(FIGURES)


def test_the_two_sums_differ_by_the_potential():
    above, below = draw(FIGURES["sums"]).axes
    (charged,), h = above.lines, below.lines[0].get_ydata()
    taken = above.collections[0].get_paths()[0].vertices[:, 1].max()
    assert np.max(charged.get_ydata() - h) == np.float64(taken).round(12) or np.isclose(
        np.max(charged.get_ydata() - h), taken
    )


def test_a_bar_is_the_residual_and_a_diamond_the_difference():
    axis = draw(FIGURES["residuals"]).axes[0]
    assert [patch.get_width() for patch in axis.patches] == [0.0, 10.0, 30.0]
    assert axis.lines[0].get_xdata().tolist() == [0.0, 12.0, 5.0]
    assert axis.lines[1].get_xdata()[0] == 12.0  # the neuron with no memory


def test_the_explorer_answers_in_words():
    first = explorer_says(
        family.draw_family,
        (0, "one sweep (FPT)", 0.5),
        ((1, "one sweep (FPT)", 0.5), (0, "three sweeps (FPT)", 0.5), (0, "one sweep (FPT)", 0.9)),
    )
    assert first.startswith("one sweep (FPT), decay 0.5")
    assert "0.0 % of steps differ" in family.draw_family(0, "three sweeps (FPT)", 0.1)[1]


def test_a_passport_has_its_facts_and_both_controls():
    figure = passport.plot_passport(PAGE)
    words = figure.axes[0].texts[0].get_text()
    for part in ("feels: 1 steps back", "future: no", "clock: no", "15.0 %", "1.0, 3.0, 12.0 %"):
        assert part in words
    order, suite, cost = figure.axes[3:]
    assert [line.get_label() for line in order.lines[:3]] == ["this neuron", "no memory", "a clock"]
    assert suite.lines[0].get_ydata()[2] == 70.0
    assert [line.get_label() for line in cost.lines[:2]] == ["plain", "fused"]
