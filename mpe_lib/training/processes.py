"""One process or many: what `torchrun` and `accelerate launch` say, and PyTorch's own DDP.

A launcher starts the same program once for each GPU and tells each of them its rank in the
environment. Everything here does nothing where there is one process.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


def world() -> int:
    """The number of processes."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """The number of this process, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


@contextmanager
def joined(device: str | None = None) -> Iterator[str]:
    """Join the other processes that a launcher started, if any; yields this process's device.

    Args:
        device: "cpu", "cuda" or one such as "cuda:1"; a GPU where there is one if None. With
            several processes, "cuda" becomes the GPU of this process's local rank.

    Raises:
        ValueError: no such device here; one GPU for several processes.
    """
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    several = int(os.environ.get("WORLD_SIZE", 1)) > 1
    if several and device.startswith("cuda:"):
        raise ValueError(f"each process needs a GPU of its own, got {device} for all: give cuda")
    if several and device == "cuda":
        device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device must be one of this machine, got {device!r}: {error}") from error
    if device.startswith("cuda:"):
        torch.cuda.set_device(device)  # so that torch's random state is that of this GPU
    if not several:
        yield device
        return
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield device
    finally:
        dist.destroy_process_group()


def parallel(network: nn.Module) -> nn.Module:
    """The network, wrapped so that gradients are averaged over the processes."""
    return DistributedDataParallel(network) if world() > 1 else network


def slice_of(these: Tensor) -> tuple[Tensor, float]:
    """This process's share of a batch, and the weight of its mean loss.

    The gradients of all processes are averaged with equal weights. A share of n of N samples in
    one of P processes weighs ``n P / N``, so that the average is the mean over all N samples,
    also where N is no multiple of P.

    Args:
        these: ``[N]`` indices of the samples, the same in every process.

    Returns:
        (indices, weight); where there are fewer samples than processes some run the first
        sample once more, with weight 0, since DDP needs all of them to take part.

    >>> slice_of(torch.arange(5))
    (tensor([0, 1, 2, 3, 4]), 1.0)
    """
    share = these.tensor_split(world())[rank()]
    return (share, len(share) * world() / len(these)) if len(share) else (these[:1], 0.0)


def total(values: Tensor) -> Tensor:
    """The sum over all processes."""
    if world() > 1:
        dist.all_reduce(values)
    return values


def from_first(tensors: list[Tensor]) -> None:
    """Overwrite the tensors with those of process 0."""
    if world() > 1:
        for tensor in tensors:
            dist.broadcast(tensor, 0)


def of_all(value: Tensor) -> Tensor:
    """``[P, ...]``: the tensors of all processes, one after the other; on the CPU."""
    if world() == 1:
        return value[None]
    found: list = [None] * world()
    dist.all_gather_object(found, value)
    return torch.stack(found)


def wait() -> None:
    """Until every process is here."""
    if world() > 1:
        dist.barrier()
