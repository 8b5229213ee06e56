"""What several systems share: a neuron's three calls, its drawn start, and one value a channel."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter, is_lazy

from ..core.causal import leaky_sum
from ..core.checks import check_current, check_number
from ..core.transforms import transformed


class Unit(nn.Module):
    """A neuron that goes into every network: it says what it does, the other calls follow."""

    def trace(self, x: Tensor):
        """What the neuron did with the current ``[T, B, ...]``: a tuple that begins s, h, v."""
        raise NotImplementedError(f"{type(self).__name__} must say what it does: write trace")

    def forward(self, x: Tensor) -> Tensor:
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        return self.trace(x).s

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, 0): it has no loss of its own."""
        return self(x), torch.zeros((), device=x.device)


class ChannelUnit(Unit):
    """A neuron with one value of each parameter for each channel, sized at the first call.

    Args:
        neurons: C of the current ``[T, B, C, ...]``; None waits for the first call. A current
            ``[T, B]`` is one channel.
        starts: name -> the shape behind C, and what fills ``[C, *shape]`` in place.
    """

    def __init__(self, neurons: int | None, starts: dict):
        super().__init__()
        self.starts = starts
        for name in starts:
            self.register_parameter(name, UninitializedParameter())
        if neurons is not None:
            self.size(neurons)

    def size(self, neurons: int) -> None:
        """Make the parameters, for so many channels."""
        with torch.random.fork_rng(devices=[]):  # a start that is drawn leaves the state alone
            for name, (shape, fill) in self.starts.items():
                parameter = getattr(self, name)
                parameter.materialize((neurons, *shape))
                with torch.no_grad():
                    fill(parameter)

    def of(self, x: Tensor) -> dict[str, Tensor]:
        """The parameters by name, each ``[C, *shape]``, made for the channels of x if they wait.

        Raises:
            ValueError: x has another number of channels than the neuron.
        """
        check_current(x)
        channels = x.shape[2] if x.ndim > 2 else 1
        found = {name: getattr(self, name) for name in self.starts}
        if any(map(is_lazy, found.values())):
            self.size(channels)
            self.to(x.device)
        neurons = len(next(iter(found.values())))
        if neurons != channels:
            raise ValueError(
                f"x must be [T, B, {neurons}, ...], a channel for each neuron, got shape "
                f"{tuple(x.shape)}: make a neuron for {channels} channels"
            )
        return found

    def beside(self, x: Tensor, value: Tensor) -> Tensor:
        """One value a channel ``[C]`` in the shape of a step of x: ``[C, 1, ...]``, or 0-d."""
        return value.view(-1, *[1] * (x.ndim - 3)) if x.ndim > 2 else value.view(())

    def _load_from_state_dict(self, state_dict, prefix, *more):
        saved = state_dict.get(prefix + next(iter(self.starts)))
        if saved is not None and is_lazy(getattr(self, next(iter(self.starts)))):
            self.size(len(saved))
        super()._load_from_state_dict(state_dict, prefix, *more)


def may_change(x: Tensor) -> bool:
    """May a module tidy its own parameters now? Not under a transform, nor without a gradient."""
    return torch.is_grad_enabled() and not transformed(x)


def undrawn(fill, *args) -> Tensor:
    """What a drawing function gives, with torch's random state left as it was.

    A network's weights then do not depend on which neurons are in it.

    >>> before = torch.get_rng_state()
    >>> undrawn(torch.rand, 3).shape, torch.equal(before, torch.get_rng_state())
    (torch.Size([3]), True)
    """
    with torch.random.fork_rng(devices=[]):
        return fill(*args)


def check_steps(x: Tensor, steps: int) -> None:
    """Refuse a current of another number of steps than the neuron has weights for."""
    check_current(x)
    if len(x) != steps:
        raise ValueError(
            f"x must have {steps} steps, one for each weight, got {len(x)}: make the neuron with "
            f"steps={len(x)}"
        )


def square(name: str, matrix: Tensor, x: Tensor) -> Tensor:
    """Weights ``[T, T]`` from step to step of the current x, in its dtype; others are refused."""
    steps = len(x)
    if not isinstance(matrix, Tensor) or matrix.shape != (steps, steps):
        got = tuple(matrix.shape) if isinstance(matrix, Tensor) else type(matrix).__name__
        raise ValueError(
            f"{name} must be [T, T] with T = {steps}, the steps of x, got {got}: one weight from "
            "each step to each"
        )
    return matrix.to(x.dtype)


def kept(name: str, tau: float | Tensor) -> float | Tensor:
    """The share that a leak keeps per step, ``exp(-1 / tau)``.

    Args:
        name: of the time constant, for the error.
        tau: in steps, above 0: a number, or a tensor of any shape.

    Raises:
        ValueError, TypeError: a number that is not above 0.

    >>> round(kept("tau", 10.0), 4)
    0.9048
    """
    if isinstance(tau, Tensor):
        return torch.exp(-1 / tau)
    if check_number(name, tau) <= 0:
        raise ValueError(f"{name} must be above 0, got {tau}: it is a time constant in steps")
    return math.exp(-1 / tau)


def check_recurrent(recurrent: Tensor | None, x: Tensor) -> Tensor | None:
    """Weights ``[C, C]`` that fit the current ``[T, B, C]``, in its dtype; None stays None."""
    if recurrent is None:
        return None
    square = isinstance(recurrent, Tensor) and recurrent.ndim == 2
    if not square or x.ndim != 3 or recurrent.shape != (x.shape[2],) * 2:
        got = tuple(recurrent.shape) if isinstance(recurrent, Tensor) else type(recurrent).__name__
        raise ValueError(
            f"recurrent must be [C, C] for a current [T, B, C], got {got} for {tuple(x.shape)}: "
            "one weight from each neuron to each, at [to, from]"
        )
    return recurrent.to(x.dtype)


def leaky_mean(x: Tensor, keep: float) -> Tensor:
    """A leak that gives a steady input back: ``v[t] = keep v[t-1] + (1 - keep) x[t]``.

    >>> leaky_mean(torch.ones(3, 1), 0.5).flatten().tolist()
    [0.5, 0.75, 0.875]
    """
    return (1 - keep) * leaky_sum(x, keep)


def per_step(layer: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Apply a layer that knows no time to every step: ``[T, B, ...] -> [T, B, ...]``."""
    return layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])


def stacked(steps: list[tuple[Tensor, ...]], x: Tensor) -> tuple[Tensor, ...]:
    """Each quantity of a loop over the steps, ``[T, B, ...]`` in the dtype of x."""
    return tuple(torch.stack(each).to(x.dtype) for each in zip(*steps, strict=True))
