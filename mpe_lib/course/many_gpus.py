"""What a training run needs, worked out before it runs: the tables of the page on many GPUs.

Nothing here is a measured time. Bytes and operations follow from shapes; seconds are these over
a device's nominal speed, which no run reaches: the least that it can take.
"""

import re
from collections.abc import Sequence
from math import ceil, prod

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ..fast.neurons import MPE
from ..networks.gesture import GestureNet
from ..networks.resnet19 import ResNet19
from ..networks.vgg import VGG
from ..results import store
from ..training.tasks import PAPER

MARK = re.compile(r"<!-- plan: (\w+) -->")
FRAMES = {name: (plan.steps, (2, *plan.size)) for name, plan in PAPER.items()}  # T and a frame
CIFAR = PAPER["cifar10-dvs"]
TRAINING = 8_000  # of CIFAR10-DVS: of each class 100 samples are test, and 100 validation
DATASETS = {  # samples of all parts together; of the gestures the rows of their tables
    "N-MNIST": (70_000, 10, (2, 34, 34)),
    "N-Caltech101": (8_709, *FRAMES["ncaltech101"]),
    "CIFAR10-DVS": (10_000, *FRAMES["cifar10-dvs"]),
    "DVS128 Gesture": (1_464, *FRAMES["dvs-gesture"]),
    "SHD": (10_420, 100, (700,)),
    "SSC": (105_829, 100, (700,)),
}
# nominal: bytes per second, one way, for each GPU; operations per second on dense matrices
LINKS = {"NVLink 4, 450 GB/s": 450e9, "PCIe 4.0 x16, 32 GB/s": 32e9,
         "Ethernet, 100 Gbit/s": 12.5e9, "Ethernet, 10 Gbit/s": 1.25e9}  # fmt: skip
PEAKS = {"A100, TF32": 156e12, "A100, bfloat16": 312e12, "H100, bfloat16": 989e12}


def ring_bytes(parameters: int, processes: int) -> float:
    """Bytes that each process sends in a step to average float32 gradients round a ring.

    ``2 (n - 1) / n`` times the gradients: n - 1 parts of 1/n are sent to sum them up, and n - 1
    more to hand the sums on.

    Source: Patarasuk, Yuan 2009, doi 10.1016/j.jpdc.2008.09.002.

    >>> ring_bytes(1000, 4)
    6000.0
    """
    return 2 * (processes - 1) / processes * parameters * 4


def weights(network: nn.Module) -> int:
    """The number of trained values."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def training_flops(network: nn.Module, frame: Sequence[int]) -> int:
    """Additions and multiplications of one sample and step, forward and backward.

    Those of convolutions and linear layers, as torch counts them; neurons and norms are left
    out, since they are bound by memory and not by arithmetic.

    Args:
        network: on the device "meta", where nothing is computed, or on any other.
        frame: shape of a frame, ``(C, H, W)``.

    >>> with torch.device("meta"):
    ...     net = VGG(10, MPE, size=(16, 16), width=16)
    >>> training_flops(net, (2, 16, 16))
    3614592
    """
    device = next(network.parameters()).device
    with FlopCounterMode(display=False) as counter:
        logits, loss = network(torch.zeros(1, 1, *frame, device=device))
        (logits.sum() + loss).backward()
    return counter.get_total_flops()


def networks() -> dict[str, tuple[nn.Module, int, tuple[int, ...]]]:
    """The paper's networks, with T and the shape of a frame; on the device "meta"."""
    vgg, gesture, caltech = (FRAMES[k] for k in ("cifar10-dvs", "dvs-gesture", "ncaltech101"))
    with torch.device("meta"):
        return {
            "VGG, CIFAR10-DVS": (VGG(10, MPE, vgg[1][1:]), *vgg),
            "GestureNet, DVS128 Gesture": (GestureNet(11, MPE, gesture[1][1:]), *gesture),
            "GestureNet, N-Caltech101": (GestureNet(101, MPE, caltech[1][1:]), *caltech),
            "ResNet-19, CIFAR-10": (ResNet19(10, MPE, inputs=3), 4, (3, 32, 32)),
        }


def batches() -> str:
    """CIFAR10-DVS: what each of n processes is given, and the learning rate that goes with it."""
    recipe, side = CIFAR.recipe, CIFAR.size[0] // 2**3  # the last norms stand behind three pools
    head = ["processes", "batch", "samples each", "learning rate", "warm-up", "steps per epoch",
            "values per channel, last norm"]  # fmt: skip
    rows = []
    for processes, batch in ((1, 32), (8, 32), (8, 256), (32, 32), (32, 256)):
        each, factor = batch // processes, batch // recipe.batch_size
        rows.append([
            processes, batch, each, f"{recipe.learning_rate * factor:g}",
            "none" if factor == 1 else "5 epochs", ceil(TRAINING / batch),
            f"{CIFAR.steps * each * side**2:,}",
        ])  # fmt: skip
    return _table(head, rows)


def caches() -> str:
    """The frames of each data set on disk: counts of one byte each where all are below 256."""
    return _table(
        ["data set", "samples", "T", "frame", "cache"],
        [[name, f"{n:,}", steps, " x ".join(map(str, frame)), _size(n * steps * prod(frame))]
         for name, (n, steps, frame) in DATASETS.items()],
    )  # fmt: skip


def traffic() -> str:
    """The gradients that each process sends in a step, and the least time that takes."""
    network, *_ = networks()["VGG, CIFAR10-DVS"]
    sent = {n: ring_bytes(weights(network), n) for n in (2, 8, 32)}
    rows = [[n, _size(size), *_least(size, LINKS)] for n, size in sent.items()]
    return _table(["processes", "sent by each", *LINKS], rows)


def operations() -> str:
    """The work of one sample, and the least time that 1000 samples take."""
    rows = []
    for name, (network, steps, frame) in networks().items():
        work = steps * training_flops(network, frame)
        size = f"{weights(network) / 1e6:.1f} million"
        rows.append([name, size, steps, f"{work / 1e9:.0f} GFLOP", *_least(1000 * work, PEAKS)])
    head = ["network", "weights", "T", "one sample, trained on once"]
    return _table([*head, *(f"1000 samples, {name}" for name in PEAKS)], rows)


def whole_run() -> str:
    """All epochs of the paper's recipe for CIFAR10-DVS, as one product."""
    network, steps, frame = networks()["VGG, CIFAR10-DVS"]
    sample, times = steps * training_flops(network, frame), CIFAR.recipe.epochs
    work, (name, speed) = sample * TRAINING * times, next(iter(PEAKS.items()))
    one, eight = (f"{work / speed / count / 60:.1f} minutes" for count in (1, 8))
    return (
        f"CIFAR10-DVS, as in the paper: {sample / 1e9:.0f} GFLOP x {TRAINING:,} training samples "
        f"x {times} epochs = {work / 1e15:.0f} PFLOP; with a nominal {speed / 1e12:.0f} TFLOP/s "
        f"({name}) at least {one} on one GPU, and {eight} on eight that never wait."
    )


def epochs() -> str:
    """Measured times of an epoch, or the sentence that there are none yet."""
    try:
        result = store.read("epoch_cuda")
    except FileNotFoundError:
        return "**not measured yet**: `python -m mpe_lib.studies.epoch --device cuda` does it."
    count = ceil(TRAINING / result["settings"]["batch"])
    rows = [
        [row["neuron"], row["T"], _time(row["step_ms"] / 1e3), _time(count * row["step_ms"] / 1e3),
         _size(row["peak_bytes"])]
        for row in result["rows"]
    ]  # fmt: skip
    head = ["neuron", "T", "one step", f"{count} steps", "peak memory of a step"]
    facts = result["provenance"]
    return f"On one {facts['device']}, {facts['date']}:\n\n{_table(head, rows)}"


TABLES = {each.__name__: each for each in (batches, caches, traffic, operations, whole_run, epochs)}


def fill(text: str) -> str:
    """Put the tables where the text has marks such as ``<!-- plan: caches -->``.

    Raises:
        KeyError: a mark for a table that is not there.
    """
    return MARK.sub(lambda mark: TABLES[mark[1]](), text)


def _table(head: Sequence[str], rows: Sequence[Sequence]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _least(amount: float, speeds: dict[str, float]) -> list[str]:
    return [_time(amount / speed) for speed in speeds.values()]


def _size(count: float) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e3:.2g} ms"
