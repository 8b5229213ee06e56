"""The verdicts of the ledger at one glance."""

from matplotlib.figure import Figure

from ..results.claims import VERDICTS
from ..results.ledger import Entry
from . import base
from .styles import GRID

MARKS = dict(
    zip(
        VERDICTS,
        (("o", "#000000"), ("D", "#0072B2"), ("X", "#D55E00"), ("s", "#767676"), ("*", "#767676")),
        strict=True,
    )
)


def plot_verdicts(entries: list[Entry], short: dict[str, str], title: str = "") -> Figure:
    """One row for each claim, one column and one marker for each verdict.

    Args:
        entries: of :func:`mpe_lib.results.ledger.table`.
        short: claim -> a few words.
    """
    used = [v for v in VERDICTS if any(entry.verdict == v for entry in entries)]
    figure, axis = base.new_figure(size=(7, 1.2 + 0.32 * len(entries)))
    for k, entry in enumerate(entries):
        mark, color = MARKS[entry.verdict]
        axis.axhline(-k, color=GRID, linewidth=0.4)
        axis.plot(used.index(entry.verdict), -k, mark, color=color, markersize=10)
    axis.set_xticks(range(len(used)), [verdict.replace(" here", "\nhere") for verdict in used])
    axis.set_yticks(
        [-k for k in range(len(entries))], [f"{e.claim} {short[e.claim]}" for e in entries]
    )
    axis.set(xlim=(-0.6, len(used) - 0.4), ylim=(-len(entries) + 0.4, 0.6))
    axis.set(xlabel="verdict [by the rules of mpe_lib/results/claims.py]")
    axis.set_title(title, fontsize=11)
    return figure
