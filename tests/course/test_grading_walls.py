"""A hostile class, graded by root and by an ordinary user with Python in the home: nothing that
is not the student's own is within reach, no limit gives way, and the others are graded on."""

import csv
import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from classroom import NAME, SHAPE, answered, hand_in
from here import ROOT

from mpe_lib.course.grading import grade as grading
from mpe_lib.course.grading import walls
from mpe_lib.course.walk import NOTEBOOKS

ADA = 4321  # the number of an ordinary user
ATTACKS = Path(__file__).with_name("attacks.txt").read_text("utf-8")
# what is tried by a hand-in of its own, since it may end its kernel; where it leaves off
EATERS = {
    "bytes": "hoard = []\nwhile True:\n    hoard.append(bytearray(2**26))",
    "shared": "import mmap\nhoard = []\nwhile True:\n    hoard.append(mmap.mmap(-1, 2**26))\n"
    "    hoard[-1].write(b'x' * 2**26)",
    "forks": "import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(60)",
    "threads": "import threading, time\nwhile True:\n"
    "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "sockets": "import os\nfolder = os.environ['JUPYTER_RUNTIME_DIR']\nn = 0\nwhile True:\n"
    "    n += 1\n    open(f'{folder}/{n}', 'wb').write(b'x' * 2**20)",
}
SHARED = (
    "import mmap, os, time\nhoard = []\nwhile len(hoard) < 40:\n"
    "    hoard.append(mmap.mmap({}, 2**26))\n    hoard[-1].write(b'x' * 2**26)\n"
    "    hoard[-1].madvise(mmap.MADV_DONTNEED)\n"
)
# what would be right if nobody saw it: memory and disk that no process is asked for
UNSEEN = {
    "dropped": SHARED.format(-1),
    "zeros": SHARED.format("os.open('/dev/zero', os.O_RDWR)"),
    "tables": "import mmap, time\nhoard = mmap.mmap(-1, 2**40, flags=0x4002, prot=mmap.PROT_READ)\n"
    "for place in range(0, 2**40, 2**21):\n    hoard[place]\n",
    "waiting": "import resource, socket, time\nhard = resource.getrlimit(7)[1]\n"
    "resource.setrlimit(7, (hard, hard))\nhoard = []\nwhile len(hoard) < 8000:\n"
    "    hoard.append(socket.socketpair())\n    hoard[-1][0].setblocking(False)\n"
    "    hoard[-1][0].send(bytes(2**15))\n",
    "no name": "import os, time\nfolder = os.environ['JUPYTER_RUNTIME_DIR']\n"
    "hoard = open(f'{folder}/x', 'wb')\nos.unlink(f'{folder}/x')\nhoard.write(bytes(2**26))\n",
}
EATERS |= {name: f"{text}time.sleep(2)\n{SHAPE}" for name, text in UNSEEN.items()}
WORKS = """
import multiprocessing, torch
from multiprocessing.shared_memory import SharedMemory
from torch.utils.data import DataLoader
loader = DataLoader(torch.arange(64.0), batch_size=8, num_workers=2)
total = float(sum(batch.sum() for batch in loader))
with multiprocessing.Pool(2) as pool:
    total += sum(pool.map(abs, [-1, -2]))
block = SharedMemory(create=True, size=2**26)
block.buf[:] = bytes(2**26)
block.unlink()
shape = (100, 8, 32) if total == 2019 else None
"""


def shut_in_or_skip():
    if walls.missing():
        pytest.skip(walls.missing())


@pytest.fixture(scope="module", params=[pytest.param(each, marks=pytest.mark.xdist_group(each))
                                        for each in ("root", "ordinary")])  # fmt: skip
def evening(request):
    """A graded class: what was printed, the rows, the pages, and what lay around meanwhile."""
    shut_in_or_skip()
    root = os.geteuid() == 0
    if request.param == "root" and not root:
        pytest.skip("these tests are not run by root")
    place = Path(tempfile.mkdtemp(prefix="evening-", dir="/tmp"))
    for name in ("in", "home", "tmp"):
        (place / name).mkdir()
    (place / "home" / "key").write_text("the teacher's key")
    (place / "tmp" / "exam").write_text("the questions")
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(place / "door"))
    nameless = socket.socket(socket.AF_UNIX)
    nameless.bind(f"\0{place}")
    net = socket.create_server(("127.0.0.1", 0))
    for each in (door, nameless):
        each.listen()
    ours, theirs = os.openpty()
    user = ADA if root and request.param == "ordinary" else None
    home = Path.home() if user else place / "home"
    names = {
        "KEY": home / "key", "EXAM": place / "tmp" / "exam", "DOOR": place / "door",
        "NAMELESS": f"\0{place}", "PORT": net.getsockname()[1], "TERMINAL": os.ttyname(theirs),
        "SOLUTIONS": NOTEBOOKS / f"{NAME}.ipynb", "OTHER": place / "in" / "right" / f"{NAME}.ipynb",
        "OWN": place / "in" / "attacker" / f"{NAME}.ipynb", "LIBRARY": ROOT / "mpe_lib/losses.py",
        "CLONE": ROOT / "README.md", "PID": os.getpid(),
    }  # fmt: skip
    values = {name: each if type(each) is int else str(each) for name, each in names.items()}
    hand_in(place / "in", "attacker", answered(f"GIVEN = {values!r}\n{ATTACKS}\n{SHAPE}"))
    for name, text in EATERS.items():
        hand_in(place / "in", name, answered(text))
    hand_in(place / "in", "right", answered())
    hand_in(place / "in", "works", answered(WORKS))
    command = [sys.executable, "-m", "mpe_lib.course.grading", "in", "out", "--memory-gb", "1.5",
               "--cell-seconds", "60"]  # fmt: skip
    if user:
        for each in (place, *place.rglob("*")):
            os.chown(each, user, user)
        command = [*as_user(user, home, place), *command]
    for each in ("home/key", "tmp/exam"):
        (place / each).chmod(0o600)
    environ = os.environ | {
        "HOME": str(home), "TMPDIR": str(place / "tmp"), "MPE_SECRET": "hidden",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        command, cwd=place, env=environ, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with (place / "out" / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    yield SimpleNamespace(said=done.stdout, rows=rows, pages=place / "out" / "feedback")
    for each in (door, nameless, net):
        each.close()
    for each in (ours, theirs):
        os.close(each)
    shutil.rmtree(place)


def as_user(user: int, home: Path, place: Path) -> list[str]:
    """What runs a command as an ordinary user, whose home has Python in it and a key."""
    inner = [sys.base_prefix, sys.prefix, str(ROOT)]
    seen = [word for each in inner if Path(each).is_relative_to(home)
            for word in walls.shown(each, each)]  # fmt: skip
    return [
        "bwrap", "--dev-bind", "/", "/", "--perms", "0755", "--tmpfs", str(home), *seen,
        "--bind", str(place / "home" / "key"), str(home / "key"), "--",
        "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all",
        "--bounding-set=-all", "--",
    ]  # fmt: skip


def points(evening, student):
    return [float(row["points"]) for row in evening.rows if row["student"] == student]


@pytest.mark.slow
def test_nothing_is_within_reach(evening):
    page = (evening.pages / "attacker" / f"{NAME}.html").read_text("utf-8")
    (line,) = re.findall(r"FOUND (\{.*?\}) END", html.unescape(page))
    found = json.loads(line)
    assert len(found) >= 25
    assert {name: words for name, words in found.items() if words != "refused"} == {}
    assert points(evening, "attacker") == [1, 1]  # what it asked for cost nobody anything


@pytest.mark.slow
@pytest.mark.parametrize("student", EATERS)
def test_no_limit_gives_way(evening, student):
    assert points(evening, student) == [0, 1]  # the cell that ate, and no other


@pytest.mark.slow
def test_what_a_student_needs_still_works(evening):
    for student in ("right", "works"):
        assert points(evening, student) == [1, 1], evening.said


@pytest.mark.slow
def test_it_is_said_that_they_were_shut_in(evening):
    assert "shut in (bubblewrap)" in evening.said.splitlines()[0]
    assert {row["confined"] for row in evening.rows} == {"yes"}


@pytest.mark.parametrize("lacking", ["bwrap", "old", "namespaces", "libseccomp", "darwin"])
def test_where_it_cannot_be_done_it_says_how_to_get_it(tmp_path, monkeypatch, lacking):
    shut_in_or_skip()
    walls.missing.cache_clear()
    if lacking == "bwrap":
        monkeypatch.setattr(walls.shutil, "which", lambda name: None)
        words = "apt install bubblewrap"
    elif lacking == "libseccomp":
        monkeypatch.setitem(sys.modules, "pyseccomp", None)
        words = "apt install libseccomp2"
    elif lacking == "darwin":
        monkeypatch.setattr(walls.sys, "platform", "darwin")
        words = "needs Linux: grade in a container"
    else:
        said, words = {
            "namespaces": ("No permissions", "allow user namespaces"),
            "old": ("bwrap: Unknown option --size", "bubblewrap 0.7 or later"),
        }[lacking]
        fails = [sys.executable, "-c", f"import sys; sys.exit({said!r})"]
        monkeypatch.setattr(walls, "inside", lambda *_: fails)
    hand_in(tmp_path / "in", "ada", answered())
    with pytest.raises(RuntimeError, match=f"{words}.*--unconfined"):
        grading.grade(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    walls.missing.cache_clear()
