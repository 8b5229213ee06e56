"""Which lines of a cell are plumbing: they draw, show, assert, or build the words of a figure."""

import ast

SHOWN = {"show", "print", "display"}


def is_plumbing(statement: ast.stmt) -> bool:
    """Does a statement draw, show, assert or build words, and nothing else?"""
    if isinstance(statement, ast.ImportFrom):
        return (statement.module or "").startswith("mpe_lib.plot")
    if isinstance(statement, ast.Assert):
        return True
    if isinstance(statement, ast.For | ast.If | ast.With):
        return all(map(is_plumbing, [*statement.body, *getattr(statement, "orelse", [])]))
    if isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign):
        return any(map(_shows, ast.walk(statement)))
    return False


def _shows(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "id", "")
    return name in SHOWN or name.startswith("plot_") or getattr(node.func, "attr", "") == "format"


def lines(source: str) -> tuple[int, int]:
    """(lines of plumbing, all lines) of a cell, blank lines and comments not counted.

    >>> lines("x = 3\\nassert x\\nfor k in range(x):\\n    print(k)")
    (3, 4)
    """
    plumbing = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and is_plumbing(node):
            plumbing |= set(range(node.lineno, node.end_lineno + 1))
    code = {k for k, line in enumerate(source.splitlines(), 1)
            if line.strip() and not line.strip().startswith("#")}  # fmt: skip
    return len(plumbing & code), len(code)
