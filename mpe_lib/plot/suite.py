"""The memory suite: how far each neuron remembers."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from ..results.suite import ranked
from . import base
from .styles import BLACK, BLUE, GREEN, GREY, ORANGE, RESIDUAL, THRESHOLD

LOOKS = (BLACK, ORANGE, GREEN, BLUE, {"color": RESIDUAL, "linestyle": ":", "marker": "P"}, GREY)


def plot_reach(
    found: Mapping[str, Mapping[int, Sequence[float]]], chance: float, title: str = ""
) -> Figure:
    """Share right over the delay: the mean of the seeds, over their range.

    Args:
        found: neuron -> {delay in steps: share right, by seed}; up to six neurons.
        chance: share right of a guess.
    """
    figure, axis = base.new_figure(size=(7, 3.6))
    for (name, shares), look in zip(found.items(), LOOKS, strict=False):
        runs = [[100 * each for each in seed] for seed in zip(*shares.values(), strict=True)]
        base.runs(axis, runs, look, x=list(shares), area=0.15, label=name, markersize=5)
    axis.axhline(100 * chance, **THRESHOLD)
    delays = list(next(iter(found.values())))
    base.log_axis(axis, delays, "delay until the question [steps]")
    axis.set(ylabel="right [%]; dotted: chance", ylim=(0, 103))
    return base.key_below(figure, title, columns=3)


def plot_areas(areas: Mapping[str, Sequence[float]], chance: float, title: str = "") -> Figure:
    """The area under each reach curve: every seed, and the mean, the largest above.

    Args:
        areas: neuron -> area, by seed.
        chance: the area of a guess.
    """
    figure, axis = base.new_figure(size=(7, 0.9 + 0.24 * len(areas)))
    base.dots(axis, {name: [100 * each for each in areas[name]] for name in ranked(areas)})
    axis.axvline(100 * chance, **THRESHOLD)
    axis.set(xlim=(0, 103), xlabel="right, mean over the delays [%]; dotted: chance")
    return base.message(figure, title)
