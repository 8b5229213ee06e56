"""A figure on a page: its picture, caption and numbers."""

import base64
import html
import re

import pytest

from mpe_lib.plot import show as showing
from mpe_lib.plot.base import new_figure
from mpe_lib.plot.show import picture, png, show, svg


def drawn(points=3):
    figure, axis = new_figure()
    axis.plot(range(points), [k % 7 for k in range(points)])
    return figure


def test_the_same_figure_is_the_same_bytes():
    assert png(drawn()) == png(drawn()) and svg(drawn()) == svg(drawn())


def test_lines_stay_lines_while_they_are_small(monkeypatch):
    lines = picture(drawn(), "a line")
    assert "data:image/svg+xml;base64," in lines
    assert base64.b64decode(re.search('base64,([^"]+)', lines)[1]) == svg(drawn())
    monkeypatch.setattr(showing, "SMALL", 100)
    assert "data:image/png;base64," in (many := picture(drawn(), "a line"))
    data = base64.b64decode(re.search('base64,([^"]+)', many)[1])
    assert int.from_bytes(data[16:20], "big") == 1400 and 'width="700"' in many  # twice as sharp


def test_show_has_a_caption_and_folds_the_numbers(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    show(drawn(), "Two < three.", 'a 12, "b" 20 bytes.')
    (page,) = shown
    assert page["text/plain"] == 'Figure: a 12, "b" 20 bytes.'
    assert html.unescape(re.search('alt="([^"]+)"', page["text/html"])[1]) == 'a 12, "b" 20 bytes.'
    assert "<figcaption>Two &lt; three.</figcaption>" in page["text/html"]
    folded = re.search("<details><summary>.+</summary>(.+)</details>", page["text/html"])[1]
    assert html.unescape(folded) == page["text/plain"]


@pytest.mark.parametrize("wrong", ["", " ", "two\nlines"])
def test_words_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="alt must be one line"):
        show(drawn(), "A line.", wrong)
    with pytest.raises(ValueError, match="caption must be one line"):
        show(drawn(), wrong, "3 points")
