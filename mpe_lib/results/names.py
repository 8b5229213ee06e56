"""The words for a neuron, and their parts: what commands, rows, figures and pages say.

``NEURON``, ``NEURON + SWEEPS``, and ``, drawn`` behind either: the paper's rule scored with its
draw, and not with the mean of it. Building the neuron needs torch and lives in
:mod:`mpe_lib.training.neurons`.
"""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

SYSTEMS = Path(__file__).parents[1] / "systems"


class Kind(NamedTuple):
    """What the library knows of a neuron before it is built.

    says: words for a reader.  sweeps: can its guess be refined?  draws: is it random?
    reach: steps that a layer sees back, more by one for each sweep; None: all.
    file: of ``systems/`` that builds it, without ``.py``; empty for LIF and MPE.
    """

    says: str
    sweeps: bool = False
    draws: bool = False
    reach: int | None = None
    file: str = ""


KINDS = {
    "exact LIF": Kind("exact LIF"),
    "bernoulli": Kind("MPE, the paper's rule", True, True, 1),
    "mean": Kind("MPE, the rule's expectation", True, False, 1),
    "hard": Kind("MPE, hard rule", True, False, 1),
    "zero": Kind("no memory: takes the previous potential for 0", True, False, 0),
    "no shift": Kind("MPE without the shift, as released for gestures", False, True, 0),
}
SHORT = {"lif": "exact LIF", "mpe": "bernoulli"}  # easier to type in a command


class Name(NamedTuple):
    """A neuron by its parts; ``str`` gives its one name back.

    >>> str(Name("bernoulli", 2, True))
    'bernoulli + 2, drawn'
    """

    neuron: str
    sweeps: int = 0
    drawn: bool = False

    def __str__(self) -> str:
        return self.neuron + f" + {self.sweeps}" * bool(self.sweeps) + ", drawn" * self.drawn


def parse(words: str) -> Name:
    """The parts of a name.

    Args:
        words: "exact LIF", "hard + 2", "bernoulli, drawn", "lif", ...; or the name of a neuron
            of ``systems/``.

    Raises:
        ValueError: an unknown neuron, sweeps of one that has nothing to refine, "drawn" of one
            that draws nothing, words that are left over.

    >>> parse("hard + 2"), str(parse("mpe"))
    (Name(neuron='hard', sweeps=2, drawn=False), 'bernoulli')
    """
    if not isinstance(words, str):
        raise ValueError(f"neuron must be a name such as 'hard + 2', got {words!r}")
    rest, comma, drawn = words.partition(", ")
    neuron, plus, sweeps = rest.partition(" + ")
    known = kinds()
    if neuron not in known:  # typed in short, or without its capitals
        typed = {name.lower(): name for name in known} | SHORT
        neuron = typed.get(neuron.lower(), neuron)
    if neuron not in known:
        names = ", ".join(repr(name) for name in known)
        raise ValueError(f"neuron must be one of {names}, got {words!r}: choose a name")
    if plus and not (sweeps.isascii() and sweeps.isdigit() and int(sweeps)):
        raise ValueError(f"sweeps must be a whole number above 0, got {words!r}: try 'hard + 2'")
    if plus and not known[neuron].sweeps:
        raise ValueError(f"{neuron} guesses nothing that sweeps refine, got {words!r}: drop them")
    if comma and drawn != "drawn":
        raise ValueError(f"after the comma only 'drawn' can stand, got {words!r}")
    if comma and not known[neuron].draws:
        raise ValueError(f"{neuron} draws nothing, got {words!r}: leave 'drawn' out")
    return Name(neuron, int(sweeps or 0), bool(comma))


def describe(words: str) -> str:
    """A name in words for a reader; of a neuron that draws also how it is scored.

    >>> describe("bernoulli + 2")
    "MPE, the paper's rule, 2 sweeps, scored with the mean of its draw"
    """
    name = parse(words)
    kind, parts = kinds()[name.neuron], []
    if name.sweeps:
        parts.append(f"{name.sweeps} sweep{'s' * (name.sweeps > 1)}")
    if kind.draws:
        parts.append(f"scored with {'its draw' if name.drawn else 'the mean of its draw'}")
    return ", ".join([kind.says, *parts])


@cache
def kinds() -> dict[str, Kind]:
    """Every neuron there is: those of this file, then those that the files of systems/ name.

    A file of systems/ is read and not imported: its ``NEURONS = {"name": ...}`` are known here.
    What they are is said by ``SAYS = {"name": "words"}``, or by the first line of the file. A file
    without neurons of that table holds none that every network can have.
    """
    found = dict(KINDS)
    for path in sorted(set(SYSTEMS.glob("*.py")) - {SYSTEMS / "__init__.py"}):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        first = (ast.get_docstring(tree) or path.stem).splitlines()[0].rstrip(".")
        says = _table(tree, "SAYS", path)
        for name in _table(tree, "NEURONS", path):
            if name in found:
                raise ValueError(f"{path}: {name!r} is taken by another neuron: rename it")
            if " + " in name or ", " in name:
                raise ValueError(f"{path}: {name!r} holds ' + ' or ', ': rename it")
            found[name] = Kind(getattr(says.get(name), "value", first), file=path.stem)
    return found


def _table(tree: ast.Module, table: str, path: Path) -> dict[str, ast.expr]:
    """A dictionary that stands at the top of a file, its values unread; empty where it does not."""
    for node in tree.body:
        target = getattr(node, "target", None) or next(iter(getattr(node, "targets", [])), None)
        if getattr(target, "id", None) == table:
            keys = [getattr(key, "value", None) for key in getattr(node.value, "keys", [None])]
            if all(isinstance(key, str) for key in keys):
                return dict(zip(keys, node.value.values, strict=True))
            raise ValueError(
                f'{path} needs {table} = {{"name": ...}} at its top, its names in quotes'
            )
    return {}
