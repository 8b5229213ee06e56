"""Spiking actors hold a pole, as they were shown: ``python -m mpe_lib.studies.pole``.

The best linear controller (LQR) is cloned: an actor is shown states, and the force with which the
controller would push. That is no reinforcement learning, and nothing is tried out while learning.
Then the actor is alone, from starts that it has not seen.

Actors differ in one thing each. "no velocities" is shown 0 for both, and since an actor forgets
everything between two steps it cannot find them by itself; "untrained" has its drawn weights; "no
force" knows nothing; "LQR" is the controller itself. "rate decoding" can say no more than the
membrane: it differs in the scale at which it starts and learns.
"""

import math
from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..systems.ilc_san import SpikingActor
from . import cartpole
from .cartpole import FORCE, Policy, drawn_starts, expert, no_force, ride
from .study import Study, command

SETTINGS = {
    "starts": [1.0, 1.0, 0.1, 1.0],  # how far from standing, in m, m/s, rad, rad/s
    "scale": [0.8, 1.0, 0.07, 1.0],  # of a state, so that populations see values of the order of 1
    "hidden": [64, 64],
    "population": 10,
    "steps": 5,
    "runs": 400,
    "run_steps": 60,
    "noise": 5.0,  # N, beside the controller's force while states are gathered
    "iterations": 800,
    "batch_size": 128,
    "rates": [0.005, 0.01, 0.02],  # of learning; validation chooses
    "tests": 200,
    "test_steps": 500,
}
SPIKING = {  # actor -> how it differs from the first
    "spiking actor": {},
    "rate decoding": {"decode": "rate"},
    "no lateral": {"lateral": False},
    "no velocities": {"seen": (1.0, 0.0, 1.0, 0.0)},
    "untrained": {"rates": [0.0]},
}
OTHERS = {"LQR": expert, "no force": no_force}
PARTS = ("training", "validation", "test")
SHOWN = ((-1.0, 0.0, 0.1, 0.8), 120)  # the ride that is kept: its start, and its steps


class Cloned(NamedTuple):
    """An actor, and how a state is shown to it."""

    net: SpikingActor
    scale: Tensor  # [4], 0 where nothing is shown

    def see(self, state: np.ndarray) -> Tensor:
        """Observations ``[B, 4]`` of states ``[B, 4]``."""
        return torch.from_numpy(state).float() * self.scale

    @torch.no_grad()
    def push(self, state: np.ndarray) -> np.ndarray:
        """The policy: forces ``[B]`` in N for states ``[B, 4]``."""
        return FORCE * self.net(self.see(state))[:, 0].double().numpy()


def gathered(settings: dict, seed: int, part: str) -> np.ndarray:
    """States ``[N, 4]`` where the controller was while its force was disturbed; all of them up."""
    draw = np.random.default_rng([seed, PARTS.index(part)])

    def disturbed(state: np.ndarray) -> np.ndarray:
        noise = settings["noise"] * draw.standard_normal(len(state))
        return np.clip(expert(state) + noise, -FORCE, FORCE)

    start = drawn_starts(draw, settings["runs"], settings["starts"])
    states = ride(disturbed, start, settings["run_steps"]).states.reshape(-1, 4)
    return states[cartpole.up(states)]


def error(policy: Policy, states: np.ndarray) -> float:
    """Root mean square of the difference from the controller's force, in N."""
    return math.sqrt(np.square(policy(states) - expert(states)).mean())


def clone(
    settings: dict, seed: int, rate: float, states: np.ndarray, seen=(1.0,) * 4, **other
) -> Cloned:
    """An actor that was shown states and the controller's forces, for some steps of Adam.

    Args:
        settings: of this file.
        seed: of the weights and the batches.
        rate: of learning; it falls to 0 as half a cosine. 0 leaves the drawn weights.
        states: ``[N, 4]``.
        seen: factor of each of the four numbers.
        other: as of :class:`SpikingActor`.
    """
    sizes = {name: settings[name] for name in ("hidden", "population", "steps")}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = SpikingActor(4, 1, **sizes | other)
    actor = Cloned(net, torch.tensor(seen) / torch.tensor(settings["scale"]))
    steps = settings["iterations"] if rate else 0
    o, force = actor.see(states), torch.from_numpy(expert(states)).float()[:, None]
    draw = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(net.parameters(), rate)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, max(steps, 1))
    for _ in range(steps):
        few = torch.randint(len(o), (settings["batch_size"],), generator=draw)
        loss = nn.functional.mse_loss(net(o[few]), force[few] / FORCE)
        adam.zero_grad()
        loss.backward()
        adam.step()
        falling.step()
    return actor


def chosen(settings: dict, seed: int, rates=None, **other) -> tuple[Cloned, dict]:
    """(actor, what was tried): the learning rate is the one that errs least on validation."""
    training, validation = (gathered(settings, seed, part) for part in PARTS[:2])
    rates = rates or settings["rates"]
    actors = {rate: clone(settings, seed, rate, training, **other) for rate in rates}
    errors = {rate: error(actor.push, validation) for rate, actor in actors.items()}
    best = min(errors, key=errors.get)
    tried = [[rate, round(each, 3)] for rate, each in errors.items()]
    return actors[best], {"rate": best, "validation": tried}


def judged(settings: dict, seed: int, policy: Policy) -> dict:
    """How long a policy holds the pole from unseen starts, and how still.

    Returns:
        ``held``, steps, a mean over the starts; ``whole``, the share held to the end; ``sway``,
        the root mean square of the angle in the last second of those, in degrees, None where
        there are none; ``error``, of the force on states of the test part, in N.
    """
    draw = np.random.default_rng([seed, PARTS.index("test"), 1])
    start = drawn_starts(draw, settings["tests"], settings["starts"])
    found = ride(policy, start, settings["test_steps"])
    whole = found.held == settings["test_steps"]
    late = np.degrees(found.states[-50:, whole, 2])
    return {
        "held": round(float(found.held.mean()), 2),
        "whole": round(float(whole.mean()), 3),
        "sway": round(math.sqrt(np.square(late).mean()), 3) if whole.any() else None,
        "error": round(error(policy, gathered(settings, seed, "test")), 3),
    }


@torch.no_grad()
def watched(actor: Cloned, start=SHOWN[0], steps: int = SHOWN[1]) -> dict:
    """One ride and what the output population did, in numbers that a file can hold.

    Returns:
        Of the N steps until it fell, or of all: ``states`` ``[N + 1][4]``; ``pushes`` ``[N]``, in
        N; ``fired``, for each of the N T steps of the neurons a list of those that fired;
        ``neurons``, how many there are. ``alone``: the states of a pole that nobody pushes, until
        it lies.
    """
    spikes = []

    def push(state: np.ndarray) -> np.ndarray:
        s = actor.net.traces(actor.see(state))[-1].s
        spikes.extend(s[:, 0])
        return FORCE * torch.tanh(actor.net.decode(s))[:, 0].double().numpy()

    found, alone = ride(push, np.array([start]), steps), [np.array(start)]
    while abs(alone[-1][2]) < math.pi / 2 and len(alone) <= steps:
        alone.append(cartpole.advance(alone[-1], 0.0))
    pushed = len(spikes) // actor.net.steps
    return {
        "states": found.states[: pushed + 1, 0].round(4).tolist(),
        "pushes": found.forces[:pushed, 0].round(3).tolist(),
        "fired": [each.nonzero().flatten().tolist() for each in spikes],
        "neurons": len(spikes[0]),
        "alone": np.array(alone).round(4).tolist(),
    }


@torch.no_grad()
def used(actor: Cloned, states: np.ndarray) -> int:
    """How many neurons of the output population fire at all."""
    return int(actor.net.traces(actor.see(states))[-1].s.flatten(0, 1).any(0).sum())


def raster(ride: dict) -> np.ndarray:
    """The spikes ``[N T, P]`` of a ride that was watched, from its lists.

    >>> raster({"fired": [[1], [], [0, 1]], "neurons": 2}).astype(int).tolist()
    [[0, 1], [0, 0], [1, 1]]
    """
    spikes = np.zeros((len(ride["fired"]), ride["neurons"]), dtype=bool)
    for step, fired in zip(spikes, ride["fired"], strict=True):
        step[fired] = True
    return spikes


def jobs(seeds: int) -> Iterator[dict]:
    """Every actor with one seed after the other."""
    for seed in range(seeds):
        yield from ({"actor": name, "seed": seed} for name in (*SPIKING, *OTHERS))


def run(job: dict, settings: dict) -> dict:
    """Clone one actor, and let it ride alone."""
    name, seed = job["actor"], job["seed"]
    if name in OTHERS:
        return judged(settings, seed, OTHERS[name])
    actor, row = chosen(settings, seed, **SPIKING[name])
    row |= judged(settings, seed, actor.push) | {
        "used": used(actor, gathered(settings, seed, "test"))
    }
    return row | ({"ride": watched(actor)} if name == "spiking actor" else {})


def study(arguments: Namespace | None = None) -> Study:
    """The study; it has no settings to choose."""
    return Study(
        name="pole",
        what="how long spiking actors hold a pole that a linear controller showed them how to hold",
        settings=SETTINGS,
        jobs=jobs,
        run=partial(run, settings=SETTINGS),
        seeds=3,
    )


if __name__ == "__main__":
    command(study, __doc__)
