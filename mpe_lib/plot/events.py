"""What an event camera sees: one pixel, clouds of events, frames, and what they tell."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from . import base
from .styles import (
    BLACK,
    BLUE,
    ESTIMATE,
    EXACT,
    GREY,
    POLARITY,
    QUESTION_STYLES,
    RESIDUAL,
    THRESHOLD,
)


def plot_pixel(
    level: np.ndarray, memory: np.ndarray, events: Sequence, contrast: float, title: str = ""
) -> Figure:
    """Log intensity at one pixel, what the pixel remembers of it, and the events it sends.

    Args:
        level, memory: ``[time]``, one value per microsecond, natural log.
        events: pairs (t in microseconds, polarity 0 or 1).
        contrast: of the pixel; the band around the memory in which it is silent.
    """
    time = np.arange(len(level)) / 1000
    figure, axes = base.new_figure(2, 1, base.PANELS, sharex=True, height_ratios=(3, 1))
    band = {"color": RESIDUAL, "alpha": 0.25, "linewidth": 0, "label": "silent band"}
    axes[0].fill_between(time, memory - contrast, memory + contrast, step="post", **band)
    axes[0].plot(time, level, **EXACT, label="log intensity")
    axes[0].plot(time, memory, **ESTIMATE, drawstyle="steps-post", label="remembered")
    axes[0].set_ylabel("log intensity [1]")
    for p, style in enumerate(POLARITY):
        t = [t / 1000 for t, polarity in events if polarity == p]
        axes[1].plot(t, [p] * len(t), linestyle="", markersize=7, **style | {"label": None})
    axes[1].set(ylim=(-0.6, 1.6), xlabel="time [ms]")
    axes[1].set_yticks((0, 1), ("OFF", "ON"))
    return base.key_below(figure, title)


def plot_cloud(path: np.ndarray, interval: float, events: Sequence, title: str = "") -> Figure:
    """The camera's path, and the events in one column of pixels below it.

    Args:
        path: column and row of the digit ``[images, 2]``, in pixels from the middle.
        interval: between the images, in milliseconds.
        events: t (microseconds), y, p of the events in that column.
    """
    figure, axes = base.new_figure(2, 1, base.PANELS, sharex=True, height_ratios=(1, 2))
    time, (t, y, p) = np.arange(len(path)) * interval, events
    axes[0].plot(time, path[:, 0], **ESTIMATE, label="column")
    axes[0].plot(time, path[:, 1], **EXACT, label="row")
    axes[0].set_ylabel("place\n[pixel]")
    axes[0].legend(loc="upper left", bbox_to_anchor=(1, 1.1), frameon=False)
    for polarity, style in enumerate(POLARITY):
        these = p == polarity
        axes[1].plot(t[these] / 1000, y[these], linestyle="", markersize=5, **style)
    for axis in axes:
        axis.invert_yaxis()  # rows are counted downward
        for turn in (50, 150, 250):
            axis.axvline(turn, **THRESHOLD, label="turn" if turn == 50 else None)
    axes[1].set(ylabel="row [pixel]", xlabel="time [ms]")
    axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1.05), frameon=False)
    return base.message(figure, title)


def plot_polarity(ink: np.ndarray, panels: dict[str, Tensor], title: str = "") -> Figure:
    """Where ON and where OFF events are in the majority, over a grey picture of the digit.

    Args:
        ink: the digit, its pixels twice as wide as the sensor's, in the middle of the sensor.
        panels: name -> counts ``[2, H, W]``.
    """
    labels = {"x": "column [pixel]", "y": "row [pixel]"}
    figure, each = base.panels(panels, size=(7, 3.9), sharex=True, **labels)
    for axis, _, counts in each:
        height, width = counts.shape[1:]
        left, top = width / 2 - ink.shape[1] - 0.5, height / 2 - ink.shape[0] - 0.5
        corners = (left, left + 2 * ink.shape[1], top + 2 * ink.shape[0], top)
        axis.imshow(ink, cmap="Greys", vmax=2.5 * ink.max(), extent=corners)
        for p, style in enumerate(POLARITY):
            row, column = np.nonzero((counts[p] > counts[1 - p]).numpy())
            axis.plot(column, row, linestyle="", markersize=4.5, **style)
        axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        axis.set(xticks=range(0, width, 5), yticks=range(0, height, 5))
    return base.key_below(figure, title)


def plot_frames(rows: dict[str, tuple[Tensor, Sequence[float]]], title: str = "") -> Figure:
    """Frames of one recording, one row for each way of cutting it.

    Args:
        rows: way -> (frames ``[T, 2, H, W]``, the T + 1 edges in milliseconds).
    """
    steps = max(len(frames) for frames, _ in rows.values())
    size = (7, 0.9 + 1.2 * len(rows))
    grid = {"sharex": True, "sharey": True, "squeeze": False}
    figure, axes = base.new_figure(len(rows), steps, size, **grid)
    top = max(frames.sum(1).max().item() for frames, _ in rows.values())
    for line, (name, (frames, edges)) in zip(axes, rows.items(), strict=True):
        for k, (axis, frame) in enumerate(zip(line, frames, strict=True)):
            image = axis.imshow(frame.sum(0).numpy(), cmap="cividis", vmin=0, vmax=top)
            axis.set_title(f"{edges[k]:.0f}-{edges[k + 1]:.0f} ms", fontsize=10)
            axis.set(xticks=(), yticks=())
        line[0].set_ylabel(f"by {name}\nrow [pixel]")
    for axis in axes[-1]:
        axis.set_xlabel("column\n[pixel]")
    figure.colorbar(image, ax=axes, label="events [number]", shrink=0.8)
    return base.message(figure, title)


def plot_told(
    steps: Sequence[int], shares: dict[str, Sequence[float]], chance: dict[str, float],
    title: str = "",
) -> Figure:  # fmt: skip
    """Share of recordings told right against the number of frames, with chance dotted.

    Args:
        steps: numbers of frames.
        shares: question ("digit" or "order") -> one share for each number of frames.
        chance: question -> the share that guessing gets right.
    """
    figure, axis = base.new_figure(size=(7, 3))
    for name, values in shares.items():
        axis.plot(steps, 100 * np.asarray(values), **QUESTION_STYLES[name], label=name)
        level, colour = 100 * chance[name], QUESTION_STYLES[name]["color"]
        axis.axhline(level, **THRESHOLD | {"color": colour})
        below = level == 100 * min(chance.values())
        place = {"va": "top" if below else "bottom", "ha": "right", "color": colour}
        axis.text(max(steps), level + (-1.5 if below else 1.5), f"chance, {name}", **place)
    axis.set(ylim=(0, 105), ylabel="told right [%]")
    base.log_axis(axis, steps, "frames T [number]")
    axis.legend(loc="center right", bbox_to_anchor=(1, 0.4), frameon=False)
    axis.set_title(title)
    return figure


def plot_clocks(rows: dict[str, tuple[np.ndarray, dict]], title: str = "") -> Figure:
    """Event rate of one recording under several conditions, with the edges of its frames.

    Args:
        rows: condition -> (times in microseconds, {"time": edges, "count": edges} in ms).
    """
    size, labels = (7, 0.9 + 1.35 * len(rows)), {"x": "time [ms]", "y": "events\n[1/ms]"}
    figure, panels = base.panels(rows, size=size, down=True, **labels)
    for axis, _, (t, edges) in panels:
        rate, at = np.histogram(t / 1000, bins=60, range=(0, 300))
        axis.stairs(rate / np.diff(at), at, fill=True, color="#CCCCCC")
        top = 1.25 * (rate / np.diff(at)).max()
        for k, (by, style) in enumerate((("time", THRESHOLD), ("count", ESTIMATE))):
            low, high = ((0.5, 1), (0, 0.5))[k]
            wide = style | {"linewidth": 1.8, "color": ("#000000", ESTIMATE["color"])[k]}
            for edge in edges[by]:
                axis.axvline(edge, low, high, **wide)
            axis.plot([], [], **wide, label=f"edges of frames by {by}")
        axis.set(ylim=(0, top), xlim=(0, 300))
    return base.key_below(figure, title)


def plot_zeros(steps: Sequence[int], shares: dict[str, Sequence], title: str = "") -> Figure:
    """Share of zeros in the frames against their number.

    Args:
        steps: numbers of frames.
        shares: name -> one share for each number of frames; up to three names.
    """
    figure, axis = base.new_figure(size=(7, 3))
    for (name, values), style in zip(shares.items(), (BLACK, BLUE, GREY), strict=False):
        axis.plot(steps, 100 * np.asarray(values), **style | {"markersize": 5}, label=name)
    axis.set(ylim=(0, 104), ylabel="zeros [%]")
    base.log_axis(axis, steps, "frames T [number]")
    axis.legend(loc="lower right", frameon=False)
    axis.set_title(title)
    return figure


def plot_event_rate(t: np.ndarray, p: np.ndarray, recordings: int, title: str = "") -> Figure:
    """ON events upwards and OFF events downwards over time, the mean of many recordings.

    Args:
        t, p: microseconds and polarities of all events of all recordings.
        recordings: how many there are.
    """
    figure, axis = base.new_figure()
    bins = np.arange(0, t.max() / 1000 + 5, 5)
    for polarity, style in enumerate(POLARITY):
        rate = np.histogram(t[p == polarity] / 1000, bins)[0] / (5 * recordings)
        sign, hatch = (-1, 1)[polarity], ("///", None)[polarity]
        look = {"color": style["color"], "hatch": hatch, "label": style["label"]}
        axis.stairs(sign * rate, bins, fill=hatch is None, **look)
    axis.axhline(0, color="#000000", linewidth=0.8)
    axis.set(xlabel="time [ms]", ylabel="OFF | ON events\n[1/ms]")
    axis.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    axis.set_title(title)
    return figure
