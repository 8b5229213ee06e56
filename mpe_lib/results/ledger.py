"""The ledger: what the paper says, what we measured, and a verdict that follows from the numbers.

The table of the README and of the last notebook is made here; what is read for each claim, and
the rule that chooses its verdict, stand in :mod:`mpe_lib.results.claims`.
"""

from typing import NamedTuple

from . import claims, store
from .rows import Found, NotMeasured, Results

CLAIMS = {  # what the paper says, the function that measures it, where to see it
    "C1": ("all steps at once make it fast: up to 44 times", claims.speed, ("06",)),
    "C2": ("the gain shows where neurons are many", claims.density, ("06",)),
    "C3": ("state of the art on neuromorphic data", claims.accuracy, ("05",)),
    "C4": ("the membrane loss brings the guess to the potential and helps the accuracy",
           claims.membrane, ("05", "08")),
    "C5": ("the intrinsic dynamics of the neuron are kept", claims.dynamics, ("03", "05", "09")),
    "C6": ("each layer fires about as often as with LIF", claims.rates, ("03", "05")),
    "C7": ("a flatter minimum", claims.flatness, ("12",)),
    "C8": ("better curves of accuracy and loss than LIF", claims.curves, ("05", "12")),
}  # fmt: skip


class Entry(NamedTuple):
    """One line of the ledger; where is a tuple of the first two letters of notebooks."""

    claim: str
    says: str
    measured: str
    verdict: str
    where: tuple[str, ...]


def results(folder=None) -> Results:
    """The result files that are there, and the numbers of the paper."""
    return {"paper": store.read("paper", store.FOLDER.parent)} | store.every(folder)


def table(found: Results | None = None) -> list[Entry]:
    """One Entry for each claim; a claim of which something is not measured says what."""
    found = Found(results() if found is None else found)
    entries = []
    for claim, (says, measure, where) in CLAIMS.items():
        try:
            entries.append(Entry(claim, says, *measure(found), where))
        except NotMeasured as missing:
            entries.append(Entry(claim, says, str(missing), claims.MISSING, ()))
    return entries
