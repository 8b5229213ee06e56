"""The spikes alone, which is what a network needs, by whichever backend is asked for or fits."""

import torch
from torch import Tensor

from ..core.draw import check_seed
from ..core.dynamics import Settings, carried, carry, check_neuron, lif_step, start
from ..core.estimate import Rule, check_estimate, estimated
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
    with_last: bool = False,
    backend: str = "auto",
) -> Tensor | tuple[Tensor, Tensor]:
    """The spikes of :func:`mpe_lib.lif_sequence` alone: less memory and time, all a network needs.

    Args:
        x to v0: as :func:`mpe_lib.lif_sequence`.
        with_last: return the last potential too, the v0 of the next piece of a long sequence:
            the pieces give the spikes and gradients of the whole.
        backend: who computes them: "auto", "torch", "compile" or "triton", see
            :mod:`mpe_lib.fast.backends`. All give the same spikes.

    Returns:
        s ``[T, B, ...]``, 0/1 in the dtype of x; with_last, (s, v): v ``[B, ...]`` in the dtype
        that potentials are carried in, float32 for half precision.

    Raises:
        ValueError, TypeError, NotImplementedError: as :func:`mpe_lib.lif_sequence`.
        RuntimeError: a backend asked for by name that cannot run here.

    Source: as :func:`mpe_lib.lif_sequence`.

    >>> x = torch.tensor([[0.9], [0.9], [0.9]])
    >>> lif_spikes(x).flatten().tolist()
    [0.0, 1.0, 0.0]
    >>> s, v = lif_spikes(x[:1], with_last=True)
    >>> lif_spikes(x[1:], v0=v).flatten().tolist()
    [1.0, 0.0]
    """
    neuron, v0 = check_neuron(x, Settings(decay, v_threshold, reset, surrogate), v0)
    backend = choose(backend, x, neuron, others=(v0,))
    if backend != "torch":
        s, v = fast(backend).lif(x, neuron, v0, with_last)
        return (s, v) if with_last else s
    v, spikes = start(x, v0), []
    for x_t in carry(x).unbind(0):
        s, _, v = lif_step(x_t, v, neuron)
        spikes.append(s if s.dtype == x.dtype else s.to(x.dtype))
    s = torch.stack(spikes)
    return (s, v) if with_last else s


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
    with_last: bool = False,
    backend: str = "auto",
) -> tuple[Tensor, ...]:
    """The spikes of :func:`mpe_lib.mpe_sequence` and their membrane loss: what a network needs.

    Args:
        x to v0: as :func:`mpe_lib.mpe_sequence`.
        kappa: the weights of the steps in the loss, as :func:`mpe_lib.membrane_loss`.
        with_loss: False leaves the loss out.
        with_last: return what each pass left too, the v0 of the next piece of a long sequence:
            with a rule that draws nothing, the pieces give the spikes and gradients of the whole.
        backend: who computes them: "auto", "torch", "compile" or "triton", see
            :mod:`mpe_lib.fast.backends`. The same seed gives the same spikes on all of them
            (a guess of "mean", which takes an exponential, may differ in its last bit).

    Returns:
        (s, loss): s ``[T, B, ...]`` in the dtype of x; loss 0-d, at least float32, or None.
        with_last, (s, loss, v): v ``[sweeps + 1, B, ...]``, the last guess and what each sweep
        made of it, in the dtype that potentials are carried in.

    Raises:
        ValueError, TypeError, NotImplementedError: as :func:`mpe_lib.mpe_sequence` and
            :func:`mpe_lib.membrane_loss`.
        RuntimeError: a backend asked for by name that cannot run here.

    Source: as :func:`mpe_lib.mpe_sequence`.

    >>> s, loss = mpe_spikes(torch.tensor([[0.9], [0.9]]), "zero")
    >>> s.flatten().tolist(), round(loss.item(), 4)
    ([0.0, 0.0], 0.81)
    """
    neuron = Settings(decay, v_threshold, reset, surrogate)
    neuron, sweeps, v0 = check_estimate(x, rule, neuron, sweeps, shift, v0)
    backend = choose(backend, x, neuron, rule, sweeps, shift, others=(v0, kappa, seed))
    if backend == "torch":
        trace, left = estimated(carry(x), rule, neuron, sweeps, shift, seed, v0)
        loss = membrane_loss(trace, kappa) if with_loss else None
        return trace.s.to(x.dtype), loss, *([torch.stack(left)] if with_last else [])
    if with_loss and kappa is not None:
        kappa = check_kappa(kappa, len(x)).to(x.device, carried(x.dtype), copy=True)
    seed = check_seed(seed, x) if rule == "bernoulli" else None
    s, loss = fast(backend).mpe(x, rule, neuron, sweeps, seed, v0, kappa, with_loss)
    return s, loss, *([_left(x, rule, neuron, sweeps, seed, v0)] if with_last else [])


def _left(x, rule, neuron: Settings, sweeps: int, seed, v0) -> Tensor:
    """What each pass leaves: no more than the last sweeps + 1 steps of x have a part in it."""
    steps = min(len(x), sweeps + 1)
    first = (len(x) - steps) * x[0].numel()
    v0 = v0 if steps == len(x) else None
    left = estimated(carry(x[-steps:]), rule, neuron, sweeps, True, seed, v0, first)[1]
    return torch.stack(left)
