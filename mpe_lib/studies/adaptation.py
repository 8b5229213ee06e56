"""What one slow variable is good for: ``python -m mpe_lib.studies.adaptation``.

One of four cues is raised for ten steps, fifty steps are silent, then a go signal asks which it
was. The answer is read from the spikes of the go signal alone, not from the leaky readout, which
would keep the cue itself. So a layer of neurons without weights to each other has nothing to keep
it in but its own thresholds. ``beta = 0`` takes the adaptation away and leaves the rest as it is:
it must lose.
"""

import time
from argparse import Namespace
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from ..systems.srnn import SRNN
from .study import Study, command

CUES, CUE, SILENT, GO = 4, 10, 50, 10
SETTINGS = {
    "cues": CUES, "steps": CUE + SILENT + GO, "silent": SILENT, "neurons": 40, "tau_m": 10.0,
    "tau_adp": 100.0, "iterations": 90, "batch_size": 64, "learning_rate": 0.01, "samples": 1000,
}  # fmt: skip
CASES = {  # what stands beside what
    "adaptive": {"beta": 1.8, "recurrent": False},
    "beta = 0": {"beta": 0.0, "recurrent": False},
    "beta = 0, with recurrent weights": {"beta": 0.0, "recurrent": True},
}


def sample(n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Inputs ``[T, n, 5]``, Poisson-like spikes of a cue channel and of the go channel; cues."""
    steps = SETTINGS["steps"]
    cue = torch.randint(CUES, (n,), generator=generator)
    odds = torch.zeros(steps, n, CUES + 1)
    odds[:CUE, torch.arange(n), cue] = 0.5
    odds[-GO:, :, CUES] = 0.5
    return (torch.rand(odds.shape, generator=generator) < odds).float(), cue


def answered(net: SRNN, x: Tensor) -> Tensor:
    """Logits ``[B, 4]`` from the spikes while the go signal lasts."""
    return net.readout(net.trace(x).s[-GO:].mean(0))


def run(job: dict) -> dict:
    """Train one network; share of fresh sequences whose cue is recalled."""
    start, case = time.perf_counter(), CASES[job["case"]]
    with torch.random.fork_rng():
        torch.manual_seed(job["seed"])
        generator = torch.Generator().manual_seed(job["seed"])
        taus = {name: SETTINGS[name] for name in ("tau_m", "tau_adp")}
        net = SRNN(CUES + 1, SETTINGS["neurons"], CUES, **taus, **case)
        optimiser = torch.optim.Adam(net.parameters(), lr=SETTINGS["learning_rate"])
        losses = []
        for _ in range(SETTINGS["iterations"]):
            x, cue = sample(SETTINGS["batch_size"], generator)
            loss = F.cross_entropy(answered(net, x), cue)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            losses.append(round(loss.item(), 4))
    x, cue = sample(SETTINGS["samples"], torch.Generator().manual_seed(10_000))
    with torch.no_grad():
        net.eval()
        right = (answered(net, x).argmax(1) == cue).double().mean().item()
        rate = net.trace(x).s.mean().item()
    return {
        "test": right,
        "rate": round(rate, 4),
        "tau_adp": [round(each, 2) for each in net.neuron.tau_adp.tolist()],
        "loss": losses[9::10],
        "seconds": round(time.perf_counter() - start, 1),
    }


def jobs(seeds: int) -> Iterator[dict]:
    """Each case with each seed, seeds outermost."""
    for seed in range(seeds):
        yield from ({"case": case, "seed": seed} for case in CASES)


def study(_: Namespace | None = None) -> Study:
    """The study; chance is one in four."""
    what = "recall of a cue after fifty silent steps, by neurons without weights to each other"
    return Study("adaptation", what, SETTINGS, jobs, run, facts={"chance": 1 / CUES})


if __name__ == "__main__":
    command(study, __doc__)
