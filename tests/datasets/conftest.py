import shutil
from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """A cache for each test, and no folder with data."""
    monkeypatch.setenv("MPE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MPE_DATA", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def ten_bytes_left(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
