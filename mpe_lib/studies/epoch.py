"""Training steps of the paper's CIFAR10-DVS network: ``python -m mpe_lib.studies.epoch``.

The same network with one neuron and with another, on random frames, in turns: forward, backward,
optimiser, and peak memory. Nothing is learned from random frames, and the time does not depend on
what is learned. The result is ``epoch_cuda.json`` or ``epoch_cpu.json``.
"""

import argparse
from collections.abc import Callable
from functools import partial
from statistics import median

import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..core.losses import tet_loss
from ..fast.backends import available
from ..fast.neurons import LIF, MPE
from ..networks.vgg import VGG
from .scaling.contestants import WORDS
from .scaling.harness import now
from .scaling.memory import peak_of
from .scaling.released import ReleasedLIF, ReleasedMPE
from .study import Study, command

STEPS = (4, 8, 10)
RECIPE = {
    "size": 48, "batch": 32, "classes": 10, "dropout": 0.25, "learning_rate": 0.05,
    "momentum": 0.9, "weight_decay": 5e-4, "membrane_weight": 0.01,
    "epoch_batches": 282,  # 9000 training samples in batches of 32
}  # fmt: skip
WARM_UP = 2
PARTS = ("forward", "backward", "optimiser")


class WithoutLoss(MPE):
    """The estimating layer in a network that does not ask for its membrane loss."""

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, 0)."""
        return self(x), torch.zeros((), device=x.device)


def neurons(device: str, steps: int) -> dict[str, Callable[[], nn.Module]]:
    """What makes one spiking layer, by name: as released, plain torch, and fused where it can be.

    Args:
        device: "cpu", "cuda", ...
        steps: T, which the released kappa has weights for.
    """
    found = {
        "LIF as released": ReleasedLIF,
        "LIF, fair": partial(LIF, backend="torch"),
        "MPE as released, with loss": lambda: ReleasedMPE(steps),
        "MPE bernoulli, with loss": partial(MPE, backend="torch"),
        "MPE bernoulli": partial(WithoutLoss, backend="torch"),
    }
    for backend in available(torch.device(device).type):
        if backend != "torch":
            word = WORDS[backend]
            found[f"LIF, {word}"] = partial(LIF, backend=backend)
            found[f"MPE bernoulli, with loss, {word}"] = partial(MPE, backend=backend)
            found[f"MPE bernoulli, {word}"] = partial(WithoutLoss, backend=backend)
    return found


def one_step(
    network: nn.Module, optimiser: torch.optim.Optimizer, frames: Tensor, labels: Tensor
) -> dict[str, float]:
    """Seconds of one training step by part, the device's queue empty at both ends of each."""
    optimiser.zero_grad(set_to_none=True)
    times = [now(frames.device)]
    logits, membrane = network(frames)
    weight = RECIPE["membrane_weight"]
    loss = (1 - weight) * tet_loss(logits, labels) + weight / len(logits) * membrane
    times.append(now(frames.device))
    loss.backward()
    times.append(now(frames.device))
    optimiser.step()
    times.append(now(frames.device))
    return {part: b - a for part, a, b in zip(PARTS, times, times[1:], strict=False)}


def run(job: dict, device: str, batches: int, batch: int, width: int) -> list[dict]:
    """One row for each neuron; at each batch every network has its turn.

    Args:
        job: T.
        device: "cpu", "cuda", ...
        batches: timed, after two that are not.
        batch: samples in a batch.
        width: the channels are those of the paper divided by this.

    Returns:
        {"neuron", "batches", "step_ms" and, by part, "forward_ms", "backward_ms", "optimiser_ms"
        (medians), "total_s" (all timed batches together), "peak_bytes" of a step above the
        weights, the momenta and the input}.
    """
    kind, size, t = torch.device(device), RECIPE["size"], job["T"]
    generator = torch.Generator().manual_seed(t)
    frames = torch.rand(t, batch, 2, size, size, generator=generator).to(kind)
    labels = torch.randint(RECIPE["classes"], (batch,), generator=generator).to(kind)
    runs = {name: _build(make, kind, width) for name, make in neurons(device, t).items()}
    names, times, rows = list(runs), {name: [] for name in runs}, []
    for k in tqdm(range(WARM_UP + batches), desc=f"T = {t}", unit="batch"):
        for name in names[k % len(names) :] + names[: k % len(names)]:
            took = one_step(*runs[name], frames, labels)
            if k >= WARM_UP:
                times[name].append(took)
    for name, taken in times.items():
        totals = [sum(each.values()) for each in taken]
        row = {"neuron": name, "batches": batches, "step_ms": round(1e3 * median(totals), 4)}
        for part in PARTS:
            row[f"{part}_ms"] = round(1e3 * median(each[part] for each in taken), 4)
        row["total_s"] = round(sum(totals), 4)
        network, optimiser = runs.pop(name)
        optimiser.zero_grad(set_to_none=True)
        step = partial(one_step, network, optimiser, frames, labels)
        row["peak_bytes"] = peak_of(step, kind)
        rows.append(row)
    return rows


def _build(make: Callable[[], nn.Module], device: torch.device, width: int):
    """(network, optimiser); all networks start from the same weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        size = (RECIPE["size"],) * 2
        network = VGG(RECIPE["classes"], make, size, width=width, dropout=RECIPE["dropout"])
    network = network.to(device).train()
    names = {"lr": "learning_rate", "momentum": "momentum", "weight_decay": "weight_decay"}
    recipe = {word: RECIPE[name] for word, name in names.items()}
    return network, torch.optim.SGD(network.parameters(), **recipe)


def study(arguments: argparse.Namespace) -> Study:
    """The study, with the arguments that :func:`main` lists; every T is a job."""
    options = {name: getattr(arguments, name) for name in ("batches", "batch", "width")}
    return Study(
        name=arguments.out or f"epoch_{torch.device(arguments.device).type}",
        what="time and peak memory of training steps of the CIFAR10-DVS network, random frames",
        settings=RECIPE | options,
        jobs=lambda seeds: [{"T": t} for t in arguments.steps],
        run=partial(run, device=arguments.device, **options),
        device=arguments.device,
        timed=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--steps", type=int, nargs="+", default=list(STEPS), help="values of T")
    parser.add_argument("--batches", type=int, default=20, help="282 are an epoch")
    parser.add_argument("--batch", type=int, default=RECIPE["batch"], help="samples in a batch")
    parser.add_argument("--width", type=int, default=1, help="divides the number of channels")
    parser.add_argument("--out", metavar="NAME", help="of the result; epoch_cpu or epoch_cuda")
    parser.set_defaults(threads=2)
    command(study, __doc__, parser=parser)


if __name__ == "__main__":
    main()
