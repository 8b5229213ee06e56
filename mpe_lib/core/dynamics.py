"""The neuron's three lines (charge, fire, reset), and the exact LIF that runs them in order."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from .surrogate import SLOPES, Step, check_surrogate


class Reset(NamedTuple):
    """One way to reset: v after it, and its derivatives, each from (h, s, v_threshold).

    by_s, by_threshold: dv/ds and dv/dv_threshold, None where v does not depend on it; by_h: dv/dh.
    """

    after: Callable
    by_s: Callable | None
    by_h: Callable
    by_threshold: Callable | None = None


RESETS = {
    "hard": Reset(lambda h, s, _: (1 - s) * h, lambda h, s, _: -h, lambda h, s, _: 1 - s),
    "soft": Reset(
        lambda h, s, v_threshold: h - v_threshold * s,
        lambda h, s, v_threshold: -v_threshold,
        lambda h, s, _: 1,
        lambda h, s, _: -s,
    ),
    "none": Reset(lambda h, s, _: h, None, lambda h, s, _: 1),
}


class Settings(NamedTuple):
    """What makes one neuron another, on its way through the library; public calls stay flat."""

    decay: float | Tensor = 0.25
    v_threshold: float | Tensor = 1.0
    reset: str = "hard"
    surrogate: str = "triangle"


class Trace(NamedTuple):
    """What a neuron did: four tensors, each shaped like the input ``[T, B, ...]``.

    s: spikes, 0 or 1.  h: potential before firing.  v: potential after reset.
    v_hat: the guess of v that the neuron used, or None for the exact LIF.
    Potentials are in the units of ``v_threshold``.
    """

    s: Tensor
    h: Tensor
    v: Tensor
    v_hat: Tensor | None = None


def lif_sequence(
    x: Tensor,
    decay: float | Tensor = 0.25,
    v_threshold: float | Tensor = 1.0,
    reset: str = "hard",
    surrogate: str = "triangle",
    v0: Tensor | None = None,
) -> Trace:
    """Exact leaky integrate-and-fire neuron, one step after the other.

    ``h[t] = decay v[t-1] + x[t]``;  ``s[t] = 1[h[t] > v_threshold]``;
    ``v[t] = (1 - s[t]) h[t]`` (hard), ``h[t] - v_threshold s[t]`` (soft) or ``h[t]`` (none).

    Args:
        x: input current ``[T, B, ...]``, any floating dtype, in units of the threshold.
            bfloat16 and float16 are computed in float32 and rounded once, at the end.
        decay: factor kept per step, in [0, 1]; a float or a 0-d tensor (may need a gradient).
        v_threshold: float or 0-d tensor (may need a gradient). Fires strictly above it.
        reset: "hard" (to 0), "soft" (subtract the threshold) or "none".
        surrogate: the stand-in slope of the step, see :func:`mpe_lib.core.surrogate.step`.
        v0: potential before the first step ``[B, ...]``; 0 if None. Pass ``trace.v[-1]``
            to continue a sequence.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``; v_hat is None. After a NaN in x, h and v are NaN
        too, and the neuron stays silent.

    Raises:
        ValueError, TypeError: wrong rank, dtype, empty time axis, decay outside [0, 1],
            unknown reset or surrogate, a v0 that does not fit.

    Source: arXiv 2409.04978, section 2. Equals SpikingJelly's
    ``LIFNode(tau=1 / (1 - decay), decay_input=False)`` except where h = v_threshold exactly.

    >>> trace = lif_sequence(torch.tensor([[0.9], [0.9], [0.9]]))
    >>> trace.h.flatten().tolist(), trace.s.flatten().tolist()
    ([0.8999999761581421, 1.125, 0.8999999761581421], [0.0, 1.0, 0.0])
    """
    neuron = Settings(decay, v_threshold, reset, surrogate)
    check_neuron(x, neuron, v0)
    v, steps = start(x, v0), []
    for x_t in carry(x).unbind(0):  # unbind, not x[t]: keeps the backward pass linear in T
        s, h, v = lif_step(x_t, v, neuron)
        steps.append((s, h, v))
    return Trace(*(torch.stack(each).to(x.dtype) for each in zip(*steps, strict=True)))


def lif_step(x_t: Tensor, v: Tensor, neuron: Settings) -> tuple[Tensor, Tensor, Tensor]:
    """One step: (s, h, v) from the input current and the potential before it, unchecked."""
    h = neuron.decay * v + x_t  # charge
    s = Step.apply(h - neuron.v_threshold, neuron.surrogate)  # fire
    return s, h, RESETS[neuron.reset].after(h, s, neuron.v_threshold)


def lif_step_back(h, s, g_s, g_v, neuron: Settings) -> tuple[Tensor, Tensor]:
    """One step backward: the gradients of h, and of the distance d = h - v_threshold in it.

    ``g_d = (g_s + g_v dv/ds) slope(d)``;  ``g_h = g_d + g_v dv/dh``, from the gradients g_s of the
    spikes and g_v of the potential after reset. The same line for x: ``g_x = g_h``; one step
    earlier g_v is ``decay g_h``; the threshold's is ``-g_d``, and ``g_v dv/dv_threshold`` more.
    """
    reset, place = RESETS[neuron.reset], (h, s, neuron.v_threshold)
    if reset.by_s is not None:
        g_s = g_s + g_v * reset.by_s(*place)
    g_d = g_s * SLOPES[neuron.surrogate](h - neuron.v_threshold)
    return g_v * reset.by_h(*place) + g_d, g_d


def carry(x: Tensor) -> Tensor:
    """x in the dtype that potentials are carried in: float32 for half precision, else its own."""
    return x.to(carried(x.dtype))


def carried(dtype: torch.dtype) -> torch.dtype:
    """float32 for half precision, else the dtype itself."""
    return torch.float32 if dtype in (torch.bfloat16, torch.float16) else dtype


def start(x: Tensor, v0: Tensor | None) -> Tensor:
    """The potential before the first step, ``[B, ...]``."""
    return torch.zeros_like(carry(x[0])) if v0 is None else v0.to(carried(x.dtype))


def check_neuron(x: Tensor, neuron: Settings, v0: Tensor | None) -> None:
    """Refuse what no neuron can run, in words; never looks at a value on a GPU."""
    check_current(x)
    check_settings(neuron)
    if v0 is not None and v0.device != x.device:
        raise ValueError(
            f"v0 must be where x is, on {x.device}, got {v0.device}: move it with v0.to(x.device)"
        )
    if v0 is not None and v0.shape != x.shape[1:]:
        raise ValueError(
            f"v0 must have the shape of one step of x, {tuple(x.shape[1:])}, got "
            f"{tuple(v0.shape)}: pass the last step of a trace, trace.v[-1]"
        )


def check_settings(neuron: Settings) -> None:
    """Refuse settings that no neuron can have."""
    check_scalar("decay", neuron.decay, 0.0, 1.0)
    check_scalar("v_threshold", neuron.v_threshold, -math.inf, math.inf)
    check_surrogate(neuron.surrogate)
    if neuron.reset not in RESETS:
        raise ValueError(
            f"reset must be one of {tuple(RESETS)}, got {neuron.reset!r}: choose a name"
        )


def check_current(x: Tensor) -> None:
    """Refuse an input that is not a floating ``[T, B, ...]`` with at least one step."""
    if not isinstance(x, Tensor):
        raise TypeError(
            f"x must be a torch tensor [T, B, ...], got {type(x).__name__}: "
            "convert it with torch.as_tensor(x)"
        )
    if x.ndim < 2:
        fix = "add a batch axis with x[:, None]" if x.ndim else "stack the steps on axis 0"
        raise ValueError(
            f"x must be [T, B, ...], got a {x.ndim}-D tensor of shape {tuple(x.shape)}: {fix}"
        )
    if not x.is_floating_point():
        raise TypeError(f"x must be a floating dtype, got {x.dtype}: convert it with x.float()")
    if x.shape[0] == 0:
        raise ValueError(
            f"x must have at least one time step on axis 0, got shape {tuple(x.shape)}: "
            "check how the frames were cut"
        )


def check_scalar(name: str, value: float | Tensor, low: float, high: float) -> None:
    """Refuse a value that is not one number in [low, high]; a tensor is read only on a CPU."""
    if isinstance(value, Tensor):
        if value.ndim:
            raise ValueError(
                f"{name} must be a float or a 0-d tensor, got shape {tuple(value.shape)}: "
                "one value serves the whole layer"
            )
        if value.device.type != "cpu" or torch.compiler.is_compiling():
            return
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(
            f"{name} must be a float or a 0-d tensor, got {type(value).__name__}: pass a number"
        )
    if not low <= value <= high or math.isinf(value):
        span = "a finite number" if math.isinf(low) else f"between {low:g} and {high:g}"
        raise ValueError(f"{name} must be {span}, got {value:g}: choose a value in that range")
