"""A neuron of the user's own, found by ``package.file:Class`` and tried before it is measured."""

import inspect
import os
import sys
from collections.abc import Callable, Collection
from importlib import import_module

import torch
from torch import Tensor, nn


def load(place: str) -> Callable[[int, float], nn.Module]:
    """What makes the neuron of a class, ``(steps, decay) -> neuron``, once it was seen to work.

    Args:
        place: ``package.file:Class``, found from the folder in which the command runs. The class
            is made with ``steps=`` and ``decay=`` where it takes them, and with nothing else.

    Raises:
        ValueError: no such module or class; a class that needs more, or whose neuron does not map
            a current ``[T, B, ...]`` to spikes of that shape.
    """
    kind = _found(place)
    takes = _takes(kind)

    def make(steps: int, decay: float | None) -> nn.Module:
        given = {"steps": steps, "decay": decay}
        neuron = kind(**{k: v for k, v in given.items() if k in takes and v is not None})
        if not isinstance(neuron, nn.Module):
            raise ValueError(f"{place} must be a torch.nn.Module, got {type(neuron).__name__}")
        return neuron if hasattr(neuron, "with_loss") else Bare(neuron)

    _try(place, make)
    return make


def takes_decay(place: str) -> bool:
    """Is a neuron of this class made with a ``decay``?"""
    return "decay" in _takes(_found(place))


def _takes(kind: Callable) -> Collection[str]:
    try:
        return inspect.signature(kind).parameters
    except (TypeError, ValueError):  # a class written in C has none
        return ()


def _found(place: str) -> Callable:
    module, colon, name = place.partition(":")
    if not colon or not module or not name:
        raise ValueError(f"--module must be package.file:Class, got {place!r}: put a colon between")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        kind = getattr(import_module(module), name)
    except ImportError as error:
        raise ValueError(f"--module {place}: {error}; run the command where {module} is") from error
    except AttributeError:
        raise ValueError(f"--module {place}: {module} has no {name}: check the spelling") from None
    except Exception as error:  # whatever a stranger's file does when it is read
        kind = type(error).__name__
        raise ValueError(f"--module {place}: reading {module} raised {kind}: {error}") from error
    if not callable(kind):
        raise ValueError(f"--module {place}: expected a class, got {type(kind).__name__}")
    return kind


class Bare(nn.Module):
    """A neuron without ``with_loss``, as networks ask for one; its trace, if any, is passed on."""

    def __init__(self, neuron: nn.Module):
        super().__init__()
        self.neuron = neuron
        if hasattr(neuron, "trace"):
            self.trace = neuron.trace

    def forward(self, x: Tensor) -> Tensor:
        """Its spikes."""
        return self.neuron(x)

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, 0)."""
        return self.neuron(x), torch.zeros((), device=x.device)


def _try(place: str, make: Callable[[int, float], nn.Module]) -> None:
    """Run it once on a current [6, 2, 3], or say what it does with that."""
    x = torch.randn(6, 2, 3, generator=torch.Generator().manual_seed(0))
    wish = f"{place} must map a current [T, B, ...] to spikes of the same shape"
    try:
        s = make(6, 0.9)(x)
    except ValueError as error:
        raise ValueError(f"{wish}; with [6, 2, 3] it said: {error}") from error
    except Exception as error:  # whatever a stranger's class does: its words, and ours
        kind = type(error).__name__
        raise ValueError(f"{wish}; with [6, 2, 3] it raised {kind}: {error}") from error
    if not isinstance(s, Tensor) or s.shape != x.shape:
        got = tuple(s.shape) if isinstance(s, Tensor) else type(s).__name__
        raise ValueError(f"{wish}, time first; for [6, 2, 3] it returned {got}")
    if not ((s == 0) | (s == 1)).all():
        raise ValueError(
            f"{wish}, each 0 or 1; it returned values from {s.min().item():.3g} to "
            f"{s.max().item():.3g}: return the spikes, not the potential"
        )
