"""The figures that a notebook shows: their words, and their pictures as numbers."""

import base64
import re
from io import BytesIO

import matplotlib.image
import numpy as np

FIGURE = re.compile(
    r'<img alt="(?P<alt>[^"]+)" [^>]*'
    r'src="data:image/(?P<kind>svg\+xml|png);base64,(?P<data>[^"]+)">'
    r"<figcaption>(?P<caption>[^<]+)</figcaption>"
    r"<details><summary>The figure in numbers</summary>Figure: (?P<line>[^<]+)</details>"
)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def figures(notebook):
    shown = [o.data.get("text/html", "") for c in code(notebook) for o in c.outputs if "data" in o]
    return [found for page in shown for found in FIGURE.finditer(page)]


def measure(figure):
    """A picture as numbers: its pixels, or all numbers in its lines, in their order."""
    data = base64.b64decode(figure["data"])
    if figure["kind"] == "png":
        return 255 * matplotlib.image.imread(BytesIO(data))
    places = re.sub(rb"(id|href|clip-path)=\"[^\"]*\"", b"", data)  # names, made of a sum
    return np.array(re.findall(rb"-?\d+\.?\d*", places), dtype=float)
