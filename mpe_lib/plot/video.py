"""Video from events: scene, events and membranes side by side, their fading, and a film of them."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import base
from .film import FRAMES, animated
from .styles import BLUE, THRESHOLD, TURNS


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


def plot_alike(shares: Mapping[float, Sequence[float]], title: str = "") -> Figure:
    """How alike membrane and scene are, over what the membrane keeps.

    Args:
        shares: decay -> correlation with the scene, one for each recording.
    """
    figure, axis = base.new_figure(size=(7, 3))
    each = np.array(list(shares.values()), dtype=float).T  # [recordings, decays]
    base.runs(axis, each, BLUE, x=list(shares), thin=0.5, label="mean over recordings")
    axis.axhline(0, **THRESHOLD | {"label": "a flat picture"})
    axis.set(xlabel="decay [1]", ylabel="correlation with the scene [1]")
    return base.key_below(figure, title, columns=2)


def plot_ways(found: Mapping[str, Sequence[float]], title: str = "") -> Figure:
    """What each way to draw reaches: every seed, and the mean.

    Args:
        found: way -> correlation with the scene, by seed.
    """
    figure, axis = base.new_figure(size=(7, 0.9 + 0.3 * len(found)))
    base.dots(axis, found)
    axis.axvline(0, **THRESHOLD)
    axis.set(
        xlim=(-0.03, 1), xlabel="correlation with the scene [1]; circle: a seed, bar: the mean"
    )
    return base.message(figure, title)


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
    return animated(figure, turn, list(steps), 1000 / per_second)


def _picture(axis: Axes, pictures: np.ndarray, step: int):
    low, high = np.percentile(pictures, (1, 99))
    if low < 0 < high:
        low, high = -max(-low, high), max(-low, high)
    axis.set(xticks=(), yticks=())
    return axis.imshow(pictures[step], cmap="gray", vmin=low, vmax=high, interpolation="nearest")


def _words(name) -> str:
    return name if isinstance(name, str) else f"decay {name:g}"
