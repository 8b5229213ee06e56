"""A wheel holds the library, works without the clone, and says where the clone is needed."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from here import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group(__name__)]  # one worker makes it
ROOMS = ("core", "fast", "systems", "datasets", "results", "networks", "plot", "training",
         "studies")  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # a build leaves things beside what it builds
    source.mkdir()
    shutil.copytree(ROOT / "mpe_lib", source / "mpe_lib")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet",
         "--disable-pip-version-check", "-w", folder, source], check=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder / "site")
    return folder / "site"


def python(installed, *words):
    environment = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True,
                          env=environment, cwd=installed)  # fmt: skip


def test_it_holds_every_room_but_what_needs_the_clone(installed):
    held = {path.relative_to(installed).as_posix() for path in installed.rglob("*.*")}
    for path in (ROOT / "mpe_lib").rglob("*.*"):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in (".py", ".c", ".h") and not name.startswith("mpe_lib/course/"):
            assert name in held
    assert {f"mpe_lib/{room}/__init__.py" for room in ROOMS} < held
    assert not any(name.startswith(("mpe_lib/course/check", "mpe_lib/course/gr")) for name in held)


def test_every_module_is_imported_without_the_clone(installed):
    code = (
        "import importlib, pathlib, mpe_lib\n"
        "here = pathlib.Path(mpe_lib.__file__).parent\n"
        "assert here.parent == pathlib.Path.cwd()\n"
        "for path in sorted(here.rglob('*.py')):\n"
        "    parts = path.relative_to(here.parent).with_suffix('').parts\n"
        "    if parts[1] != 'course' and parts[-1] != '__main__' and 'kernels' not in parts:\n"
        "        importlib.import_module('.'.join(parts).removesuffix('.__init__'))\n"
    )
    done = python(installed, "-c", code)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("words", [["walk", "lab"], ["site"], ["grading", "in", "out"]])
def test_what_needs_the_clone_says_so_in_one_line(installed, words):
    done = python(installed, "-m", f"mpe_lib.course.{words[0]}", *words[1:])
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "this needs the clone of the project, with its notebooks/ and data/" in done.stderr
