"""The tasks of the memory suite: sequences whose answer is asked for after the last step."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import torch
from sklearn.datasets import load_digits

from ..datasets.events import Part
from ..training.tasks import parts_of, plan_of
from .pairs import spoken_frames

DELAYS = (1, 2, 4, 8, 16, 32)
CUE, NOISE = 3.0, 0.3
GAPS, INTERVAL_STEPS = 8, 20
ADDED, ADDING_STEPS = 9, 100


class Task(NamedTuple):
    """What a network is asked.

    sample: (part, n, generator) -> n sequences ``[T, n, C]`` and their labels; part is "training",
    "validation" or "test". Made tasks give fresh ones, real ones draw from their part (n above its
    size, or 0: all of it, in order).
    """

    name: str
    classes: int
    steps: int
    inputs: int
    sample: Callable[[str, int, torch.Generator], Part]


def recall(delay: int) -> Task:
    """One of eight channels is raised at the first step: which? Asked `delay` steps later."""

    def sample(_, n: int, generator: torch.Generator) -> Part:
        x = NOISE * torch.randn(delay + 1, n, 8, generator=generator)
        labels = torch.randint(8, (n,), generator=generator)
        x[0, torch.arange(n), labels] += CUE
        return Part(x, labels)

    return Task(f"recall {delay}", 8, delay + 1, 8, sample)


def xor(delay: int) -> Task:
    """One of two channels is raised at the first step, one of two others at the last.

    Do they match? Neither tells anything alone.
    """

    def sample(_, n: int, generator: torch.Generator) -> Part:
        x = NOISE * torch.randn(delay + 1, n, 4, generator=generator)
        first, last = torch.randint(2, (2, n), generator=generator)
        x[0, torch.arange(n), first] += CUE
        x[-1, torch.arange(n), 2 + last] += CUE
        return Part(x, first ^ last)

    return Task(f"xor {delay}", 2, delay + 1, 4, sample)


def interval() -> Task:
    """Two pulses on one line, 1 to 8 steps apart, the first at a random step: how far apart?"""

    def sample(_, n: int, generator: torch.Generator) -> Part:
        x = NOISE * torch.randn(INTERVAL_STEPS, n, 1, generator=generator)
        gap = torch.randint(GAPS, (n,), generator=generator)
        room = INTERVAL_STEPS - gap - 1  # steps at which the first pulse may come
        onset = (torch.rand(n, generator=generator) * room).long()
        for at in (onset, onset + gap + 1):
            x[at, torch.arange(n), 0] += CUE
        return Part(x, gap)

    return Task("interval", GAPS, INTERVAL_STEPS, 1, sample)


def adding() -> Task:
    """Fair bits on one channel, nine marks on another: how many of the marked bits are 1?

    All ten sums are equally frequent: the marked bits are drawn to a sum that was drawn first.
    """

    def sample(_, n: int, generator: torch.Generator) -> Part:
        bits = torch.randint(2, (ADDING_STEPS, n), generator=generator)
        order = torch.rand(ADDING_STEPS, n, generator=generator).argsort(0)[:ADDED]  # [9, n]
        total = torch.randint(ADDED + 1, (n,), generator=generator)
        bits.scatter_(0, order, (torch.arange(ADDED)[:, None] < total).long())
        marks = torch.zeros_like(bits).scatter_(0, order, 1)
        return Part(torch.stack((bits, marks), 2).float(), total)

    return Task("adding", ADDED + 1, ADDING_STEPS, 2, sample)


def digits(by: str) -> Task:
    """scikit-learn's handwritten digits, fed row by row (T 8) or pixel by pixel (T 64)."""
    steps = {"row": 8, "pixel": 64}[by]
    parts = _digit_parts(steps)
    return Task(f"digits by {by}", 10, steps, 64 // steps, _drawn(parts))


@lru_cache(maxsize=2)
def _digit_parts(steps: int) -> dict[str, Part]:
    images, labels = load_digits(return_X_y=True)
    x = torch.as_tensor(images, dtype=torch.float32).view(-1, steps, 64 // steps).transpose(0, 1)
    x = (x - x.mean()) / x.std()
    labels = torch.as_tensor(labels, dtype=torch.int64)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    names, cuts = ("training", "validation", "test"), order.split([1077, 360, 360])
    parts = zip(names, cuts, strict=True)
    return {name: Part(x[:, each].contiguous(), labels[each]) for name, each in parts}


@lru_cache(maxsize=1)
def glances() -> Task:
    """In which of six orders were the three glances at a digit made? The built-in data."""
    names = ("training", "validation", "test")
    parts = dict(zip(names, parts_of("order", plan_of("order", "small")), strict=True))
    size = parts["training"].frames.float().square().mean().sqrt()
    flat = {n: Part(p.frames.float().flatten(2) / size, p.labels) for n, p in parts.items()}
    steps, _, inputs = flat["training"].frames.shape
    return Task("order of glances", 6, steps, inputs, _drawn(flat))


@lru_cache(maxsize=1)
def spoken(root: Path) -> Task:
    """Which of two spoken digits, a zero and a one, came first? Real recordings, joined.

    A quarter of the training recordings of each digit is the validation part.
    """
    pools = {}
    for train in (True, False):
        frames, labels = spoken_frames(root, train, 8, 20)
        pools[train] = [frames[:, labels == digit] for digit in (0, 1)]
    size = torch.cat(pools[True], 1).square().mean().sqrt()
    cut = [each.shape[1] * 3 // 4 for each in pools[True]]
    parts = {
        "training": [each[:, :n] / size for each, n in zip(pools[True], cut, strict=True)],
        "validation": [each[:, n:] / size for each, n in zip(pools[True], cut, strict=True)],
        "test": [each / size for each in pools[False]],
    }

    def sample(part: str, n: int, generator: torch.Generator) -> Part:
        a, b = (
            each[:, torch.randint(each.shape[1], (n,), generator=generator)] for each in parts[part]
        )
        swapped = torch.randint(2, (n,), generator=generator)
        x = torch.where(swapped[:, None].bool(), torch.cat((b, a)), torch.cat((a, b)))
        return Part(x, swapped)

    return Task("order of spoken digits", 2, 16, 35, sample)


def _drawn(parts: dict[str, Part]) -> Callable[[str, int, torch.Generator], Part]:
    """Sequences of a part, drawn without replacement; all of them in order if n is 0 or more."""

    def sample(part: str, n: int, generator: torch.Generator) -> Part:
        frames, labels = parts[part]
        if not 0 < n < len(labels):
            return parts[part]
        these = torch.randperm(len(labels), generator=generator)[:n]
        return Part(frames[:, these], labels[these])

    return sample
