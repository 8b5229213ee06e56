"""Memory: what one call needs at its peak, and what forward keeps for backward."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.autograd.profiler import profile


def run_once(neuron: Callable, x: Tensor, gradient: Tensor | None) -> tuple[Tensor, ...]:
    """Run a neuron forward, and backward if there is a gradient of its spikes; what came out.

    A neuron may return (spikes, loss): backward then starts from both at once.
    """
    with torch.set_grad_enabled(gradient is not None):
        out = neuron(x)
        if gradient is not None:
            if isinstance(out, tuple):
                torch.autograd.backward(out, (gradient, None))
            else:
                out.backward(gradient)
    return out if isinstance(out, tuple) else (out,)


def peak_bytes(neuron: Callable, x: Tensor, backward: bool) -> int:
    """Bytes of a call at its peak, above what was held before: neither x nor the spikes' gradient.

    The least is the spikes, and in backward the gradient of x as well. On a GPU torch counts it;
    on a CPU it is the highest sum of the allocations that torch's profiler saw, those of
    compiled code among them.

    Args:
        neuron: maps x to spikes, or to (spikes, loss).
        x: input current ``[T, B, ...]``.
        backward: forward and backward, or forward alone.
    """
    x = x.detach().requires_grad_(backward)
    gradient = torch.ones_like(x) if backward else None
    run_once(neuron, x, gradient)  # a first call may build what later ones find
    x.grad = None
    return peak_of(lambda: run_once(neuron, x, gradient), x.device)


def peak_of(call: Callable[[], object], device: torch.device) -> int:
    """Bytes that a call needs at its peak on a device, above what was held before it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        call()
        return torch.cuda.max_memory_allocated(device) - before
    with _without_tracer_lines(), profile(use_kineto=False, profile_memory=True) as seen:
        out = call()  # held: it may be freed only after the profile
    events = [event for event in seen.kineto_results.events() if event.name() == "[memory]"]
    held = top = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        top = max(top, held)
    del out
    return top


def saved_bytes(neuron: Callable, x: Tensor) -> float:
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
        out = neuron(x)
    s = out[0] if isinstance(out, tuple) else out
    for tensor in (x, s):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
    return sum(kept.values()) / x.numel()


@contextmanager
def _without_tracer_lines() -> Iterator[None]:
    """Hold back what the profiler writes to the error stream from C++; pass on all else.

    Those are a line at every start and stop ("USDT: ..."), and a warning that memory from before
    the profile was freed in it: that is not counted, as it should be.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as buffer:
        os.dup2(buffer.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            buffer.seek(0)
            for line in buffer:
                if not line.startswith(b"USDT:") and b"CPUAllocator.cpp" not in line:
                    os.write(2, line)
