"""Where a result is made: what a result file keeps of it, with the facts of torch."""

import hashlib
from collections.abc import Iterable

import torch
from threadpoolctl import threadpool_info
from torch import Tensor

from ..results import store


def made_here(command: str, device: str = "cpu", data: Iterable[Tensor] | None = None) -> dict:
    """Machine, versions, date, commit and command; see :func:`mpe_lib.results.store.provenance`.

    Args:
        command: what was typed.
        device: "cpu", "cuda", ...: that computes.
        data: all that was read, tensors in a fixed order; a sha256 of them is kept.

    >>> facts = made_here("a", data=[torch.zeros(2)])
    >>> facts["command"], facts["threads"] == torch.get_num_threads(), len(facts["data"])
    ('a', True, 64)
    """
    name = torch.cuda.get_device_name(device) if str(device).startswith("cuda") else None
    more = {} if data is None else {"data": sha256(data)}
    return store.provenance(command, name, torch.get_num_threads(), blas=blas(), **more)


def sha256(tensors: Iterable[Tensor]) -> str:
    """Of types, shapes and values.

    >>> sha256([torch.zeros(2, 3)]) == sha256([torch.zeros(3, 2)])
    False
    """
    seen = hashlib.sha256()
    for each in tensors:
        seen.update(f"{each.dtype} {tuple(each.shape)}".encode())
        seen.update(each.cpu().contiguous().numpy().tobytes())
    return seen.hexdigest()


def blas() -> str:
    """The library that does numpy's linear algebra, with the processor it is tuned for."""
    found = [each for each in threadpool_info() if each["user_api"] == "blas"]
    own = [each for each in found if "numpy" in each["filepath"]] or found
    words = ("internal_api", "version", "architecture")
    return ", ".join(" ".join(str(each[w]) for w in words if each.get(w)) for each in own)
