"""Predictions: buttons, an answer that opens after the first choice, a fold without a kernel."""

import re
import sys

import pytest

from mpe_lib.course.predict import predict, seal

ASKED = "Is 3 < 4?"
CHOICES = ("no & never", "yes")
SEALED = seal(ASKED, "yes")


@pytest.fixture
def box(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    predict(ASKED, *CHOICES, sealed=SEALED)
    return shown[0]


def test_nothing_says_the_answer_before_a_choice(box):
    assert [each.description for each in box.buttons] == ["a) no & never", "b) yes"]
    assert {each.button_style for each in box.buttons} == {""}
    assert "Choose before you run" in box.said.value and "b) yes" not in box.said.value


@pytest.mark.parametrize("chosen, answer", [
    (0, "You chose <strong>a) no &amp; never</strong>; it is <strong>b) yes</strong>."),
    (1, "You chose <strong>b) yes</strong>; and so it is."),
])  # fmt: skip
def test_the_answer_opens_and_the_first_choice_counts(box, chosen, answer):
    box.buttons[chosen].click()
    assert answer in box.said.value and "role='status' aria-live" in box.said.value
    assert box.buttons[1].button_style == "success"
    said = box.said.value
    box.buttons[1 - chosen].click()
    assert box.said.value == said


@pytest.mark.parametrize("with_widgets", [True, False])
def test_without_a_kernel_the_answer_is_folded(box, monkeypatch, with_widgets):
    page = box._repr_mimebundle_()
    if not with_widgets:
        shown = []
        monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
        predict(ASKED, *CHOICES, sealed=SEALED)
        page = shown[0]
    seen, folded = page["text/html"].split("<details>")
    assert "Is 3 &lt; 4?" in seen and "a) no &amp; never<br>b) yes" in seen
    assert re.search("<summary>[^<]+</summary><p>b\\) yes</p></details>", folded)
    assert page["text/plain"] == "Predict: Is 3 < 4?\na) no & never\nb) yes"


def test_wrong_questions_are_refused():
    for choices in (("yes",), ("yes", "yes"), tuple("vwxyz")):
        with pytest.raises(ValueError, match="expected two to four different choices"):
            predict(ASKED, *choices, sealed=SEALED)
    with pytest.raises(ValueError, match="expected the seal of one of the 2 choices"):
        predict("Another question?", *CHOICES, sealed=SEALED)
