"""An explorer: the training curves of the stored runs, beside the neuron that knows nothing."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from ..results import numbers, store
from ..results.rows import select
from . import base
from .styles import THRESHOLD, style_of

NETWORKS = {  # name -> neuron and weight of the membrane loss, as in the stored rows
    "exact LIF": ("exact LIF", 0.0),
    "hard": ("hard", 0.0),
    "mean": ("mean", 0.0),
    "bernoulli": ("bernoulli", 0.0),
    "bernoulli, w = 0.01": ("bernoulli", 0.01),
    "bernoulli, w = 0.5": ("bernoulli", 0.5),
    "zero": ("zero", 0.0),
}
QUESTIONS = {  # name -> file, label, what guessing gets
    "which digit?": ("digits", "digit", 1 / 10),
    "which order?": ("digits", "order", 1 / 6),
    "which order? 40 epochs": ("patience", "order", 1 / 6),
}
_rows = cache(lambda name: store.read(name)["rows"])


def draw_curves(seed: int, network: str, question: str) -> tuple[Figure, str]:
    """Validation accuracy and loss over the epochs: each stored run, their mean and range.

    Args:
        seed: not used, since nothing is drawn anew: the runs are stored.
        network: one of NETWORKS; zero, the neuron with no memory, is drawn beside it.
        question: one of QUESTIONS.

    Raises:
        KeyError: another network or question.

    >>> draw_curves(0, "mean", "which order? 40 epochs")[1]
    'which order? 40 epochs, chance 16.7 %: mean not measured yet; zero ...'
    """
    del seed
    file, label, chance = QUESTIONS[question]
    figure, axes = base.new_figure(2, 1, base.PANELS, sharex=True, height_ratios=(1.4, 1))
    base.fixed(figure, 0.12, 0.12, 0.97, 0.89, hspace=0.12)
    words = []
    for name in dict.fromkeys((network, "zero")):
        neuron, weight = NETWORKS[name]
        which = {"neuron": neuron, "membrane_weight": weight, "label": label}
        accuracy = 100 * np.array(select(_rows(file), "validation", **which))  # [runs, epochs]
        loss = np.array(select(_rows(file), "task", **which))  # [runs, epochs]
        if not len(accuracy):
            words.append(f"{name} not measured yet")
            continue
        look = {"markersize": 5, "markevery": max(1, accuracy.shape[1] // 10), "label": name}
        for axis, runs in zip(axes, (accuracy, loss), strict=True):
            base.runs(axis, runs, style_of(neuron), thin=0.6, area=0.15, **look)
        first, last = accuracy[:, 0].mean(), accuracy[:, -1]
        words.append(
            f"{name} {first:.1f} % after the first epoch, {numbers.percent(list(last / 100))} "
            f"after epoch {accuracy.shape[1]} ({len(last)} runs, {last.min():.1f} to "
            f"{last.max():.1f} %), loss {loss[:, 0].mean():.2f} to {loss[:, -1].mean():.2f} nats"
        )
    axes[0].axhline(100 * chance, **THRESHOLD)
    axes[0].annotate("chance", (1, 100 * chance), color="#4d4d4d", va="top")
    axes[0].set(ylim=(0, 103), ylabel="validation\naccuracy [%]")
    axes[1].set(ylim=(0, 2.5), ylabel="training\nloss [nats]", xlabel="training time [epoch]")
    if "yet" in words[0]:
        axes[0].annotate(f"{network}: not measured yet", (0.5, 0.6), xycoords="axes fraction",
                         ha="center")  # fmt: skip
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="upper center", ncols=2, frameon=False)
    return figure, f"{question}, chance {100 * chance:.1f} %: {'; '.join(words)}."
