"""The shared parts of figures, and the figures of traces, training and scaling."""

import itertools

import pytest
import torch
from figures import drawn_axes
from matplotlib.colors import to_rgb

from mpe_lib import Trace, lif_sequence, mpe_sequence
from mpe_lib.plot import base
from mpe_lib.plot.base import show
from mpe_lib.plot.scaling import (
    FUSED_STYLES,
    NEURON_STYLES,
    PEER_STYLES,
    STEP_STYLES,
    plot_cost,
    plot_memory,
    plot_peaks,
    plot_ratios,
    plot_shares,
)
from mpe_lib.plot.traces import plot_trace
from mpe_lib.plot.training import plot_accuracies, plot_gap, plot_rates

RATIOS = {(t, n): t / n**0.1 for t in (4, 64) for n in (1024, 65536)}
ROWS = [
    {"neuron": name, "T": 64, "N": n, "pass": "forward", "median_ms": n / 1e4}
    for name in ("LIF, fair", "copy")
    for n in (1024, 65536)
]
PEAKS = [
    {"neuron": "LIF, fair", "T": t, "N": 64, "pass": "forward + backward", "peak_bytes": t * 2**20}
    for t in (4, 64)
]


def traces():
    torch.manual_seed(0)
    x = torch.randn(20, 1)
    pick = [
        Trace(*(None if f is None else f[:, 0] for f in t))
        for t in (lif_sequence(x), mpe_sequence(x))
    ]
    return x[:, 0], *pick


FIGURES = {
    "trace": lambda: plot_trace(*traces(), title="t"),
    "accuracies": lambda: plot_accuracies({"q": {"a": [0.5, 0.6], "b": [0.7]}}, {"q": 0.1}),
    "gap": lambda: plot_gap({"a": [[2.0, 1.5]]}, {"a": [[1.0, 0.5]], "b": [[0.8, 0.2]]}),
    "rates": lambda: plot_rates({"q": {"exact LIF": [[0.1, 0.2]], "zero": [[0.3, 0.1]] * 2}}),
    "ratios": lambda: plot_ratios({"one": RATIOS, "two": RATIOS}),
    "cost": lambda: plot_cost(ROWS, 64, "forward"),
    "memory": lambda: plot_memory({"a": 12.0, "b": 20.0}, 8),
    "shares": lambda: plot_shares({"copy": RATIOS, "LIF, fair": RATIOS}),
    "peaks": lambda: plot_peaks(PEAKS, 64, ["LIF, fair"]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_axes_have_units_and_text_is_large_enough(name):
    figure = FIGURES[name]()
    base.png(figure)
    assert figure.axes
    for axis in figure.axes:
        shared = axis.get_shared_x_axes().get_siblings(axis)
        assert any("[" in each.get_xlabel() for each in shared)
        y = axis.get_ylabel() or figure.axes[0].get_ylabel()
        assert "[" in y or all(label.get_text() for label in axis.get_yticklabels())
        for text in axis.findobj(lambda artist: hasattr(artist, "get_fontsize")):
            if text.get_text() and "mathdefault" not in text.get_text():
                assert text.get_fontsize() >= 10, text.get_text()


def test_the_same_figure_is_the_same_bytes():
    assert base.png(FIGURES["trace"]()) == base.png(FIGURES["trace"]())


def test_show_prints_and_describes(capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    show(FIGURES["memory"](), "a 12, b 20 bytes.")
    assert capsys.readouterr().out == "Figure: a 12, b 20 bytes.\n"
    assert shown[0].alt == "a 12, b 20 bytes."
    for wrong in ("", "two\nlines"):
        with pytest.raises(ValueError, match="alt must be one line"):
            show(FIGURES["memory"](), wrong)


def luminance_apart(a, b):
    """Distance of two colours to an eye without red-green vision (Vienot et al. 1999)."""
    see = [
        [0.11238, 0.88762, 0.0],
        [0.11238, 0.88762, 0.0],
        [0.00401, -0.00401, 1.0],
    ]
    linear = [torch.tensor(to_rgb(colour)) ** 2.2 for colour in (a, b)]
    seen = [(torch.tensor(see) @ colour).clamp(min=0) ** (1 / 2.2) for colour in linear]
    return (seen[0] - seen[1]).norm().item()


@pytest.mark.parametrize(
    "styles", [base.RULE_STYLES, STEP_STYLES, NEURON_STYLES, FUSED_STYLES, PEER_STYLES]
)
def test_series_differ_in_two_ways(styles):
    for a, b in itertools.combinations(styles.values(), 2):
        assert a["marker"] != b["marker"]
        assert luminance_apart(a["color"], b["color"]) > 0.05 or a["linestyle"] != b["linestyle"]


def test_the_house_colours_stay_apart_for_colour_blind_readers():
    house = [base.EXACT["color"], base.ESTIMATE["color"], base.SPIKE, base.GRID, base.RESIDUAL]
    for a, b in itertools.combinations(house, 2):
        assert luminance_apart(a, b) > 0.1, (a, b)


OURS = ("LIF, compiled", "MPE hard, compiled")
TOGETHER = {  # as notebook 06 draws them, and as it would with a GPU's kernels
    "roof": ("LIF, fair", "MPE hard", "SpikingJelly PSN", *OURS),
    "memory": ("LIF as released", "LIF, fair", "MPE as released", "MPE hard", *OURS),
    "peers": ("copy", *OURS, *(name for name in PEER_STYLES if name != "Norse LIFBox")),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_what_stands_in_one_figure_stays_apart(name):
    rows = [row | {"neuron": each} for row in ROWS for each in TOGETHER[name]]
    (axis,) = drawn_axes(1, lambda: plot_cost(rows, 64, "forward", names=TOGETHER[name]))
    assert len(axis.get_lines()) == len(TOGETHER[name])
    shares = dict.fromkeys(TOGETHER[name], RATIOS)
    drawn_axes(1, lambda: plot_shares(shares))
