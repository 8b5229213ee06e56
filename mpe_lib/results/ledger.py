"""The ledger: what the paper says, what we store, and a verdict that follows from the numbers.

The table of the README and of the last notebook is made here; what is read for each claim, and
the rule that chooses its verdict, stand in :mod:`mpe_lib.results.claims`.
"""

from . import store
from .claims import CLAIMS
from .verdicts import MISSING, Entry, Results

FILES = ("digits", "patience", "nmnist", "scaling_cpu", "scaling_cuda", "landscape")
FILES += ("cone_digits", "membrane", "randomness")


def results(folder=None) -> Results:
    """The result files that are there, and the numbers of the paper."""
    found = {"paper": store.read("paper", store.FOLDER.parent)}
    for name in FILES:
        try:
            found[name] = store.read(name, folder)
        except FileNotFoundError:
            continue
    return found


def table(found: Results | None = None) -> list[Entry]:
    """One Entry for each claim; a claim whose result file is not there says so."""
    found = results() if found is None else found
    entries = []
    for claim, (make, says, needs) in CLAIMS.items():
        missing = [f"{name}.json" for name in needs if name not in found]
        if missing:
            entries.append(Entry(claim, says, f"{', '.join(missing)} is not there", MISSING, ()))
        else:
            entries.append(make(found))
    return entries
