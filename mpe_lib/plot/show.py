"""A figure on a page: the picture, a caption of one sentence, and its numbers for every reader."""

import base64
import html
from io import BytesIO

import matplotlib
from matplotlib.figure import Figure

from .base import STYLE

SMALL = 100_000  # bytes: a drawing of lines that is no larger is kept as lines


def png(figure: Figure, dpi: int = 200) -> bytes:
    """The picture of a figure, the same bytes each time; as sharp as a screen of today."""
    buffer = BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def svg(figure: Figure) -> bytes:
    """The figure as lines and letters, sharp at any size; the same bytes each time."""
    buffer = BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def picture(figure: Figure, alt: str, data: bytes | None = None) -> str:
    """The picture as one element of a page; `alt` is what a screen reader says in its place.

    Args:
        figure: in its own size, at 100 points to the inch.
        alt: the words.
        data: a PNG of it; where not given, lines while they are small, else twice as many points.

    >>> from .base import new_figure
    >>> picture(new_figure()[0], "a < b")[:52]
    '<img alt="a &lt; b" width="700" style="max-width: 10'
    """
    lines = svg(figure) if data is None else b""
    if 0 < len(lines) <= SMALL:
        kind, data = "svg+xml", lines
    else:
        kind, data = "png", data or png(figure)
    width = round(100 * figure.get_figwidth())
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    look = f'width="{width}" style="max-width: 100%; height: auto"'
    return f'<img alt="{html.escape(alt)}" {look} src="{source}">'


def show(figure: Figure, caption: str, alt: str) -> None:
    """Display a figure with its caption; its numbers are the text alternative and a folded line.

    Args:
        figure: made by a function of :mod:`mpe_lib.plot`.
        caption: one sentence for whoever sees it: what is drawn, what to look at.
        alt: one line with the rounded numbers that carry the message; nbval compares it as
            "Figure: ...", a screen reader reads it.

    Raises:
        ValueError: an empty text, or one of several lines.

    >>> from .base import new_figure
    >>> show(new_figure()[0], "Two lines.", "")
    Traceback (most recent call last):
    ...
    ValueError: alt must be one line that carries the figure's message, got '': say the numbers
    """
    from IPython.display import display

    for name, text, advice in (("caption", caption, "say what is drawn, in a sentence"),
                               ("alt", alt, "say the numbers")):  # fmt: skip
        if not text.strip() or "\n" in text:
            what = f"{name} must be one line that carries the figure's message"
            raise ValueError(f"{what}, got {text!r}: {advice}")
    words = f"Figure: {alt}"
    page = (
        f'<figure style="margin: 0">{picture(figure, alt)}'
        f"<figcaption>{html.escape(caption)}</figcaption>"
        f"<details><summary>The figure in numbers</summary>{html.escape(words)}</details></figure>"
    )
    display({"text/html": page, "text/plain": words}, raw=True)
