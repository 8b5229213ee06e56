"""What every claim of the ledger shares: its line, the five verdicts, and when a number decides."""

from typing import NamedTuple

HOLDS, PART, NOT = "holds", "holds in part", "does not hold here"
CANNOT, MISSING = "cannot be tested here", "not measured yet"
VERDICTS = (HOLDS, PART, NOT, CANNOT, MISSING)

Results = dict[str, dict]


class Entry(NamedTuple):
    """One line of the ledger; where is a tuple of the first two letters of notebooks."""

    claim: str
    says: str
    measured: str
    verdict: str
    where: tuple[str, ...]


def verdict_of(held: list[bool]) -> str:
    """All, some or none of the tests of a claim held."""
    return HOLDS if all(held) else PART if any(held) else NOT
