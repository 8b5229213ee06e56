"""The figures of the landscape and of the ledger: labelled, with units, in large text."""

import numpy as np
import pytest
from figures import every, explorer_says

from mpe_lib.plot import landscape
from mpe_lib.plot.ledger import MARKS, plot_verdicts
from mpe_lib.results import ledger
from mpe_lib.results.widths import LINE

BOWL = 4 * LINE**2 + 0.5
PLANE = np.add.outer(BOWL, BOWL)
NAMES = ("exact LIF", "bernoulli", "bernoulli, drawn", "zero")
WIDTHS = {name: [[0.3, 0.2], [0.4, 0.3], [0.2, 0.5]] for name in NAMES}
ENTRIES = ledger.table({"paper": ledger.results()["paper"]})
SHORT = {entry.claim: "words" for entry in ENTRIES}

FIGURES = {  # name -> (axes, function, arguments)
    "cut": (1, landscape.plot_cut, LINE, BOWL, 0.5, "t"),
    "scales": (2, landscape.plot_scales,
        {"raw": dict.fromkeys((0.25, 1.0, 4.0), [BOWL]), "fair": dict.fromkeys((1, 2, 3), [BOWL])},
        LINE, "t"),
    "planes": (4, landscape.plot_planes, dict.fromkeys(NAMES[:3], PLANE), LINE, "t"),
    "cuts": (4, landscape.plot_cuts,
        {name: np.stack([BOWL, BOWL + 1]) for name in NAMES}, LINE, "t"),
    "widths": (2, landscape.plot_widths, {"a": WIDTHS, "b": WIDTHS}, "t"),
    "draws": (2, landscape.plot_pair_draws, {"a": [1, -1, 2], "b": [0.5, 1]}, "t"),
    "curves": (1, landscape.plot_curves,
        {"a": {"zero": [[2, 1], [3, 2]], "exact LIF": [[2, 1]]}}, "t"),
    "verdicts": (1, plot_verdicts, ENTRIES, SHORT, "t"),
    "explorer": (1, landscape.draw_cuts, 0, 0, 0, 0.5),
}  # fmt: skip
test_figure = every(FIGURES)


def test_a_cut_is_left_alone_and_its_width_is_drawn():
    losses = BOWL.copy()
    axis = landscape.plot_cut(LINE, losses, 0.5, "t").axes[0]
    assert np.array_equal(losses, BOWL)
    sides = [line.get_xdata()[0] for line in axis.lines if len(set(line.get_xdata())) == 1]
    assert max(sides) == pytest.approx(0.125**0.5, abs=0.01) and min(sides) == -max(sides)


def test_the_explorer_answers_in_words_and_repeats_itself():
    others = ((0, 1, 0, 0.5), (0, 0, 1, 0.5), (0, 0, 0, 1.0))
    assert "the flattest is" in explorer_says(landscape.draw_cuts, (0, 0, 0, 0.5), others)


def test_every_verdict_has_a_mark_of_its_own():
    assert len({mark for mark, _ in MARKS.values()}) == len(MARKS)
    axis = plot_verdicts(ENTRIES, SHORT).axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["not measured yet"]
