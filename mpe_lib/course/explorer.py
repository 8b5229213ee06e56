"""Explorers: a figure, at most three controls in words, a new sample, and a way back."""

import gc
import html
import json
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from matplotlib.figure import Figure

from ..plot.show import picture, png, show
from .live import live, name_sliders

Draw = Callable[..., tuple[Figure, str]]


class Control(NamedTuple):
    """One control: its words with symbol and unit, start value, and the values it can take.

    Numbers are chosen with a slider, names from a list.
    """

    words: str
    start: float | str
    values: Sequence[float | str]


def explorer(draw: Draw, controls: dict[str, Control], new_sample: bool = True):
    """Show a figure that answers to its controls; without ipywidgets, a small grid of its values.

    Args:
        draw: ``draw(seed=..., **values) -> (figure, alt)``; the seed stays the same while a
            control moves and changes with the "new sample" button.
        controls: up to three, by the name of draw's argument.
        new_sample: offer that button.

    Returns:
        The widget (a box; its ``controls`` is a dict, so that a test can move them), or None
        where ipywidgets is missing. What the cell showed in an earlier run is closed.

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

    image, text = ipywidgets.HTML(layout={"margin": "0"}), ipywidgets.HTML()
    rows = {name: _row(control) for name, control in controls.items()}
    chosen = {name: row.children[-1] for name, row in rows.items()}
    seed = 0

    def redraw(_=None):
        for name, row in rows.items():
            _say(row, controls[name])
        with _no_pause():
            figure, alt = draw(seed=seed, **{name: each.value for name, each in chosen.items()})
            image.value = picture(figure, alt, png(figure, dpi=100))
        text.value = f"<p role='status' aria-live='polite'>Figure: {html.escape(alt)}</p>"

    def another(_):
        nonlocal seed
        seed += 1
        redraw()

    def reset(_):
        nonlocal seed
        seed = 0
        for name, each in chosen.items():
            each.unobserve(redraw, "value")  # one picture for all of them
            each.value = controls[name].start
            each.observe(redraw, "value")
        redraw()

    for each in chosen.values():
        each.observe(redraw, "value")
    buttons = [ipywidgets.Button(description="Reset", tooltip="back to the first picture")]
    buttons[0].on_click(reset)
    if new_sample:
        fresh = ipywidgets.Button(description="New sample", tooltip="draw the random input again")
        fresh.on_click(another)
        buttons.insert(0, fresh)
    redraw()
    name_sliders()
    still = f"<figure style='margin: 0'>{image.value}</figure>"
    parts = [image, text, *rows.values(), ipywidgets.HBox(buttons)]
    box = live(parts, still, "An explorer: it moves where a kernel runs.")
    box.controls, box.text, box.image = chosen, text, image
    return box


def _row(control: Control):
    """A list for names, with its label; or a slider below its words and value."""
    import ipywidgets

    options = [(_words(value), value) for value in control.values]
    if all(isinstance(value, str) for value in control.values):
        kind = ipywidgets.Dropdown(
            options=options, value=control.start, description=control.words,
            style={"description_width": "initial"}, layout={"width": "auto", "max_width": "50em"},
        )  # fmt: skip
        return ipywidgets.VBox([kind])
    slider = ipywidgets.SelectionSlider(
        options=options,
        value=control.start,
        readout=False,  # it can be typed into, to no effect: a dead stop for the keyboard
        layout={"flex": "1 1 14em", "width": "auto", "margin": "2px 12px 2px 2px"},
    )
    words = ipywidgets.HTML(layout={"width": "25em"})
    row = ipywidgets.HBox(  # in a narrow window the slider goes below its words
        [words, slider], layout={"flex_flow": "row wrap", "max_width": "50em"}
    )
    row.add_class("mpe-row")
    return row


def _say(row, control: Control) -> None:
    """Write the words of a slider and its value, for the eye and for a screen reader."""
    if len(row.children) == 1:
        return
    words, slider = row.children
    unit = control.words.rpartition("[")[2].rstrip("]") if control.words.endswith("]") else ""
    values = [
        f"{_words(value)} {unit}" if unit != "1" else _words(value) for value in control.values
    ]
    name, said = html.escape(control.words, quote=True), html.escape(json.dumps(values), quote=True)
    words.value = (
        f'<span data-name="{name}" data-values="{said}">{name}: {_words(slider.value)}</span>'
    )


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
            show(figure, f"{control.words} = {_words(value)}.", alt)


def _words(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
