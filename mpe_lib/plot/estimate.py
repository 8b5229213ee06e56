"""What an estimating neuron does: nudges, spikes on paper and simulated, reach of its memory."""

from matplotlib.figure import Figure
from torch import Tensor

from . import base
from .styles import ESTIMATE, EXACT, NOTHING, RESIDUAL, SIMULATED, SPIKE, THRESHOLD, style_of


def plot_nudge(runs: dict[str, Tensor], gaps: dict[str, Tensor], title: str = "") -> Figure:
    """The potential of two runs, and how far apart two runs are, step by step.

    Args:
        runs: two names -> h ``[T]``.
        gaps: two names -> distance ``[T]``.
    """
    figure, axes = base.new_figure(2, 1, (7, 4.4), sharex=True)
    second = ({"color": SPIKE, "linestyle": "--", "linewidth": 1.4}, NOTHING)
    for axis, lines, other in zip(axes, (runs, gaps), second, strict=True):
        for (name, values), style in zip(lines.items(), (EXACT, other), strict=True):
            axis.plot(values.numpy(), **style, label=name)
        axis.legend(loc="lower left", ncols=2, bbox_to_anchor=(0, 0.98), frameon=False)
    axes[0].axhline(1, **THRESHOLD)
    axes[0].set_ylabel("potential h\n[threshold]")
    axes[1].set(xlabel="time [step]", ylabel="difference of h\n[threshold]")
    return base.message(figure, title)


def plot_before(
    before: Tensor, panels: dict[float, tuple[Tensor, Tensor, Tensor]], title: str = ""
) -> Figure:
    """Probability of a spike over the input one step earlier.

    Args:
        before: inputs of the step before ``[n]``.
        panels: input of the step -> (on paper, simulated, exact neuron from rest), each ``[n]``.
    """
    x, y = "input before, x[t-1] [threshold]", "probability of a spike [1]"
    figure, each = base.panels(panels, "input now: x[t] = {:g}", (7, 3.3), x, y)
    for axis, _, (paper, drawn, exact) in each:
        axis.plot(before, exact, **EXACT, label="exact LIF from rest")
        axis.plot(before, paper, **ESTIMATE, label="estimate, on paper")
        axis.plot(before[::4], drawn[::4], **SIMULATED, label="estimate, simulated")
        axis.axvline(1, **THRESHOLD)
    return base.key_below(figure, title)


def plot_constant(x: Tensor, rates: dict[float, dict[str, Tensor]], title: str = "") -> Figure:
    """Firing rate over a constant input; shaded: two inputs reach the threshold, one does not.

    Args:
        x: constant inputs ``[n]``.
        rates: decay -> {rule: share of steps with a spike ``[n]``}.
    """
    labels = "constant input x [threshold]", "firing rate [spikes per step]"
    figure, each = base.panels(rates, "decay {:g}", (7, 3.4), *labels)
    for axis, decay, lines in each:
        window = {"color": RESIDUAL, "alpha": 0.25, "linewidth": 0}
        axis.axvspan(1 / (1 + decay), 1, **window, label="two inputs are enough")
        for name, values in lines.items():
            style = style_of(name) | {"markersize": 4, "linewidth": 1.2, "markevery": 3}
            axis.plot(x, values, **style, label=name)
    return base.key_below(figure, title)


def plot_memory_map(panels: dict[str, Tensor], title: str = "") -> Figure:
    """Which steps feel a change of which input: one map for each neuron.

    Args:
        panels: name -> ``[T nudged, T]``, share of neurons whose h changes.
    """
    labels = {"x": "h changes at [step]", "y": "x nudged at [step]"}
    figure, each = base.panels(panels, size=(7, 3.3), **labels)
    for axis, _, share in each:
        image = axis.imshow(100 * share.numpy(), cmap="cividis", vmin=0, vmax=100, origin="lower")
    bar = {"shrink": 0.75, "label": "neurons that feel it [%]"}
    figure.colorbar(image, ax=figure.axes, location="bottom", aspect=50, **bar)
    return base.message(figure, title)
