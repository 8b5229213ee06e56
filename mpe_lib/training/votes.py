"""The votes of a network, step by step: what it would answer if it had to answer now."""

import torch
from torch import Tensor, nn

from .look import on


@torch.no_grad()
def votes(network: nn.Module, frames: Tensor, batch_size: int = 256) -> Tensor:
    """What a network in ``eval()`` votes at each step.

    Args:
        network: maps frames to (logits ``[T, B, classes]``, loss).
        frames: ``[T, N, ...]``, floating or integers; every sample counts.
        batch_size: samples that are run at a time.

    Returns:
        Logits ``[T, N, classes]``, float32 on the CPU.
    """
    network.eval()
    batches = frames.split(batch_size, dim=1)
    return torch.cat([network(on(network, each))[0].float().cpu() for each in batches], dim=1)


def leads(votes: Tensor, labels: Tensor) -> Tensor:
    """How far the right class is ahead after each step, in the mean of the votes so far.

    ``lead[t] = m[t, right] - max of m[t, others]`` with ``m[t] = mean of votes[0..t]``. Above 0 the
    answer is right. The last step has the network's own answer, the mean of all votes.

    Args:
        votes: ``[T, N, classes]`` of :func:`votes`, two classes or more.
        labels: ``[N]`` the right classes.

    Returns:
        ``[T, N]``, in the units of the logits (nats).

    Raises:
        ValueError: votes and labels that do not fit.

    >>> two = torch.tensor([[[0.0, 1.0]], [[3.0, 0.0]]])  # the first vote is wrong
    >>> leads(two, torch.tensor([0])).squeeze(1).tolist()
    [-1.0, 1.0]
    """
    if votes.ndim != 3 or votes.shape[1] != len(labels) or votes.shape[2] < 2:
        raise ValueError(
            f"expected votes [T, N, classes] of two classes or more and N labels, got "
            f"{tuple(votes.shape)} and {tuple(labels.shape)}: keep time first"
        )
    steps = torch.arange(1, len(votes) + 1, dtype=votes.dtype).view(-1, 1, 1)
    so_far = votes.cumsum(0) / steps  # [T, N, classes]
    mine = labels.cpu().view(1, -1, 1).expand(len(votes), -1, 1)
    right = so_far.gather(2, mine).squeeze(2)  # [T, N]
    return right - so_far.scatter(2, mine, -torch.inf).amax(2)
