"""What every study has: jobs with seeds, rows that outlive a kill, and one result file.

A study says what is asked, with which settings, and how a row is made. Arguments, threads,
processes, progress and writing come with it: each job's rows are appended to
``data/measured/NAME.jsonl`` when it ends, and the last makes ``NAME.json`` of them.
"""

import argparse
import json
import multiprocessing
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import torch
from torch import Tensor
from tqdm import tqdm

from .. import files
from ..results import store
from ..training.checkpoint import differing
from ..training.machine import made_here

Job = dict  # the fields that tell a row from the others, as JSON has them


class Study(NamedTuple):
    """One result file, and how it is made.

    Args:
        name: of the file, ``data/measured/NAME.json``: of the module, and of the part if it has
            several (``recordings_spoken``).
        what: one sentence for it.
        settings: of all runs; rows of other settings are not mixed with these.
        jobs: number of seeds -> the jobs. The seed belongs outermost: then a study that was
            stopped has whole seeds.
        run: job -> what was found, a row or a list of rows; the fields of the job are put before
            it. A function of a module, or a ``functools.partial`` of one.
        facts: further fields of the file, such as ``titles`` (question -> words for a reader).
        data: gives the tensors that are read; their fingerprint is kept.
        seeds: if no other number is asked for.
        device: that computes.
        timed: a clock is read: one job runs at a time, and a whole result is measured anew
            instead of being added to.
    """

    name: str
    what: str
    settings: dict
    jobs: Callable[[int], Iterable[Job]]
    run: Callable[[Job], dict | list[dict]]
    facts: dict = {}
    data: Callable[[], Iterable[Tensor]] | None = None
    seeds: int = 5
    device: str = "cpu"
    timed: bool = False


def command(
    make: Callable[[argparse.Namespace], Study],
    doc: str,
    names: Collection[str] = (),
    rooted: Collection[str] = (),
    said: Mapping[str, Callable[[], str]] | None = None,
    parser: argparse.ArgumentParser | None = None,
) -> Study | None:
    """Run a study as the words typed behind ``python -m`` say, and return it.

    A ValueError ends the command with its words and status 2.

    Args:
        make: arguments -> study.
        doc: of the module.
        names: of its studies, if there are several; the first is ``arguments.study`` if none is
            named.
        rooted: those that need recordings, so ``--root``.
        said: further words for ``study``, each with what is then printed.
        parser: with arguments of this study's own; it may ``set_defaults(threads=...)``.
    """
    said = said or {}
    parser = parser or argparse.ArgumentParser()
    parser.prog, parser.description = " ".join(store.command_line().split()[:3]), doc
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    if names:
        parser.add_argument("study", nargs="?", choices=(*names, *said), default=next(iter(names)))
    if rooted:
        parser.add_argument("--root", type=Path, help="folder of recordings; see data/README.md")
    parser.add_argument("--seeds", type=int, help="for each case; more are added to what is there")
    threads = parser.get_default("threads") or 1
    parser.add_argument("--threads", type=int, default=threads, help="CPU threads of a process")
    parser.add_argument("--processes", type=int, default=2, help="jobs that run at a time")
    arguments = parser.parse_args()
    name = getattr(arguments, "study", "")
    if name in said:
        print(said[name]())  # noqa: T201
        return None
    if name in rooted and arguments.root is None:
        parser.error(f"{name} needs --root, the folder of the recordings; see data/README.md")
    try:
        study = make(arguments)
        path = complete(study, arguments.seeds, arguments.processes, arguments.threads)
    except ValueError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    print(f"wrote {path}: {len(store.read(study.name)['rows'])} rows")  # noqa: T201
    return study


def complete(study: Study, seeds: int | None = None, processes: int = 1, threads: int = 1) -> Path:
    """Run the jobs that are missing and write the whole result.

    Args:
        study: what to run.
        seeds: of the study if None.
        processes: jobs at a time; 1 runs them in this process.
        threads: of each.

    Raises:
        ValueError: rows of other settings or other data are there, or times of another machine.
    """
    torch.set_num_threads(1)  # a process that ran several must not be copied
    settings = json.loads(json.dumps(study.settings))
    data = study.data() if study.data else None
    here = made_here(store.command_line(), study.device, data)  # now: the code that is in memory
    here["threads"] = threads
    kept = store.FOLDER / f"{study.name}.jsonl"
    head, rows = {"settings": settings, "provenance": here}, []
    if kept.exists() or not study.timed:
        head, rows = _before(study.name, kept, head)
    _check(study, head, settings, here)
    jobs = list(study.jobs(study.seeds if seeds is None else seeds))
    missing = [job for job in jobs if not any(_of(job, row) for row in rows)]
    runs = [head["provenance"], *head.get("later", [])]
    code = ("commit", "command")
    if missing and not any(all(run[k] == here[k] for k in code) for run in runs):
        head["later"] = [*runs[1:], here]
    facts = {"what": study.what, "study": study.name.split("_")[0]} | study.facts
    head = facts | {key: value for key, value in head.items() if key not in facts}
    files.write(kept, "".join(map(_line, (head, *rows))).encode())
    bar = tqdm(total=len(jobs), initial=len(jobs) - len(missing), desc=study.name, unit="job")
    alone = study.timed or study.device != "cpu"  # a GPU does not outlive the copy of a process
    with kept.open("a", encoding="utf-8") as file, bar:
        for found in _found(study.run, missing, 1 if alone else processes, threads):
            file.write(_line(found))  # all rows of a job in one line: there, or not
            file.flush()
            os.fsync(file.fileno())
            rows += found
            bar.update()
    place = [next((k for k, job in enumerate(jobs) if _of(job, row)), len(jobs)) for row in rows]
    rows = [rows[k] for k in sorted(range(len(rows)), key=place.__getitem__)]
    path = store.write(study.name, head | {"rows": rows})
    kept.unlink()
    return path


def _before(name: str, kept: Path, head: dict) -> tuple[dict, list[dict]]:
    """What is there already: all but the rows, and the rows."""
    if kept.exists():
        lines = kept.read_text(encoding="utf-8").split("\n")[:-1]  # the rest was cut short
        found = [json.loads(line) for line in lines]
        rows = [row for line in found[1:] for row in (line if isinstance(line, list) else [line])]
        return (found[0], rows) if found else (head, [])
    try:
        whole = store.read(name)
    except FileNotFoundError:
        return head, []
    return whole, whole.pop("rows")


def _check(study: Study, head: dict, settings: dict, here: dict) -> None:
    name, words = study.name, differing(head["settings"], settings)
    there = head["provenance"]
    if not words and there.get("data") and "data" in here and there["data"] != here["data"]:
        words = "they were made from other recordings"
    if not words and study.timed and there["device"] != here["device"]:
        words = f"they were timed on another machine, {there['device']}"
    if words:
        raise ValueError(
            f"the rows of {name} have other settings ({words}): move data/measured/{name}.json "
            "and .jsonl away to start over"
        )


def _found(run: Callable, jobs: list[Job], processes: int, threads: int) -> Iterator[list[dict]]:
    """The rows of each job, as they come."""
    if processes == 1:
        torch.set_num_threads(threads)
        yield from (_rows(run, job) for job in jobs)
        return
    with ProcessPoolExecutor(processes, initializer=_start, initargs=(threads,)) as pool:
        futures = [pool.submit(_rows, run, job) for job in jobs]
        try:
            yield from (future.result() for future in as_completed(futures))
        finally:  # an error must not run the rest first
            pool.shutdown(cancel_futures=True)


def _rows(run: Callable, job: Job) -> list[dict]:
    found = run(job)
    return [job | row for row in (found if isinstance(found, list) else [found])]


def _start(threads: int) -> None:
    """Begin a process that works, and ends when the one that gave it work was killed."""
    torch.set_num_threads(threads)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _of(job: Job, row: dict) -> bool:
    """Is it a row of this job?"""
    return all(key in row and row[key] == value for key, value in job.items())


def _line(value) -> str:
    return json.dumps(value, allow_nan=False) + "\n"
