"""Video from events: scene, events and membranes side by side, their fading, and a film of them."""

import hashlib
import html
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from . import base
from .styles import THRESHOLD, TURNS

FRAMES = 60  # of a film: more make a page slow to load
SIGNS = {"minus": "−", "plus": "+", "play": "▶", "play fa-flip-horizontal": "◀", "pause": "❚❚",
         "step-backward": "‹", "step-forward": "›", "fast-backward": "«",
         "fast-forward": "»"}  # fmt: skip


def plot_strip(rows: Mapping, steps: Sequence[int], title: str = "") -> Figure:
    """Moments of a recording, one row for each way to see it.

    Args:
        rows: what is seen (the scene, its events, a membrane's decay) -> pictures ``[T, H, W]``
            in any unit. Each row has a grey scale of its own, from the 1st to the 99th hundredth
            of what it holds at all steps; where it has both signs, the middle grey is 0.
        steps: that are shown, one column each.
    """
    pictures = {name: np.asarray(each) for name, each in rows.items()}
    size = (7, 0.9 + 6.1 / len(steps) * len(rows))
    grid = {"sharex": True, "sharey": True, "squeeze": False}
    figure, axes = base.new_figure(len(rows), len(steps), size, **grid)
    for line, (name, each) in zip(axes, pictures.items(), strict=True):
        for axis, step in zip(line, steps, strict=True):
            _picture(axis, each, step)
        line[0].set_ylabel(_words(name))
    for axis, step in zip(axes[0], steps, strict=True):
        axis.set_title(f"step {step}", fontsize=10)
    axes[-1, 0].set_xlabel("column [pixel]")
    figure.supylabel("row [pixel]", fontsize=10)
    return base.message(figure, title)


def plot_fading(pictures: Mapping, stop: int, title: str = "") -> Figure:
    """What is left of a picture after its events stop, and what the membrane's equation says.

    Args:
        pictures: decay -> pictures ``[T, H, W]``; up to five decays. What is drawn is the
            standard deviation over the pixels, as a share of that at the last step with events.
        stop: the first step without events.
    """
    figure, axis = base.new_figure(size=(7, 3))
    for (decay, each), style in zip(pictures.items(), TURNS, strict=False):
        contrast = np.asarray(each, dtype=float).std((1, 2))
        after = np.arange(len(contrast) - stop + 1)
        look = style | {"markersize": 5, "linewidth": 1.6, "label": _words(decay)}
        axis.plot(after, contrast[stop - 1 :] / contrast[stop - 1], **look)
    for decay in pictures:
        law = {"linewidth": 3, "label": "" if axis.lines[len(pictures) :] else "decay^steps"}
        axis.plot(after, np.power(float(decay), after), **THRESHOLD | law)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set(xlabel="after the last event [steps]", ylabel="contrast [share of the last]")
    axis.set_ylim(-0.04, 1.04)
    return base.key_below(figure, title, columns=4)


def film(rows: Mapping, steps: Sequence[int], per_second: float = 10.0) -> FuncAnimation:
    """The same as a film: all ways to see a recording side by side, as :func:`plot_strip`.

    Args:
        rows: as :func:`plot_strip`.
        steps: one frame each, at most 60.
        per_second: frames shown in a second.

    Raises:
        ValueError: more than 60 frames.
    """
    if len(steps) > FRAMES:
        raise ValueError(
            f"a film has at most {FRAMES} frames, got {len(steps)}: take every second step"
        )
    pictures = {name: np.asarray(each) for name, each in rows.items()}
    grid = {"sharex": True, "sharey": True, "squeeze": False}
    figure, (axes,) = base.new_figure(1, len(rows), (7, 0.9 + 6.1 / len(rows)), **grid)
    shown = []
    for axis, (name, each) in zip(axes, pictures.items(), strict=True):
        shown.append(_picture(axis, each, steps[0]))
        axis.set_title(_words(name), fontsize=10)
    axes[0].set(xlabel="column [pixel]", ylabel="row [pixel]")
    clock = figure.suptitle("", fontsize=10)

    def turn(step: int) -> list:
        for image, each in zip(shown, pictures.values(), strict=True):
            image.set_data(each[step])
        clock.set_text(f"step {step}")
        return [*shown, clock]

    turn(steps[0])
    figure.draw_without_rendering()  # places the panels once: a frame must be quick, and still
    figure.set_layout_engine(None)
    return FuncAnimation(figure, turn, frames=list(steps), interval=1000 / per_second, blit=False)


def page(animation: FuncAnimation, alt: str) -> str:
    """A film as a piece of a page that is small and needs no network, the same bytes each time.

    matplotlib's player fetches the signs on its buttons from the web, draws a random name, keeps
    grey pictures in colour, and says nothing to a screen reader.

    Args:
        animation: made by :func:`film`.
        alt: the words in its place.
    """
    with matplotlib.rc_context(base.STYLE | {"savefig.dpi": 100}):
        text = animation.to_jshtml()
    text = re.sub(r'<link rel="stylesheet"\s+href="[^"]*">', "", text)
    text = re.sub(r'(?<=data:image/png;base64,)[^"]+', lambda found: _light(found.group()), text)
    for name, sign in SIGNS.items():
        text = text.replace(f'<i class="fa fa-{name}"></i>', sign)
    drawn = re.search(r'id="_anim_img(\w+)"', text).group(1)
    kept = hashlib.sha256(text.replace(drawn, "").encode()).hexdigest()[:32]
    words = html.escape(alt)
    text = text.replace(drawn, kept).replace("<img id=", f'<img alt="{words}" id=')
    return text.replace('type="range"', 'type="range" aria-label="frame"')


def _light(code: str) -> str:
    """The same picture in 16 greys."""
    picture = Image.open(BytesIO(b64decode(code.replace("\\", ""))))
    buffer = BytesIO()
    picture.convert("L").quantize(16, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
    return b64encode(buffer.getvalue()).decode()


def _picture(axis: Axes, pictures: np.ndarray, step: int):
    low, high = np.percentile(pictures, (1, 99))
    if low < 0 < high:
        low, high = -max(-low, high), max(-low, high)
    axis.set(xticks=(), yticks=())
    return axis.imshow(pictures[step], cmap="gray", vmin=low, vmax=high, interpolation="nearest")


def _words(name) -> str:
    return name if isinstance(name, str) else f"decay {name:g}"
