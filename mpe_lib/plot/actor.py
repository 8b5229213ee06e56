"""A spiking actor: a number as spikes, one neuron with two leaks, how long each actor holds."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..systems.ilc_san import CurrentTrace, population_code
from . import base
from .styles import ESTIMATE, EXACT, GREEN, GRID, NOTHING, SPIKE, THRESHOLD

NEURONS = 10  # of a population, their preferred numbers evenly on [-3, 3]
LQR = {"color": GREEN["color"], "linestyle": (0, (6, 2)), "linewidth": 1.6}
REFERENCES = {"LQR": LQR, "no force": NOTHING}


def plot_fall(angles: Mapping[str, Sequence[float]], limit: float, step: float, title="") -> Figure:
    """The angle of a pole over time, for each way to push.

    Args:
        angles: words -> angles in degrees from upright, clockwise, one for each step and the start.
        limit: beyond it the pole counts as fallen, in degrees.
        step: of the cart, in s.
    """
    figure, axis = base.new_figure(size=(7, 2.8))
    for (words, angle), look in zip(angles.items(), (NOTHING, LQR, ESTIMATE), strict=False):
        axis.plot(step * np.arange(len(angle)), angle, **look, label=words)
    for side in (-limit, limit):
        axis.axhline(side, **THRESHOLD)
    axis.set(xlabel="time [s]", ylabel="angle of the pole\n[degrees]")
    return base.key_below(figure, title)


def draw_code(seed: int, o: float, std: float, steps: int) -> tuple[Figure, str]:
    """One number as the spikes of ten neurons, and what their counts say of every number.

    Args:
        seed: of no account: nothing is drawn at random.
        o: the number.
        std: how far around its preferred number a neuron fires.
        steps: T, for which the number stands still.
    """
    mean = torch.linspace(-3, 3, NEURONS)[None]
    line = torch.linspace(-3, 3, 1201)
    both = torch.cat((torch.tensor([o]), line))[:, None]
    s = population_code(both, mean, torch.full_like(mean, std), steps)
    count = s.sum(0)
    told = (count * mean).sum(1) / count.sum(1)  # nan where all are silent
    codes, silent = len(torch.unique(count[1:], dim=0)), 100 * torch.isnan(told[1:]).float().mean()
    figure, (left, right) = base.new_figure(1, 2, (7, 3.2), width_ratios=(1, 1.5))
    base.fixed(figure, 0.11, 0.16, 0.99, 0.91, wspace=0.28)
    left.hlines(mean, 0, steps, color=GRID, linewidth=0.4)
    neuron, when = np.nonzero(s[:, 0].numpy().T)
    left.plot(when + 0.5, mean[0, neuron], "|", color=SPIKE, markersize=11, mew=1.6)
    left.axhline(o, **EXACT)
    left.set(xlim=(0, steps), ylim=(-3.4, 3.4), xlabel="time [step]")
    left.set_ylabel("number that a\nneuron prefers [1]")
    left.set_title(f"the number {o:g} as spikes", fontsize=10)
    right.plot(line, line, **EXACT, label="number itself")
    right.plot(line, told[1:], **ESTIMATE, label="told by counts")
    right.axhline(0, **NOTHING, label="knows nothing")
    right.set(xlabel="number (o) [1]", ylabel="told [1]", xlim=(-3, 3), ylim=(-3.4, 3.4))
    right.set_title("middle of the counts, for every number", fontsize=10)
    right.legend(loc="upper left", frameon=False)
    words = "nothing" if torch.isnan(told[0]) else f"{told[0]:.2f}"
    return figure, (
        f"o = {o:g}, std {std:.2g}, T = {steps}: counts of the ten neurons "
        f"{' '.join(f'{int(each)}' for each in count[0])}; their middle says {words}. From -3 to 3 "
        f"the counts are {codes} different ones, and all are silent on {silent:.0f} % of the way."
    )


def plot_pulse(trace: CurrentTrace, plain, v_threshold: float = 0.5, title: str = "") -> Figure:
    """Current and potential of a neuron with two leaks after one pulse, and of one with one leak.

    Args:
        trace: of one neuron ``[T, 1]``.
        plain: potential ``[T]`` of the neuron that has no leaky current before it.
    """
    figure, axis = base.new_figure(size=(7, 3))
    axis.plot(trace.c[:, 0], **ESTIMATE, marker="s", markersize=4, label="current c, two leaks")
    axis.plot(trace.h[:, 0], **EXACT, marker="o", markersize=4, label="potential h, two leaks")
    axis.plot(plain, **NOTHING, marker="v", markersize=4, label="potential h, one leak")
    (fired,) = np.nonzero(trace.s[:, 0].numpy())
    axis.plot(fired, trace.h[fired, 0], "*", color=SPIKE, markersize=13, label="spike")
    axis.axhline(v_threshold, **THRESHOLD)
    axis.set(xlabel="time [step]", ylabel="c and h [1]", xticks=range(len(trace.s)))
    axis.set_ylim(0, 1.3 * v_threshold)
    return base.key_below(figure, title, columns=2)


def plot_actors(found: Mapping[str, Mapping[str, Sequence[float]]], title: str = "") -> Figure:
    """A row for each actor with the point of each seed, between the two that frame them.

    Args:
        found: what is measured, with its unit -> {actor: a number for each seed}; "LQR" and
            "no force", where they are among the actors, are lines at their mean.
    """
    first = next(iter(found.values()))
    rows = [name for name in first if name not in REFERENCES]
    size = (7, 1.7 + 0.32 * len(rows))
    figure, axes = base.new_figure(1, len(found), size, sharey=True, squeeze=False)
    figure.get_layout_engine().set(wspace=0.06)
    for axis, (label, actors) in zip(axes.flat, found.items(), strict=True):
        base.dots(axis, {name: actors[name] for name in rows})
        _frame(axis, actors)
        end = max(map(max, actors.values()))
        axis.set(xlabel=label, xlim=(-0.03 * end, 1.04 * end))
        for k in range(len(rows)):
            axis.axhline(-k, color=GRID, linewidth=0.4, zorder=0)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    return base.message(figure, title)


def _frame(axis: Axes, actors: Mapping[str, Sequence[float]]) -> None:
    for name, look in REFERENCES.items():
        if name in actors:
            axis.axvline(np.mean(actors[name]), **look, label=name)
    label = "one seed (bar: their mean)"
    axis.plot([], [], "o", color=ESTIMATE["color"], mfc="none", ms=5, label=label)
