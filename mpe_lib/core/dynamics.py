"""The neuron's three lines (charge, fire, reset), and the exact LIF that runs them in order."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from .checks import check_current, check_name, check_number, check_start
from .surrogate import SLOPES, Step
from .transforms import needs_grad, refuse_duals


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
        v0: potential before the first step, ``[B, ...]`` or one number; 0 if None. Pass
            ``trace.v[-1]`` to continue a sequence.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``; v_hat is None. After a NaN in x, h and v are NaN
        too, and the neuron stays silent.

    Raises:
        ValueError, TypeError: wrong rank, dtype, empty time axis, decay outside [0, 1],
            unknown reset or surrogate, a v0 that does not fit.
        NotImplementedError: a forward-mode derivative is asked for (jvp, jacfwd, hessian).

    Source: arXiv 2409.04978, section 2. Equals SpikingJelly's
    ``LIFNode(tau=1 / (1 - decay), decay_input=False)`` except where h = v_threshold exactly.

    >>> trace = lif_sequence(torch.tensor([[0.9], [0.9], [0.9]]))
    >>> trace.h.flatten().tolist(), trace.s.flatten().tolist()
    ([0.8999999761581421, 1.125, 0.8999999761581421], [0.0, 1.0, 0.0])
    """
    neuron, v0 = check_neuron(x, Settings(decay, v_threshold, reset, surrogate), v0)
    v, steps = start(x, v0), []
    for x_t in carry(x).unbind(0):  # unbind, not x[t]: keeps the backward pass linear in T
        s, h, v = lif_step(x_t, v, neuron)
        steps.append((s, h, v))
    return Trace(*(torch.stack(each).to(x.dtype) for each in zip(*steps, strict=True)))


def lif_step(x_t: Tensor, v: Tensor, neuron: Settings) -> tuple[Tensor, Tensor, Tensor]:
    """One step: (s, h, v) from the input current and the potential before it, unchecked."""
    h = neuron.decay * v + x_t  # charge
    s, v = fire(h, *neuron[1:])
    return s, h, v


def fire(h: Tensor, v_threshold, reset: str, surrogate: str) -> tuple[Tensor, Tensor]:
    """Fire and reset: (s, v); the derivative is :func:`lif_step_back`."""
    lines = _Fire.apply
    if torch.jit.is_tracing() and not needs_grad(h, v_threshold):
        lines = _Fire.forward  # a trace is to hold operations, and not a call of Python
    return lines(h, v_threshold, reset, surrogate)


class _Fire(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(h, v_threshold, reset, surrogate):
        s = (h - v_threshold > 0).to(h.dtype)
        v = RESETS[reset].after(h, s, v_threshold)
        return s, v.clone() if v is h else v

    @staticmethod
    def setup_context(ctx, inputs, output):
        h, v_threshold, ctx.reset, ctx.surrogate = inputs
        ctx.number = None if isinstance(v_threshold, Tensor) else v_threshold
        ctx.save_for_backward(h, v_threshold if ctx.number is None else None)

    @staticmethod
    def backward(ctx, g_s, g_v):
        h, v_threshold = ctx.saved_tensors
        neuron = Settings(0.0, ctx.number if v_threshold is None else v_threshold, ctx.reset,
                          ctx.surrogate)  # fmt: skip
        s = Step.apply(h - neuron.v_threshold, ctx.surrogate)  # cheaper than to keep it
        g_h, g_d = lif_step_back(h, s, g_s, g_v, neuron)
        g_threshold = threshold_back(h, s, g_d, g_v, neuron) if ctx.needs_input_grad[1] else None
        return g_h, g_threshold, None, None


def lif_step_back(h, s, g_s, g_v, neuron: Settings) -> tuple[Tensor, Tensor]:
    """One step backward: the gradients of h, and of the distance d = h - v_threshold in it.

    ``g_d = (g_s + g_v dv/ds) slope(d)``;  ``g_h = g_d + g_v dv/dh``, from the gradients g_s of the
    spikes and g_v of the potential after reset; nothing times infinity is nothing. The same line
    for x: ``g_x = g_h``; one step earlier g_v is ``decay g_h``.
    """
    reset, place = RESETS[neuron.reset], (h, s, neuron.v_threshold)
    if reset.by_s is not None:
        by_s = g_v * reset.by_s(*place)
        g_s = g_s + torch.where((g_v == 0) & ~h.isfinite(), 0.0, by_s)
    g_d = g_s * SLOPES[neuron.surrogate](h - neuron.v_threshold)
    return g_v * reset.by_h(*place) + g_d, g_d


def threshold_back(h, s, g_d, g_v, neuron: Settings) -> Tensor:
    """The gradient of the threshold, 0-d: ``sum of g_v dv/dv_threshold - g_d``."""
    by_threshold, total = RESETS[neuron.reset].by_threshold, -g_d.sum()
    if by_threshold is not None:
        total = total + (g_v * by_threshold(h, s, neuron.v_threshold)).sum()
    return total.to(neuron.v_threshold.dtype)


def carry(x: Tensor) -> Tensor:
    """x in the dtype that potentials are carried in: float32 for half precision, else its own."""
    return x.to(carried(x.dtype))


def carried(dtype: torch.dtype) -> torch.dtype:
    """float32 for half precision, else the dtype itself."""
    return torch.float32 if dtype in (torch.bfloat16, torch.float16) else dtype


def start(x: Tensor, v0: Tensor | None) -> Tensor:
    """The potential before the first step, ``[B, ...]``: v0, or 0."""
    return torch.zeros_like(carry(x[0])) if v0 is None else v0


def check_neuron(x: Tensor, neuron: Settings, v0=None, passes: int = 0) -> tuple:
    """(settings, v0) in the form that the lines take; what no neuron can run is refused."""
    check_current(x)
    neuron = check_settings(neuron)
    v0 = check_start(v0, x, carried(x.dtype), passes)
    refuse_duals(x, neuron.decay, neuron.v_threshold, v0)
    return neuron, v0


def check_settings(neuron: Settings) -> Settings:
    """Settings with numbers of any kind as floats; those that no neuron can have are refused."""
    decay = check_number("decay", neuron.decay, 0.0, 1.0)
    v_threshold = check_number("v_threshold", neuron.v_threshold)
    check_name("surrogate", neuron.surrogate, SLOPES)
    check_name("reset", neuron.reset, RESETS)
    return Settings(decay, v_threshold, neuron.reset, neuron.surrogate)
