"""Predictions: a question that is answered before the answer opens."""

import hashlib
import html

LETTERS = "abcd"
ABOVE = "Choose before you run the cells below."
WHY = "Run the cells below; why it is so stands folded behind them."


def seal(question: str, right: str) -> str:
    """What stands in a notebook for the right choice, so that its source does not say which.

    >>> seal("Is it so?", "yes") == seal("Is it so?", "no")
    False
    """
    return hashlib.sha256(f"{question}\n{right}".encode()).hexdigest()[:8]


def predict(question: str, *choices: str, sealed: str) -> None:
    """Show a question with a button for each choice; the answer opens after the first choice.

    Where no kernel runs (a page, GitHub), or without ipywidgets, the answer is folded.

    Args:
        question: in plain words, ends with a question mark.
        choices: two to four, in plain words.
        sealed: the right one, as :func:`seal` has it.

    Raises:
        ValueError: too few or too many choices, two that are one, or none that fits the seal.

    >>> predict("Is it so?", "yes", "no", sealed="0")
    Traceback (most recent call last):
    ...
    ValueError: expected the seal of one of the 2 choices, got '0': take seal(question, right)
    """
    from IPython.display import display

    right = _right(question, choices, sealed)
    lines = [f"{letter}) {choice}" for letter, choice in zip(LETTERS, choices, strict=False)]
    text = "\n".join([f"Predict: {question}", *lines])
    still = (
        f"<p><strong>Predict.</strong> {html.escape(question)}</p>"
        f"<p>{'<br>'.join(map(html.escape, lines))}</p>"
        "<details><summary>The answer, when you have chosen</summary>"
        f"<p>{html.escape(lines[right])}</p></details>"
    )
    try:
        box = _buttons(question, lines, right, still, text)
    except ImportError:
        display({"text/html": still, "text/plain": text}, raw=True)
    else:
        display(box)


def _right(question: str, choices: tuple[str, ...], sealed: str) -> int:
    if not 2 <= len(choices) <= 4 or len(set(choices)) < len(choices):
        raise ValueError(f"expected two to four different choices, got {choices}: mend the list")
    fit = [k for k, choice in enumerate(choices) if seal(question, choice) == sealed]
    if not fit:
        raise ValueError(
            f"expected the seal of one of the {len(choices)} choices, got {sealed!r}: "
            "take seal(question, right)"
        )
    return fit[0]


def _buttons(question: str, lines: list[str], right: int, still: str, text: str):
    """The box of a question: `said` speaks when a button was pressed; the first choice counts."""
    import ipywidgets

    from .live import live

    asked = ipywidgets.HTML(f"<strong>Predict.</strong> {html.escape(question)}")
    said = ipywidgets.HTML(f"<p role='status' aria-live='polite'>{ABOVE}</p>")
    buttons = [
        ipywidgets.Button(description=line, layout={"width": "auto", "max_width": "50em"})
        for line in lines
    ]
    chosen: list[int] = []

    def choose(button) -> None:
        if chosen:
            return
        chosen.append(buttons.index(button))
        button.icon = "hand-point-right"
        buttons[right].button_style = "success"
        yours, so = html.escape(lines[chosen[0]]), html.escape(lines[right])
        answer = "and so it is" if chosen[0] == right else f"it is <strong>{so}</strong>"
        said.value = (
            f"<p role='status' aria-live='polite'>You chose <strong>{yours}</strong>; "
            f"{answer}. {WHY}</p>"
        )

    for button in buttons:
        button.add_class("mpe-choice")
        button.on_click(choose)
    box = live([asked, *buttons, said], still, text)
    box.buttons, box.said = buttons, said
    return box
