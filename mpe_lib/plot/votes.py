"""Answers while a recording is still running: the lead of the right class, the share right."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from . import base
from .styles import THRESHOLD, style_of


def plot_leads(leads: dict[str, Sequence[Sequence[float]]], title: str = "") -> Figure:
    """One panel for each recording, one line for each network.

    Args:
        leads: name of the neuron -> for each recording a list over the steps: how far the right
            class is ahead in the mean of the votes so far, in nats; above 0 the answer is right.
    """
    recordings = dict(enumerate(zip(*leads.values(), strict=True), 1))
    labels = "time [step]", "lead of the\nright class [nats]"
    figure, each = base.panels(recordings, "recording {}", (7, 2.9), *labels)
    for axis, _, lines in each:
        for name, values in zip(leads, lines, strict=True):
            look = {"label": name, "markersize": 4, "markevery": max(1, len(values) // 6)}
            axis.plot(np.arange(1, len(values) + 1), values, **style_of(name), **look)
        axis.axhline(0, **THRESHOLD)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, min_n_ticks=1))
    return base.key_below(figure, title)


def plot_anytime(
    panels: dict[str, dict[str, Sequence[Sequence[float]]]],
    chance: dict[str, float],
    title: str = "",
) -> Figure:
    """Share right after each step, if the network had to answer then: mean and range of the runs.

    Args:
        panels: question -> name of the neuron -> for each run a list over the steps.
    """
    labels = {"x": "time [step]", "y": "right after\nso many steps [%]"}
    figure, each = base.panels(panels, size=(7, 3.2), **labels)
    for axis, question, curves in each:
        for name, shares in curves.items():
            percent, look = 100 * np.asarray(shares), {"label": name, "markersize": 5}
            base.runs(axis, percent, style_of(name), area=0.15, **look)
        axis.axhline(100 * chance[question], **THRESHOLD)
        place = percent.shape[1], 100 * chance[question] - 1
        axis.annotate("chance", place, color="#4d4d4d", ha="right", va="top")
        axis.set_ylim(0, 102)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return base.key_below(figure, title)
