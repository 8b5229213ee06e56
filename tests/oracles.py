"""Readers of other libraries, to compare ours with: each loaded without the rest of its package,
which would ask for much more."""

import importlib
import importlib.util
import sys
import types
from pathlib import Path

import pytest


def tonic_io():
    """tonic.io alone: numpy is all it needs."""
    found = importlib.util.find_spec("tonic")
    if found is None:
        pytest.skip("tonic is not installed: pip install --no-deps tonic==1.7.0")
    path = Path(found.origin).parent / "io.py"
    spec = importlib.util.spec_from_file_location("tonic_io", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spikingjelly(monkeypatch, name: str):
    """spikingjelly.datasets.<name> with empty modules where it asks for torchvision."""
    root = pytest.importorskip("spikingjelly").__path__[0]
    empty = {
        each: types.ModuleType(each)
        for each in ("torchvision", "torchvision.datasets", "torchvision.datasets.utils")
    }
    empty["torchvision"].transforms = None
    empty["torchvision.datasets"].DatasetFolder = object
    for function in ("extract_archive", "check_integrity", "download_url"):
        setattr(empty["torchvision.datasets.utils"], function, None)
    package = types.ModuleType("spikingjelly.datasets")
    package.__path__ = [f"{root}/datasets"]
    for each, module in {**empty, "spikingjelly.datasets": package}.items():
        monkeypatch.setitem(sys.modules, each, module)
    for each in ("utils", "base", name):  # forgotten again after the test
        monkeypatch.delitem(sys.modules, f"spikingjelly.datasets.{each}", raising=False)
    before = set(sys.modules)
    module = importlib.import_module(f"spikingjelly.datasets.{name}")
    for each in set(sys.modules) - before:
        if each.startswith("spikingjelly.datasets"):
            monkeypatch.setitem(sys.modules, each, sys.modules.pop(each))
    return module
