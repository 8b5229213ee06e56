import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import trees
from archives import published
from here import ROOT, TESTS

from mpe_lib import load_dataset
from mpe_lib.datasets import CATALOGUE, cache


@pytest.fixture
def folder(own_cache):
    return own_cache / "frames"


@pytest.fixture
def root(tmp_path):
    return trees.make("nmnist", tmp_path / "data")


def kept(folder):
    return sorted(path for path in folder.iterdir() if path.is_dir())


def stamp(folder):
    """What changes when the frames are made anew."""
    keys = [path / "key.json" for path in kept(folder)]
    states = [path.stat() for path in keys if path.is_file()]
    return [(state.st_ino, state.st_mtime_ns) for state in states]


def test_made_once(root, folder):
    first = load_dataset("nmnist", "test", steps=3, root=root)
    before = stamp(folder)
    again = load_dataset("nmnist", "test", steps=3, root=root)
    assert stamp(folder) == before and len(before) == 1
    assert torch.equal(first.frames, again.frames)
    assert {path.name for path in kept(folder)[0].iterdir()} == {
        "frames.npy", "labels.npy", "key.json",
    }  # fmt: skip


def test_frames_stay_on_the_disk_and_are_not_changed_there(root, folder):
    first = load_dataset("nmnist", "test", steps=3, root=root)
    total, made = first.frames.sum(), stamp(folder)
    first.frames.add_(1)  # copied when written to
    assert load_dataset("nmnist", "test", steps=3, root=root).frames.sum() == total
    assert stamp(folder) == made  # and not because the cache was made anew


@pytest.mark.parametrize(
    "change", [{"steps": 4}, {"by": "count"}, {"size": (10, 10)}, {"part": "train"}]
)
def test_another_setting_is_another_cache(root, folder, change):
    settings = {"part": "test", "steps": 3, "root": root}
    load_dataset("nmnist", **settings)
    load_dataset("nmnist", **settings | change)
    assert len(kept(folder)) == 2


def test_another_version_or_other_files_are_another_cache(root, folder, monkeypatch):
    load_dataset("nmnist", "test", steps=3, root=root)
    path = root / "Test" / "0" / "00001.bin"
    trees.put(path, trees.bits40([1, 2], [3, 4], [5, 6], [0, 1]))
    changed = load_dataset("nmnist", "test", steps=3, root=root)
    assert changed.frames[:, 0].sum() == 2 and len(kept(folder)) == 2
    state = path.stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 10**9))
    load_dataset("nmnist", "test", steps=3, root=root)
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    load_dataset("nmnist", "test", steps=3, root=root)
    assert len(kept(folder)) == 4


def break_key(made):
    text = json.loads((made / "key.json").read_text())
    text["key"]["version"] -= 1
    (made / "key.json").write_text(json.dumps(text))


BREAK = {
    "cut short": lambda made: os.truncate(made / "frames.npy", 300),
    "of another content": lambda made: np.save(made / "frames.npy", np.zeros(5, np.uint8)),
    "written over": lambda made: (made / "frames.npy").write_bytes(
        bytes((made / "frames.npy").stat().st_size)
    ),
    "without frames": lambda made: (made / "frames.npy").unlink(),
    "without labels": lambda made: (made / "labels.npy").unlink(),
    "without a key": lambda made: (made / "key.json").unlink(),
    "with half a key": lambda made: os.truncate(made / "key.json", 20),
    "of another version": break_key,
    "empty": lambda made: (shutil.rmtree(made), made.mkdir()),
}


@pytest.mark.parametrize("how", BREAK)
def test_a_damaged_cache_is_made_anew(root, folder, how):
    first = load_dataset("nmnist", "test", steps=3, root=root).frames.clone()
    BREAK[how](kept(folder)[0])
    broken = stamp(folder)
    assert torch.equal(load_dataset("nmnist", "test", steps=3, root=root).frames, first)
    new = stamp(folder)
    assert new != broken
    load_dataset("nmnist", "test", steps=3, root=root)
    assert stamp(folder) == new


def test_what_a_stopped_run_left_is_cleared(root, folder):
    load_dataset("nmnist", "test", steps=3, root=root)
    made = kept(folder)[0]
    made.rename(f"{made}.part")
    (Path(f"{made}.part") / "key.json").unlink()
    load_dataset("nmnist", "test", steps=3, root=root)
    assert kept(folder) == [made]


@pytest.mark.parametrize(("most", "dtype"), [(255, torch.uint8), (256, torch.int16)])
def test_counts_widen_the_type(tmp_path, most, dtype):
    root = tmp_path / "data"
    for k in range(3):
        n = (9, most, 70)[k]
        data = trees.bits40(np.arange(n), np.full(n, 3), np.full(n, 4), np.ones(n, int))
        trees.put(root / "Test" / "0" / f"{k:05d}.bin", data)
    made = load_dataset("nmnist", "test", steps=1, root=root).frames
    assert made.dtype == dtype and made[0, :, 1, 4, 3].tolist() == [9, most, 70]
    assert made.sum() == 79 + most


def test_counts_widen_to_the_widest(root):
    files = load_dataset("nmnist", "test", root=root)
    n = 40_000
    many = (np.arange(n), np.full(n, 3), np.full(n, 4), np.ones(n, int))
    few = files.events(0)
    mixed = replace(files, read=lambda i: many if i == 2 else few)
    made = cache.cached_part(mixed, "nmnist", "test", 1, "time", None)
    assert made.frames.dtype == torch.int32 and made.frames[0, 2].sum() == n
    assert made.frames.sum() == n + 5 * len(few[0])


def test_all_damaged_recordings_are_named_and_nothing_is_kept(root, folder):
    for name in ("00001", "00003"):
        (root / "Test" / "0" / f"{name}.bin").write_bytes(b"123")
    with pytest.raises(ValueError, match="2 of 6 recordings cannot be read") as caught:
        load_dataset("nmnist", "test", steps=3, root=root)
    assert "00001.bin: " in str(caught.value) and "00003.bin: " in str(caught.value)
    assert kept(folder) == []


PROGRAM = """
import sys
from mpe_lib import load_dataset
made = load_dataset("nmnist", "train", steps=5, root=sys.argv[1])
print(int(made.frames.sum()), tuple(made.frames.shape))
"""


NOTED = """
import os, pathlib, time
from dataclasses import replace
from mpe_lib.datasets import CATALOGUE, cache, obtain

def note(module, name):
    real = getattr(module, name)
    def noted(*settings):
        with open(NOTE, "a") as file:
            file.write(name + "\\n")
        time.sleep(0.5)  # so that the other one comes to the same place
        real(*settings)
    setattr(module, name, noted)

note(obtain, "unpack")
note(cache, "_make")
archives = [replace(each, md5=KNOWN[each.name]) for each in CATALOGUE["nmnist"].archives]
CATALOGUE["nmnist"] = replace(CATALOGUE["nmnist"], archives=tuple(archives))
pathlib.Path(f"{NOTE}.{os.getpid()}").touch()
while len(list(pathlib.Path(NOTE).parent.glob("done.txt.*"))) < 2:
    time.sleep(0.01)  # both start at once
"""


def start(root, program=PROGRAM):
    path = os.pathsep.join([str(ROOT), str(TESTS)])
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, str(root)],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_processes_at_once_unpack_once_and_make_one_cache(folder, tmp_path, monkeypatch):
    root, note = published("nmnist", tmp_path, monkeypatch), tmp_path / "done.txt"
    known = [(each.name, each.md5) for each in CATALOGUE["nmnist"].archives]
    program = f"NOTE, KNOWN = {str(note)!r}, {dict(known)!r}\n" + NOTED + PROGRAM
    both = [start(root, program) for _ in range(2)]
    answers = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert answers[0] == answers[1] and len(kept(folder)) == 1
    assert note.read_text() == "unpack\n_make\n"


FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # as a disk that runs full
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are a matter of Unix")
def test_a_full_disk_says_so_and_leaves_nothing(root, folder):
    process = start(root, FULL + PROGRAM)
    _, words = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "OSError: the frames of nmnist could not be kept in" in words
    assert "point MPE_CACHE at a folder that can be written" in words
    assert kept(folder) == []


def test_a_disk_that_is_too_small_is_known_before(root, ten_bytes_left):
    with pytest.raises(OSError, match="0.00 GB are needed and 0.00 GB are free"):
        load_dataset("nmnist", "test", steps=3, root=root)


def test_a_cache_folder_that_cannot_be_written(root, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MPE_CACHE", str(tmp_path / "file"))
    with pytest.raises(OSError, match="could not be kept in .*point MPE_CACHE at a folder"):
        load_dataset("nmnist", "test", steps=3, root=root)
