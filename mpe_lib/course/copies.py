"""The copies that students work in: solutions taken out, a name to fill in left in their place."""

import ast
import hashlib
import sys
from pathlib import Path

import nbformat

from . import walk

# Exercises that have gone to another notebook: an earlier name -> today's.
MOVED = {"ex13-leak": "ex14-leak", "ex13-shares": "ex14-shares"}
HERE = "# your answer"
SOLUTION = r"(?m)^\s*### (BEGIN|END) SOLUTION\n?"  # stands around one in our notebooks


def student_version(notebook):
    """The notebook as a student gets it; its edition is kept in its metadata.

    Checks are locked by nbgrader's own preprocessors. Where a solution stood there is the name
    that its check reads, with ``...`` for the answer: the copy runs from top to bottom.
    """
    from nbgrader import preprocessors as nbgrader

    names = {cell.metadata.nbgrader.grade_id: asked(cell)[1] for cell in graded(notebook)}
    for cell in answers(notebook):
        grade_id = cell.metadata.nbgrader.grade_id
        cell.source = stub(cell.source, names.get(f"{grade_id}-check", []))
        cell.metadata.pop("jupyter", None)  # the source shows the solution folded
    resources: dict = {}
    for step in ("LockCells", "ComputeChecksums", "ClearOutput", "ClearHiddenTests"):
        notebook, resources = getattr(nbgrader, step)().preprocess(notebook, resources)
    for cell in notebook.cells:  # files beside the notebooks are one folder further away
        cell.source = cell.source.replace("](../", "](../../")
    notebook.metadata["mpe_edition"] = edition(notebook)
    return notebook


def graded(notebook) -> list:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def answers(notebook) -> list:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]


def asked(check) -> tuple[str, list[str]]:
    """What a check cell calls, such as "nb00.shape", and the names of the answers that it reads."""
    tree = ast.parse(check.source).body
    call = getattr(tree[-1], "value", None) if tree else None
    if not isinstance(call, ast.Call):
        return "", []
    return ast.unparse(call.func), [each.id for each in call.args if isinstance(each, ast.Name)]


def stub(solution: str, names: list[str]) -> str:
    """The cell to fill in: of these names those that the solution defines.

    >>> print(stub("half = 0.5\\ndef f(x, y=2):\\n    return half * x", ["f", "half", "found"]))
    def f(x, y=2):
        ...  # your answer
    half = ...  # your answer
    """
    nodes = list(ast.walk(ast.parse(solution)))
    functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    lines = []
    for name in names:
        if name in functions:
            lines.append(f"def {name}({ast.unparse(functions[name].args)}):\n    ...  {HERE}")
        elif name in stored:
            lines.append(f"{name} = ...  {HERE}")
    return "\n".join(lines)


def edition(notebook) -> str:
    """What tells one edition of a copy from another, whatever was answered in it."""
    given = [cell.source for cell in notebook.cells if cell not in answers(notebook)]
    return hashlib.sha256("\0".join(given).encode()).hexdigest()[:12]


def write_all(renew: bool = False) -> None:
    """Write the student copies. One that is there is somebody's work and stays as it is.

    Args:
        renew: copies of an earlier edition go to the folder ``earlier``, and what was answered in
            them into fresh copies.
    """
    fresh = {path.name: student_version(nbformat.read(path, 4)) for path in walk.notebooks()}
    old = _old(fresh)
    kept: dict[str, str] = {}
    if renew:
        for path in old:
            kept |= _answered(path)
            _put_aside(path)
    new = [name for name in fresh if not (walk.STUDENT / name).exists()]
    for name in new:
        for cell in answers(fresh[name]):
            cell.source = kept.get(cell.metadata.nbgrader.grade_id, cell.source)
        walk.write(fresh[name], walk.STUDENT / name)
    there = len(fresh) - len(new)
    stay = f"; {there} that were there stay as they are" if there else ""
    _say(f"{len(new)} new copies without solutions in {walk.STUDENT}{stay}")
    names = ", ".join(path.name for path in old)
    if renew and old:
        _say(f"renewed, with {len(kept)} answers carried over: {names}; "
             f"as they were: {walk.STUDENT / 'earlier'}")  # fmt: skip
    elif old:
        _say(f"of an earlier edition, and kept: {names}. To renew them and keep your answers: "
             "python -m mpe_lib.course.walk students --renew")  # fmt: skip


def _old(fresh: dict) -> list[Path]:
    """Copies whose lesson has changed since, or is there no more."""
    old = []
    for path in sorted(walk.STUDENT.glob("*.ipynb")):
        marks = getattr(_read(path), "metadata", {})
        today = fresh[path.name].metadata["mpe_edition"] if path.name in fresh else ""
        if marks.get("mpe_edition") != today:
            old.append(path)
    return old


def _answered(path: Path) -> dict[str, str]:
    """What was written into the exercises of a copy, by the name of the exercise today."""
    notebook = _read(path)
    if notebook is None:
        return {}
    found = {}
    for cell in answers(notebook):
        grade_id = cell.metadata.nbgrader.get("grade_id", "")
        if not blank(cell.source):
            found[MOVED.get(grade_id, grade_id)] = cell.source
    return found


def blank(source: str) -> bool:
    """Whether the cell of an exercise is as it was handed out, today or in an earlier edition.

    >>> blank("x = ...  # your answer"), blank("# YOUR CODE HERE\\nraise NotImplementedError()")
    (True, True)
    >>> blank("x = 3")
    False
    """
    code = [line.split("#")[0].strip() for line in source.splitlines()]
    rest = [line for line in code if line and not line.startswith("def ")]
    return all(line.endswith("...") or line == "raise NotImplementedError()" for line in rest)


def _put_aside(path: Path) -> None:
    place = path.parent / "earlier" / path.name
    for k in range(2, 1000):
        if not place.exists():
            break
        place = place.with_name(f"{path.stem}_{k}.ipynb")
    place.parent.mkdir(exist_ok=True)
    path.rename(place)


def _read(path: Path):
    try:
        return nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises whatever a damaged file led to: nothing can be read of it
        return None


def _say(words: str) -> None:
    print(words, flush=True, file=sys.stdout)  # noqa: T201
