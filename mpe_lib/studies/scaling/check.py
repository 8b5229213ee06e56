"""Can the harness be trusted? Two checks that anyone can run: a copy, and a sleeping contestant.

``python -m mpe_lib.benchmark --check``
"""

import time
from itertools import cycle
from statistics import median

import torch
from torch import Tensor
from torch.utils.benchmark import Timer

from .harness import Neuron, rotation, side_by_side


def copy_check(device: str = "cpu") -> tuple[float, float]:
    """Milliseconds of a copy: (by torch's own timer, by this harness), medians.

    Both go through the same inputs in turn, so that neither reads from a cache, and both use one
    CPU thread: two threads wait for each other where another program holds one of the cores.

    Args:
        device: "cpu", "cuda", ...
    """
    x = torch.ones(4, 1, 2**18, device=device)  # large, so that the work is the copy
    inputs = cycle(each for each, _ in rotation(x, False))
    timer = Timer("next(inputs).clone()", globals={"inputs": inputs}, num_threads=1)
    theirs = timer.blocked_autorange(min_run_time=0.3).median
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        ours = median(side_by_side({"copy": torch.clone}, x, False, budget=0.3)["copy"])
    finally:
        torch.set_num_threads(threads)
    return 1e3 * theirs, 1e3 * ours


def sleep_check(
    neuron: Neuron, seconds: float = 0.005, device: str = "cpu"
) -> tuple[float, float, float]:
    """Milliseconds of a neuron and of the same neuron with a sleep in it: (without, with, sleep).

    Both take turns in one run; the second should be later by the sleep, and a little more: no
    system wakes a sleeper early.
    """

    def sleepy(x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        time.sleep(seconds)
        return neuron(x)

    x = torch.ones(4, 1, 1024, device=device)
    times = side_by_side({"awake": neuron, "sleepy": sleepy}, x, False)
    return 1e3 * median(times["awake"]), 1e3 * median(times["sleepy"]), 1e3 * seconds


def verdict(copies: tuple[float, float], sleeps: tuple[float, float, float]) -> dict[str, bool]:
    """Does the harness pass? A copy within a factor of 2; a sleep seen whole, and at most twice.

    >>> verdict((1.0, 1.5), (0.1, 5.3, 5.0))
    {'copy': True, 'sleep': True}
    >>> verdict((1.0, 2.5), (0.1, 4.9, 5.0))
    {'copy': False, 'sleep': False}
    """
    theirs, ours = copies
    awake, sleepy, sleep = sleeps
    return {
        "copy": theirs / 2 <= ours <= 2 * theirs,
        "sleep": sleep <= sleepy - awake <= 2 * sleep,
    }


def report(device: str = "cpu", attempts: int = 5) -> tuple[str, bool]:
    """Run both checks: (what they found, in words; whether the harness passed).

    On a busy machine two timings of one thing can lie further apart than a factor of 2, so each
    attempt is printed, and the first that passes is enough.
    """
    lines = []
    for attempt in range(1, attempts + 1):
        copies, sleeps = copy_check(device), sleep_check(torch.clone, device=device)
        passed = verdict(copies, sleeps)
        words = {True: "passed", False: "FAILED"}
        lines += [
            f"attempt {attempt}, copy: {copies[0]:.4f} ms by torch.utils.benchmark, "
            f"{copies[1]:.4f} ms here: {words[passed['copy']]}",
            f"attempt {attempt}, sleep of {sleeps[2]:.1f} ms in a copy: {sleeps[0]:.4f} ms "
            f"without, {sleeps[1]:.4f} ms with it: {words[passed['sleep']]}",
        ]
        if all(passed.values()):
            return "\n".join(lines), True
    return "\n".join(lines), False
