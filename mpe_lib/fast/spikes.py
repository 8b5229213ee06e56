"""The spikes alone, which is what a network needs, by whichever backend is asked for or fits."""

import torch
from torch import Tensor

from ..core.draw import check_seed
from ..core.dynamics import Settings, carried, carry, check_neuron, lif_step, start
from ..core.estimate import Rule, check_rule, check_sweeps, estimated
from ..core.losses import Kappa, check_kappa, membrane_loss
from .backends import choose, fast


def lif_spikes(
    x: Tensor,
    decay: float | Tensor = 0.25,
    v_threshold: float | Tensor = 1.0,
    reset: str = "hard",
    surrogate: str = "triangle",
    v0: Tensor | None = None,
    *,
    backend: str = "auto",
) -> Tensor:
    """The spikes of :func:`mpe_lib.lif_sequence` alone: less memory and time, all a network needs.

    Args:
        x to v0: as :func:`mpe_lib.lif_sequence`.
        backend: who computes them: "auto", "torch", "compile" or "triton", see
            :mod:`mpe_lib.fast.backends`. All give the same spikes.

    Returns:
        s ``[T, B, ...]``, 0/1 in the dtype of x.

    Raises:
        ValueError, TypeError: as :func:`mpe_lib.lif_sequence`.
        RuntimeError: a backend asked for by name that cannot run here.

    Source: as :func:`mpe_lib.lif_sequence`.

    >>> lif_spikes(torch.tensor([[0.9], [0.9], [0.9]])).flatten().tolist()
    [0.0, 1.0, 0.0]
    """
    neuron = Settings(decay, v_threshold, reset, surrogate)
    check_neuron(x, neuron, v0)
    backend = choose(backend, x, neuron)
    if backend != "torch":
        return fast(backend).lif(x, neuron, None if v0 is None else start(x, v0))
    v, spikes = start(x, v0), []
    for x_t in carry(x).unbind(0):
        s, _, v = lif_step(x_t, v, neuron)
        spikes.append(s if s.dtype == x.dtype else s.to(x.dtype))
    return torch.stack(spikes)


def mpe_spikes(
    x: Tensor,
    rule: Rule = "bernoulli",
    decay: float | Tensor = 0.25,
    v_threshold: float | Tensor = 1.0,
    reset: str = "hard",
    sweeps: int = 0,
    shift: bool = True,
    seed: int | Tensor | None = None,
    surrogate: str = "triangle",
    v0: Tensor | None = None,
    kappa: Kappa = None,
    *,
    with_loss: bool = True,
    backend: str = "auto",
) -> tuple[Tensor, Tensor | None]:
    """The spikes of :func:`mpe_lib.mpe_sequence` and their membrane loss: what a network needs.

    Args:
        x to v0: as :func:`mpe_lib.mpe_sequence`.
        kappa: the weights of the steps in the loss, as :func:`mpe_lib.membrane_loss`.
        with_loss: False leaves the loss out.
        backend: who computes them: "auto", "torch", "compile" or "triton", see
            :mod:`mpe_lib.fast.backends`. The same seed gives the same spikes on all of them
            (a guess of "mean", which takes an exponential, may differ in its last bit).

    Returns:
        (s, loss): s ``[T, B, ...]`` in the dtype of x; loss 0-d, at least float32, or None.

    Raises:
        ValueError, TypeError: as :func:`mpe_lib.mpe_sequence` and :func:`mpe_lib.membrane_loss`.
        RuntimeError: a backend asked for by name that cannot run here.

    Source: as :func:`mpe_lib.mpe_sequence`.

    >>> s, loss = mpe_spikes(torch.tensor([[0.9], [0.9]]), "zero")
    >>> s.flatten().tolist(), round(loss.item(), 4)
    ([0.0, 0.0], 0.81)
    """
    neuron = Settings(decay, v_threshold, reset, surrogate)
    check_neuron(x, neuron, v0)
    check_rule(rule)
    check_sweeps(sweeps, shift, v0)
    backend = choose(backend, x, neuron, rule, sweeps, shift)
    if backend == "torch":
        trace = estimated(carry(x), rule, neuron, sweeps, shift, seed, v0)
        return trace.s.to(x.dtype), membrane_loss(trace, kappa) if with_loss else None
    v0 = None if v0 is None else start(x, v0)
    if with_loss and kappa is not None:
        kappa = check_kappa(kappa, len(x)).to(x.device, carried(x.dtype))
    seed = check_seed(seed) if rule == "bernoulli" else None
    return fast(backend).mpe(x, rule, neuron, sweeps, seed, v0, kappa, with_loss)
