"""The guess of the potential beside the potential: moments, coins, errors, an explorer."""

from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from ..core.dynamics import lif_sequence
from ..core.estimate import RULES, estimate_membrane
from . import base
from .styles import (
    BEST,
    ESTIMATE,
    EXACT,
    GRID,
    NOTHING,
    RESIDUAL,
    SIMULATED,
    SPIKE,
    THRESHOLD,
    style_of,
)


def nearby_mean(x: Tensor, v: Tensor, size: int = 200) -> tuple[Tensor, Tensor, float]:
    """What x alone can say about v: the mean of v over each run of ``size`` neighbours in x.

    Args:
        x, v: one shape, at least ``size`` elements.

    Returns:
        (middles ``[n]``, means ``[n]``, rms): the runs in order of x, and the root mean square
        distance of v from the mean of its run, which no function of x alone can beat by much.

    >>> x = torch.arange(8.0)
    >>> [each.tolist() for each in nearby_mean(x, x % 2, size=4)[:2]]
    [[1.5, 5.5], [0.5, 0.5]]
    """
    order = x.flatten().argsort()
    order = order[: len(order) // size * size].view(-1, size)
    near, values = x.flatten()[order], v.flatten()[order]
    return near.mean(1), values.mean(1), values.var(1).mean().sqrt().item()


def plot_moments(x: Tensor, formulas: dict[str, Tensor], drawn: dict[str, Tensor], title: str = ""):
    """Mean and standard deviation of the guess over x, on paper (line) and drawn (circles).

    Args:
        x: inputs ``[n]``.
        formulas, drawn: the same two names -> values ``[n]``.
    """
    labels = {"x": "input x [threshold]", "y": "guess [threshold]"}
    figure, each = base.panels(formulas, size=(7, 3.2), sharey=False, **labels)
    for axis, name, values in each:
        axis.axhline(0, color=GRID, linewidth=0.8)
        axis.axvline(1, **THRESHOLD)
        axis.plot(x, values, **ESTIMATE, label="on paper")
        axis.plot(x[::5], drawn[name][::5], **SIMULATED, label="drawn")
        axis.set_ylim(-0.9, 0.9)
    return base.key_below(figure, title)


def plot_coin(
    x: Tensor, coin: Tensor, measured: dict[float, tuple[Tensor, Tensor]], title: str = ""
) -> Figure:
    """Probability of a reset over the input of that step: the guess, and the exact neuron.

    Args:
        x, coin: inputs and probabilities of the guess ``[n]``.
        measured: decay -> (inputs ``[m]``, measured shares of steps with a reset ``[m]``).
    """
    labels = "input x [threshold]", "probability of a reset [1]"
    figure, each = base.panels(measured, "decay {:g}", (7, 3.6), *labels)
    for axis, _, (where, share) in each:
        exact = np.interp(x, where, share)
        often = {"where": exact <= coin.numpy(), "color": RESIDUAL, "alpha": 0.35}
        axis.fill_between(x, exact, coin, **often, linewidth=0, label="resets too often")
        seldom = {"where": exact >= coin.numpy(), "facecolor": "#FFFFFF", "edgecolor": SPIKE}
        axis.fill_between(x, exact, coin, **seldom, hatch="////", label="keeps too often")
        axis.plot(where, share, **EXACT, label="exact LIF")
        axis.plot(x, coin, **ESTIMATE, label="guess, σ(x)")
        axis.axvline(1, **THRESHOLD)
        axis.set_xlim(float(x[0]), float(x[-1]))
    return base.key_below(figure, title)


def plot_guesses(panels: dict[float, tuple[Tensor, Tensor]], title: str = "") -> Figure:
    """The exact potential after each step over the input of that step, and what the rules say.

    Args:
        panels: decay -> (x, v), of one shape each.
    """
    labels = "input x [threshold]", "potential v after that step\n[threshold]"
    figure, each = base.panels(panels, "decay {:g}", base.PANELS, *labels)
    for axis, _, (x, v) in each:
        _cloud(axis, x, v)
        axis.set(xlim=(-0.9, 1.9), ylim=(-1.6, 1.9))
    return base.key_below(figure, title)


def plot_rms(
    means: Sequence[float], panels: dict[float, dict[str, Sequence[float]]], title: str = ""
) -> Figure:
    """How far each guess is from the exact potential, over the mean of the input.

    Args:
        means: of the input ``[n]``.
        panels: decay -> {rule, or "best of x": root mean square error ``[n]``}.
    """
    labels = "input mean [threshold]", "RMS error of the guess\n[threshold]"
    figure, each = base.panels(panels, "decay {:g}", (7, 3.6), *labels)
    for axis, _, lines in each:
        for name, values in lines.items():
            axis.plot(means, values, **style_of(name, BEST) | {"markersize": 5}, label=name)
        axis.set_ylim(0, 1)
    return base.key_below(figure, title)


def draw_guess(seed: int, mean: float, spread: float, decay: float) -> tuple[Figure, str]:
    """The cloud of exact potentials with the rules' guesses, and each rule's error as a bar."""
    generator = torch.Generator().manual_seed(seed)
    x = mean + spread * torch.randn(40, 400, generator=generator)
    v = lif_sequence(x, decay).v
    errors = {
        rule: (estimate_membrane(x, rule, seed=seed) - v).square().mean().sqrt().item()
        for rule in RULES
    }
    errors["best of x"] = nearby_mean(x, v, 100)[2]
    figure, axes = base.new_figure(1, 2, base.PANELS, width_ratios=(1.6, 1))
    base.fixed(figure, 0.1, 0.2, 0.98, 0.97, wspace=0.5)
    _cloud(axes[0], x, v)
    axes[0].set(xlim=(-1.7, 3.2), ylim=(-2, 2.2), xlabel="input x [threshold]")
    axes[0].set_ylabel("potential v after that step [threshold]")
    handles, _ = axes[0].get_legend_handles_labels()
    figure.legend(handles=handles, loc="lower center", ncols=5, frameon=False, columnspacing=1)
    for k, (name, error) in enumerate(errors.items()):
        axes[1].barh(-k, error, color=style_of(name, BEST)["color"], height=0.6)
    axes[1].axvline(errors["zero"], **NOTHING)
    axes[1].set_yticks([-k for k in range(len(errors))], list(errors))
    axes[1].set_xlabel("RMS error [threshold]")
    words = ", ".join(f"{name} {error:.3f}" for name, error in errors.items())
    worse = [rule for rule in RULES if errors[rule] > errors["zero"]]
    return figure, (
        f"RMS error of the guess in thresholds: {words}; worse than zero: "
        f"{' and '.join(worse) or 'none'}."
    )


def _cloud(axis, x: Tensor, v: Tensor) -> None:
    """Dots of (x, v), their mean over x, and the four rules; areas are probabilities."""
    some = slice(None, None, max(1, x.numel() // 1500))
    axis.plot(x.flatten()[some], v.flatten()[some], ".", color="#BBBBBB", markersize=2, zorder=0)
    grid = torch.linspace(-3, 4, 701)[None]  # [1, inputs]: a rule wants a batch axis
    for rule in ("zero", "mean", "hard"):
        style = style_of(rule) | {"marker": "", "linewidth": 1.8}
        axis.plot(grid[0], estimate_membrane(grid, rule)[0], **style, label=rule)
    few = grid[0, ::30]
    square = {"marker": "s", "facecolor": "none", "edgecolor": style_of("bernoulli")["color"]}
    axis.scatter(few, few, 60 * torch.sigmoid(-few), **square, label="bernoulli: x or 0")
    axis.scatter(few, torch.zeros_like(few), 60 * torch.sigmoid(few), **square)
    axis.axvline(1, **THRESHOLD)
    axis.plot(*nearby_mean(x, v, x.numel() // 150)[:2], **EXACT, label="exact LIF, mean")
