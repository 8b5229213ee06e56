"""The C loops are built once, or in a temporary place where they cannot be kept."""

import os
import subprocess
import sys

import pytest
from fused import device

from mpe_lib.fast.compiled import build


def test_a_library_is_built_once_and_again_when_a_source_changes(tmp_path, monkeypatch):
    first = build.build("float", tmp_path)
    made = first.stat().st_mtime_ns
    assert build.build("float", tmp_path) == first and first.stat().st_mtime_ns == made
    assert [path.name for path in tmp_path.iterdir()] == [first.name]  # nothing half-built stays
    monkeypatch.setattr(build, "FLAGS", (*build.FLAGS, "-g"))
    assert build.build("float", tmp_path) != first


def test_a_compiler_that_fails_is_quoted(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="error"):
        build.build("no_such_type", tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CC", "")
    with pytest.raises(RuntimeError, match="no C compiler: install gcc or clang"):
        build.build("float", tmp_path / "empty")


CODE = """
import warnings
warnings.simplefilter("always")
{before}
import torch
from mpe_lib import digits_in_motion, lif_spikes
for dtype in (torch.float32, torch.float64, torch.float32):
    print(lif_spikes(torch.ones(2, 3, dtype=dtype) + 0.1, backend="compile").sum().item())
{after}
"""
NOBODY = "import pwd\ndef nobody(uid): raise KeyError(uid)\npwd.getpwuid = nobody"
DIGITS = "print(len(digits_in_motion(n=6)), len(digits_in_motion(n=6)))"


def alone(environment, before="", after=""):
    """(lines, warnings) of a process of its own with no other settings than these."""
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(before=before, after=after)],
        capture_output=True, text=True, env={"PATH": os.environ["PATH"]} | environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split(), [line for line in done.stderr.splitlines() if "MPE_CACHE" in line]


def test_a_user_without_a_home_has_loops_and_digits():
    device("compile")
    lines, said = alone({}, NOBODY, DIGITS)
    assert lines == ["6.0", "6.0", "6.0", "6", "6"]
    assert (
        len(said) == 1 and "UserWarning: this user has no home folder: what is made is" in said[0]
    )


def test_a_cache_that_cannot_be_written_is_no_obstacle_and_is_said_once():
    device("compile")
    lines, said = alone({"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/x"})
    assert lines == ["6.0", "6.0", "6.0"]
    assert len(said) == 1 and "/dev/null/x/mpe_lib cannot be written (Not a directory)" in said[0]


@pytest.mark.parametrize("cut", [9, 2000, -1])
def test_a_damaged_library_is_built_again_elsewhere_and_named(tmp_path, cut):
    device("compile")
    path = build.build("float", tmp_path)
    path.write_bytes(path.read_bytes()[:cut])  # loaded as it is, 2000 bytes end the process
    lines, said = alone({"MPE_CACHE": str(tmp_path)})
    assert lines == ["6.0", "6.0", "6.0"]
    assert len(said) == 1 and f"{path} cannot be loaded" in said[0] and "may be removed" in said[0]


def test_nothing_is_left_behind(tmp_path):
    device("compile")
    alone({"XDG_CACHE_HOME": "/dev/null/x", "TMPDIR": str(tmp_path)})
    assert not list(tmp_path.glob("mpe_lib_*"))
