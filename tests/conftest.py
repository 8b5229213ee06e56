"""What every test shares: its threads, one where workers share the cores; and the real data."""

import os
import sys
from pathlib import Path

import pytest
import torch

os.environ.setdefault("TQDM_DISABLE", "1")
if not torch.cuda.is_available():  # kernels run in Triton's interpreter, set before its import
    os.environ.setdefault("TRITON_INTERPRET", "1")

from here import REAL


@pytest.fixture(autouse=True, scope="session")
def _threads():
    torch.set_num_threads(1 if "PYTEST_XDIST_WORKER" in os.environ else 2)


@pytest.fixture
def typed(monkeypatch):
    """typed(main, *words): what a command's main() does if it was typed with these words."""

    def run(main, *words, file="command"):
        monkeypatch.setattr(sys, "argv", [file, *map(str, words)])
        return main()

    return run


@pytest.fixture(scope="session")
def real_spoken() -> Path:
    """The folder with real spoken digits; skips where there is none."""
    pytest.importorskip("h5py")
    if not (REAL / "spoken_digits").is_dir():
        pytest.skip("no real recordings: set MPE_TEST_DATA to the folder that holds spoken_digits/")
    return REAL / "spoken_digits"


@pytest.fixture(scope="session")
def nmnist_root() -> Path:
    """The folder with real N-MNIST recordings; skips where there is none."""
    if not (REAL / "nmnist" / "Train").is_dir():
        pytest.skip("no real recordings: set MPE_TEST_DATA to the folder that holds nmnist/")
    return REAL / "nmnist"
