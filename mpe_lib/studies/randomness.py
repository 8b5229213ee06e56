"""What the draw does in evaluation, and a network trained with one neuron and run with another.

``python -m mpe_lib.studies.randomness`` trains small networks on the built-in data, then runs
each with every other neuron: the weights and the normalisation stay, only the neurons change.
Every entry of the result is scored once, on the test part, after all training is done.
"""

import copy
from argparse import Namespace
from collections.abc import Iterator
from itertools import combinations

import torch
from torch import Tensor, nn

from ..networks.event import EventNet
from ..results.names import parse
from ..training import Part
from ..training.neurons import NEURONS, maker
from .study import Study, command
from .tasks import DIGITS, parts_of, run_case

EPOCHS = {"order": 20, "digit": 10}
DRAWS, FEW = 10, 3  # FEW: with sweeps or recalibrated, where only the mean is asked for
# the five neurons, and two of them with refinement sweeps on the way to exact LIF; all that draw
# are scored with their draw
RUN_AS = (
    "exact LIF", "bernoulli, drawn", "mean", "hard", "zero",
    *(f"bernoulli + {k}, drawn" for k in (1, 2, 4)), *(f"hard + {k}" for k in (1, 2, 4)),
)  # fmt: skip


def swapped(network: EventNet, name: str) -> EventNet:
    """A copy of the network with other neurons; its weights and normalisation are the same."""
    other = copy.deepcopy(network)
    for layer in other.layers:
        layer[1] = maker(name)()
    return other.eval()


@torch.no_grad()
def recalibrated(network: EventNet, frames: Tensor, batch_size: int = 256) -> EventNet:
    """A copy whose batch norm statistics are measured anew, under the neurons it has now.

    No label is read and no weight is trained: only the running mean and variance change.
    """
    other = copy.deepcopy(network).eval()
    norms = [each for each in other.modules() if isinstance(each, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over the batches
        norm.train()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for batch in frames.split(batch_size, dim=1):
            other(batch)
    return other.eval()


@torch.no_grad()
def votes(network: EventNet, frames: Tensor, seed: int) -> tuple[Tensor, list[Tensor]]:
    """One run in ``eval()``: mean votes ``[N, classes]``, spikes of each layer ``[T, N, ...]``.

    The seed is that of the draws; a network without any gives the same for every seed.
    """
    spikes = []

    def fire(neuron: nn.Module, current: Tensor) -> Tensor:
        spikes.append(neuron(current))
        return spikes[-1]

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return network.eval().run(frames, fire).mean(0), spikes


def pair_share(answers: Tensor) -> float:
    """Share of entries that differ between two runs, the mean over all pairs of ``[R, N]``.

    >>> pair_share(torch.tensor([[0, 1], [0, 2], [0, 1]]))  # two of the three pairs differ once
    0.3333333333333333
    """
    pairs = [(a != b).double().mean() for a, b in combinations(answers, 2)]
    return torch.stack(pairs).mean().item()


def measure(network: EventNet, part: Part, draws: int) -> dict:
    """Accuracy of every run; with more than one, also what differs between them."""
    runs = [votes(network, part.frames, seed) for seed in range(draws)]
    each = torch.stack([vote for vote, _ in runs])  # [R, N, classes]
    answers = each.argmax(-1)
    hits = answers == part.labels
    row = {"test": [round(run.double().mean().item(), 5) for run in hits]}
    if draws == 1:
        return row
    first, second = runs[0][1], runs[1][1]
    vote = each.mean(0).argmax(-1) == part.labels
    return row | {
        "vote": round(vote.double().mean().item(), 5),  # the ten runs vote together
        "flips": round(pair_share(answers), 5),  # predictions that differ between two runs
        "changes": round(pair_share(hits), 5),  # right in the one and wrong in the other
        "spikes": [
            round((a != b).double().mean().item(), 5) for a, b in zip(first, second, strict=True)
        ],
        "margin": _margins(each),
    }


def _margins(each: Tensor) -> dict:
    """Is an answer that won narrowly the one that flips? For each sample, by its first run.

    Margin: by how much the winner of the first run led there. Others: how many of the other
    runs answer otherwise. Noise: deviation of that lead over the runs, pooled over samples.
    """
    top = each[0].topk(2).indices  # [N, 2]
    lead = each.gather(2, top.expand(len(each), -1, -1))  # [R, N, 2]
    lead = lead[..., 0] - lead[..., 1]  # [R, N]
    answers = each.argmax(-1)
    return {
        "lead": " ".join(f"{value:.2f}" for value in lead[0].tolist()),
        "others": " ".join(str(int(n)) for n in (answers[1:] != answers[0]).sum(0)),
        "noise": round(lead.double().var(0).mean().sqrt().item(), 4),
    }


def jobs(seeds: int) -> Iterator[dict]:
    """Which networks are trained, seeds outermost."""
    for seed in range(seeds):
        for label in EPOCHS:
            yield from ({"label": label, "trained": name, "seed": seed} for name in NEURONS)


def run(job: dict) -> list[dict]:
    """Train one network and run it as every neuron: one row for each."""
    settings = DIGITS | {"epochs": EPOCHS[job["label"]]}
    parts = parts_of(job["label"], settings)
    network, _ = run_case(parts, settings, job["trained"], 0.0, job["seed"])
    rows = []
    for words in RUN_AS:
        other, name = swapped(network.cpu(), words), parse(words)
        for anew in (False, True)[: 1 if name.sweeps else 2]:
            if anew:
                other = recalibrated(other, parts[0].frames)
            draws = 1 if not name.drawn else FEW if anew or name.sweeps else DRAWS
            row = measure(other, parts[2], draws)
            if anew or name.sweeps or job["trained"] != name.neuron:
                row.pop("margin", None)  # long, and of one case only is it asked for
            rows.append({"run_as": words, "recalibrated": anew} | row)
    return rows


def study(arguments: Namespace) -> Study:
    """The study; it has no settings to choose."""
    return Study(
        name="randomness",
        what="test accuracy of networks trained with one neuron and run with another",
        settings=DIGITS | {"epochs": EPOCHS, "draws": DRAWS, "few": FEW},
        jobs=jobs,
        run=run,
        seeds=3,
    )


if __name__ == "__main__":
    command(study, __doc__)
