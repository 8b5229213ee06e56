"""Answers while a recording is still running: the lead of the right class, the share right."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .base import RULE_STYLES, THRESHOLD, key_below, new_figure


def plot_leads(leads: dict[str, Sequence[Sequence[float]]], title: str = "") -> Figure:
    """One panel for each recording, one line for each network.

    Args:
        leads: name of the neuron -> for each recording a list over the steps: how far the right
            class is ahead in the mean of the votes so far, in nats; above 0 the answer is right.
        title: the message of the figure.
    """
    panels = len(next(iter(leads.values())))
    figure, axes = new_figure(1, panels, (7, 2.9), sharey=True, squeeze=False)
    for k, axis in enumerate(axes[0]):
        for name, recordings in leads.items():
            steps = np.arange(1, len(recordings[k]) + 1)
            every = max(1, len(steps) // 6)
            axis.plot(steps, recordings[k], **RULE_STYLES[name], label=name, markersize=4,
                      markevery=every)  # fmt: skip
        axis.axhline(0, **THRESHOLD)
        axis.set_title(f"recording {k + 1}", fontsize=10)
        axis.set_xlabel("time [step]")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4, min_n_ticks=1))
    axes[0][0].set_ylabel("lead of the\nright class [nats]")
    key_below(figure, axes[0][0], title)
    return figure


def plot_anytime(
    panels: dict[str, dict[str, Sequence[Sequence[float]]]],
    chance: dict[str, float],
    title: str = "",
) -> Figure:
    """Share right after each step, if the network had to answer then: mean and range of the runs.

    Args:
        panels: question -> name of the neuron -> for each run a list over the steps.
        chance: question -> share that guessing gets, drawn dotted.
        title: the message of the figure.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.2), sharey=True, squeeze=False)
    for axis, (question, curves) in zip(axes[0], panels.items(), strict=True):
        for name, runs in curves.items():
            values = 100 * np.asarray(runs)  # [runs, T]
            steps = np.arange(1, values.shape[1] + 1)
            style = RULE_STYLES[name]
            axis.plot(steps, values.mean(0), **style, label=name, markersize=5)
            axis.fill_between(steps, values.min(0), values.max(0), color=style["color"],
                              alpha=0.15, linewidth=0)  # fmt: skip
        axis.axhline(100 * chance[question], **THRESHOLD)
        axis.annotate("chance", (steps[-1], 100 * chance[question] - 1), color="#4d4d4d",
                      ha="right", va="top")  # fmt: skip
        axis.set(xlabel="time [step]", ylim=(0, 102))
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axis.set_title(question, fontsize=10)
    axes[0][0].set_ylabel("right after\nso many steps [%]")
    key_below(figure, axes[0][0], title)
    return figure
