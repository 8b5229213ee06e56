"""What training did: accuracies with their spread, the gap of the guess, rates by layer."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from . import base
from .styles import BLACK, BLUE, GREEN, GREY, GRID, ORANGE, THRESHOLD, style_of


def plot_accuracies(
    groups: dict[str, dict[str, list[float]]], chance: dict[str, float], title: str = ""
) -> Figure:
    """One panel for each question, one row for each network: every run, and the mean.

    Args:
        groups: question -> name of the network -> test accuracies, one for each run.
    """
    rows = max(len(group) for group in groups.values())
    figure, each = base.panels(groups, size=(7, 1.3 + 0.36 * rows), x="test accuracy [%]")
    for axis, question, group in each:
        base.dots(axis, {name: 100 * np.asarray(values) for name, values in group.items()})
        axis.axvline(100 * chance[question], **THRESHOLD)
        axis.annotate(
            "chance", (100 * chance[question], 0.42), color="#4d4d4d", fontsize=10, ha="left",
            va="bottom", xytext=(2, 0), textcoords="offset points",
        )  # fmt: skip
        axis.set(xlim=(0, 102), ylim=(-rows + 0.4, 1.0))
    return base.message(figure, title)


def plot_gap(
    distance: dict[str, Sequence[Sequence[float]]],
    relative: dict[str, Sequence[Sequence[float]]],
    title: str = "",
) -> Figure:
    """How far the guess is from the potential over the epochs: mean and range of the runs.

    Args:
        distance: name -> one list over the epochs for each run: mean squared distance.
        relative: the same names: size of the distance as a share of the size of v; 1, drawn
            dotted, is what a guess that is always 0 has.
    """
    figure, axes = base.new_figure(1, 2, (7, 3.2))
    for axis, curves in zip(axes, (distance, relative), strict=True):
        turns = BLUE, ORANGE, GREEN, BLACK, GREY
        for (name, values), style in zip(curves.items(), turns, strict=False):
            base.runs(axis, values, style, area=0.2, label=name, markersize=4)
        axis.set(xlabel="training time [epoch]")
        axis.set_ylim(bottom=0)
    axes[0].set_ylabel("squared distance\n[threshold squared]")
    axes[1].set(ylabel="size of the distance\n[share of v]", ylim=(0, 1.2))
    axes[1].axhline(1, **THRESHOLD)
    axes[1].annotate("a guess that is always 0", (1, 1.02), color="#4d4d4d", va="bottom")
    return base.key_below(figure, title)


def plot_rates(panels: dict[str, dict[str, Sequence[Sequence[float]]]], title: str = "") -> Figure:
    """Firing rate of each layer: one panel for each question, one column for each neuron.

    Args:
        panels: question -> name of the neuron -> one list over the layers for each run; a
            share of steps. Runs are open markers, their mean is a full one.
    """
    labels = {"x": "layer [number]", "y": "firing rate\n[% of neuron-steps]"}
    figure, each = base.panels(panels, size=(7, 3.2), **labels)
    for axis, _, rates in each:
        for k, (name, runs) in enumerate(rates.items()):
            values = 100 * np.asarray(runs)  # [runs, layers]
            place = np.arange(values.shape[1]) + (k - (len(rates) - 1) / 2) * 0.8 / len(rates)
            look = style_of(name) | {"linestyle": ""}
            axis.plot(place, values.T, **look, markerfacecolor="none", markersize=5)
            axis.plot(place, values.mean(0), **look, markersize=6, label=name)
        layers = values.shape[1]
        axis.set_xticks(range(layers), [str(layer + 1) for layer in range(layers)])
        for edge in range(1, layers):
            axis.axvline(edge - 0.5, color=GRID, linewidth=0.6)
    figure.axes[0].set_ylim(bottom=0)
    return base.key_below(figure, title)
