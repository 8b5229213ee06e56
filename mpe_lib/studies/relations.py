"""Which nodes of a graph are near, asked by spikes: ``python -m mpe_lib.studies.relations``.

Writes ``data/measured/relations.json``. Edges have one of a few relations, each relation has a
length that nobody tells, and the question is whether a node is within a given length of another.
Delays are learned, drawn and kept, or left out.
"""

import math
from argparse import Namespace
from collections.abc import Iterator
from statistics import mean
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from ..systems.grsnn import GRSNN
from .study import Study, command

SETTINGS = {
    "nodes": 16,
    "lengths": [1.0, 2.0, 4.0],  # of the relations, hidden from the network
    "edges": 2.5,  # of each node, in the mean
    "within": 5.0,
    "hops": [2, 3],  # the nodes that are asked about: one edge away is too easy
    "graphs": {"training": 600, "validation": 200, "test": 300},
    "steps": 14,
    "iterations": 120,
    "batch_graphs": 200,
    "learning_rates": [0.02, 0.05],  # chosen on the validation part, for each case and seed
}
NEURONS = (8, 2)  # of each node
LEARNED, FROZEN, NONE, HOPS = "learned", "drawn and kept", "none", "number of edges, no network"


class Graphs(NamedTuple):
    """Many graphs and what is asked of them; node 0 is the source.

    links: ``[B, R, N, N]``, see :class:`mpe_lib.systems.grsnn.GRSNN`.  hops, length: edges and
    length of the shortest paths ``[B, N]``, inf if there is none.  near: the answer, 0 or 1.
    asked: the nodes that are scored.
    """

    links: Tensor
    hops: Tensor
    length: Tensor
    near: Tensor
    asked: Tensor


def draw(n: int, generator: torch.Generator, settings: dict = SETTINGS) -> Graphs:
    """n graphs: each two nodes are linked with the same chance, by a relation that is drawn."""
    nodes, lengths = settings["nodes"], torch.tensor(settings["lengths"])
    there = torch.rand(n, nodes, nodes, generator=generator) < settings["edges"] / (nodes - 1)
    there &= ~torch.eye(nodes, dtype=torch.bool)
    relation = torch.randint(len(lengths), there.shape, generator=generator)
    links = F.one_hot(relation, len(lengths)).movedim(-1, 1) * there[:, None]
    hops = shortest(torch.where(there, 1.0, math.inf))
    length = shortest(torch.where(there, lengths[relation], math.inf))
    low, high = settings["hops"]
    near = (length <= settings["within"]).float()
    return Graphs(links.float(), hops, length, near, (hops >= low) & (hops <= high))


def shortest(edges: Tensor) -> Tensor:
    """Lengths ``[B, N]`` of the shortest paths from node 0, from those of the edges ``[B, N, N]``.

    >>> inf = math.inf
    >>> shortest(torch.tensor([[[inf, 1, 5], [inf, inf, 2], [inf, inf, inf]]])).tolist()
    [[0.0, 1.0, 3.0]]
    """
    found = torch.full(edges.shape[:2], math.inf)
    found[:, 0] = 0
    for _ in range(edges.shape[1] - 1):  # a shortest path has no more edges than that
        found = torch.minimum(found, (found[:, :, None] + edges).amin(1))
    return found


class Kept(GRSNN):
    """Delays as they were drawn, whatever is learned."""

    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        with torch.no_grad():
            self.register_buffer("drawn", super().delays(self.query.weight[:1]).clone())

    def delays(self, q: Tensor) -> Tensor:
        return self.drawn.expand(len(q), -1, -1)


class Undelayed(GRSNN):
    """No delays: every message takes one step."""

    def delays(self, q: Tensor) -> Tensor:
        return 0 * super().delays(q)


NETWORKS = {LEARNED: GRSNN, FROZEN: Kept, NONE: Undelayed}


def fit(
    case: str, neurons: int, graphs: Graphs, learning_rate: float, seed: int, settings: dict
) -> tuple[GRSNN, list[float]]:
    """Train a network by Adam, the rate falling to 0; (network, loss of every iteration).

    torch's own random state is left as it was.
    """
    losses, iterations = [], settings["iterations"]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = NETWORKS[case](len(settings["lengths"]), neurons, steps=settings["steps"])
        descent = torch.optim.Adam(net.parameters(), lr=learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(descent, iterations)
        for _ in range(iterations):
            these = torch.randperm(len(graphs.links))[: settings["batch_graphs"]]
            links, _, _, near, asked = (each[these] for each in graphs)
            scores = net(links, torch.zeros(len(links), dtype=torch.long))
            loss = F.binary_cross_entropy_with_logits(scores[asked], near[asked])
            descent.zero_grad()
            loss.backward()
            descent.step()
            schedule.step()
            losses.append(loss.detach())
    return net.eval(), torch.stack(losses).tolist()


@torch.no_grad()
def judge(net: GRSNN, graphs: Graphs) -> float:
    """AUROC over the nodes that are asked about: a near node scores higher than a far one."""
    return area(net(graphs.links, torch.zeros(len(graphs.links), dtype=torch.long)), graphs)


def area(scores: Tensor, graphs: Graphs) -> float:
    """AUROC of any scores ``[B, N]``."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(graphs.near[graphs.asked], scores[graphs.asked]))


def chosen(case: str, neurons: int, parts: dict[str, Graphs], seed: int, settings: dict) -> dict:
    """The row of the network whose learning rate is best on the validation part."""
    tried, best = [], None
    for rate in settings["learning_rates"]:
        net, losses = fit(case, neurons, parts["training"], rate, seed, settings)
        validation = judge(net, parts["validation"])
        tried.append([rate, round(validation, 4)])
        if best is None or validation > best[0]:
            best = validation, rate, net, losses
    validation, rate, net, losses = best
    test = parts["test"]
    with torch.no_grad():
        delays = net.delays(net.query.weight)[0]  # [R, D]
        s = net.trace(test.links, torch.zeros(len(test.links), dtype=torch.long)).s
    return {
        "learning_rate": rate,
        "tried": tried,
        "validation": round(validation, 4),
        "test": round(judge(net, test), 4),
        "delays": [[round(d, 3) for d in row] for row in delays.tolist()],
        "rate": round(s.mean().item(), 4),
        "loss": [round(mean(losses[k : k + 10]), 4) for k in range(0, len(losses), 10)],
    }


def jobs(seeds: int) -> Iterator[dict]:
    """All of the study with one seed after the other."""
    for seed in range(seeds):
        yield {"delays_are": HOPS, "seed": seed}
        for neurons in NEURONS:
            yield from ({"delays_are": c, "neurons": neurons, "seed": seed} for c in NETWORKS)


def run(job: dict, settings: dict = SETTINGS) -> dict:
    """One row; the graphs depend on the seed alone."""
    seed, generator = job["seed"], torch.Generator().manual_seed(job["seed"])
    parts = {name: draw(n, generator, settings) for name, n in settings["graphs"].items()}
    if job["delays_are"] != HOPS:
        return chosen(job["delays_are"], job["neurons"], parts, seed, settings)
    asked = parts["test"].asked
    facts = {"near": parts["test"].near[asked].mean().item(), "asked": int(asked.sum())}
    areas = {name: area(-parts[name].hops, parts[name]) for name in ("validation", "test")}
    return {name: round(value, 4) for name, value in (areas | facts).items()}


def study(arguments: Namespace) -> Study:
    """The study; it has no settings to choose."""
    return Study(
        name="relations",
        what="graphs whose edges have hidden lengths: is a node within a given length of another?",
        settings=SETTINGS,
        jobs=jobs,
        run=run,
        seeds=3,
    )


if __name__ == "__main__":
    command(study, __doc__)
