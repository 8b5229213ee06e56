"""What training did: accuracies with their spread, the gap of the guess, rates by layer."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .base import GRID, PANELS, RULE_STYLES, THRESHOLD, new_figure


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
        axis.set_title(question)
    figure.suptitle(title, fontsize=11)
    return figure


def plot_gap(curves: dict[str, Sequence[Sequence[float]]], title: str = "") -> Figure:
    """Relative distance of the guess from the potential over the epochs, mean and range of runs.

    Args:
        curves: name -> one list over the epochs for each run.
        title: the message of the figure.
    """
    styles = [RULE_STYLES[name] for name in ("bernoulli", "hard", "mean", "exact LIF", "zero")]
    figure, axis = new_figure(size=(7, 2.9))
    for (name, runs), style in zip(curves.items(), styles, strict=False):
        values = np.asarray(runs)
        epochs = np.arange(1, values.shape[1] + 1)
        axis.plot(epochs, values.mean(0), **style, label=name, markersize=4)
        axis.fill_between(
            epochs, values.min(0), values.max(0), color=style["color"], alpha=0.2, linewidth=0
        )
    axis.axhline(1, **THRESHOLD)
    axis.annotate("a guess that is always 0", (1, 1.02), color="#4d4d4d", va="bottom")
    axis.set(xlabel="training time [epoch]", ylabel="gap of the guess\n[share of v]", ylim=(0, 1.2))
    axis.set_title(title)
    figure.legend(loc="outside right center", frameon=False)
    return figure


def plot_rates(rates: dict[str, Sequence[Sequence[float]]], title: str = "") -> Figure:
    """Firing rate of each layer, one marker for each run, one column of markers for each neuron.

    Args:
        rates: name of the neuron -> one list over the layers for each run; a share of steps.
        title: the message of the figure.
    """
    figure, axis = new_figure(size=(7, 2.9))
    count = len(rates)
    for k, (name, runs) in enumerate(rates.items()):
        values = 100 * np.asarray(runs)  # [runs, layers]
        place = np.arange(values.shape[1]) + (k - (count - 1) / 2) * 0.8 / count
        style = RULE_STYLES[name]
        for run in values:
            axis.plot(place, run, style["marker"], color=style["color"], mfc="none", ms=5)
        axis.plot(place, values.mean(0), style["marker"], color=style["color"], ms=6, label=name)
    layers = values.shape[1]
    axis.set_xticks(range(layers), [str(layer + 1) for layer in range(layers)])
    axis.set(xlabel="layer [number]", ylabel="firing rate\n[% of neuron-steps]")
    axis.set_ylim(bottom=0)
    for edge in range(1, layers):
        axis.axvline(edge - 0.5, color=GRID, linewidth=0.6)
    axis.set_title(title)
    figure.legend(loc="outside right center", frameon=False)
    return figure
