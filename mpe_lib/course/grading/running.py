"""Submissions side by side, with a bar that says what runs and how long it will take."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import psutil
from tqdm import tqdm

from .submissions import Submission
from .watcher import family, kill

TICK = 1  # seconds between two looks at the clock


def side_by_side(
    work: Callable, missing: list[Submission], jobs: int, folder: Path, known: int = 0
) -> Iterator[tuple]:
    """Each submission with what `work` makes of it, as soon as that is there.

    Where the caller stops in between, as on Ctrl-C, what runs is ended and the rest is not begun.

    Args:
        work: runs in a thread; what it raises is raised here.
        jobs: how many at a time.
        folder: the scratch folder; processes started for it are ended.
        known: how many are graded already, for the bar.
    """
    running: dict[Submission, None] = {}
    bar = tqdm(total=known + len(missing), initial=known, desc="grading", unit="notebook")

    def one_of(one: Submission):
        running[one] = None
        try:
            return work(one)
        finally:
            running.pop(one)

    pool = ThreadPoolExecutor(jobs)
    try:
        with bar:
            tasks = {pool.submit(one_of, one): one for one in missing}
            left = set(tasks)
            while left:
                done, left = wait(left, TICK, FIRST_COMPLETED)
                for task in done:
                    yield tasks[task], task.result()
                    bar.update()
                names = ", ".join(f"{each.student} {each.name}" for each in list(running))[:80]
                bar.set_postfix_str(names, refresh=sys.stderr.isatty() or bool(done))
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        # a process before those that it started: none is left to report that the other has ended
        kill([each for each in family(os.getpid())[1:] if _is_for(each, folder)])
        raise
    finally:
        pool.shutdown()


def _is_for(process: psutil.Process, folder: Path) -> bool:
    try:
        return any(str(folder) in word for word in process.cmdline())
    except psutil.Error:
        return False  # it has just ended
