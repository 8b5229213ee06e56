"""What an estimating neuron does: nudges, spikes on paper and simulated, reach of its memory.

In all of them ``title`` is the message of the figure; inputs and potentials are in units of the
threshold.
"""

from matplotlib.figure import Figure
from torch import Tensor

from .base import (
    ESTIMATE,
    EXACT,
    NOTHING,
    RESIDUAL,
    RULE_STYLES,
    SPIKE,
    THRESHOLD,
    key_below,
    new_figure,
)

SIMULATED = {"color": SPIKE, "linestyle": "", "marker": "o", "markerfacecolor": "none"}


def plot_nudge(runs: dict[str, Tensor], gaps: dict[str, Tensor], title: str = "") -> Figure:
    """The potential of two runs, and how far apart two runs are, step by step.

    Args:
        runs: two names -> h ``[T]``.
        gaps: two names -> distance ``[T]``.
    """
    figure, axes = new_figure(2, 1, (7, 4.4), sharex=True)
    second = ({"color": SPIKE, "linestyle": "--", "linewidth": 1.4}, NOTHING)
    for axis, lines, other in zip(axes, (runs, gaps), second, strict=True):
        for (name, values), style in zip(lines.items(), (EXACT, other), strict=True):
            axis.plot(values.numpy(), **style, label=name)
        axis.legend(loc="lower left", ncols=2, bbox_to_anchor=(0, 0.98), frameon=False)
    axes[0].axhline(1, **THRESHOLD)
    axes[0].set_ylabel("potential h\n[threshold]")
    axes[1].set(xlabel="time [step]", ylabel="difference of h\n[threshold]")
    figure.suptitle(title, fontsize=11)
    return figure


def plot_before(
    before: Tensor, panels: dict[float, tuple[Tensor, Tensor, Tensor]], title: str = ""
) -> Figure:
    """Probability of a spike over the input one step earlier.

    Args:
        before: inputs of the step before ``[n]``.
        panels: input of the step -> (on paper, simulated, exact neuron from rest), each ``[n]``.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.3), sharey=True, squeeze=False)
    for axis, (now, (paper, drawn, exact)) in zip(axes[0], panels.items(), strict=True):
        axis.plot(before, exact, **EXACT, label="exact LIF from rest")
        axis.plot(before, paper, **ESTIMATE, label="estimate, on paper")
        axis.plot(before[::4], drawn[::4], **SIMULATED, label="estimate, simulated")
        axis.axvline(1, **THRESHOLD)
        axis.set_title(f"input now: x[t] = {now:g}", fontsize=10)
        axis.set_xlabel("input before, x[t-1] [threshold]")
    axes[0][0].set_ylabel("probability of a spike [1]")
    key_below(figure, axes[0][0], title)
    return figure


def plot_constant(x: Tensor, rates: dict[float, dict[str, Tensor]], title: str = "") -> Figure:
    """Firing rate over a constant input; shaded: two inputs reach the threshold, one does not.

    Args:
        x: constant inputs ``[n]``.
        rates: decay -> {rule: share of steps with a spike ``[n]``}.
    """
    figure, axes = new_figure(1, len(rates), (7, 3.4), sharey=True, squeeze=False)
    for axis, (decay, lines) in zip(axes[0], rates.items(), strict=True):
        window = {"color": RESIDUAL, "alpha": 0.25, "linewidth": 0}
        axis.axvspan(1 / (1 + decay), 1, **window, label="two inputs are enough")
        for name, values in lines.items():
            style = RULE_STYLES[name] | {"markersize": 4, "linewidth": 1.2, "markevery": 3}
            axis.plot(x, values, **style, label=name)
        axis.set_title(f"decay {decay:g}", fontsize=10)
        axis.set_xlabel("constant input x [threshold]")
    axes[0][0].set_ylabel("firing rate [spikes per step]")
    key_below(figure, axes[0][0], title)
    return figure


def plot_memory_map(panels: dict[str, Tensor], title: str = "") -> Figure:
    """Which steps feel a change of which input: one map for each neuron.

    Args:
        panels: name -> ``[T nudged, T]``, share of neurons whose h changes.
    """
    figure, axes = new_figure(1, len(panels), (7, 3.3), sharey=True, squeeze=False)
    for axis, (name, share) in zip(axes[0], panels.items(), strict=True):
        image = axis.imshow(100 * share.numpy(), cmap="cividis", vmin=0, vmax=100, origin="lower")
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("h changes at [step]")
    axes[0][0].set_ylabel("x nudged at [step]")
    bar = {"shrink": 0.75, "label": "neurons that feel it [%]"}
    figure.colorbar(image, ax=list(axes[0]), location="bottom", aspect=50, **bar)
    figure.suptitle(title, fontsize=11)
    return figure
