"""Timing, side by side: ``python -m mpe_lib.benchmark`` writes ``data/measured/scaling_*.json``.

Every contestant gets the same input, all take turns in every round, and a round's order is
rotated; so a busy machine disturbs all of them alike and their ratios can be trusted more than
any one time. An accelerator is waited for before each clock reading.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

import torch
from torch import Tensor
from tqdm import tqdm

from . import measured
from .dynamics import lif_spikes, lif_step
from .estimate import mpe_spikes

STEPS, SIZES = (4, 8, 16, 32, 64), (2**10, 2**12, 2**14, 2**16)
Neuron = Callable[[Tensor], Tensor]


def released_lif(x: Tensor) -> Tensor:
    """The exact neuron as the paper's code runs it, re-written from a description; for study.

    Two habits make it slow. It indexes the input at each step, so that backward builds a
    gradient as large as the whole input T times over; and it copies the potential to the host
    at each step, which on a GPU waits for everything before it (on a CPU it does nothing).

    Args:
        x: input current ``[T, B, ...]``; it works on ``[B, T, ...]`` inside, as released.

    Returns:
        s ``[T, B, ...]``, the same spikes as :func:`mpe_lib.lif_spikes`.
    """
    x = x.transpose(0, 1)  # [B, T, ...]
    v, spikes, kept = torch.zeros_like(x[:, 0]), [], []
    for t in range(x.shape[1]):
        s, _, v = lif_step(x[:, t], v, 0.25, 1.0, "hard", "triangle")
        kept.append(v.detach().cpu())  # the habit under study
        spikes.append(s)
    return torch.stack(spikes, 1).transpose(0, 1)


def indexing_lif(x: Tensor) -> Tensor:
    """:func:`released_lif` without the copy to the host: the indexing alone."""
    v, spikes = torch.zeros_like(x[0]), []
    for t in range(len(x)):
        s, _, v = lif_step(x[t], v, 0.25, 1.0, "hard", "triangle")
        spikes.append(s)
    return torch.stack(spikes)


def released_mpe(x: Tensor) -> Tensor:
    """The estimate as the paper's code draws it, with torch's own generator; for study.

    Args:
        x: input current ``[T, B, ...]``.

    Returns:
        s ``[T, B, ...]``.
    """
    v_hat = (1 - torch.bernoulli(torch.sigmoid(x))) * x
    previous = torch.cat((torch.zeros_like(x[:1]), v_hat[:-1]))
    return lif_step(x, previous, 0.25, 1.0, "hard", "triangle")[0]


CONTESTANTS: dict[str, Neuron] = {
    "LIF as released": released_lif,
    "LIF, indexing": indexing_lif,
    "LIF, fair": lif_spikes,
    "MPE as released": released_mpe,
    "MPE bernoulli": lambda x: mpe_spikes(x, with_loss=False)[0],
    "MPE mean": lambda x: mpe_spikes(x, "mean", with_loss=False)[0],
    "MPE hard": lambda x: mpe_spikes(x, "hard", with_loss=False)[0],
}


def one_call(neuron: Neuron, x: Tensor, backward: bool) -> float:
    """Seconds of one forward (and backward) call, the device's queue empty at both ends."""
    x = x.detach().requires_grad_(backward)
    _wait(x.device)
    start = time.perf_counter()
    with torch.set_grad_enabled(backward):
        s = neuron(x)
        if backward:
            s.backward(torch.ones_like(s))
    _wait(x.device)
    return time.perf_counter() - start


def side_by_side(
    neurons: dict[str, Neuron], x: Tensor, backward: bool, budget: float = 1.0, rounds: int = 30
) -> dict[str, list[float]]:
    """Seconds of each call of each contestant, in rounds in which every one has its turn.

    Args:
        neurons: the contestants by name.
        x: their input ``[T, B, ...]``.
        backward: time forward and backward together, or forward alone.
        budget: stop after so many seconds, but not before three rounds.
        rounds: stop after so many rounds.
    """
    names, times = list(neurons), {name: [] for name in neurons}
    for name in names:  # warm up
        one_call(neurons[name], x, backward)
    start = time.perf_counter()
    for k in range(rounds):
        if k >= 3 and time.perf_counter() - start > budget:
            break
        for name in names[k % len(names) :] + names[: k % len(names)]:
            times[name].append(one_call(neurons[name], x, backward))
    return times


def sweep(
    steps: Sequence[int] = STEPS,
    sizes: Sequence[int] = SIZES,
    device: str = "cpu",
    budget: float = 1.0,
    neurons: dict[str, Neuron] | None = None,
) -> Iterator[dict]:
    """One row for each neuron, number of steps T, number of neurons N and pass.

    Yields:
        {"neuron", "T", "N", "pass", "median_ms", "low_ms", "high_ms" (the quartiles), "rounds"}
        and, on a GPU, "peak_bytes" above what was held before the call.
    """
    neurons = {"copy": torch.clone} | (neurons or CONTESTANTS)
    cells = [(t, n, b) for t in steps for n in sizes for b in (False, True)]
    for t, n, backward in tqdm(cells, desc="timing", unit="cell"):
        generator = torch.Generator().manual_seed(0)
        x = (0.5 + 0.8 * torch.randn(t, 1, n, generator=generator)).to(device)
        for name, seconds in side_by_side(neurons, x, backward, budget).items():
            low, middle, high = _quartiles(seconds)
            row = {"neuron": name, "T": t, "N": n}
            row["pass"] = "forward + backward" if backward else "forward"
            row |= {"median_ms": middle, "low_ms": low, "high_ms": high, "rounds": len(seconds)}
            if torch.device(device).type == "cuda":
                row["peak_bytes"] = _peak(neurons[name], x, backward)
            yield row


def saved_bytes(neuron: Neuron, x: Tensor) -> float:
    """Bytes per neuron-step that forward keeps for backward, the input and spikes included.

    A count, not a timing: the same on every machine. Storages that are shared count once.
    """
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        held.append(tensor)  # keeps the address from being used again
        return tensor

    held: list[Tensor] = []
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        x = x.detach().requires_grad_()
        s = neuron(x)
    for tensor in (x, s):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
    return sum(kept.values()) / x.numel()


def ratio(rows: list[dict], top: str, bottom: str, direction: str) -> dict[tuple[int, int], float]:
    """Median time of one neuron over that of another, by (T, N)."""
    times = {
        (row["neuron"], row["T"], row["N"]): row["median_ms"]
        for row in rows
        if row["pass"] == direction
    }
    cells = [(t, n) for name, t, n in times if name == top]
    return {(t, n): times[top, t, n] / times[bottom, t, n] for t, n in cells}


def _quartiles(seconds: list[float]) -> tuple[float, float, float]:
    ordered = sorted(1e3 * each for each in seconds)
    n = len(ordered)
    return tuple(round(q, 5) for q in (ordered[n // 4], median(ordered), ordered[(3 * n) // 4]))


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _peak(neuron: Neuron, x: Tensor, backward: bool) -> int:
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    one_call(neuron, x, backward)
    return torch.cuda.max_memory_allocated() - before


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.benchmark", description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for each cell")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    sizes = (*SIZES, 2**20) if args.device.startswith("cuda") else SIZES
    rows = list(sweep(sizes=sizes, device=args.device, budget=args.budget))
    result = {
        "what": "milliseconds of a spiking layer's forward, and forward + backward; x [T, 1, N]",
        "provenance": measured.provenance(measured.command_line(), args.device),
        "rows": rows,
    }
    name = f"scaling_{torch.device(args.device).type}"
    print(f"wrote {measured.write(name, result)}")  # noqa: T201


if __name__ == "__main__":
    main()
