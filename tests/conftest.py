"""What every test shares: two threads, as the notebooks are tested with, and the real data."""

import os
import shutil
from pathlib import Path

import pytest
import torch

os.environ.setdefault("TQDM_DISABLE", "1")
if not torch.cuda.is_available():  # kernels run in Triton's interpreter, set before its import
    os.environ.setdefault("TRITON_INTERPRET", "1")
ROOT = Path(__file__).parents[1]
REAL = Path(os.environ.get("MPE_TEST_DATA", ROOT.parent / "shared" / "data"))


def compile_here(function, **settings):
    """torch.compile with its C++ backend; or, where that cannot work, the captured graph alone.

    It cannot without a C++ compiler, nor where torch lies in a folder with a space in its name:
    torch hands that name to the linker unquoted.
    """
    compiler = any(map(shutil.which, ("g++", "clang++", os.environ.get("CXX", ""))))
    backend = "inductor" if compiler and " " not in torch.__file__ else "aot_eager"
    return torch.compile(function, backend=backend, **settings)


@pytest.fixture(autouse=True, scope="session")
def _two_threads():
    torch.set_num_threads(2)


@pytest.fixture(scope="session")
def nmnist_root() -> Path:
    """The folder with real N-MNIST recordings; skips where there is none."""
    if not (REAL / "nmnist" / "Train").is_dir():
        pytest.skip("no real recordings: set MPE_TEST_DATA to the folder that holds nmnist/")
    return REAL / "nmnist"
