"""The ledger: what the paper says, what we measured, and a verdict that follows from the numbers.

The table of the README and of the last notebook is made here; what is read for each claim, and
the rule that chooses its verdict, stand in :mod:`mpe_lib.claims`.
"""

from . import measured, walk
from .claims import CLAIMS
from .verdicts import MISSING, Entry, Results

FILES = ("digits", "patience", "nmnist", "scaling_cpu", "scaling_cuda", "landscape")
FILES += ("cone_digits", "membrane", "randomness")


def results(folder=None) -> Results:
    """The result files that are there, and the numbers of the paper."""
    found = {"paper": measured.read("paper", measured.FOLDER.parent)}
    for name in FILES:
        try:
            found[name] = measured.read(name, folder)
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


def markdown(entries: list[Entry], folder: str = "") -> str:
    """The table as Markdown.

    Args:
        entries: of :func:`table`.
        folder: of the notebooks as seen from the page, with its slash; notebooks that are there
            become links, the others stay numbers.
    """
    rows = ["| claim | the paper says | we measured | verdict | where |", "|---|---|---|---|---|"]
    for claim, says, found, verdict, where in entries:
        places = ", ".join(_link(number, folder) for number in where)
        rows.append(f"| {claim} | {says} | {found} | **{verdict}** | {places} |")
    return "\n".join(rows)


def _link(number: str, folder: str) -> str:
    for path in walk.notebooks():
        if path.stem.startswith(number):
            return f"[{number}]({folder}{path.name})"
    return number
