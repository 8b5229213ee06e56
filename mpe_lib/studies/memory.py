"""Does a neuron remember, how far, and what: ``python -m mpe_lib.studies.memory recall``.

Each family of tasks is two result files. ``memory_FAMILY_search.json`` has nine trials for each
neuron on one task of the family: learning rate x its own time constant, three each, or nine rates
where it has none, scored on a validation part. ``memory_FAMILY.json`` has the runs at the setting
that was best there, on every task of the family, five seeds, the test part scored once.
"""

import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from ..datasets.events import Part
from ..networks.memory import MemoryNet
from ..results import store
from ..results.names import kinds, parse
from ..training.neurons import maker
from . import memory_tasks as tasks
from .nets import score
from .study import Study, command, complete

RATES = (2e-3, 5e-3, 1e-2)
NINE = (5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 7e-3, 1e-2, 2e-2, 3e-2)
DECAYS = (0.5, 0.9, 0.98)
WITH_DECAY = (
    "exact LIF", "hard", "hard + 2", "bernoulli", "mean", "FPT", "PSU", "IPSU", "RPSU", "SPSN",
    "SDN",
)  # fmt: skip
WITHOUT = (
    "zero", "clock", "PSN", "masked PSN", "sliding PSN", "channel-wise PSN", "PMSN", "DSN",
    "SE-adLIF", "ALIF",
)  # fmt: skip
SETTINGS = {"width": 64, "batch_size": 64, "iterations": 1500, "samples": 2000}
SEARCH_SEED = 1000
FAMILIES = {  # family -> its tasks, and the one that is searched on
    "recall": ([partial(tasks.recall, d) for d in tasks.DELAYS], partial(tasks.recall, 4)),
    "xor": ([partial(tasks.xor, d) for d in tasks.DELAYS], partial(tasks.xor, 4)),
    "interval": ([tasks.interval], tasks.interval),
    "digits": (
        [partial(tasks.digits, "row"), partial(tasks.digits, "pixel")],
        partial(tasks.digits, "row"),
    ),
    "glances": ([tasks.glances], tasks.glances),
    "spoken": ([tasks.spoken], tasks.spoken),
}
WHAT = {
    "recall": "which of eight channels was raised, asked after a delay",
    "xor": "do a cue at the first step and one at the last match",
    "interval": "how far apart are two pulses",
    "digits": "handwritten digits by row and by pixel",
    "glances": "built-in data: in which order were three glances made",
    "spoken": "which of two spoken digits came first",
}


def neurons() -> list[str]:
    """Every neuron of the suite, the exact one first."""
    return [*WITH_DECAY, *WITHOUT]


def fit(
    task: tasks.Task, make: Callable, learning_rate: float, seed: int, settings: dict = SETTINGS
) -> tuple[nn.Module, list[float]]:
    """A network trained on fresh batches: (network, loss in nats, a mean of every 100 steps)."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        net = MemoryNet(task.classes, make, task.inputs, settings["width"])
        batch = partial(task.sample, "training", settings["batch_size"])
        net(batch(torch.Generator().manual_seed(seed)).frames)  # sizes what is sized by a call
        optimiser = torch.optim.Adam(net.parameters(), lr=learning_rate)
        steps = settings["iterations"]
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        losses = []
        for _ in range(steps):
            frames, labels = batch(generator)
            loss = F.cross_entropy(net(frames)[0][-1], labels)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.detach())
    means = [part.mean().item() for part in torch.stack(losses).split(100)]
    return net.eval(), [round(each, 4) for each in means]


@torch.no_grad()
def share_right(net: nn.Module, part: Part) -> float:
    """The share of sequences whose answer is right."""
    with torch.random.fork_rng():
        torch.manual_seed(0)  # of the neurons that draw
        found = [net(x)[0][-1].argmax(-1) for x in part.frames.split(500, 1)]
    return (torch.cat(found) == part.labels).double().mean().item()


def made(neuron: str) -> Callable[[int, float | None], nn.Module]:
    """What makes a neuron of the library, by its name, for so many steps and a decay or none."""
    return lambda steps, decay: maker(
        neuron, steps, **({} if decay is None else {"decay": decay})
    )()


def trial(
    task: tasks.Task, make: Callable, setting: dict, seed: int, settings: dict = SETTINGS
) -> tuple[nn.Module, dict]:
    """(network, what its training was like) for one setting of one neuron.

    Args:
        make: (steps, decay) -> neuron.
        setting: learning_rate, and decay (None: the neuron has none).
    """
    start = time.perf_counter()
    one = partial(make, task.steps, setting["decay"])
    net, losses = fit(task, one, setting["learning_rate"], seed, settings)
    return net, {"loss": losses, "seconds": round(time.perf_counter() - start, 1)}


def trials(has_decay: bool) -> list[dict]:
    """The nine settings that a neuron may choose from.

    >>> len(trials(True)), len(trials(False)), trials(False)[0]
    (9, 9, {'learning_rate': 0.0005, 'decay': None})
    """
    if has_decay:
        return [{"learning_rate": rate, "decay": d} for d in DECAYS for rate in RATES]
    return [{"learning_rate": rate, "decay": None} for rate in NINE]


def validated(task: tasks.Task, make: Callable, setting: dict, settings: dict = SETTINGS) -> dict:
    """One trial, scored on the validation part."""
    net, facts = trial(task, make, setting, SEARCH_SEED, settings)
    part = task.sample("validation", settings["samples"], torch.Generator().manual_seed(7))
    return {"task": task.name, "validation": share_right(net, part)} | facts


def tested(
    task: tasks.Task, make: Callable, setting: dict, seed: int, settings: dict = SETTINGS,
    draws: bool = False,
) -> dict:  # fmt: skip
    """One run, scored on the test part; of a neuron that draws, with its draw too."""
    net, facts = trial(task, make, setting, seed, settings)
    part = task.sample("test", settings["samples"], torch.Generator().manual_seed(8))
    row = {**setting, "test": share_right(net, part), "samples": len(part.labels)}
    if draws:
        row["drawn"] = share_right(score(net, drawn=True), part)
    return row | facts


def search_job(job: dict, task: Callable[[], tasks.Task], settings: dict) -> dict:
    """One trial of one neuron."""
    return validated(task(), made(job["neuron"]), job, settings)


def chosen(rows: list[dict]) -> dict:
    """The best setting of a neuron's trials; of equals, the lowest rate and the first decay."""
    best = max(rows, key=lambda row: (row["validation"], -row["learning_rate"]))
    return {name: best[name] for name in ("learning_rate", "decay")}


def run_job(job: dict, family: str, root: Path | None, settings: dict) -> dict:
    """Train at the chosen setting; score the test part."""
    neuron = job["neuron"]
    (task,) = (each for each in tasks_of(family, root)[0] if each().name == job["task"])
    rows = store.read(f"memory_{family}_search")["rows"]
    setting = chosen([row for row in rows if row["neuron"] == neuron])
    draws = kinds()[parse(neuron).neuron].draws
    return tested(task(), made(neuron), setting, job["seed"], settings, draws)


def tasks_of(family: str, root: Path | None) -> tuple[list, partial]:
    """What makes each task of a family, and the one that is searched on."""
    every, one = FAMILIES[family]
    if family == "spoken":
        return [partial(each, root) for each in every], partial(one, root)
    return every, one


def search_jobs(_: int) -> Iterator[dict]:
    """Every trial of every neuron."""
    for neuron in neurons():
        yield from ({"neuron": neuron, **each} for each in trials(neuron in WITH_DECAY))


def run_jobs(family: str, root: Path | None, seeds: int) -> Iterator[dict]:
    """Every neuron on every task, seeds outermost."""
    names = [each().name for each in tasks_of(family, root)[0]]
    for seed in range(seeds):
        for neuron in neurons():
            yield from ({"neuron": neuron, "task": name, "seed": seed} for name in names)


def searches(family: str, root: Path | None, settings: dict = SETTINGS) -> Study:
    """The study of all trials on one task of a family."""
    one = tasks_of(family, root)[1]
    what = f"memory suite, settings tried on a validation part: {WHAT[family]}"
    run = partial(search_job, task=one, settings=settings)
    return Study(f"memory_{family}_search", what, settings, search_jobs, run)


def runs(family: str, root: Path | None, settings: dict = SETTINGS) -> Study:
    """The study of all runs of a family."""
    jobs = partial(run_jobs, family, root)
    run = partial(run_job, family=family, root=root, settings=settings)
    return Study(f"memory_{family}", f"memory suite: {WHAT[family]}", settings, jobs, run)


def study(arguments: Namespace) -> Study:
    """The runs of ``arguments.study``, once its search is complete."""
    family, root = arguments.study, arguments.root
    complete(searches(family, root), 1, arguments.processes, arguments.threads)
    return runs(family, root)


if __name__ == "__main__":
    command(study, __doc__, WHAT, ("spoken",))
