"""Who watches a kernel: its memory, its processes and what it leaves in its folder."""

import contextlib
import os
import re
import signal
import stat
import threading
from pathlib import Path

import psutil

PROCESSES = 64  # more than any notebook starts
FILES = 4096  # open in all processes together; each socket may hold 200 kB of the system's memory
ENTRIES, BYTES = 64, 2**20  # in the folder of a kernel's sockets, which needs six small ones


class Watcher(threading.Thread):
    """Kills a process and its children when they hold too much memory or are too many.

    Args:
        pid: of the process.
        memory: bytes for each process; a quarter more for all together.
        folder: the one that it shares with us; what it may hold is small.
        alone: whether it has no other folder on that disk, and so no file without a name there.
    """

    def __init__(self, pid: int, memory: int, folder: Path, alone: bool = False):
        super().__init__(daemon=True)
        self.pid, self.memory, self.folder = pid, memory, folder
        self.disk = folder.stat().st_dev if alone else None
        self.reason, self.done = "", False

    def run(self) -> None:
        pause = threading.Event()
        while not self.done and not pause.wait(0.1):
            tree = family(self.pid)
            files = [opened(each, self.disk) for each in tree]
            if len(tree) > PROCESSES:
                self.reason = f"it started more than {PROCESSES} processes"
            elif sum(map(memory_of, tree)) > self.memory * 5 // 4:
                self.reason = f"it needed more than {self.memory / 2**30:.3g} GB of memory"
            elif sum(count for count, _ in files) > FILES:
                self.reason = f"it opened more than {FILES} files"
            elif crowded(self.folder) or sum(size for _, size in files) > BYTES:
                self.reason = "it wrote into the folder of its sockets"
            if self.reason:
                kill(tree)
                return


def crowded(folder: Path) -> bool:
    """Whether there is more in a folder than a kernel's sockets and how to reach them."""
    size = count = 0
    try:
        with os.scandir(folder) as entries:
            for each in entries:
                count += 1
                size += each.stat(follow_symlinks=False).st_size
                if count > ENTRIES or size > BYTES or each.is_dir(follow_symlinks=False):
                    return True
    except FileNotFoundError:  # the kernel has just ended, and its folder with it
        return False
    except OSError:  # it was locked to us, who share the account
        return True
    return False


def family(pid: int) -> list[psutil.Process]:
    """A process and all that descend from it, as far as they live."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory_of(process: psutil.Process) -> int:
    """Bytes of a process: in memory, swapped out, and in the tables of its pages."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_bytes()
        return 1024 * sum(map(int, re.findall(rb"(?m)^Vm(?:RSS|Swap|PTE):\s*(\d+)", status)))
    except OSError:  # it has just ended, or this is no Linux
        return _resident(process)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it has just ended


def opened(process: psutil.Process, disk: int | None) -> tuple[int, int]:
    """How many files a process has open, and the bytes of those on a disk that have no name."""
    count = size = 0
    with contextlib.suppress(OSError), os.scandir(f"/proc/{process.pid}/fd") as entries:
        for each in entries:
            count += 1
            with contextlib.suppress(OSError):  # it has just been closed
                if disk is not None and (found := each.stat()).st_dev == disk:
                    lost = stat.S_ISREG(found.st_mode) and not found.st_nlink
                    size += found.st_size if lost else 0
    return count, size


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue  # already gone, as it should be
