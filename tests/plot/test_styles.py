"""How things look: whatever stands in one figure stays apart for every reader."""

from itertools import combinations

import pytest
from figures import drawn_axes
from matplotlib.lines import Line2D
from palette import APART, SEEN, distance, lab

from mpe_lib.plot import base, styles
from mpe_lib.plot.styles import FURTHER_STYLES, RULE_STYLES, SPARE_STYLES, style_of
from mpe_lib.results import names


def groups():
    """Every constant that lists the styles of series drawn together, and all neurons there are."""
    found = {"neurons": [*FURTHER_STYLES.values(), *SPARE_STYLES]}
    for name, value in vars(styles).items():
        each = list(value.values()) if isinstance(value, dict) else value
        if name.isupper() and isinstance(each, tuple | list) and all(
            isinstance(style, dict) and "color" in style for style in each
        ):  # fmt: skip
            found[name] = each
    return found


GROUPS = groups()


def test_the_groups_are_found():
    assert {"RULE_STYLES", "NEURON_STYLES", "POLARITY", "DECAY_STYLES", "PARTS"} <= set(GROUPS)


@pytest.mark.parametrize("name", GROUPS)
def test_series_drawn_together_stay_apart_for_every_reader(name):
    for one, other in combinations(GROUPS[name], 2):
        assert distance(one["color"], other["color"]) >= APART, (one, other)
        cue = "marker" if "marker" in one else "hatch"  # what tells them apart without a colour
        assert one[cue] != other[cue], (one, other)


@pytest.mark.parametrize("name", ["neurons", "RULE_STYLES", "DECAY_STYLES", "SLOPES"])
def test_lines_drawn_together_are_dashed_each_in_its_way(name):
    dashes = [str(style["linestyle"]) for style in GROUPS[name]]
    assert len(set(dashes)) == len(dashes)


def test_a_name_looks_like_its_neuron_and_what_is_none_says_so():
    assert base.RULE_STYLES is RULE_STYLES and set(FURTHER_STYLES) <= set(names.kinds())
    for neuron, kind in names.kinds().items():
        drawn = f"{neuron}{' + 2' * kind.sweeps}{', drawn' * kind.draws}"
        assert style_of(drawn) == style_of(neuron)
    assert style_of("bernoulli, drawn") == RULE_STYLES["bernoulli"]
    assert style_of("never fires", styles.SILENT) is styles.SILENT
    with pytest.raises(ValueError, match="neuron must be one of"):
        style_of("never fires")


def test_neurons_without_a_look_of_their_own_get_the_spare_ones_in_turn(monkeypatch):
    more = names.kinds() | {f"new {k}": names.Kind("new") for k in range(4)}
    for module in (names, styles):
        monkeypatch.setattr(module, "kinds", lambda: more)
    turns = [style_of(name) for name in more if name not in FURTHER_STYLES][-4:]
    assert all(style in SPARE_STYLES for style in turns) and turns[0] == turns[3]
    assert len({style["color"] for style in turns}) == 3


def test_the_three_marks_of_every_strip_stay_apart():
    colors = (styles.EXACT["color"], styles.ESTIMATE["color"], styles.SPIKE, styles.RESIDUAL,
              styles.GRID)  # fmt: skip
    assert all(distance(*pair) >= APART for pair in combinations(colors, 2))
    lines = (styles.EXACT, styles.ESTIMATE, styles.NOTHING, styles.THRESHOLD)
    assert len({str(style["linestyle"]) for style in lines}) == len(lines)
    for one, other in combinations((styles.MISSED, styles.EXTRA, styles.SAME), 2):
        assert one["marker"] != other["marker"] and one["color"] != other["color"]


@pytest.mark.parametrize("name", ["SILENT", "BEST"])
def test_what_is_no_rule_looks_like_none(name):
    for rule in RULE_STYLES.values():
        assert all(
            rule[cue] != getattr(styles, name)[cue] for cue in ("color", "linestyle", "marker")
        )


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
