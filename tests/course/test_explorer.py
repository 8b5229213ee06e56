import gc
import html
import json
import re
import sys

import explorers
import ipywidgets
import nbformat
import pytest

from mpe_lib.course import live, walk
from mpe_lib.course.explorer import Control, explorer
from mpe_lib.plot.base import new_figure
from mpe_lib.results import store

CONTROLS = {"level": Control("Input level (x) [threshold]", 1, (0, 1, 2))}


@pytest.fixture
def shown(monkeypatch):
    """What is displayed."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: bundles.append(data))
    return bundles


def draw(seed, level):
    figure, axis = new_figure()
    axis.plot([0, 1], [seed, level])
    axis.set(xlabel="time [step]", ylabel="input [threshold]")
    return figure, f"level {level} & seed {seed}"


def draw_words(seed, level):
    return new_figure()[0], f"level {level}"


def test_a_slider_changes_picture_and_words_and_the_sample_stays():
    box = explorer(draw, CONTROLS)
    first = box.image.value
    assert box.text.value.endswith("Figure: level 1 &amp; seed 0</p>")
    box.controls["level"].value = 2
    assert "level 2 &amp; seed 0" in box.text.value and box.image.value != first


def test_the_words_for_the_picture_follow_it():
    box = explorer(draw, CONTROLS)
    assert box.image.value.startswith('<img alt="level 1 &amp; seed 0" width="700"')
    box.controls["level"].value = 2
    assert box.image.value.startswith('<img alt="level 2 &amp; seed 0" width="700"')


def test_a_slider_knows_its_name_and_its_values_with_their_unit():
    box = explorer(draw, CONTROLS)
    said = [str(getattr(each, "value", "")) for each in widgets(box)]
    (words,) = (each for each in said if "data-values" in each)
    assert 'data-name="Input level (x) [threshold]"' in words
    assert html.unescape(re.search('data-values="([^"]*)"', words)[1]) == json.dumps(
        ["0 threshold", "1 threshold", "2 threshold"]
    )
    assert words.endswith(">Input level (x) [threshold]: 1</span>")


def widgets(box):
    for each in box.children:
        yield from widgets(each) if hasattr(each, "children") else [each]


def test_a_page_without_a_kernel_has_its_first_picture():
    bundle = explorer(draw, CONTROLS)._repr_mimebundle_()
    assert walk.WIDGET in bundle and bundle["text/html"].count('<img alt="level 1 &amp;') == 1


def test_a_cell_that_is_run_again_closes_what_it_showed(monkeypatch):
    here = [("a cell", "run 1")]
    monkeypatch.setattr(live, "_here", lambda: here[0])
    first, beside = explorer(draw, CONTROLS), explorer(draw, CONTROLS)
    here[0] = ("another cell", "run 2")
    other = explorer(draw, CONTROLS)
    here[0] = ("a cell", "run 3")
    again = explorer(draw, CONTROLS)
    opened = [each.comm is not None for each in (first, beside, other, again)]
    assert opened == [False, False, True, True]
    level = first.controls["level"]
    assert level.comm is None and level.layout.comm is None and first.layout.comm is None


def test_a_dead_kernel_is_told():
    box = explorer(draw, CONTROLS)
    assert live.RESTARTED in box.children[0].value and "mpe-live" in box._dom_classes


def test_new_sample_and_reset():
    box = explorer(draw, CONTROLS)
    first = box.image.value
    fresh, reset = box.children[-1].children
    fresh.click()
    assert "level 1 &amp; seed 1" in box.text.value
    box.controls["level"].value = 0
    assert "level 0 &amp; seed 1" in box.text.value
    reset.click()
    assert "level 1 &amp; seed 0" in box.text.value and box.image.value == first


def test_reset_draws_once():
    drawn = []

    def count(seed, **values):
        drawn.append(values)
        return draw(seed, values["level"])

    box = explorer(count, CONTROLS | {"other": Control("Other [1]", 0, (0, 1))})
    for control in box.controls.values():
        control.index += 1
    drawn.clear()
    box.children[-1].children[1].click()
    assert drawn == [{"level": 1, "other": 0}]
    box.controls["other"].value = 1
    assert drawn[1:] == [{"level": 1, "other": 1}]


def test_names_are_chosen_from_a_list(monkeypatch, shown):
    words = {"level": Control("Network [name]", "zero", ("zero", "hard"))}
    box = explorer(draw_words, words, new_sample=False)
    chosen = box.controls["level"]
    assert isinstance(chosen, ipywidgets.Dropdown) and chosen.description == "Network [name]"
    assert [label for label, _ in chosen.options] == ["zero", "hard"]
    box.controls["level"].value = "hard"
    assert "level hard" in box.text.value
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    explorer(draw_words, words)
    assert shown[-1]["text/plain"] == "Figure: level hard"
    assert "<figcaption>Network [name] = hard.</figcaption>" in shown[-1]["text/html"]


def test_without_ipywidgets_a_grid_of_values_appears(monkeypatch, shown):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert explorer(draw, CONTROLS) is None
    lines = [each["text/plain"] for each in shown]
    assert lines == ["Figure: level 0 & seed 0", "Figure: level 2 & seed 0"]
    assert "Input level (x) [threshold] = 2." in shown[1]["text/html"]


def test_wrong_controls_are_refused():
    with pytest.raises(ValueError, match="one to three controls, got 4"):
        explorer(draw, {str(k): CONTROLS["level"] for k in range(4)})
    with pytest.raises(ValueError, match="level must start at one of its values, got 5"):
        explorer(draw, {"level": Control("Level [1]", 5, (0, 1))})


@pytest.mark.parametrize("path", explorers.notebooks(), ids=lambda path: path.stem)
def test_explorers_keep_the_rules(path):
    cells = nbformat.read(path, as_version=4).cells
    for place in explorers.places(path):
        assert "show(" in cells[place - 1].source  # the static figure, by the same function
        controls = re.findall(r'Control\(\s*"([^"]+)"', cells[place].source)
        assert 1 <= len(controls) <= 3
        for words in controls:
            assert re.fullmatch(r"[A-Z][^()]+ \(.+\) \[.+\]", words), words


@pytest.mark.parametrize("path", explorers.notebooks(), ids=lambda path: path.stem)
def test_the_measured_explorers_answer_in_time(path):
    """Stored answers, in ms; make latency measures them."""
    rows = [row for row in store.read("explorers")["rows"] if row["notebook"] == path.stem]
    if not rows:
        pytest.skip(f"the explorer of {path.stem} was not measured yet: make latency")
    assert len(rows) == len(explorers.places(path))
    assert max(row["median_ms"] for row in rows) <= 150


def test_garbage_waits_for_the_picture_and_is_collected_again():
    seen = []

    def look(seed, level):
        seen.append(gc.isenabled())
        if level == 2:
            raise ValueError("no picture")
        return draw(seed, level)

    box = explorer(look, CONTROLS)
    assert seen == [False] and gc.isenabled()
    with pytest.raises(ValueError, match="no picture"):
        box.controls["level"].value = 2
    assert seen == [False, False] and gc.isenabled()
