"""The walls around student code: an empty root, made with bubblewrap, and what is let into it.

Let in are Python, the system's libraries, mpe_lib and its data, all read-only, and folders of a
fixed size in memory. As root the process becomes a user that owns nothing; any other account is
in a user namespace of its own. What bounds memory and processes is in ``confine`` and ``watcher``.
"""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import psutil

from ...files import ROOT

STUDENT = "/student"  # where everything of the student's lies, inside
CONFINE = Path(__file__).with_name("confine.py")
SIZES = {"/tmp": 2**28, "/dev/shm": 2**29, f"{STUDENT}/work": 2**28, f"{STUDENT}/home": 2**27}
TASKS = 512  # processes and threads; torch alone has some thirty
FIRST_USER, USERS = 20_000, 40_000  # numbers that own nothing; small enough for any container
HOW = {
    "bwrap": "install bubblewrap (apt install bubblewrap, dnf install bubblewrap, ...)",
    "setpriv": "install util-linux, which has setpriv",
    "libseccomp": "install libseccomp (apt install libseccomp2, dnf install libseccomp, ...)",
    "old": "bubblewrap 0.7 or later is needed, of Debian 12, Ubuntu 23.04, Fedora 37 or later",
    "start": (
        "allow user namespaces to this account (sysctl kernel.unprivileged_userns_clone=1; "
        "kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu), or grade on a machine of your "
        "own, in a container that may make namespaces, or as root"
    ),
}


@cache
def missing() -> str:
    """What keeps student code from being shut in here, and how to get it; empty if nothing."""
    if sys.platform != "linux":
        return f"this system is {sys.platform}, and bubblewrap needs Linux: grade in a container"
    for name in ("bwrap", "setpriv"):
        if not shutil.which(name) and (name == "bwrap" or os.geteuid() == 0):
            return f"there is no {name}: {HOW[name]}"
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError) as error:
        return f"there is no libseccomp ({error}): {HOW['libseccomp']}"
    command = inside([sys.executable, "-c", ""], 2**31, 2**20, None)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        how = HOW["old" if "unknown option" in words.lower() else "start"]
        return f"bubblewrap did not start ({words}): {how}"
    return ""


def inside(command: list[str], memory: int, file: int, scratch: Path | None) -> list[str]:
    """The command that runs another one between the walls.

    Args:
        command: as it reads inside.
        memory, file: bytes, of each process and of each file.
        scratch: what is in its home/ is seen inside; run/ alone is written, by both sides.
    """
    root = os.geteuid() == 0
    user = FIRST_USER + os.getpid() % USERS if root else os.geteuid()
    plan = {"memory": memory, "file": file, "tasks": TASKS + (0 if root else own_tasks())}
    walls = [
        shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session",
        "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--hostname", "student",
        *([] if root else ["--unshare-user"]),
        *system(), "--dev", "/dev", "--proc", "/proc",
        # it reads as zeros as well, and cannot be mapped as memory that nobody counts
        "--dev-bind", "/dev/full", "/dev/zero", *tmpfs("/run", 2**20, "0755"),
    ]  # fmt: skip
    for place, size in SIZES.items():
        walls += tmpfs(place, size, "1777")
    for place in python():
        walls += shown(os.path.realpath(place), place)
    for name in ("mpe_lib", "data"):
        walls += shown(ROOT / name, f"{STUDENT}/lib/{name}")
    walls += own(scratch, user) if scratch else []
    walls += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", f"{STUDENT}/work", "--"]
    if root:
        walls += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
                  "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]  # fmt: skip
    confine = f"{STUDENT}/lib/{CONFINE.relative_to(ROOT)}"
    return [*walls, sys.executable, confine, json.dumps(plan | {"refuse": True}), *command]


def own(scratch: Path, user: int) -> list[str]:
    """What a kernel is given of its own: a name, its settings, and the folder of its sockets."""
    words, etc, run = [], scratch / "etc", scratch / "run"
    etc.mkdir()
    (etc / "passwd").write_text(f"student:x:{user}:{user}::{STUDENT}/home:\n")
    (etc / "group").write_text(f"student:x:{user}:\n")
    for name in ("passwd", "group"):
        words += shown(etc / name, f"/etc/{name}")
    for each in filter(Path.is_file, (scratch / "home").rglob("*")):
        words += shown(each, f"{STUDENT}/home/{each.relative_to(scratch / 'home')}", "1777")
    for each in (run, *run.iterdir()) if os.geteuid() == 0 else ():
        os.chown(each, user, user)
    return words + shown(run, str(run), how="--bind")  # sockets are known by their path


def system() -> list[str]:
    """The system's programs and libraries, and nothing of /etc but how to find them."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        place = Path("/") / name
        if place.is_symlink():
            words += ["--symlink", os.readlink(place), str(place)]
        elif place.is_dir():
            words += ["--ro-bind", str(place), str(place)]
    for each in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
        if os.path.exists(each):
            words += shown(each, each)
    return words


def python() -> list[str]:
    """The folders, and the links between them, that this Python and its packages lie in."""
    packages = [each for each in sys.path if each.endswith("-packages") and os.path.isdir(each)]
    places = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *packages]
    places = dict.fromkeys(name for each in places for name in (os.path.realpath(each), each))
    seen = ["/usr"]
    for each in sorted(places):  # the outer ones first
        if not any(Path(each).is_relative_to(place) for place in seen):
            seen.append(each)
    hop = Path(sys.executable)
    while hop.is_symlink():  # from the environment's python to the one that it was made with
        if not any(hop.is_relative_to(place) for place in seen):
            seen.append(str(hop))
        hop = hop.parent / os.readlink(hop)
    return seen[1:]


def shown(source: str | Path, place: str, mode: str = "0755", how: str = "--ro-bind") -> list[str]:
    """A file or folder that is seen inside, and the folders down to it, of that mode."""
    above = [each for each in reversed(Path(place).parents) if str(each) not in ("/", STUDENT)]
    folders = [word for each in above for word in ("--perms", mode, "--dir", str(each))]
    return [*folders, how, str(source), place]


def tmpfs(place: str, size: int, mode: str) -> list[str]:
    """A folder in memory that holds so many bytes."""
    return ["--perms", mode, "--size", str(size), "--tmpfs", place]


def own_tasks() -> int:
    """Processes and threads of this account: an older Linux counts them with those inside."""
    mine = 0
    for each in psutil.process_iter(["uids", "num_threads"]):
        if each.info["uids"] and each.info["uids"].real == os.geteuid():
            mine += each.info["num_threads"] or 1
    return mine
