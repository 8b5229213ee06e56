import sys

import pytest

from mpe_lib.plot.base import new_figure
from mpe_lib.widgets import Control, explorer

CONTROLS = {"level": Control("Input level (x) [threshold]", 1, (0, 1, 2))}


def draw(seed, level):
    figure, axis = new_figure()
    axis.plot([0, 1], [seed, level])
    axis.set(xlabel="time [step]", ylabel="input [threshold]")
    return figure, f"level {level} & seed {seed}"


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
