"""Passports side by side: what each neuron charges, feels, remembers, needs and costs."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from ..core.dynamics import lif_sequence
from ..core.estimate import mpe_sequence
from ..systems.psn import PSN, masked, psn_sequence, sliding
from . import base
from .styles import BLUE, ESTIMATE, EXACT, GREEN, GRID, ORANGE, RESIDUAL, SPIKE, THRESHOLD, TURNS

STEPS, LANES, NUDGE = 40, 200, 1.0
TASKS = dict(zip(("recall 4", "interval", "digits by row"), (BLUE, ORANGE, GREEN), strict=True))
FUTURE = {"marker": "*", "color": SPIKE, "markersize": 9, "linestyle": ""}
CLOCK = {"marker": "x", "color": RESIDUAL, "markersize": 6, "linestyle": "", "markeredgewidth": 2}


def _clock(x: Tensor, _) -> Tensor:
    gains = torch.linspace(0.2, 1.8, len(x), dtype=x.dtype)
    return psn_sequence(x, masked(torch.diag(gains), 1)).h


def _drawn(x: Tensor, _) -> Tensor:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        neuron = PSN(len(x))
    return neuron.trace(x).h.detach()


def _slid(x: Tensor, decay: float) -> Tensor:
    return psn_sequence(x, sliding(decay ** torch.arange(7.0, -1, -1), len(x))).h


NUDGED: dict[str, Callable[[Tensor, float], Tensor]] = {  # name -> h, from (x, decay)
    "exact LIF": lambda x, decay: lif_sequence(x, decay).h,
    "MPE hard, one step": lambda x, decay: mpe_sequence(x, "hard", decay).h,
    "MPE hard, two sweeps": lambda x, decay: mpe_sequence(x, "hard", decay, sweeps=2).h,
    "sliding PSN, k = 8": _slid,
    "PSN, its weights drawn": _drawn,  # these two do not know the decay
    "a clock": _clock,
}


def plot_charges(v: Tensor, pushed: Mapping[str, Tensor], title: str = "") -> Figure:
    """Where each neuron pushes its potential at one input, over the potential.

    Args:
        v: potentials before the step.
        pushed: name -> h - v at each of them; up to five neurons.
    """
    figure, axis = base.new_figure(size=(7, 3.4))
    for (name, moved), look in zip(pushed.items(), TURNS, strict=False):
        axis.plot(v, moved, label=name, markevery=10, markersize=5, **look)
    axis.axhline(0, color=GRID, linewidth=0.8)
    axis.axvline(1, **THRESHOLD)
    axis.text(0.98, -0.75, "threshold", color=GRID, ha="right")
    axis.set(xlabel="potential before, v [threshold]", ylabel="h - v [threshold per step]")
    axis.set_ylim(-0.8, 1.0)
    return base.key_below(figure, title, columns=5)


def plot_passports(rows: Sequence[Mapping], chance: Mapping[str, float], title="") -> Figure:
    """How far each neuron feels, what it needs, what it remembers, and what it costs.

    Args:
        rows: of ``passport.json``.
        chance: share right of a guess, by task.
    """
    figure, (felt, needs, right, cost) = base.new_figure(
        1, 4, (10, 0.8 + 0.27 * len(rows)), sharey=True, width_ratios=(1.2, 1, 1.5, 1)
    )
    places = np.arange(len(rows))
    felt.barh(places, [row["reach"]["furthest"] or 0 for row in rows], color=GRID, height=0.5)
    felt.plot(*_marked(rows, lambda row: not row["reach"]["causal"], 43), **FUTURE)
    felt.plot(*_marked(rows, lambda row: not row["stationary"], 47), **CLOCK)
    felt.set(xlim=(0, 49), xticks=(0, 20, 39), title="feels so far back")
    felt.set_xlabel("lag [steps]; star: the future,\ncross: has a clock")
    count = [row["parameters"] for row in rows]
    needs.plot(count, places, "o", color=BLUE["color"], markersize=5)
    needs.set_xscale("symlog", linthresh=1)
    needs.set_xticks((0, 10, 1000), ("0", "10", "1000"))
    needs.set(xlim=(-0.3, 5e3), xlabel="parameters at T = 40,\n64 neurons [number]", title="needs")
    _remembered(right, rows, chance)
    _cost(cost, rows)
    felt.set_yticks(places, [row["neuron"] for row in rows])
    felt.set_ylim(len(rows) - 0.5, -0.5)
    for axis in (felt, needs, right, cost):
        axis.title.set_fontsize(10)
        axis.set_axisbelow(True)
        axis.grid(axis="y", color=GRID, alpha=0.25, linewidth=0.6)
    return base.message(figure, title)


def _remembered(axis: Axes, rows: Sequence[Mapping], chance: Mapping[str, float]) -> None:
    for name, look in TASKS.items():
        shares = [100 * row["suite"][name] for row in rows]
        axis.plot(shares, range(len(rows)), label=name, **look | {"linestyle": "", "markersize": 5})
        axis.axvline(100 * chance[name], **THRESHOLD | {"color": look["color"]})
    axis.set(xlim=(0, 103), xlabel="right [%]; dotted: chance\n(one seed)", title="remembers")
    axis.legend(loc="upper center", bbox_to_anchor=(0.4, -0.125), frameon=False)


def _cost(axis: Axes, rows: Sequence[Mapping]) -> None:
    for steps, look in ((16, ORANGE), (1024, BLUE)):
        each = [
            next(
                c["times_the_lif"]
                for c in row["cost"]
                if (c["steps"], c["kind"]) == (steps, "plain")
            )
            for row in rows
        ]
        look = look | {"linestyle": "", "markersize": 5, "label": f"T = {steps}"}
        axis.plot(each, range(len(rows)), **look)
    axis.axvline(1, **THRESHOLD)
    axis.set_xscale("log")
    axis.set_xticks((0.03, 0.1, 0.3, 1), ("0.03", "0.1", "0.3", "1"))
    axis.xaxis.minorticks_off()
    axis.set(xlabel="time / LIF's [1],\nplain torch", title="costs")
    axis.legend(loc="upper center", bbox_to_anchor=(0.4, -0.125), frameon=False)


def _marked(rows: Sequence[Mapping], asked: Callable[[Mapping], bool], place: float) -> tuple:
    there = [k for k, row in enumerate(rows) if asked(row)]
    return [place] * len(there), there


def plot_clock(rows: Sequence[Mapping], names: Sequence[str], title: str = "") -> Figure:
    """Two questions to each neuron: which pulse came first, and which cue was it?

    Args:
        rows: of ``passport.json``.
        names: of the neurons that are shown, in this order.
    """
    found = {row["neuron"]: row for row in rows}
    figure, axis = base.new_figure(size=(7, 0.9 + 0.32 * len(names)))
    places = range(len(names))
    first = [100 * found[name]["order"]["11"] for name in names]
    cue = [100 * found[name]["suite"]["recall 4"] for name in names]
    axis.hlines(places, first, cue, color=GRID, linewidth=1)
    for values, look, words, chance in (
        (first, ORANGE, "order of two pulses, 11 steps apart", 50),
        (cue, BLUE, "cue of four steps before", 12.5),
    ):
        look = look | {"linestyle": "", "markersize": 7}
        axis.plot(values, places, label=words, **look)
        axis.axvline(chance, **THRESHOLD | {"color": look["color"]})
    axis.set_yticks(places, names)
    axis.set(ylim=(len(names) - 0.5, -0.5), xlim=(0, 103), xlabel="right [%]; dotted: chance")
    return base.key_below(figure, title, columns=2)


def plot_width(right: Mapping[int, Mapping[int, float]], title: str = "") -> Figure:
    """Right votes over the number of spikes that could be cast, T times P.

    Args:
        right: steps T -> {neurons a class P: share of right votes}; up to five T.
    """
    figure, axis = base.new_figure(size=(7, 3.4))
    for (steps, shares), look in zip(right.items(), TURNS, strict=False):
        cast = [steps * neurons for neurons in shares]
        axis.plot(cast, [100 * each for each in shares.values()], markersize=5,
                  label=f"T = {steps}", **look)  # fmt: skip
    axis.axhline(50, **THRESHOLD)
    base.log_axis(axis, (10, 20, 50, 100, 200, 500), "steps times neurons a class, T P [number]")
    axis.set_ylabel("right votes [%]; dotted: chance")
    return base.key_below(figure, title, columns=5)


def draw_nudge(seed: int, neuron: str, nudged: int, decay: float) -> tuple[Figure, str]:
    """One neuron of two hundred, before and after one input was raised, and how many noticed.

    Args:
        neuron: a key of NUDGED.
        nudged: the step whose input is raised by a threshold.
    """
    x = torch.randn(STEPS, LANES, generator=torch.Generator().manual_seed(seed))
    raised = x.clone()
    raised[nudged] += NUDGE
    before, after = (NUDGED[neuron](each, decay) for each in (x, raised))
    noticed = ((before - after).abs() > 1e-5).float().mean(1)
    figure, axes = base.new_figure(3, 1, base.PANELS, sharex=True, height_ratios=(0.8, 1.8, 1))
    base.fixed(figure, 0.13, 0.11, 0.99, 0.97, hspace=0.3)
    base.current(axes[0], raised[:, 0])
    axes[1].plot(before[:, 0], **EXACT, label="h before")
    axes[1].plot(after[:, 0], **ESTIMATE, label="h after the nudge")
    axes[1].axhline(1, **THRESHOLD)
    axes[1].set_ylabel("potential h\n[threshold]")
    axes[1].legend(loc="upper left", ncols=2, frameon=False)
    low, high = axes[1].get_ylim()
    axes[1].set_ylim(low, high + 0.3 * (high - low))  # room for the key
    axes[2].bar(range(STEPS), 100 * noticed.numpy(), width=0.8, color=RESIDUAL)
    axes[2].set(ylim=(0, 105), ylabel="changed\n[% neurons]", xlabel="time [step]")
    for axis in axes:
        axis.axvline(nudged, color=SPIKE, linestyle="--", linewidth=1)
        axis.set_xlim(-0.5, STEPS - 0.5)
    felt = noticed.nonzero().flatten().tolist()
    late, early = (sum(step > nudged for step in felt), sum(step < nudged for step in felt))
    return figure, (
        f"{neuron}, decay {decay:g}: the input of step {nudged} was raised, and one neuron's h "
        f"went from {before[nudged, 0]:.2f} to {after[nudged, 0]:.2f} there. h changed at "
        f"{late} later and {early} earlier steps; two steps later in "
        f"{100 * noticed[min(nudged + 2, STEPS - 1)]:.1f} % of {LANES} neurons."
    )
