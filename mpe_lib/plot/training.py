"""What training did: accuracies with their spread, the gap of the guess, rates by layer."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .base import GRID, PANELS, RULE_STYLES, THRESHOLD, key_below, new_figure


def plot_accuracies(
    groups: dict[str, dict[str, list[float]]], chance: dict[str, float], title: str = ""
) -> Figure:
    """One panel for each question, one row for each network: every run, and the mean.

    Args:
        groups: question -> name of the network -> test accuracies, one for each run.
        chance: question -> share that guessing gets, drawn dotted.
        title: the message of the figure.
    """
    rows = max(len(group) for group in groups.values())
    size = (PANELS[0], 1.3 + 0.36 * rows)
    figure, axes = new_figure(1, len(groups), size, sharey=True, squeeze=False)
    for axis, (question, group) in zip(axes[0], groups.items(), strict=True):
        for k, (_, values) in enumerate(group.items()):
            percent = 100 * np.asarray(values)
            axis.plot(percent, np.full(len(percent), -k), "o", color="#0072B2", mfc="none", ms=5)
            axis.plot([percent.mean()] * 2, [-k - 0.3, -k + 0.3], color="#000000", linewidth=2)
        axis.axvline(100 * chance[question], **THRESHOLD)
        axis.annotate(
            "chance", (100 * chance[question], 0.42), color="#4d4d4d", fontsize=10, ha="left",
            va="bottom", xytext=(2, 0), textcoords="offset points",
        )  # fmt: skip
        axis.set_yticks([-k for k in range(len(group))], list(group))
        axis.set(xlabel="test accuracy [%]", xlim=(0, 102), ylim=(-rows + 0.4, 1.0))
        axis.set_title(question, fontsize=10)
    figure.suptitle(title, fontsize=11)
    return figure


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
        title: the message of the figure.
    """
    styles = [RULE_STYLES[name] for name in ("bernoulli", "hard", "mean", "exact LIF", "zero")]
    figure, axes = new_figure(1, 2, (7, 3.2))
    for axis, curves in zip(axes, (distance, relative), strict=True):
        for (name, runs), style in zip(curves.items(), styles, strict=False):
            values = np.asarray(runs)
            epochs = np.arange(1, values.shape[1] + 1)
            axis.plot(epochs, values.mean(0), **style, label=name, markersize=4)
            axis.fill_between(
                epochs, values.min(0), values.max(0), color=style["color"], alpha=0.2, linewidth=0
            )
        axis.set(xlabel="training time [epoch]")
        axis.set_ylim(bottom=0)
    axes[0].set_ylabel("squared distance\n[threshold squared]")
    axes[1].set(ylabel="size of the distance\n[share of v]", ylim=(0, 1.2))
    axes[1].axhline(1, **THRESHOLD)
    axes[1].annotate("a guess that is always 0", (1, 1.02), color="#4d4d4d", va="bottom")
    key_below(figure, axes[0], title)
    return figure


def plot_rates(panels: dict[str, dict[str, Sequence[Sequence[float]]]], title: str = "") -> Figure:
    """Firing rate of each layer: one panel for each question, one column for each neuron.

    Args:
        panels: question -> name of the neuron -> one list over the layers for each run; a
            share of steps. Runs are open markers, their mean is a full one.
        title: the message of the figure.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.2), sharey=True, squeeze=False)
    for axis, (question, rates) in zip(axes[0], panels.items(), strict=True):
        for k, (name, runs) in enumerate(rates.items()):
            values = 100 * np.asarray(runs)  # [runs, layers]
            place = np.arange(values.shape[1]) + (k - (len(rates) - 1) / 2) * 0.8 / len(rates)
            look = {"marker": RULE_STYLES[name]["marker"], "color": RULE_STYLES[name]["color"]}
            axis.plot(place, values.T, **look, linestyle="", markerfacecolor="none", markersize=5)
            axis.plot(place, values.mean(0), **look, linestyle="", markersize=6, label=name)
        layers = values.shape[1]
        axis.set_xticks(range(layers), [str(layer + 1) for layer in range(layers)])
        axis.set(xlabel="layer [number]")
        axis.set_title(question, fontsize=10)
        for edge in range(1, layers):
            axis.axvline(edge - 0.5, color=GRID, linewidth=0.6)
    axes[0][0].set_ylabel("firing rate\n[% of neuron-steps]")
    axes[0][0].set_ylim(bottom=0)
    key_below(figure, axes[0][0], title)
    return figure
