"""Who takes part: our neurons on each backend, the released ones, and the peers that are there."""

from functools import partial

import torch
from torch import Tensor

from ...fast.backends import available
from ...fast.spikes import lif_spikes, mpe_spikes
from . import peers
from .released import ReleasedMPE, indexing_lif, released_lif, released_mpe

RULES = ("bernoulli", "mean", "hard")
WORDS = {"compile": "compiled", "triton": "kernel", "auto": "auto"}  # backend -> end of the name


class _Fire(torch.autograd.Function):
    """Step and triangle, with nothing checked and nothing to choose."""

    @staticmethod
    def forward(ctx, d: Tensor) -> Tensor:
        ctx.save_for_backward(d)
        return (d > 0).to(d.dtype)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        (d,) = ctx.saved_tensors
        return gradient * (1 - d.abs()).clamp(min=0)


def hand_written_lif(x: Tensor) -> Tensor:
    """The plainest good loop, written out: what a careful user would have without a library.

    Args:
        x: input current ``[T, B, ...]``, float32 or float64.

    Returns:
        s ``[T, B, ...]``, as :func:`mpe_lib.lif_spikes` with its defaults.
    """
    v, spikes = torch.zeros_like(x[0]), []
    for x_t in x.unbind(0):
        h = 0.25 * v + x_t
        s = _Fire.apply(h - 1.0)
        v = (1 - s) * h
        spikes.append(s)
    return torch.stack(spikes)


def lif_on(backend: str):
    """:func:`mpe_lib.lif_spikes` on one backend, as a contestant."""
    return partial(lif_spikes, backend=backend)


def mpe_on(backend: str, rule: str, with_loss: bool = False):
    """:func:`mpe_lib.mpe_spikes` on one backend, as a contestant; (spikes, loss) with the loss."""

    def neuron(x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        s, loss = mpe_spikes(x, rule, with_loss=with_loss, backend=backend)
        return (s, loss) if with_loss else s

    return neuron


# those that run everywhere and for any T: what the notebooks take by name
CONTESTANTS = {
    "LIF as released": released_lif,
    "LIF, indexing": indexing_lif,
    "LIF, fair": lif_on("torch"),
    "MPE as released": released_mpe,
} | {f"MPE {rule}": mpe_on("torch", rule) for rule in RULES}


def lineup(
    steps: int, device: str = "cpu", dtype: torch.dtype = torch.float32
) -> tuple[dict, dict[str, str]]:
    """Everything that can run here: (contestants by name, why others were left out).

    Args:
        steps: T, which a PSN and the released kappa have weights for.
        device: "cpu", "cuda", ...
        dtype: of the input; modules are made in it.

    Returns:
        ({name: neuron}, {name of a peer: reason}); a neuron maps ``[T, B, N]`` to spikes, or to
        (spikes, loss) where its name says "with loss".
    """
    kind = torch.device(device).type
    found = CONTESTANTS | {"LIF, hand-written": hand_written_lif}
    module = ReleasedMPE(steps).to(device, dtype)
    found["MPE as released, with loss"] = module.with_loss
    found["MPE bernoulli, with loss"] = mpe_on("torch", "bernoulli", with_loss=True)
    others = [name for name in available(kind) if name != "torch"]
    for backend in others:
        found[f"LIF, {WORDS[backend]}"] = lif_on(backend)
        for rule in RULES:
            found[f"MPE {rule}, {WORDS[backend]}"] = mpe_on(backend, rule)
        found[f"MPE bernoulli, with loss, {WORDS[backend]}"] = mpe_on(backend, "bernoulli", True)
    if others:
        found |= {"LIF, auto": lif_on("auto"), "MPE hard, auto": mpe_on("auto", "hard")}
    there, left_out = peers.installed(steps, device, dtype, compiles=bool(others))
    return found | there, left_out


def pick(neurons: dict, patterns: list[str] | None) -> dict:
    """Those whose name contains one of the patterns, upper or lower case; all if None.

    Raises:
        ValueError: a pattern that fits none.

    >>> sorted(pick({"LIF, fair": 1, "MPE hard": 2, "PSN": 3}, ["lif", "hard"]))
    ['LIF, fair', 'MPE hard']
    """
    if patterns is None:
        return neurons
    for pattern in patterns:
        if not any(pattern.lower() in name.lower() for name in neurons):
            raise ValueError(
                f"expected a part of one of the names {', '.join(neurons)}; got {pattern!r}: "
                "choose another word"
            )
    return {
        name: neuron
        for name, neuron in neurons.items()
        if any(pattern.lower() in name.lower() for pattern in patterns)
    }
