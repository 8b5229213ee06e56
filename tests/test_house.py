"""The house: few rooms, imports that run down, and parts that load without the whole."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from here import ROOT

import mpe_lib

LIBRARY = ROOT / "mpe_lib"


def lint(folder: Path) -> subprocess.CompletedProcess:
    """import-linter on the library in a folder, by the contracts of its pyproject.toml."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


@pytest.mark.parametrize(
    "room, line",
    [
        ("core/dynamics.py", "from ..fast import backends"),
        ("results/rows.py", "import torch"),
        ("systems/psn.py", "from ..fast.neurons import LIF"),
        ("plot/base.py", "from ..training.recipe import Recipe"),
    ],
)
def test_a_wrong_import_turns_the_lint_red(room, line, tmp_path):
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(LIBRARY, tmp_path / "mpe_lib", ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "mpe_lib" / room
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout + done.stderr


def test_imports_run_down():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_the_top_is_read_at_a_glance():
    entries = {path.name for path in LIBRARY.iterdir()} - {"__init__.py", "__pycache__"}
    assert len(entries) <= 12, sorted(entries)


def test_no_file_is_two_ideas():
    for path in LIBRARY.rglob("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 250, f"{path.relative_to(ROOT)} has {lines} lines"


@pytest.mark.parametrize("name", mpe_lib.__all__)
def test_every_public_name_is_there_and_lives_where_it_says(name):
    assert getattr(mpe_lib, name).__module__ == f"mpe_lib.{mpe_lib.HOMES[name]}"
    assert name in dir(mpe_lib)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'lif'"):
        mpe_lib.lif  # noqa: B018
    assert len(mpe_lib.__all__) == 15


def loaded(statement: str) -> list[str]:
    """What a fresh process has loaded after an import."""
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


MAKERS = ["mpe_lib.training", "mpe_lib.networks", "mpe_lib.studies"]  # of what is stored
STORED = ("runs", "ledger", "curves", "landscape", "training")  # figures of it


@pytest.mark.parametrize(
    "statement, absent",
    [
        ("import mpe_lib", ["torch", "numpy", "mpe_lib.core"]),
        ("from mpe_lib import lif_sequence", ["mpe_lib.fast", "mpe_lib.datasets"]),
        ("import mpe_lib.systems.psn", ["mpe_lib.fast", "mpe_lib.networks", "mpe_lib.training"]),
        ("import mpe_lib.networks.event", ["mpe_lib.training", "mpe_lib.studies", "mpe_lib.plot"]),
        ("import mpe_lib.results.names", ["torch", "numpy"]),
        *((f"import mpe_lib.plot.{figure}", MAKERS) for figure in STORED),
    ],
)
def test_a_part_loads_without_the_whole(statement, absent):
    found = loaded(statement)
    assert statement.split()[1] in found
    assert not [name for name in found if name.startswith(tuple(absent))]


def test_results_load_nothing_that_makes_them_and_no_torch():
    modules = [path.stem for path in (LIBRARY / "results").glob("[a-z]*.py")]
    assert {"claims", "store"} < set(modules)
    found = loaded(f"import {', '.join(f'mpe_lib.results.{name}' for name in modules)}")
    rooms = {name.split(".")[1] for name in found if name.startswith("mpe_lib.")}
    assert "torch" not in found and rooms <= {"files", "results"}


GROUPED = """
import pytest
@pytest.fixture(params=[pytest.param(e, marks=pytest.mark.xdist_group(e)) for e in "abc"])
def group(request): return request.param
@pytest.mark.parametrize("k", range(9))
def test_one(group, k): pass
"""


def test_what_is_asked_of_one_group_is_asked_by_one_worker(tmp_path):
    """pytest and pytest-xdist must fit each other: else a notebook is opened by each worker."""
    pytest.importorskip("xdist", reason="no pytest-xdist: pip install -r tests/requirements.txt")
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadgroup", "-p",
               "no:cacheprovider", "-c", os.devnull, "test_grouped.py"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    found = re.findall(r"\[(gw\d)\].* PASSED \S*\[(\w)-", done.stdout)
    assert len(found) == 27, done.stdout
    assert len(set(found)) == 3  # each group and its worker
