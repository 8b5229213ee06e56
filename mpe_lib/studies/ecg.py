"""The waves of a heartbeat, step by step: ``python -m mpe_lib.studies.ecg --root FOLDER``.

FOLDER holds ``qtdb_spikes.npz``, see :mod:`mpe_lib.datasets.ecg`; the result is
``data/measured/ecg.json``: the share of marked steps that is named right, for the real task of
SRNN and SE-adLIF. Each stands beside itself without its slow variable (beta 0, q 0), beside exact
LIF neurons, and beside what knows less: logistic regression on leaky traces, on the step alone,
and the commonest wave.

A loop over 1301 steps is slow without a GPU, so the networks are far smaller and trained far more
briefly than the papers': one layer of 64 neurons, 300 batches of 64 pieces of 260 steps, cut at
random; a piece starts with all potentials at 0. The whole sequences are scored. Papers' numbers are
of larger nets and of their own split: they can stand beside these rows, not in one table.

Every network has the same search: three learning rates, each net kept as it was at the best of six
looks at the validation part. The test part is scored once, by the net that was best there.
"""

import copy
import math
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

import torch
import torch.nn.functional as F
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from ..core.dynamics import Settings, lif_step
from ..datasets.catalogue import PARTS
from ..datasets.ecg import CHANNELS, UNMARKED, WAVES, Heartbeats, load_ecg
from ..systems.parts import kept, leaky_mean
from ..systems.se_adlif import AdLIF
from ..systems.srnn import SRNN
from .study import Study, command

SETTINGS = {
    "neurons": 64,
    "tau_out": 15.0,  # steps, of the leaky readout
    "decay": 0.95,  # of exact LIF: the leak of 20 steps that SRNN starts with
    "gain": 10.0,  # of the weights in: one step in twelve has a spike, and these leaks are slow
    "piece": 260,
    "batch": 64,
    "iterations": 300,
    "looks": 6,
    "rates": [0.001, 0.003, 0.01],
    "clip": 1.0,
    "traces": [3, 10, 30, 100],  # steps, of the leaky traces
    "every": 4,  # the regression is fitted to every fourth step
    "weight_costs": [0.01, 1.0, 100.0],  # C of the regression, chosen on the validation part
}
TRACES, STEP, MAJORITY = "logistic regression on leaky traces", "on the step alone", "majority"


class RecurrentLIF(nn.Module):
    """Exact LIF neurons with weights in and back to themselves, which start orthogonal."""

    def __init__(self, inputs: int, neurons: int, decay: float):
        super().__init__()
        self.weights = nn.Linear(inputs, neurons)
        self.recurrent = nn.Parameter(nn.init.orthogonal_(torch.empty(neurons, neurons)))
        self.neuron = Settings(decay, surrogate="atan")

    def forward(self, x: Tensor) -> Tensor:
        """Spikes ``[T, B, neurons]`` of the input ``[T, B, inputs]``."""
        current, spikes = self.weights(x), []
        v = s = torch.zeros_like(current[0])
        for x_t in current.unbind(0):
            s, _, v = lif_step(x_t + s @ self.recurrent.T, v, self.neuron)
            spikes.append(s)
        return torch.stack(spikes)


class Read(nn.Module):
    """A layer and leaky readout neurons, whose potentials are the votes, as SRNN has them."""

    def __init__(self, layer: nn.Module, neurons: int, tau_out: float):
        super().__init__()
        self.layer, self.readout = layer, nn.Linear(neurons, WAVES)
        self.keep = kept("tau_out", tau_out)

    def forward(self, x: Tensor) -> Tensor:
        """Votes ``[T, B, waves]`` of the input ``[T, B, inputs]``."""
        return leaky_mean(self.readout(self.layer(x)), self.keep)


def networks(settings: dict) -> dict[str, Callable[[], nn.Module]]:
    """Name -> what makes the network: 4 inputs, one recurrent layer, 6 leaky readouts."""
    n, tau_out = settings["neurons"], settings["tau_out"]
    size = len(CHANNELS), n
    return {
        "SRNN": lambda: SRNN(*size, WAVES, tau_out=tau_out),
        "SRNN, beta 0": lambda: SRNN(*size, WAVES, tau_out=tau_out, beta=0.0),
        "SE-adLIF": lambda: Read(AdLIF(*size), n, tau_out),
        "SE-adLIF, q 0": lambda: Read(AdLIF(*size, q=0.0), n, tau_out),
        "exact LIF": lambda: Read(RecurrentLIF(*size, settings["decay"]), n, tau_out),
    }


def built(name: str, settings: dict, seed: int) -> nn.Module:
    """The untrained network; its random start depends on the seed alone."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        net = networks(settings)[name]()
        getattr(net, "layer", net).weights.weight.mul_(settings["gain"])
    return net


def fit(net: nn.Module, parts: list[Heartbeats], settings: dict, rate: float, seed: int) -> tuple:
    """Train; (the net as it was at its best look, its share right on validation, losses)."""
    (spikes, waves), held = parts[0], parts[1]
    draw, iterations = torch.Generator().manual_seed(seed), settings["iterations"]
    length = min(settings["piece"], len(waves))
    adam = torch.optim.Adam(net.parameters(), rate)
    falling = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, iterations)
    every, losses, best = iterations // settings["looks"], [], (-1.0, None)
    for k in range(1, iterations + 1):
        few = torch.randint(waves.shape[1], (settings["batch"],), generator=draw)
        start = int(torch.randint(len(waves) - length + 1, (), generator=draw))
        piece = slice(start, start + length)
        votes, asked = net(spikes[piece][:, few]), waves[piece][:, few]
        loss = F.cross_entropy(votes.flatten(0, 1), asked.flatten(), ignore_index=UNMARKED)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), settings["clip"])
        adam.step()
        falling.step()
        losses.append(loss.item())
        if k % every == 0:
            share = right(confusion(net, held))
            best = max(best, (share, copy.deepcopy(net)), key=lambda each: each[0])
    means = [round(sum(losses[k : k + every]) / every, 4) for k in range(0, iterations, every)]
    return best[1], best[0], means


@torch.no_grad()
def confusion(net: Callable[[Tensor], Tensor], part: Heartbeats) -> Tensor:
    """Marked steps of whole sequences, ``[waves, waves]``: a row for each right wave."""
    marked = part.waves != UNMARKED
    taken = net(part.spikes).argmax(-1)[marked]
    return torch.bincount(part.waves[marked] * WAVES + taken, minlength=WAVES**2).view(WAVES, WAVES)


def right(counts: Tensor) -> float:
    """The share of steps that are named right."""
    return (counts.diagonal().sum() / counts.sum()).item()


def run_network(name: str, seed: int, parts: list[Heartbeats], settings: dict) -> dict:
    """Search the learning rate on validation, then score the test part once."""
    begin, tried = time.perf_counter(), {}
    for rate in settings["rates"]:
        tried[rate] = fit(built(name, settings, seed), parts, settings, rate, seed)
    rate = max(tried, key=lambda each: tried[each][1])
    net, validation, losses = tried[rate]
    return score(net, parts[2]) | {
        "validation": round(validation, 4),
        "rate": rate,
        "searched": {str(each): round(found[1], 4) for each, found in tried.items()},
        "weights": sum(each.numel() for each in net.parameters()),
        "loss": losses,
        "seconds": round(time.perf_counter() - begin, 1),
    }


def score(net: Callable[[Tensor], Tensor], part: Heartbeats) -> dict:
    """Share right and confusion on the test part."""
    counts = confusion(net, part)
    return {"test": round(right(counts), 4), "confusion": counts.tolist()}


def traces(x: Tensor, taus: list[int]) -> Tensor:
    """The step and its leaky traces, ``[T, B, 4 + 4 traces]``."""
    return torch.cat((x, *(leaky_mean(x, kept("tau", tau)) for tau in taus)), -1)


def run_baseline(name: str, parts: list[Heartbeats], settings: dict) -> dict:
    """What needs no spikes: a regression whose weight cost is searched, or the commonest wave."""
    train, held, test = parts
    if name == MAJORITY:
        commonest = train.waves[train.waves != UNMARKED].mode().values
        votes = F.one_hot(commonest, WAVES).float()
        return score(lambda x: votes.expand(*x.shape[:2], WAVES), test)
    seen = partial(traces, taus=settings["traces"] if name == TRACES else [])
    scale, tried = seen(train.spikes).flatten(0, 1).std(0).clamp(min=1e-6), {}
    marked = train.waves != UNMARKED
    inputs, waves = (seen(train.spikes) / scale)[marked], train.waves[marked]
    few = slice(None, None, settings["every"])
    for cost in settings["weight_costs"]:
        model = LogisticRegression(C=cost, max_iter=1000).fit(inputs[few].numpy(), waves[few])
        linear = partial(votes_of, model=model, seen=seen, scale=scale)
        tried[cost] = (right(confusion(linear, held)), linear)
    cost = max(tried, key=lambda each: tried[each][0])
    return score(tried[cost][1], test) | {"validation": round(tried[cost][0], 4), "cost": cost}


def votes_of(x: Tensor, model: LogisticRegression, seen: Callable, scale: Tensor) -> Tensor:
    """The votes of a regression at every step, ``[T, B, waves]``."""
    votes = torch.full((*x.shape[:2], WAVES), -math.inf)
    found = model.decision_function((seen(x) / scale).flatten(0, 1).numpy())
    votes[..., model.classes_] = torch.from_numpy(found).float().unflatten(0, x.shape[:2])
    return votes


def jobs(seeds: int) -> Iterator[dict]:
    """Seeds outermost; what draws nothing is run once."""
    for seed in range(seeds):
        plain = (MAJORITY, STEP, TRACES) if seed == 0 else ()
        yield from ({"network": name, "seed": seed} for name in (*plain, *networks(SETTINGS)))


def run(job: dict, root: Path) -> dict:
    """One row."""
    if job["network"] in (MAJORITY, STEP, TRACES):
        return run_baseline(job["network"], parts_of(root), SETTINGS)
    return run_network(job["network"], job["seed"], parts_of(root), SETTINGS)


@lru_cache(maxsize=1)
def parts_of(root: Path) -> list[Heartbeats]:
    """Training, validation and test part."""
    return [load_ecg(root, part) for part in PARTS]


def study(arguments: Namespace) -> Study:
    """The study of the heartbeats in ``arguments.root``."""
    return Study(
        name="ecg",
        what="heartbeats, step by step: the share of marked steps whose wave is named right",
        settings=SETTINGS,
        jobs=jobs,
        run=partial(run, root=arguments.root),
        data=lambda: [tensor for part in parts_of(arguments.root) for tensor in part],
        seeds=3,
    )


if __name__ == "__main__":
    command(study, __doc__, ("ecg",), ("ecg",))
