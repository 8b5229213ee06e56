"""What an epoch of each network of the recordings study takes: time and memory."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

import torch
from tqdm import tqdm

from ..core.losses import tet_loss
from ..training import Part
from . import tasks
from .nets import network_of
from .scaling.harness import now
from .scaling.memory import peak_of
from .study import Study

ROUNDS = 9  # after one that is not timed
FOLDERS = {"spoken": "spoken_digits", "nmnist": "nmnist", "digits": None}


def study(root: Path) -> Study:
    """root holds the folders ``nmnist`` and ``spoken_digits``."""
    read = {task: {k: v for k, v in tasks.SETTINGS[task].items() if k != "membrane_weights"}
            for task in FOLDERS}  # fmt: skip
    return Study(
        name="recordings_cost",
        what="time of one training pass and peak memory of one training step, by neuron",
        settings={"rounds": ROUNDS, "tasks": read},
        jobs=lambda seeds: [{"task": task} for task in FOLDERS],
        run=partial(run, root=root),
        device="cuda" if torch.cuda.is_available() else "cpu",
        timed=True,
    )


def run(job: dict, root: Path) -> list[dict]:
    """The costs of every neuron on one task."""
    task, device = job["task"], "cuda" if torch.cuda.is_available() else "cpu"
    question, settings = {"digits": "order"}.get(task, task), tasks.SETTINGS[task]
    place = root / FOLDERS[task] if FOLDERS[task] else None
    training = tasks.parts_of(question, settings, place, tasks.folds_of(task)[0])[0]
    part = Part(*(each.to(device) for each in training))
    return list(cost(task, part, settings, ROUNDS))


def cost(task: str, training: Part, settings: dict, rounds: int) -> Iterator[dict]:
    """One row for each neuron; in each round every neuron has its turn, in an order drawn anew.

    Yields:
        {"neuron", "epoch_s" (median), "fastest_s", "slowest_s", "batches", "samples",
        "peak_bytes" of one step above the weights, the optimiser's state and the batch}.
    """
    names, random = list(tasks.neurons_of(task)), Random(0)
    runs, times = {}, {name: [] for name in names}
    with torch.random.fork_rng():
        for name in names:
            torch.manual_seed(0)
            network = network_of(name, training, settings).to(training.frames.device)
            optimiser = torch.optim.Adam(network.parameters(), lr=settings["learning_rate"])
            runs[name] = (network.train(), optimiser)
        batches = torch.randperm(len(training.labels)).split(settings["batch_size"])
        for k in tqdm(range(rounds + 1), desc=task, unit="round"):
            for name in random.sample(names, len(names)):
                start = now(training.frames.device)
                for these in batches:
                    _step(*runs[name], training, these)
                if k:
                    times[name].append(now(training.frames.device) - start)
        for name in names:
            network, optimiser = runs[name]
            optimiser.zero_grad(set_to_none=True)
            batch = Part(training.frames[:, batches[0]], training.labels[batches[0]])
            peak = peak_of(partial(_step, *runs[name], batch), training.frames.device)
            yield {
                "neuron": name,
                "epoch_s": round(median(times[name]), 4),
                "fastest_s": round(min(times[name]), 4),
                "slowest_s": round(max(times[name]), 4),
                "batches": len(batches),
                "samples": len(training.labels),
                "peak_bytes": peak,
            }


def _step(network, optimiser, part: Part, these=slice(None)) -> None:
    """One step of training, as the training loop takes it."""
    loss = tet_loss(network(part.frames[:, these])[0], part.labels[these])
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
