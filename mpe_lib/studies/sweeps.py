"""Sweeps to the exact neuron: ``python -m mpe_lib.studies.sweeps [counts|gradient|cost]``.

How many there are, the gradient through few of them, and what they cost. A sweep is one pass of
charge, fire and reset over all steps, counted as :func:`mpe_lib.exact_parallel` counts it: the
certifying one too.
"""

import math
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from statistics import median

import torch
from torch import Tensor

from ..core.dynamics import Settings, lif_sequence, lif_step
from ..core.estimate import RULES, estimate_membrane, mpe_sequence, previous
from ..core.exact import exact_parallel
from ..fast.spikes import lif_spikes, mpe_spikes
from ..results.timings import PASSES
from .study import Study, command

DECAYS, STEPS = (0.25, 0.5, 0.9, 0.99), (16, 64, 256)
# mean and spread of the input in thresholds, for inputs that are independent from step to step
NORMAL = {"weak": (0.0, 0.5), "middle": (0.5, 0.5), "strong": (1.5, 0.5), "wide": (0.5, 2.0)}
DRIVES = (*NORMAL, "constant", "periodic")
SEEDS, NEURONS = 5, 2000  # 10^4 neurons for each row
GRADIENT = {"steps": 64, "neurons": 500, "passes": (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)}
COST = {"steps": (16, 64, 256), "sizes": (2**8, 2**13), "budget": 2.0}


def drive(name: str, steps: int, neurons: int, seed: int) -> Tensor:
    """Input current ``[T, N]`` in thresholds: normal, constant or a sine of 8 to 16 steps.

    Every neuron of a constant or periodic drive has a level of its own, between 0 and 1.2; the
    sine swings between 0 and twice its level.
    """
    generator = torch.Generator().manual_seed(seed)
    if name in NORMAL:
        mean, spread = NORMAL[name]
        return mean + spread * torch.randn(steps, neurons, generator=generator)
    level, period, phase = torch.rand(3, neurons, generator=generator)
    if name == "constant":
        return (1.2 * level).expand(steps, neurons).clone()
    if name == "periodic":
        time = torch.arange(steps)[:, None] / (8 + 8 * period) + phase
        return 1.2 * level * (1 + torch.sin(2 * math.pi * time))
    raise ValueError(f"name must be one of {DRIVES}, got {name!r}: choose a drive")


def sweeps_needed(
    x: Tensor, decay: float, start: str = "hard", seed: int = 0
) -> tuple[Tensor, Tensor]:
    """Sweeps that each neuron needs: until its spikes are right for good, and until certified.

    Args:
        x: input current ``[T, N]``.
        decay: factor kept per step.
        start: the first guess, a rule of :func:`mpe_lib.estimate_membrane`.
        seed: of the draw, for "bernoulli".

    Returns:
        (spikes, certificate), each ``[N]`` int64 in 1 ... T + 1.
    """
    steps, exact, before = len(x), lif_sequence(x, decay).s, torch.zeros_like(x[0])
    v_hat, left = estimate_membrane(x, start, seed=seed), torch.arange(x.shape[1])
    spikes, certificate = torch.ones(2, x.shape[1], dtype=torch.int64)
    for number in range(1, steps + 2):
        s, _, v = lif_step(x, previous(v_hat, before), Settings(decay))
        spikes[left[(s != exact).any(0)]] = number + 1  # not right yet, so one more at least
        certificate[left] = number
        changed = (v != v_hat).any(0)
        left = left[changed]
        if not len(left):
            break
        # the first step is exact from now on: it only hands its potential on
        before, v_hat = v[0, changed], v[1:, changed]
        x, exact = x[1:, changed], exact[1:, changed]
    return spikes, certificate


def summary(values: Tensor) -> dict[str, float]:
    """Median, 99th percentile and worst of a count."""
    ordered = values.sort().values
    picks = {"median": 0.5, "p99": 0.99, "worst": 1.0}
    return {name: int(ordered[math.ceil(p * len(ordered)) - 1]) for name, p in picks.items()}


def count_jobs(seeds: int) -> Iterator[dict]:
    """Each decay, T, drive and start; the seeds of the inputs are in one row."""
    for decay, t, name in product(DECAYS, STEPS, DRIVES):
        for rule in RULES if t < 256 else ("hard", "zero"):  # the start matters little
            yield {"decay": decay, "T": t, "drive": name, "start": rule}


def count(job: dict, seeds: int = SEEDS, neurons: int = NEURONS) -> dict:
    """Sweeps over all neurons, and for each seed alone."""
    decay, t, name, rule = (job[key] for key in ("decay", "T", "drive", "start"))
    pairs = [sweeps_needed(drive(name, t, neurons, k), decay, rule, k) for k in range(seeds)]
    row = {}
    for field, each in zip(("spikes", "certificate"), zip(*pairs, strict=True), strict=True):
        row[field] = summary(torch.cat(each))
        row[f"{field}_by_seed"] = [summary(one) for one in each]
    return row


def gradient_gap(x: Tensor, weight: Tensor, decay: float, passes: int, cut: bool) -> dict:
    """Gradient of ``sum(weight s)`` through that many sweeps, beside the exact one.

    Args:
        x, weight: ``[T, N]``.
        passes: sweeps from zero, at least 1: one is a neuron with no memory.
        cut: start from the exact potential instead, as a constant: then the spikes are right
            and only the gradient is cut, after passes - 1 steps back.

    Returns:
        {"cosine", "error"}: of the whole gradient ``[T, N]``; the error is relative.
    """
    x = x.detach().requires_grad_()
    exact = lif_sequence(x, decay)
    rule = (lambda _: exact.v.detach()) if cut else "zero"
    few = mpe_sequence(x, rule, decay, sweeps=passes - 1).s
    a, b = (torch.autograd.grad((weight * s).sum(), x)[0].flatten() for s in (few, exact.s))
    cosine = torch.nn.functional.cosine_similarity(a, b, 0).item()
    return {"cosine": round(cosine, 5), "error": round(((a - b).norm() / b.norm()).item(), 5)}


def gradient_jobs(seeds: int) -> Iterator[dict]:
    """Each decay with each seed."""
    for seed in range(seeds):
        yield from ({"decay": decay, "seed": seed} for decay in DECAYS)


def gradient(job: dict, settings: dict = GRADIENT) -> list[dict]:
    """Each number of sweeps and kind of start; the middle drive."""
    decay, seed = job["decay"], job["seed"]
    x = drive("middle", settings["steps"], settings["neurons"], seed)
    weight = torch.randn(x.shape, generator=torch.Generator().manual_seed(1000 + seed))
    return [
        {"sweeps": passes, "cut": cut} | gradient_gap(x, weight, decay, passes, cut)
        for passes in settings["passes"]
        for cut in (False, True)
    ]


def cost_jobs(seeds: int) -> Iterator[dict]:
    """Each shape, forward and forward + backward."""
    for t, n in product(COST["steps"], COST["sizes"]):
        yield from ({"T": t, "N": n, "pass": each} for each in PASSES)


def cost(job: dict, budget: float = COST["budget"]) -> list[dict]:
    """Timings in turn on the middle drive; "compiled" is torch.compile's fused kernel.

    Returns:
        {"neuron", "median_ms", "rounds"}, and "sweeps" for exact_parallel. The compiled functions
        are timed forward alone: their backward takes minutes to compile.
    """
    contestants = {
        "LIF, fair": partial(lif_spikes, backend="torch"),
        "one sweep": _one_sweep,
        "exact_parallel, decay 0.25": lambda x: exact_parallel(x, 0.25)[0].s,
        "exact_parallel, decay 0.9": lambda x: exact_parallel(x, 0.9)[0].s,
    }
    backward, x, rows = job["pass"] != "forward", drive("middle", job["T"], job["N"], 0), []
    torch.compiler.reset()  # anew for each shape: no kernel for shapes in general
    if not backward:
        for name, each in (("LIF", lif_spikes), ("one sweep", _one_sweep)):
            contestants[f"{name}, compiled"] = torch.compile(each, dynamic=False)
    for name, seconds in in_turn(contestants, x, backward, budget).items():
        row = {"neuron": name, "median_ms": round(1e3 * median(seconds), 4)}
        row["rounds"] = len(seconds)
        if name.startswith("exact_parallel"):
            row["sweeps"] = exact_parallel(x, float(name.split()[-1]))[1]
        rows.append(row)
    return rows


def in_turn(
    neurons: dict[str, Callable[[Tensor], Tensor]], x: Tensor, backward: bool, budget: float
) -> dict[str, list[float]]:
    """As :func:`mpe_lib.studies.scaling.harness.side_by_side`, in seconds of processor time.

    With one thread that is what a clock on the wall shows on a quiet machine; on a busy one it
    leaves out the time in which others had the processor, which hits long calls only.
    """
    times: dict[str, list[float]] = {name: [] for name in neurons}
    for k in range(31):  # round 0 warms up, and compiles
        if k == 1:
            begin = time.process_time()
        if k > 3 and time.process_time() - begin > budget:
            break
        for name, neuron in neurons.items():
            x = x.detach().requires_grad_(backward)
            start = time.process_time()
            with torch.set_grad_enabled(backward):
                s = neuron(x)
                if backward:
                    s.backward(torch.ones_like(s))
            if k:
                times[name].append(time.process_time() - start)
    return times


def _one_sweep(x: Tensor) -> Tensor:
    return mpe_spikes(x, "hard", with_loss=False, backend="torch")[0]


def study(arguments: Namespace) -> Study:
    """The study of ``arguments.study``."""
    if arguments.study == "cost":
        what = "processor time of the exact LIF by a loop and by sweeps; x [T, N]"
        return Study("sweeps_cost", what, COST, cost_jobs, cost, timed=True)
    if arguments.study == "gradient":
        what = "the gradient of the exact LIF through few sweeps, beside the exact one"
        return Study("sweeps_gradient", what, GRADIENT, gradient_jobs, gradient, seeds=SEEDS)
    what = "sweeps over all steps until the exact LIF"
    settings = {"seeds": SEEDS, "neurons": NEURONS, "normal": NORMAL}
    return Study("sweeps", what, settings, count_jobs, count)


if __name__ == "__main__":
    command(study, __doc__, ("counts", "gradient", "cost"))
