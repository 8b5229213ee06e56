"""Results, and figures of stored rows, are read without the code that made them."""

import subprocess
import sys
from pathlib import Path

import pytest

from mpe_lib import results

MODULES = [path.stem for path in Path(results.__file__).parent.glob("[a-z]*.py")]
MAKERS = ("mpe_lib.training", "mpe_lib.networks", "mpe_lib.studies")


def loaded(module: str) -> list[str]:
    """What a fresh process has loaded after one import."""
    program = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return done.stdout.decode().split()


def test_results_load_nothing_that_makes_them_and_no_torch():
    assert {"claims", "store"} < set(MODULES)
    found = loaded(", ".join(f"mpe_lib.results.{name}" for name in MODULES))
    rooms = {name.split(".")[1] for name in found if name.startswith("mpe_lib.")}
    assert "torch" not in found and rooms <= {"files", "results"}


@pytest.mark.parametrize("figure", ["runs", "ledger", "curves", "landscape", "training"])
def test_figures_of_stored_rows_load_nothing_that_makes_them(figure):
    found = loaded(f"mpe_lib.plot.{figure}")
    assert f"mpe_lib.plot.{figure}" in found
    assert not [name for name in found if name.startswith(MAKERS)]
