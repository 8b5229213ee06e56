"""Films of figures: placed once, and played on a page that is small and needs no network."""

import hashlib
import html
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from io import BytesIO

import matplotlib
from matplotlib.animation import FuncAnimation
from matplotlib.figure import Figure
from PIL import Image

from . import base

FRAMES = 60  # of a film: more make a page slow to load
SIGNS = {"minus": "−", "plus": "+", "play": "▶", "play fa-flip-horizontal": "◀", "pause": "❚❚",
         "step-backward": "‹", "step-forward": "›", "fast-backward": "«",
         "fast-forward": "»"}  # fmt: skip
EIGHTS = Image.Quantize.FASTOCTREE  # keeps what few points have: the marks


def animated(figure: Figure, turn: Callable, frames: Sequence, pause: float) -> FuncAnimation:
    """The film of a figure that `turn` changes, its panels placed as they are now.

    Args:
        turn: one of the frames -> the artists that it changed.
        frames: what turn is given, one after the other.
        pause: between two, in ms.
    """
    figure.draw_without_rendering()  # places the panels once: a frame must be quick, and still
    figure.set_layout_engine(None)
    return FuncAnimation(figure, turn, frames=frames, interval=pause, blit=False)


def page(animation: FuncAnimation, alt: str, colours: int | None = None) -> str:
    """A film as a piece of a page that is small and needs no network, the same bytes each time.

    matplotlib's player fetches the signs on its buttons from the web, draws a random name, keeps
    grey pictures in colour, and says nothing to a screen reader.

    Args:
        animation: made by :func:`animated`.
        alt: the words in its place.
        colours: as :func:`light`.
    """
    with matplotlib.rc_context(base.STYLE | {"savefig.dpi": 100}):
        text = animation.to_jshtml()
    text = re.sub(r'<link rel="stylesheet"\s+href="[^"]*">', "", text)
    text = light(text, colours)
    for name, sign in SIGNS.items():
        text = text.replace(f'<i class="fa fa-{name}"></i>', sign)
    drawn = re.search(r'id="_anim_img(\w+)"', text).group(1)
    kept = hashlib.sha256(text.replace(drawn, "").encode()).hexdigest()[:32]
    words = html.escape(alt)
    text = text.replace(drawn, kept).replace("<img id=", f'<img alt="{words}" id=')
    return text.replace('type="range"', 'type="range" aria-label="frame"')


def light(page: str, colours: int | None = 32) -> str:
    """The page of a film with few colours in each picture: a quarter of the bytes.

    Args:
        page: of ``film.to_jshtml()``.
        colours: of a picture; 32 are enough for lines and marks. None: 16 greys.
    """

    def fewer(found: re.Match) -> str:
        picture = Image.open(BytesIO(b64decode(found.group().replace("\\", ""))))
        if colours is None:
            picture = picture.convert("L").quantize(16, dither=Image.Dither.NONE)
        else:
            picture = picture.convert("RGB").quantize(colours, EIGHTS)
        buffer = BytesIO()
        picture.save(buffer, "png", optimize=True)
        return b64encode(buffer.getvalue()).decode()

    return re.sub(r'(?<=data:image/png;base64,)[^"]+', fewer, page)
