"""A pole that spiking neurons hold: a strip of its moments with the spikes below, and a film."""

import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from . import base
from .film import FRAMES, animated
from .styles import ESTIMATE, EXACT, GRID, NOTHING, SPIKE

LENGTH, TRACK = 1.0, 2.4  # m: the pole, and the end of the track to each side
CART = (0.3, 0.12)  # m, wide and high
FALLEN = NOTHING | {"linewidth": 2, "linestyle": (0, (3, 1.2))}


def pole_strip(
    states, pushes, spikes, alone=None, moments: int = 7, step: float = 0.02, title: str = ""
) -> Figure:
    """Moments of a ride laid over each other, the spikes of the output population, the push.

    Args:
        states: ``[N + 1, 4]``: place of the cart in m, its speed, the pole's angle in rad from
            upright, clockwise, and its turning.
        pushes: ``[N]``, in N, to the right.
        spikes: ``[N T, P]``, T steps of the neurons for each step of the cart.
        alone: states ``[M, 4]`` of the same start when nobody pushes; the last is drawn.
        moments: that are drawn, evenly from the first to the last, pale to dark.
        step: of the cart, in s.
    """
    states, pushes, spikes = (np.asarray(each) for each in (states, pushes, spikes))
    size, rows = (7, 5.6), (2, 1.5, 1)
    figure, (scene, cells, push) = base.new_figure(3, 1, size, height_ratios=rows)
    _track(scene)
    if alone is not None:
        _pose(scene, np.asarray(alone)[-1], FALLEN, "nobody pushes, at its end")
    shown = np.linspace(0, len(states) - 1, moments).round().astype(int)
    shades = np.linspace(0.2, 1, moments)
    for k, moment in enumerate(shown):
        style = EXACT | {"alpha": shades[k], "linewidth": 2.5}
        pole, _ = _pose(scene, states[moment], style)
        if k in (0, moments - 1):
            top = pole.get_xdata()[1], pole.get_ydata()[1] + 0.05
            scene.annotate(f"{moment * step:.1f} s", top, ha="center")
    pole.set_label("spiking actor, pale: earlier")
    _cells(cells, spikes, step * len(pushes))
    _push(push, pushes, step)
    push.sharex(cells)
    cells.tick_params(labelbottom=False)
    return base.key_below(figure, title)


def pole_film(
    states, spikes, alone=None, frames: int = FRAMES, step: float = 0.02, title: str = ""
) -> FuncAnimation:
    """The pole while it moves, in real time, and the spikes so far.

    Args:
        states, spikes, alone, step: as :func:`pole_strip`; the pole that nobody pushes moves too,
            and lies where it fell.
        frames: pictures, evenly from the first step to the last; at most 60.

    Returns:
        the film; :func:`mpe_lib.plot.film.page` with ``colours=32`` makes it a part of a page.

    Raises:
        ValueError: more than 60 frames, or fewer than 2.
    """
    if not 2 <= frames <= FRAMES:
        raise ValueError(f"frames must be between 2 and {FRAMES}, got {frames}: a page must load")
    states, spikes = np.asarray(states), np.asarray(spikes)
    ridden = len(states) - 1
    figure, (scene, cells) = base.new_figure(2, 1, (5.6, 3.5), height_ratios=(2, 1))
    FigureCanvasAgg(figure)
    _track(scene)
    poses = []
    if alone is not None:
        poses.append((np.asarray(alone), _pose(scene, alone[0], FALLEN, "nobody pushes")))
    poses.append((states, _pose(scene, states[0], EXACT | {"linewidth": 3}, "spiking actor")))
    clock = scene.text(-TRACK, 1.1, "")
    marks = _cells(cells, spikes, step * ridden)
    every, when = marks.get_ydata(), marks.get_xdata()
    cells.set_xlabel("time [s]")
    base.key_below(figure, title)

    def turn(moment: int) -> list:
        for each, pose in poses:
            _move(pose, each[min(moment, len(each) - 1)])
        now = moment * step
        marks.set_data(when[when < now], every[when < now])
        clock.set_text(f"{now:.2f} s")
        return [marks, clock, *(artist for _, pose in poses for artist in pose)]

    turn(ridden)
    shown = np.linspace(0, ridden, frames).round().astype(int).tolist()
    pause = 1000 * step * ridden / (frames - 1)
    return animated(figure, turn, shown, pause)


def _track(axis: Axes) -> None:
    axis.plot([-TRACK, TRACK], [0, 0], color=GRID, linewidth=1, zorder=0)
    for end in (-TRACK, TRACK):
        axis.plot([end, end], [-0.1, 0.2], color=GRID, linewidth=3, zorder=0)
    axis.set(xlim=(-TRACK - 0.1, TRACK + 0.1), ylim=(-0.15, 1.3), aspect="equal")
    axis.set(xlabel="place [m]", ylabel="height [m]", yticks=(0, 0.5, 1))


def _pose(axis: Axes, state, style: dict, label: str = "_") -> tuple:
    """A cart and its pole: (line, rectangle)."""
    (pole,) = axis.plot([], [], **style, label=label, solid_capstyle="round")
    look = {"alpha": style.get("alpha"), "edgecolor": style["color"], "linewidth": 1.2}
    face = "none" if style is FALLEN else style["color"]
    cart = axis.add_patch(Rectangle((0, 0), *CART, facecolor=face, **look))
    _move((pole, cart), state)
    return pole, cart


def _move(pose: tuple, state) -> None:
    (pole, cart), (wide, high) = pose, CART
    place, _, angle, _ = state
    pole.set_data([place, place + LENGTH * np.sin(angle)], [high, high + LENGTH * np.cos(angle)])
    cart.set_xy((place - wide / 2, 0))


def _cells(axis: Axes, spikes: np.ndarray, seconds: float):
    """The raster of ``[steps, P]`` over so many seconds: a line of marks."""
    at, neuron = np.nonzero(spikes)
    when = (at + 0.5) * seconds / len(spikes)
    (marks,) = axis.plot(when, neuron, "|", color=SPIKE, markersize=5, mew=0.8)
    axis.set(xlim=(0, seconds), ylim=(-0.8, spikes.shape[1] - 0.2), ylabel="output\n[neuron]")
    return marks


def _push(axis: Axes, pushes: np.ndarray, step: float) -> None:
    when = step * np.arange(len(pushes) + 1)
    look = ESTIMATE | {"linestyle": "-"}
    axis.axhline(0, color=GRID, linewidth=0.8)
    axis.step(when, np.append(pushes, pushes[-1]), where="post", **look)
    axis.set(xlabel="time [s]", ylabel="push [N]")
