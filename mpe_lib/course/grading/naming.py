"""What a file's name says: whose it is, which notebook, and what a program made of the name."""

import re
from dataclasses import dataclass
from pathlib import Path

from .words import plain

# Lessons that have another name now, or are several: a copy of before is graded as each of them.
EARLIER = {"13_train_on_the_papers_datasets": ("13_real_recordings", "14_the_papers_datasets")}
COPY = "(?:copy|kopie|copie|copia)"  # JupyterLab, Drive, Windows and macOS, in their languages
FRONT = rf"(?:{COPY} (?:of|von|de|di) )*"
MADE = rf"(?:[ _-]*\(\d+\)|[ _-]*{COPY}[ _-]*\d*|[ _-]\d+)*"  # x (1), x-Copy1, x-1, x - Copy (2)
ENDING = rf"{MADE}\.ipynb(?:[ ]?\(\d+\))?(?:\.(?:json|txt))?"  # a browser's x.ipynb.json
INSTEAD = {
    ".zip": "unpack it and hand in the notebook itself (.ipynb)",
    ".py": "hand in the notebook itself (.ipynb), not a script of it",
}
EXACT, NEARLY, NUMBERED, BEGUN, WRONG = range(5)  # how sure a name is, the surest first


@dataclass(frozen=True)
class Name:
    """What a name says."""

    student: str
    notebooks: tuple[str, ...]  # of today
    sure: int
    number: int = 0  # of the attempt, as in x (2)
    reason: str = ""  # why it cannot be graded


def whose(inside: Path, names: list[str]) -> Name | None:
    """Read the name of a file, given inside the folder of submissions; None if it is not ours.

    >>> whose(Path("ada/06_Scaling (2).ipynb"), ["06_scaling"])
    Name(student='ada', notebooks=('06_scaling',), sure=2, number=2, reason='')
    >>> whose(Path("ada_06_scaling.zip"), ["06_scaling"]).student
    'ada'
    """
    file, alone = plain(inside.name), len(inside.parts) == 1
    every = "|".join(map(re.escape, [*names, *EARLIER]))
    student = "(?P<student>.+)_" if alone else ""
    match = re.fullmatch(rf"(?P<front>{FRONT}){student}(?P<name>{every})(?P<rest>.*)", file, re.I)
    if not match:
        return None
    owner = match["student"] if alone else plain(inside.parts[0])
    name = next(each for each in [*names, *EARLIER] if each.lower() == match["name"].lower())
    rest, today = match["rest"], EARLIER.get(name, (name,))
    if re.fullmatch(ENDING, rest, re.I):
        number = max(map(int, re.findall(r"\d+", rest)), default=0)
        if not match["front"] and re.fullmatch(r"\.ipynb(\.json|\.txt)?", rest, re.I):
            exact = rest == ".ipynb" and name == match["name"] and name not in EARLIER
            return Name(owner, today, EXACT if exact else NEARLY)
        return Name(owner, today, NUMBERED, number)
    if rest.lower().endswith(".ipynb"):  # 06_scaling_final.ipynb
        return Name(owner, today, BEGUN)
    if not name[0].isdigit() and len(inside.parts) > 2:
        return None  # "ledger" begins many a name in a clone
    ending = inside.suffix.lower()
    what = INSTEAD.get(ending, "hand in the notebook itself (.ipynb)")
    came = plain(ending) or "a name without an ending"
    return Name(owner, today, WRONG, reason=f"expected a notebook, got {came}: {what}")
