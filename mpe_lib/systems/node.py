"""SpikingJelly's node: charge, fire, reset, with any charge put in the first place.

W. Fang et al., "SpikingJelly: An open-source machine learning infrastructure platform for
spike-based intelligence", Science Advances 9(40), eadi1480 (2023), doi 10.1126/sciadv.adi1480; the
equations were read in its repository (2.0.0). Two things differ. It fires at the threshold itself
too, and we strictly above it. Its hard reset goes to ``v_reset``, which it also takes for the rest
of its LIF; here the reset goes to 0, and the rest is ``v_rest`` for every charge.

Its step modes "s" and "m" are one call a step and one call a sequence. Here every call is a
sequence, and a sequence of one step is a step: ``v0`` carries the potential from call to call.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..core.checks import check_number
from ..core.dynamics import Settings, Trace, carry, check_neuron, fire, start
from .parts import stacked

Charge = Callable[[Tensor, Tensor], Tensor]  # (v, x) -> h, all of one shape


def charges(
    tau: float | Tensor = 2.0,
    v_rest: float | Tensor = 0.0,
    v_c: float | Tensor = 0.8,
    a0: float | Tensor = 1.0,
    theta_rh: float | Tensor = 0.8,
    delta: float | Tensor = 1.0,
) -> dict[str, Charge]:
    """The charge of five neurons: what potential and current make before the neuron fires.

    "if": ``h = v + x``;
    "lif": ``h = v + (x - (v - v_rest)) / tau``;
    "lif, input kept": ``h = v - (v - v_rest) / tau + x``;
    "qif": ``h = v + (x + a0 (v - v_rest)(v - v_c)) / tau``;
    "eif": ``h = v + (x + v_rest - v + delta exp((v - theta_rh) / delta)) / tau``.

    Args:
        tau: time constant in steps, at least 1. A leak keeps ``1 - 1 / tau`` of a potential.
        v_rest: where the potential goes without a current.
        v_c: beyond it the QIF neuron rises by itself.
        a0: how fast, at least 0.
        theta_rh: where the exponential of the EIF neuron begins to count.
        delta: how sharply it does, above 0; in the limit 0 there is a wall at theta_rh.

    Each is a number or a 0-d tensor (may need a gradient); potentials share one unit.

    Returns:
        Name -> a function of the potential before, and of the current, of one step.

    Raises:
        ValueError, TypeError: a number outside its range.

    Source: doi 10.1126/sciadv.adi1480. The two LIFs are ``LIFNode(decay_input=True)`` and
    ``LIFNode(decay_input=False)``; the second, at rest 0, is :func:`mpe_lib.lif_sequence` with
    ``decay = 1 - 1 / tau``.

    >>> v, x = torch.tensor(0.5), torch.tensor(1.0)
    >>> {name: round(charge(v, x).item(), 3) for name, charge in charges().items()}
    {'if': 1.5, 'lif': 0.75, 'lif, input kept': 1.25, 'qif': 0.925, 'eif': 1.12}
    """
    least = {"tau": 1.0, "a0": 0.0, "delta": 0.0}
    given = {"tau": tau, "v_rest": v_rest, "v_c": v_c, "a0": a0, "theta_rh": theta_rh}
    for name, value in (given | {"delta": delta}).items():
        check_number(name, value, least.get(name, -math.inf))
    if not isinstance(delta, Tensor) and delta == 0:
        raise ValueError("delta must be above 0, got 0: for a leak without a rise take 'lif'")
    return {
        "if": lambda v, x: v + x,
        "lif": lambda v, x: v + (x - (v - v_rest)) / tau,
        "lif, input kept": lambda v, x: v - (v - v_rest) / tau + x,
        "qif": lambda v, x: v + (x + a0 * (v - v_rest) * (v - v_c)) / tau,
        "eif": lambda v, x: v + (x + v_rest - v + delta * torch.exp((v - theta_rh) / delta)) / tau,
    }


def node_sequence(
    x: Tensor,
    charge: Charge,
    v_threshold: float | Tensor = 1.0,
    reset: str = "hard",
    v0: Tensor | None = None,
    surrogate: str = "sigmoid",
) -> Trace:
    """Charge, fire, reset, one step after the other, for any charge.

    ``h[t] = charge(v[t-1], x[t])``;  ``s[t] = 1[h[t] > v_threshold]``;
    ``v[t] = (1 - s[t]) h[t]`` (hard), ``h[t] - v_threshold s[t]`` (soft) or ``h[t]`` (none).

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        charge: (v, x) -> h, all of the shape of one step; one of :func:`charges`, or your own.
        v_threshold: float or 0-d tensor (may need a gradient). Fires strictly above it.
        reset: "hard" (to 0), "soft" (subtract the threshold) or "none". QIF and EIF want the
            hard one: a potential that is left high rises by itself, and soon beyond all numbers.
        v0: potential before the first step, ``[B, ...]`` or one number; 0 if None. Pass
            ``trace.v[-1]`` to continue a sequence.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``; v_hat is None.

    Raises:
        ValueError, TypeError: a wrong x, v_threshold, reset, surrogate or v0; a charge that is no
            function, or gives another shape than that of one step.

    Source: doi 10.1126/sciadv.adi1480.

    >>> x, kinds = torch.full((6, 1), 0.7), charges()
    >>> for name in ("if", "lif", "qif"):
    ...     print(name, *node_sequence(x, kinds[name]).s.flatten().int().tolist())
    if 0 1 0 1 0 1
    lif 0 0 0 0 0 0
    qif 0 0 0 1 0 0
    """
    neuron, v0 = check_neuron(x, Settings(0.0, v_threshold, reset, surrogate), v0)
    if not callable(charge):
        raise TypeError(
            f"charge must be a function (v, x) -> h, got {type(charge).__name__}: take one of "
            "charges(), or write your own"
        )
    v, steps = start(x, v0), []
    for x_t in carry(x).unbind(0):
        h = charge(v, x_t)
        if h.shape != v.shape:
            raise ValueError(
                f"charge must give the shape of one step, {tuple(v.shape)}, got {tuple(h.shape)}: "
                "its numbers must be 0-d, or fit a step of x"
            )
        s, v = fire(h, *neuron[1:])
        steps.append((s, h, v))
    return Trace(*stacked(steps, x))
