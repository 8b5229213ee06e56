"""Who watches a kernel: its memory, its processes and what it leaves in its folder."""

import os
import signal
import threading
from pathlib import Path

import psutil

PROCESSES = 64  # more than any notebook starts
ENTRIES, BYTES = 64, 2**20  # in the folder of a kernel's sockets, which needs six small ones


class Watcher(threading.Thread):
    """Kills a process and its children when they hold too much memory or are too many.

    Args:
        pid: of the process.
        memory: bytes for each process; a quarter more for all together.
        folder: the one that it shares with us; what it may hold is small.
    """

    def __init__(self, pid: int, memory: int, folder: Path):
        super().__init__(daemon=True)
        self.pid, self.memory, self.folder = pid, memory, folder
        self.reason, self.done = "", False

    def run(self) -> None:
        pause = threading.Event()
        while not self.done and not pause.wait(0.1):
            tree = family(self.pid)
            if len(tree) > PROCESSES:
                self.reason = f"it started more than {PROCESSES} processes"
            elif sum(map(memory_of, tree)) > self.memory * 5 // 4:
                self.reason = f"it needed more than {self.memory / 2**30:.3g} GB of memory"
            elif crowded(self.folder):
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
    return False


def family(pid: int) -> list[psutil.Process]:
    """A process and all that descend from it, as far as they live."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory_of(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it has just ended


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue  # already gone, as it should be
