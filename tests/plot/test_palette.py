import importlib
import pkgutil
from itertools import combinations

import pytest
from figures import drawn_axes
from matplotlib.lines import Line2D
from palette import APART, SEEN, distance, lab

import mpe_lib.plot
from mpe_lib.plot import base


def groups():
    """Every constant of the plots that lists the styles of series drawn together."""
    found = {}
    for module in pkgutil.iter_modules(mpe_lib.plot.__path__):
        for name, value in vars(importlib.import_module(f"mpe_lib.plot.{module.name}")).items():
            styles = list(value.values()) if isinstance(value, dict) else value
            if name.isupper() and isinstance(styles, (list, tuple)) and len(styles) > 1 and all(
                isinstance(style, dict) and "color" in style for style in styles
            ):  # fmt: skip
                found[f"{module.name}.{name}"] = styles
    return found


GROUPS = groups()


def test_the_groups_are_found():
    assert {"base.RULE_STYLES", "scaling.NEURON_STYLES", "events.POLARITY"} <= set(GROUPS)


@pytest.mark.parametrize("name", GROUPS)
def test_series_drawn_together_stay_apart_for_every_reader(name):
    for one, other in combinations(GROUPS[name], 2):
        assert distance(one["color"], other["color"]) >= APART, (one, other)
        assert cue(one) != cue(other), (one, other)


def cue(style):
    """What tells a series apart without its colour."""
    return str(style.get("linestyle", "-")), style.get("marker"), style.get("hatch")


def test_the_three_marks_of_every_strip_stay_apart():
    colors = (base.EXACT["color"], base.ESTIMATE["color"], base.SPIKE, base.RESIDUAL, base.GRID)
    assert all(distance(*pair) >= APART for pair in combinations(colors, 2))
    lines = (base.EXACT, base.ESTIMATE, base.NOTHING, base.THRESHOLD)
    assert len({str(style["linestyle"]) for style in lines}) == len(lines)


def test_matplotlibs_own_cycle_would_fail():
    own = [f"C{k}" for k in range(8)]
    assert min(distance(*pair) for pair in combinations(own, 2)) < APART
    assert Line2D([], []).get_linestyle() == "-"  # and it gives all lines the same style


def test_colours_are_seen_as_published():
    """White is white to all, and without green cones red and green of a kind fall together."""
    for matrix in SEEN.values():
        assert abs(lab("white", matrix) - [100, 0, 0]).max() < 0.5
    assert distance("#B8A400", "#D55E00") == pytest.approx(11.0, abs=0.1)  # colorspacious 1.1.2
    assert distance("#009E73", "#767676") == pytest.approx(11.2, abs=0.1)
    assert distance("#0072B2", "#009E73") == pytest.approx(17.0, abs=0.1)


@pytest.mark.parametrize("second", [{"color": "C1"}, {"color": "#005fb2", "linestyle": "--"}])
def test_a_figure_of_lines_alike_is_found_out(second):
    def alike():
        figure, axis = base.new_figure()
        axis.plot([0, 1], label="a", color="#0072B2")
        axis.plot([1, 0], label="b", **second)
        return figure

    with pytest.raises(AssertionError, match="'a', 'b'"):
        drawn_axes(1, alike)
