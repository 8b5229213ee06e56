"""A neuron's passport: what it feels, needs, remembers and costs, on one page."""

from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import base
from .styles import BLUE, GREEN, GREY, GRID, ORANGE, THRESHOLD

TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
NEURON = BLUE | {"linestyle": "-", "linewidth": 1.8}
CONTROLS = {"zero": GREY | {"label": "no memory"}, "clock": ORANGE | {"label": "a clock"}}


def plot_passport(page: dict) -> Figure:
    """One page of :mod:`mpe_lib.studies.passport`.

    Args:
        page: as that command writes it: neuron, says, passport, controls, chance.
    """
    found, controls = page["passport"], page["controls"]
    figure, axes = base.new_figure(2, 3, size=(9, 5.6))
    words, lags, slope, order, suite, cost = axes.flat
    _words(words, page)
    lags.plot([100 * each for each in found["reach"]["changed"]], **_bare(NEURON))
    lags.set(xlabel="lag [steps]", ylabel="h changed [%]", title="felt by a later step")
    if found["gradient"]["share"] and max(found["gradient"]["share"]) > 0:
        slope.plot(found["gradient"]["share"], **_bare(NEURON))
        slope.set_yscale("symlog", linthresh=1e-4)
        slope.set_ylim(bottom=0)
    slope.set(xlabel="lag [steps]", ylabel="of that at lag 0 [1]", title="gradient that arrives")
    _compared(order, {k: v["order"] for k, v in controls.items()}, found["order"])
    order.axhline(50, **THRESHOLD)
    order.set(xlabel="gap of two pulses [steps]", ylabel="in the right order [%]", title="order")
    _compared(suite, {k: v["suite"] for k, v in controls.items()}, found["suite"])
    for k, task in enumerate(found["suite"]):
        suite.plot([k - 0.3, k + 0.3], [100 * page["chance"][task]] * 2, **THRESHOLD)
    suite.set_xticks(range(len(found["suite"])), [t.replace(" ", "\n", 1) for t in found["suite"]])
    suite.set(ylabel="right [%]", title="memory; dotted: chance")
    _cost(cost, found["cost"])
    for axis in axes.flat:
        axis.title.set_fontsize(10)
    figure.legend(*order.get_legend_handles_labels(), loc="outside lower center", ncols=3,
                  frameon=False)  # fmt: skip
    return base.message(figure, f"Passport of {page['neuron']}")


def _words(axis: Axes, page: dict) -> None:
    found = page["passport"]
    reach, last = found["reach"], len(found["reach"]["changed"]) - 1
    far = reach["furthest"]
    kept = found["residual"]
    lines = [
        fill(page["says"], 30),
        "",
        f"feels: {'nothing' if far is None else f'{far} steps back'}"
        + (" or more" if far == last else ""),
        f"sees the future: {'no' if reach['causal'] else 'yes'}",
        f"has a clock: {'no' if found['stationary'] else 'yes'}",
        f"parameters: {found['parameters']:,}",
        f"rate on noise: {100 * found['rate']:.1f} %",
        "residual: " + (", ".join(f"{100 * v:.1f}" for v in kept.values()) + " %" if kept else "-"),
        "  at decay " + (", ".join(kept) if kept else "-"),
    ]
    axis.text(0, 1, "\n".join(lines), va="top", fontsize=10, linespacing=1.35)
    axis.axis("off")


def _compared(axis: Axes, controls: dict[str, dict], mine: dict[str, float]) -> None:
    """A neuron's shares beside those of the controls, by what was asked."""
    lines = {"this neuron": (mine, NEURON)}
    lines |= {CONTROLS[name]["label"]: (each, CONTROLS[name]) for name, each in controls.items()}
    for shift, (label, (shares, style)) in zip((0, -0.15, 0.15), lines.items(), strict=True):
        places = [k + shift for k in range(len(shares))]
        look = {"marker": style["marker"], "color": style["color"], "linestyle": ""}
        axis.plot(places, [100 * each for each in shares.values()], label=label, **look)
    axis.set_xticks(range(len(mine)), list(mine))
    axis.set_ylim(-4, 104)


def _cost(axis: Axes, rows: list[dict]) -> None:
    ratios = [row["times_the_lif"] for row in rows]
    for kind, style in (("plain", NEURON), ("fused", GREEN)):
        mine = [row for row in rows if row["kind"] == kind]
        if mine:
            steps = [row["steps"] for row in mine]
            axis.plot(steps, [row["times_the_lif"] for row in mine], label=kind, **style)
    axis.axhline(1, color=GRID, linewidth=0.8)
    ticks = [t for t in TICKS if min(1, *ratios) / 2.5 <= t <= 2.5 * max(1, *ratios)]
    axis.set_yscale("log")
    axis.set_yticks(ticks, [f"{each:g}" for each in ticks])
    axis.yaxis.minorticks_off()
    axis.set_ylim(ticks[0], 4 * ticks[-1])  # room for the key
    base.log_axis(axis, sorted({row["steps"] for row in rows}), "T [steps]")
    axis.set(ylabel="time / LIF's [1]", title="cost; line: the LIF")
    axis.legend(fontsize=10, frameon=False, ncols=2, loc="upper left")


def _bare(style: dict) -> dict:
    return {key: value for key, value in style.items() if key != "marker"}
