"""Clock, turns and rows: every contestant is timed by these few functions and by no others.

A neuron maps its input current ``x [T, B, ...]`` to spikes, or to (spikes, loss), which are then
pulled on together; ``backward``: forward and backward together, or forward alone.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from statistics import median

import torch
from torch import Tensor
from tqdm import tqdm

from ...results.timings import PASSES
from .contestants import CONTESTANTS
from .memory import peak_bytes, run_once

STEPS, SIZES = (4, 8, 16, 32, 64), (2**10, 2**12, 2**14, 2**16)
WARM_UP = 2  # calls: the first compiles what is compiled, the second runs it once
CPU_CACHE = 64 * 2**20  # bytes: more than a core's own caches; a server's last level holds more
COPIES = 1024  # of one input, at most
Neuron = Callable[[Tensor], Tensor | tuple[Tensor, Tensor]]  # spikes, or (spikes, loss)


def one_call(neuron: Neuron, x: Tensor, backward: bool, gradient: Tensor | None = None) -> float:
    """Seconds of one forward (and backward) call, the device's queue empty at both ends.

    Args:
        neuron, x, backward: as above.
        gradient: of the spikes, like x; ones if None. It is there before the clock starts: in a
            network the layer above has made it.
    """
    x = x.detach().requires_grad_(backward)
    if backward and gradient is None:
        gradient = torch.ones_like(x)
    start = now(x.device)
    run_once(neuron, x, gradient if backward else None)
    return now(x.device) - start


def now(device: torch.device) -> float:
    """Seconds on the clock, once the device's queue is empty."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def side_by_side(
    neurons: dict[str, Neuron], x: Tensor, backward: bool, budget: float = 1.0, rounds: int = 30
) -> dict[str, list[float]]:
    """Seconds of each call of each contestant, in rounds in which every one has its turn.

    The order of a round is drawn anew: a neuron that always came after the same other one would
    always find the caches, and the code in them, as that one left them.
    Every call gets another copy of x, as long as there are any: see :func:`rotation`.

    Args:
        neurons: the contestants by name.
        x, backward: as above.
        budget: stop after so many seconds, but not before three rounds.
        rounds: stop after so many rounds.

    Raises:
        RuntimeError: torch gave up compiling a contestant, so plain torch would be timed.
    """
    names, times = list(neurons), {name: [] for name in neurons}
    pairs, calls, order = rotation(x, backward), 0, random.Random(0)
    for name in names:
        with _no_fallback(name):
            for _ in range(WARM_UP):
                one_call(neurons[name], pairs[0][0], backward, pairs[0][1])
    start = time.perf_counter()
    for k in range(rounds):
        if k >= 3 and time.perf_counter() - start > budget:
            break
        for name in order.sample(names, len(names)):
            current, gradient = pairs[calls % len(pairs)]
            times[name].append(one_call(neurons[name], current, backward, gradient))
            calls += 1
    return times


def rotation(x: Tensor, backward: bool) -> list[tuple[Tensor, Tensor | None]]:
    """(input, gradient of its spikes) so many times that they do not fit in a core's own caches.

    Without it a small input would be read from the cache in every call but the first, and the
    neuron's bytes per second could be above what the memory can give. Each copy is a tensor of
    its own, so that all have the same alignment.

    Args:
        x: as above.
        backward: with gradients (ones), or None in their places.
    """
    one = max(1, x.nbytes * (2 if backward else 1))
    copies = min(COPIES, -(-cache_bytes(x.device) // one))
    return [(x.clone(), torch.ones_like(x) if backward else None) for _ in range(copies)]


def cache_bytes(device: torch.device) -> int:
    """Bytes to go through before an input can be taken for gone from the cache."""
    if device.type == "cuda":
        return 2 * torch.cuda.get_device_properties(device).L2_cache_size
    return CPU_CACHE


def sweep(
    steps: Sequence[int] = STEPS,
    sizes: Sequence[int] = SIZES,
    device: str = "cpu",
    budget: float = 1.0,
    neurons: dict[str, Neuron] | Callable[[int], dict[str, Neuron]] | None = None,
    dtype: torch.dtype = torch.float32,
    memory: bool | None = None,
) -> Iterator[dict]:
    """One row for each neuron, number of steps T, number of neurons N and pass.

    Args:
        steps, sizes: the values of T and of N; the input is ``[T, 1, N]``.
        device: "cpu", "cuda", ...
        budget: seconds for each cell, all contestants together.
        neurons: the contestants by name, or a function from T to them, such as
            ``lambda steps: lineup(steps)[0]`` for all that run here; CONTESTANTS if None.
            "copy" is always there.
        dtype: of the input.
        memory: look at the peak memory too; on a GPU alone if None (on a CPU it takes a
            profiler, which is slow).

    Yields:
        {"neuron", "T", "N", "pass", "median_ms", "low_ms", "high_ms" (the quartiles), "rounds"}
        and "peak_bytes" above what was held before the call, where it was looked at; "dtype"
        where it is not float32.
    """
    if memory is None:
        memory = torch.device(device).type == "cuda"
    neurons = CONTESTANTS if neurons is None else neurons
    made = {t: neurons(t) if callable(neurons) else neurons for t in steps}
    for job in tqdm(cells(steps, sizes), desc="timing", unit="cell"):
        yield from cell(job, made[job["T"]], device, budget, dtype, memory)


def cells(steps: Sequence[int], sizes: Sequence[int]) -> list[dict]:
    """What a sweep times one after the other: each T, N and pass."""
    return [{"T": t, "N": n, "pass": each} for t, n, each in product(steps, sizes, PASSES)]


def cell(
    job: dict,
    neurons: dict[str, Neuron],
    device: str,
    budget: float,
    dtype: torch.dtype = torch.float32,
    memory: bool = True,
) -> list[dict]:
    """The rows of one cell of a :func:`sweep`; "copy" is the first."""
    here, backward = {"copy": torch.clone} | neurons, job["pass"] != "forward"
    generator = torch.Generator().manual_seed(0)
    x = 0.5 + 0.8 * torch.randn(job["T"], 1, job["N"], generator=generator)
    x, rows = x.to(device, dtype), []
    for name, seconds in side_by_side(here, x, backward, budget).items():
        low, middle, high = _quartiles(seconds)
        row = {"neuron": name} | job | {"median_ms": middle, "low_ms": low, "high_ms": high}
        row["rounds"] = len(seconds)
        if memory:
            row["peak_bytes"] = peak_bytes(here[name], x, backward)
        if dtype != torch.float32:
            row["dtype"] = str(dtype).removeprefix("torch.")
        rows.append(row)
    return rows


@contextmanager
def _no_fallback(name: str) -> Iterator[None]:
    """Refuse a compiled contestant that torch runs uncompiled: it only logs a warning about it."""
    log, seen = logging.getLogger("torch._dynamo.convert_frame"), []
    handler = logging.Handler(logging.WARNING)
    handler.emit = seen.append
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
    if any("recompile_limit" in str(record.msg) + str(record.args) for record in seen):
        raise RuntimeError(
            f"{name} must run compiled, but torch reached its limit of variants of one function "
            "and runs it uncompiled: compile a function of its own for each shape and setting"
        )


def _quartiles(seconds: list[float]) -> tuple[float, float, float]:
    ordered = sorted(1e3 * each for each in seconds)
    n = len(ordered)
    return tuple(round(q, 5) for q in (ordered[n // 4], median(ordered), ordered[(3 * n) // 4]))
