"""ILC-SAN: an actor of spiking neurons that turns observations into actions.

D. Chen, P. Peng, T. Huang, Y. Tian, "Fully Spiking Actor Network with Intra-layer Connections for
Reinforcement Learning", IEEE TNNLS 36(2), 2881 (2025), arXiv 2401.05444; the equations were read in
the authors' repository. Each number comes in as the spikes of a population, and goes out of one,
whose neurons are connected within it: lateral terms, which SpikingJelly calls "inter-layer" and
begins, as we do, at the second step, when there are spikes to pass on; the repository adds their
bias at the first. Training by TD3 is not here, and the caller scales the observations.

A decoder that keeps all of its membrane *is*, after the last step, T times the rate decoder: the
two are one class of functions, with another scale of what tanh is given.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..core.checks import check_current, check_name, check_number, check_whole
from ..core.dynamics import carry
from ..core.surrogate import Step
from .parts import stacked

ENCODER = 0.999  # the threshold of an encoding neuron: driven by 1, it fires at each step


class CurrentTrace(NamedTuple):
    """s, h, v as in :class:`mpe_lib.core.dynamics.Trace`; c: the synaptic current."""

    s: Tensor
    h: Tensor
    v: Tensor
    c: Tensor


def population_code(o: Tensor, mean: Tensor, std: Tensor, steps: int) -> Tensor:
    """Each number as the spikes of neurons that prefer other values, the nearer the more.

    ``a = exp(-((o - mean) / std)^2 / 2)``; ``h[t] = v[t-1] + a``; ``s[t] = 1[h[t] > .999]``;
    ``v[t] = h[t] - .999 s[t]``. Backward ``ds/dh = 1``.

    Args:
        o: observations ``[B, D]``, of the order of 1.
        mean, std: the preferred value of each neuron and how far around it it fires, ``[D, P]``;
            std is not 0, and its sign does not matter.
        steps: T, for which the observation stands still.

    Returns:
        Spikes ``[T, B, D P]``, the P neurons of a number beside each other.

    Raises:
        ValueError, TypeError: an o that is not a floating ``[B, D]``, a mean or std of another
            shape, steps below 1.

    Source: arXiv 2401.05444, the deterministic encoder.

    >>> mean, std = torch.tensor([[-1.0, 0.0, 1.0]]), torch.ones(1, 3)
    >>> population_code(torch.tensor([[1.0]]), mean, std, 5)[:, 0].sum(0)
    tensor([0., 3., 5.])
    """
    steps = check_whole("steps", steps, 1, "it counts the steps of one observation")
    check_observations(o, mean, std)
    off = (carry(o)[..., None] - mean) / std  # [B, D, P]
    drive = torch.exp(-off.square() / 2).flatten(1)  # [B, D P]
    v, spikes = torch.zeros_like(drive), []
    for _ in range(steps):
        h = v + drive
        s = Fire.apply(h - ENCODER, "straight through")
        v = h - ENCODER * s
        spikes.append(s)
    return torch.stack(spikes).to(o.dtype)


def cuba_sequence(
    x: Tensor,
    c_decay: float | Tensor = 0.5,
    v_decay: float | Tensor = 0.75,
    v_threshold: float | Tensor = 0.5,
    lateral: Tensor | None = None,
    bias: Tensor | None = None,
) -> CurrentTrace:
    """A leaky neuron with a leaky current before it, and neighbours that it hears a step later.

    ``c[t] = c_decay c[t-1] + x[t] + L s[t-1] + bias``; ``h[t] = v_decay v[t-1] + c[t]``;
    ``s = 1[h > v_threshold]``; ``v = (1 - s) h``; without L and bias at the first step. Backward
    ``ds/dh = 1`` where h is less than 1/2 away from the threshold, else 0.

    Args:
        x: input ``[T, B, ...]``; ``[T, B, A P]`` where there are lateral weights.
        c_decay, v_decay: factors kept per step, in [0, 1]; floats or 0-d tensors.
        v_threshold: float or 0-d tensor. Fires strictly above it.
        lateral: L ``[A, P, P]``: in population a from neuron q to neuron p at ``[a, p, q]``.
        bias: ``[A P]``, of the lateral weights.

    Returns:
        CurrentTrace of s, h, v, c, each ``[T, B, ...]``.

    Raises:
        ValueError, TypeError: a wrong x, a decay outside [0, 1], lateral weights or a bias that do
            not fit, a bias alone.

    Source: arXiv 2401.05444. Without lateral terms SpikingJelly's ``CUBALIFNode``, with them its
    ``ILCCUBALIFNode``, whose ``conn.weight`` is L in the shape ``[A P, 1, P]``.

    >>> trace = cuba_sequence(torch.tensor([[0.4], [0.4], [0.0]]))
    >>> trace.c.flatten(), trace.h.flatten(), trace.s.flatten()
    (tensor([0.4000, 0.6000, 0.3000]), tensor([0.4000, 0.9000, 0.3000]), tensor([0., 1., 0.]))
    """
    check_current(x)
    c_decay = check_number("c_decay", c_decay, 0.0, 1.0)
    v_decay = check_number("v_decay", v_decay, 0.0, 1.0)
    v_threshold = check_number("v_threshold", v_threshold)
    check_lateral(lateral, bias, x)
    current = carry(x)
    s = c = v = torch.zeros_like(current[0])
    steps = []
    for x_t in current.unbind(0):
        if steps and lateral is not None:
            x_t = x_t + beside(s, lateral, bias)
        c = c_decay * c + x_t
        h = v_decay * v + c
        s = Fire.apply(h - v_threshold, "rectangle")
        v = (1 - s) * h
        steps.append((s, h, v, c))
    return CurrentTrace(*stacked(steps, x))


class SpikingActor(nn.Module):
    """Observations in, actions out, spikes in between.

    Population code, hidden layers of :func:`cuba_sequence`, one output population for each action,
    connected within, and a decoder: ``action = tanh(m)``. Every call begins anew: nothing is
    remembered from one observation to the next.

    Args:
        observations, actions: D and A, numbers in and out.
        hidden: neurons of each hidden layer.
        population: P, neurons for each number in and for each action.
        steps: T, for each observation.
        lateral: connect the neurons of an output population.
        decode: "membrane", ``m[T] = sum_t w s[t] + bias``, or "rate", ``w mean_t s[t] + bias``.

    The preferred values start evenly on [-3, 3], each std at sqrt(.15).

    Raises:
        ValueError: a size below 1, an unknown decoder, observations of another number.

    >>> SpikingActor(4, 1)(torch.zeros(3, 4)).shape
    torch.Size([3, 1])
    """

    def __init__(
        self,
        observations: int,
        actions: int,
        hidden: Sequence[int] = (64, 64),
        population: int = 10,
        steps: int = 5,
        lateral: bool = True,
        decode: str = "membrane",
    ):
        super().__init__()
        for size in (observations, actions, population, *hidden):
            check_whole("each size", size, 1, "there is nothing without one")
        check_name("decode", decode, ("membrane", "rate"))
        self.steps = check_whole("steps", steps, 1, "it counts the steps of one observation")
        self.shape, self.decoder = (actions, population), decode
        mean = torch.linspace(-3, 3, population).repeat(observations, 1)  # [D, P]
        self.mean, self.std = nn.Parameter(mean), nn.Parameter(torch.full_like(mean, 0.15**0.5))
        wide = [observations * population, *hidden, actions * population]
        self.layers = nn.ModuleList(map(nn.Linear, wide[:-1], wide[1:]))
        bound = population**-0.5

        def uniform(*shape):
            return nn.Parameter((2 * torch.rand(shape) - 1) * bound)

        self.weight, self.bias = uniform(actions, population), uniform(actions)
        self.lateral = uniform(actions, population, population) if lateral else None
        self.lateral_bias = uniform(actions * population) if lateral else None

    def traces(self, o: Tensor) -> list[CurrentTrace]:
        """What each layer did, ``[T, B, neurons]``; the last are the output populations."""
        s, found = population_code(o, self.mean, self.std, self.steps), []
        for k, layer in enumerate(self.layers, 1):
            last = (self.lateral, self.lateral_bias) if k == len(self.layers) else ()
            found.append(cuba_sequence(layer(s), 0.5, 0.75, 0.5, *last))
            s = found[-1].s
        return found

    def drive(self, s: Tensor) -> Tensor:
        """What the decoder is given at each step, ``w s[t] + bias`` ``[T, B, A]``."""
        return torch.einsum("tbap,ap->tba", s.unflatten(2, self.shape), self.weight) + self.bias

    def decode(self, s: Tensor) -> Tensor:
        """m ``[B, A]``, which tanh is given, of the spikes ``[T, B, A P]`` of the populations."""
        if self.decoder == "rate":
            return self.drive(s.mean(0, keepdim=True))[0]
        return self.drive(s).sum(0)

    def forward(self, o: Tensor) -> Tensor:
        """Actions ``[B, A]`` in (-1, 1) of the observations ``[B, D]``."""
        return torch.tanh(self.decode(self.traces(o)[-1].s))


def beside(s: Tensor, lateral: Tensor, bias: Tensor | None) -> Tensor:
    """What the neurons of each population get from each other's spikes, ``[B, A P]``."""
    heard = torch.einsum("apq,baq->bap", lateral.to(s.dtype), s.unflatten(1, lateral.shape[:2]))
    return heard.flatten(1) if bias is None else heard.flatten(1) + bias.to(s.dtype)


BACKWARD = {  # name -> the slope at d = h - v_threshold that stands in for the step's
    "straight through": torch.ones_like,
    "rectangle": lambda d: (d.abs() < 0.5).to(d.dtype),
}


class Fire(Step):
    """The library's step with one of the paper's two slopes backward."""

    @staticmethod
    def backward(ctx, grad: Tensor):
        (d,) = ctx.saved_tensors
        return grad * BACKWARD[ctx.surrogate](d), None


def check_observations(o: Tensor, mean: Tensor, std: Tensor) -> None:
    """Refuse what is not a floating ``[B, D]``, or has not one population for each number."""
    if not isinstance(o, Tensor) or not o.is_floating_point():
        got = o.dtype if isinstance(o, Tensor) else type(o).__name__
        raise TypeError(f"o must be a floating tensor [B, D], got {got}: make it one with float()")
    if o.ndim != 2 or mean.ndim != 2 or mean.shape != std.shape or o.shape[1] != len(mean):
        got = ", ".join(str(tuple(each.shape)) for each in (o, mean, std))
        raise ValueError(f"o must be [B, D], mean and std [D, P], got {got}: pass one as o[None]")


def check_lateral(lateral: Tensor | None, bias: Tensor | None, x: Tensor) -> None:
    """Refuse lateral weights that are not square in each population, or do not fit x."""
    if lateral is None and bias is None:
        return
    fits = False
    if lateral is not None and lateral.ndim == x.ndim == 3:
        actions, to, of = lateral.shape
        fits = to == of and x.shape[2] == actions * to
    if not fits or (bias is not None and bias.shape != x.shape[2:]):
        got = ", ".join(str(None if e is None else tuple(e.shape)) for e in (lateral, bias, x))
        raise ValueError(
            f"lateral must be [A, P, P] and bias [A P] for x [T, B, A P], got {got}: a weight from "
            "each neuron of a population to each, and one bias for each neuron"
        )
