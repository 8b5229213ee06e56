"""The shared parts of figures, and the figures of traces, training and scaling."""

import pytest
import torch
from figures import drawn_axes, every

from mpe_lib import Trace, lif_sequence, mpe_sequence
from mpe_lib.plot.scaling import plot_cost, plot_memory, plot_peaks, plot_ratios, plot_shares
from mpe_lib.plot.styles import PEER_STYLES
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


ACCURACIES = {"q": {"a": [0.5, 0.6], "b": [0.7]}}
RATES = {"q": {"exact LIF": [[0.1, 0.2]], "zero": [[0.3, 0.1]] * 2}}
FIGURES = {  # name -> (axes, function, arguments)
    "trace": (3, plot_trace, *traces(), "t"),
    "accuracies": (1, plot_accuracies, ACCURACIES, {"q": 0.1}),
    "gap": (2, plot_gap, {"a": [[2.0, 1.5]]}, {"a": [[1.0, 0.5]], "b": [[0.8, 0.2]]}),
    "rates": (1, plot_rates, RATES),
    "ratios": (2, plot_ratios, {"one": RATIOS, "two": RATIOS}),
    "cost": (1, plot_cost, ROWS, 64, "forward"),
    "memory": (1, plot_memory, {"a": 12.0, "b": 20.0}, 8),
    "shares": (1, plot_shares, {"copy": RATIOS, "LIF, fair": RATIOS}),
    "peaks": (1, plot_peaks, PEAKS, 64, ["LIF, fair"]),
}
test_figure = every(FIGURES)


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
