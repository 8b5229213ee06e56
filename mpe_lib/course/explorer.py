"""Explorers: a figure, at most three sliders in words, a new sample, and a way back."""

import gc
import html
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from matplotlib.figure import Figure

from ..plot.base import png, show

Draw = Callable[..., tuple[Figure, str]]


class Control(NamedTuple):
    """One slider: its words with symbol and unit, start value, and the values it can take."""

    words: str
    start: float | str
    values: Sequence[float | str]


def explorer(draw: Draw, controls: dict[str, Control], new_sample: bool = True):
    """Show a figure that answers to sliders; without ipywidgets, a small grid of its values.

    Args:
        draw: ``draw(seed=..., **values) -> (figure, alt)``; the seed stays the same while a
            slider moves and changes with the "new sample" button.
        controls: up to three, by the name of draw's argument.
        new_sample: offer that button.

    Returns:
        The widget (a box; its ``sliders`` is a dict, so that a test can move them), or None
        where ipywidgets is missing.

    Raises:
        ValueError: more than three controls, or a start that is not among the values.
    """
    if not 1 <= len(controls) <= 3:
        raise ValueError(f"an explorer has one to three controls, got {len(controls)}: drop some")
    for name, control in controls.items():
        if control.start not in control.values:
            raise ValueError(f"{name} must start at one of its values, got {control.start}")
    try:
        import ipywidgets
    except ImportError:
        return _grid(draw, controls)

    image = ipywidgets.Image(
        format="png", layout={"max_width": "100%", "width": "700px", "margin": "0"}
    )
    text = ipywidgets.HTML()
    sliders = {
        name: ipywidgets.SelectionSlider(
            options=[(_words(value), value) for value in control.values],
            value=control.start,
            readout=False,  # it can be typed into, to no effect: a dead stop for the keyboard
            layout={"flex": "1 1 14em", "width": "auto", "margin": "2px 12px 2px 2px"},
        )
        for name, control in controls.items()
    }
    labels = {name: ipywidgets.Label(layout={"width": "25em"}) for name in controls}
    rows = [  # in a narrow window the slider goes below its words
        ipywidgets.HBox([labels[name], each], layout={"flex_flow": "row wrap", "max_width": "50em"})
        for name, each in sliders.items()
    ]
    seed = 0

    def redraw(_=None):
        for name, each in sliders.items():
            labels[name].value = f"{controls[name].words}: {_words(each.value)}"
        with _no_pause():
            figure, alt = draw(seed=seed, **{name: each.value for name, each in sliders.items()})
            image.value = png(figure)
        text.value = f"<p role='status' aria-live='polite'>Figure: {html.escape(alt)}</p>"

    def another(_):
        nonlocal seed
        seed += 1
        redraw()

    def reset(_):
        nonlocal seed
        seed = 0
        for name, each in sliders.items():
            each.unobserve(redraw, "value")  # one picture for all of them
            each.value = controls[name].start
            each.observe(redraw, "value")
        redraw()

    for each in sliders.values():
        each.observe(redraw, "value")
    buttons = [ipywidgets.Button(description="Reset", tooltip="back to the first picture")]
    buttons[0].on_click(reset)
    if new_sample:
        fresh = ipywidgets.Button(description="New sample", tooltip="draw the random input again")
        fresh.on_click(another)
        buttons.insert(0, fresh)
    redraw()
    box = ipywidgets.VBox([image, text, *rows, ipywidgets.HBox(buttons)])
    box.sliders, box.text, box.image = sliders, text, image
    return box


@contextmanager
def _no_pause():
    """Garbage is collected later: beside a whole lesson that may take longer than the picture."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _grid(draw: Draw, controls: dict[str, Control]) -> None:
    """The lowest and the highest value of each control, the others at their start."""
    for name, control in controls.items():
        for value in (control.values[0], control.values[-1]):
            values = {each: other.start for each, other in controls.items()} | {name: value}
            figure, alt = draw(seed=0, **values)
            show(figure, f"{control.words} = {_words(value)}: {alt}")


def _words(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
