"""Which class is taken for which."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import base

READABLE = 12  # classes; with more of them there is no room for numbers


def plot_confusion(
    matrices: dict[str, Sequence[Sequence[int]]], classes: Sequence[str], title: str = ""
) -> Figure:
    """One square for each network: a row for each right class, a column for each answer.

    The colour, and up to a dozen classes the number in a field, is the share of the recordings of
    that class, in percent; the diagonal has no numbers, since there the colour says enough.

    Args:
        matrices: name of the network -> numbers of recordings ``[classes, classes]``, of one run
            or summed over several.
        classes: their names.
    """
    wide = 7 / len(matrices)
    labels = {"x": "answer [class]", "y": "right class [class]"}
    figure, each = base.panels(matrices, size=(7, 0.8 * wide + 1.0), **labels)
    few = len(classes) <= READABLE
    for axis, _, matrix in each:
        counts = np.asarray(matrix, dtype=float)
        share = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
        image = axis.imshow(share, cmap="cividis", vmin=0, vmax=100)
        if few:
            for row, column in np.argwhere(np.rint(share) > 0):
                if row != column:
                    ink = "white" if share[row, column] < 60 else "black"
                    axis.text(column, row, f"{share[row, column]:.0f}", color=ink, ha="center",
                              va="center", fontsize=10)  # fmt: skip
        places = range(len(classes)) if few else range(0, len(classes), 10)
        names = [classes[k] for k in places]
        long = max(map(len, names)) > 2
        axis.set_xticks(list(places), names, rotation=90 if long else 0)
        axis.set_yticks(list(places), names)
    figure.colorbar(image, ax=figure.axes, label="share of the class [%]", shrink=0.75)
    return base.message(figure, title)
