import gc
import re
import sys

import explorers
import nbformat
import pytest

from mpe_lib.course.explorer import Control, explorer
from mpe_lib.plot.base import new_figure
from mpe_lib.results import store

CONTROLS = {"level": Control("Input level (x) [threshold]", 1, (0, 1, 2))}


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
    box.sliders["level"].value = 2
    assert "level 2 &amp; seed 0" in box.text.value and box.image.value != first


def test_new_sample_and_reset():
    box = explorer(draw, CONTROLS)
    first = box.image.value
    fresh, reset = box.children[-1].children
    fresh.click()
    assert "level 1 &amp; seed 1" in box.text.value
    box.sliders["level"].value = 0
    assert "level 0 &amp; seed 1" in box.text.value
    reset.click()
    assert "level 1 &amp; seed 0" in box.text.value and box.image.value == first


def test_reset_draws_once():
    drawn = []

    def count(seed, **values):
        drawn.append(values)
        return draw(seed, values["level"])

    box = explorer(count, CONTROLS | {"other": Control("Other [1]", 0, (0, 1))})
    for slider in box.sliders.values():
        slider.index += 1
    drawn.clear()
    box.children[-1].children[1].click()
    assert drawn == [{"level": 1, "other": 0}]
    box.sliders["other"].value = 1
    assert drawn[1:] == [{"level": 1, "other": 1}]


def test_values_may_be_words(monkeypatch, capsys):
    words = {"level": Control("Network [name]", "zero", ("zero", "hard"))}
    box = explorer(draw_words, words, new_sample=False)
    assert [label for label, _ in box.sliders["level"].options] == ["zero", "hard"]
    box.sliders["level"].value = "hard"
    assert "level hard" in box.text.value
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    explorer(draw_words, words)
    assert "Figure: Network [name] = hard: level hard" in capsys.readouterr().out


def test_without_ipywidgets_a_grid_of_values_appears(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert explorer(draw, CONTROLS) is None
    lines = capsys.readouterr().out.splitlines()
    figures = [line for line in lines if line.startswith("Figure: ")]
    assert len(figures) == 2 and "= 0: level 0" in figures[0] and "= 2: level 2" in figures[1]


def test_wrong_controls_are_refused():
    with pytest.raises(ValueError, match="one to three controls, got 4"):
        explorer(draw, {str(k): CONTROLS["level"] for k in range(4)})
    with pytest.raises(ValueError, match="level must start at one of its values, got 5"):
        explorer(draw, {"level": Control("Level [1]", 5, (0, 1))})


@pytest.mark.parametrize("path", explorers.notebooks(), ids=lambda path: path.stem)
def test_explorers_keep_the_rules(path):
    cells = nbformat.read(path, as_version=4).cells
    for place in explorers.places(path):
        assert "show(*" in cells[place - 1].source  # the static figure, by the same function
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
        box.sliders["level"].value = 2
    assert seen == [False, False] and gc.isenabled()
