"""Where things are, and what this machine can compile."""

import os
import shutil
from pathlib import Path

import torch

TESTS = Path(__file__).parent
ROOT = TESTS.parent
REAL = Path(os.environ.get("MPE_TEST_DATA", ROOT.parent / "shared" / "data"))


def compile_here(function, **settings):
    """torch.compile with its C++ backend; or, where that cannot work, the captured graph alone.

    It cannot without a C++ compiler, nor where torch lies in a folder with a space in its name:
    torch hands that name to the linker unquoted.
    """
    compiler = any(map(shutil.which, ("g++", "clang++", os.environ.get("CXX", ""))))
    backend = "inductor" if compiler and " " not in torch.__file__ else "aot_eager"
    return torch.compile(function, backend=backend, **settings)
