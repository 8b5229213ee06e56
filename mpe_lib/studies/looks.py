"""Look at trained networks from all sides: ``python -m mpe_lib.studies.looks``.

Exact LIF, the paper's estimate and the neuron with no memory are trained on the built-in data, and
each network is looked at once on the test part: which classes it takes for which, when its answer
is settled, how often its neurons fire. Notebook 13 draws what is stored here, and asks whether a
live run lies within it.
"""

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping

import torch
from sklearn.metrics import confusion_matrix
from torch import Tensor, nn

from ..datasets.events import Part
from ..networks.energy import NetworkCost, synaptic_operations
from ..results import store
from ..training import Run, probe, train
from ..training.look import on
from ..training.neurons import maker
from ..training.tasks import network_of, parts_of, plan_of
from ..training.votes import leads, votes
from .study import Study, command

NEURONS = ("exact LIF", "bernoulli", "zero")
QUESTIONS = ("digit", "order")
PLACES = (0.0, 0.05, 0.25, 0.75)  # of the recordings shown, in the order of exact LIF's last lead


def examples(last: torch.Tensor) -> list[int]:
    """A few recordings, chosen by a rule: from one network's last leads, low to high.

    >>> examples(torch.tensor([3.0, -1.0, 2.0, 0.5]))
    [1, 1, 1, 2]
    """
    order = last.argsort(stable=True)
    return [int(order[int(place * (len(last) - 1))]) for place in PLACES]


def rows_of(runs: Mapping[str, Run], part: Part, seed: int = 0, batch_size: int = 64) -> list[dict]:
    """What networks do on a part, one row for each.

    Args:
        runs: name of the neuron -> its run; one of them is "exact LIF".
        part: the test part.
        seed: that the runs were trained with.
        batch_size: recordings that are run at a time.

    Returns:
        Rows with ``neuron``, ``seed``, ``test`` (share right), the curves ``task`` and
        ``validation`` over the epochs, ``anytime`` (share right after each step), ``confusion``
        (``[classes, classes]``, a row for each right class), ``rate`` (spikes per neuron and
        step, by layer), ``cost`` (operations and picojoules of one recording, see
        :func:`mpe_lib.networks.energy.synaptic_operations`), and of a few recordings
        (``examples``) the ``leads``, a list over the steps for each.
    """
    ahead, rows = {}, []
    for name, run in runs.items():
        found = votes(run.network, part.frames, batch_size)
        ahead[name] = leads(found, part.labels)
        taken = found.mean(0).argmax(1)
        classes = range(found.shape[-1])
        rates = probe(run.network, part.frames, batch_size)["rate"]
        rows.append(
            {
                "neuron": name,
                "seed": seed,
                "test": run.test,
                "task": [round(epoch["task"], 4) for epoch in run.history],
                "validation": [round(epoch["validation"], 4) for epoch in run.history],
                "anytime": [round(x, 4) for x in (ahead[name] > 0).double().mean(1).tolist()],
                "confusion": confusion_matrix(part.labels.cpu(), taken, labels=classes).tolist(),
                "rate": [round(each, 4) for each in rates],
                "cost": cost_of(run.network, part.frames, batch_size),
            }
        )
    chosen = examples(ahead["exact LIF"][-1])
    for row in rows:
        row["examples"] = chosen
        few = ahead[row["neuron"]][:, chosen].T.tolist()  # [examples, T]
        row["leads"] = [[round(each, 3) for each in lead] for lead in few]
    return rows


def cost_of(network: nn.Module, frames: Tensor, batch_size: int) -> dict:
    """Operations of one recording by layer, and the two estimates of its energy, in nJ."""
    parts = frames.split(batch_size, dim=1)
    found = [synaptic_operations(network, on(network, part)) for part in parts]
    share = [part.shape[1] / frames.shape[1] for part in parts]

    def mean(value: Callable[[NetworkCost], float]) -> float:
        return sum(w * value(each) for w, each in zip(share, found, strict=True))

    layers = range(len(found[0].layers))
    return {
        "layers": [layer.name for layer in found[0].layers],
        "kind": [layer.kind for layer in found[0].layers],
        "operations": [round(mean(lambda each, k=k: each.layers[k].operations)) for k in layers],
        "dense": [round(layer.dense) for layer in found[0].layers],
        "nanojoules": round(mean(lambda each: each.picojoules) / 1000, 3),
        "dense_nanojoules": round(found[0].dense_picojoules / 1000, 3),
    }


def stored(dataset: str) -> list[dict]:
    """The stored rows of one data set; an empty list where there are none."""
    rows = store.read("looks")["rows"]
    return [row for row in rows if row["dataset"] == dataset]


def jobs(seeds: int) -> Iterator[dict]:
    """All questions with one seed after the other."""
    for seed in range(seeds):
        yield from ({"dataset": dataset, "seed": seed} for dataset in QUESTIONS)


def run(job: dict) -> list[dict]:
    """Train every neuron, and look."""
    dataset, seed, runs = job["dataset"], job["seed"], {}
    plan = plan_of(dataset, "small")
    parts = parts_of(dataset, plan)
    for name in NEURONS:
        build = network_of(plan, parts, maker(name, plan.steps, decay=plan.decay))
        words = f"{dataset}, {name}, seed {seed}"
        runs[name] = train(build, *parts, plan.recipe, seed=seed, progress=words)
    return rows_of(runs, parts[2], seed)


def study(arguments: Namespace) -> Study:
    """The study; it has no settings to choose."""
    return Study(
        name="looks",
        what="test part of the built-in data: mistakes, answers step by step, rates, operations",
        settings={name: plan_of(name, "small").recipe.facts() for name in QUESTIONS},
        jobs=jobs,
        run=run,
        device="cuda" if torch.cuda.is_available() else "cpu",
    )


if __name__ == "__main__":
    command(study, __doc__)
