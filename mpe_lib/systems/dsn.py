"""DSN: no reset; how much is kept at each step is read off the last few inputs.

Y. Huang, M. Yao, Y. Pan, C. Lv, S. Xu, X. Zheng, B. Xu, G. Li, "Parallel Training in Spiking
Neural Networks", arXiv 2602.01133 (2026). What was read is its abstract, its public reviews and
summaries by others: the gate is a sigmoid of a causal convolution of the input, it weighs the
potential before against the current, and nothing is reset. The rest is a reconstruction: one
kernel for each channel, eight taps, a start in which the gate is the leak ``decay`` whatever comes
in, the surrogate. The paper trains with whole numbers in place of 0 and 1 and has a form that
mixes neurons; both are left out. "DSN" elsewhere is also short for a deep or delayed network.

The potential is a linear recurrence with a factor of its own at each step, so all steps can be
computed at once, and one after the other when they arrive one after the other.
"""

import math
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..core.causal import causal
from ..core.checks import check_current, check_number, check_whole
from ..core.dynamics import carry
from ..core.surrogate import step
from .parts import ChannelUnit


class DecayTrace(NamedTuple):
    """s, h, v as in :class:`mpe_lib.core.dynamics.Trace`; decay: kept at each step, in [0, 1]."""

    s: Tensor
    h: Tensor
    v: Tensor
    decay: Tensor


def scan(decay: Tensor, drive: Tensor) -> Tensor:
    """A leak that changes from step to step, all steps at once: ``h[t] = d[t] h[t-1] + drive[t]``.

    Two steps in a row are one step, ``d[t] d[t-1]`` and ``d[t] drive[t-1] + drive[t]``: pairs are
    joined until one is left, and undone. That takes 2 log2(T) rounds and 3 T products; nothing is
    divided, so that factors of 0 and thousands of steps are exact to rounding.

    Args:
        decay: d ``[T, ...]``; the first step's acts on nothing.
        drive: ``[T, ...]``, the same shape, T at least 1.

    Returns:
        h ``[T, ...]``.

    >>> scan(torch.tensor([0.5, 0.5, 0.0]), torch.tensor([1.0, 2.0, 3.0])).tolist()
    [1.0, 2.5, 3.0]
    """
    steps = len(drive)
    if steps == 1:
        return drive
    pairs = steps // 2
    first, second = slice(0, 2 * pairs, 2), slice(1, None, 2)
    joined = decay[second] * drive[first] + drive[second]
    odd = scan(decay[second] * decay[first], joined)  # h at 1, 3, 5, ...
    even = decay[2::2] * odd[: (steps - 1) // 2] + drive[2::2]  # h at 2, 4, ...
    even = torch.cat((drive[:1], even))
    whole = torch.stack((even[:pairs], odd), 1).flatten(0, 1)
    return whole if steps == 2 * pairs else torch.cat((whole, even[-1:]))


def dsn_sequence(
    x: Tensor,
    taps: Tensor,
    bias: float | Tensor = 0.0,
    v_threshold: float | Tensor = 1.0,
    surrogate: str = "atan",
) -> DecayTrace:
    """A leak without reset that looks at its input before it forgets.

    ``decay[t] = sigmoid(bias + sum over j < k of taps[k - 1 - j] x[t - j])``;
    ``h[t] = decay[t] h[t-1] + (1 - decay[t]) x[t]``;  ``s = 1[h > v_threshold]``;  v = h.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        taps: ``[k]``, oldest first; or ``[C, k]``, for each channel of x ``[T, B, C, ...]``.
        bias: a number, or a tensor that fits a step of x.
        v_threshold: a number or a 0-d tensor.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        DecayTrace of s, h, v, decay, each ``[T, B, ...]``. h is a weighted mean of 0 and the
        inputs so far, and never beyond the largest of them.

    Raises:
        ValueError, TypeError: a wrong x, taps of no such shape or for other channels.

    Source: arXiv 2602.01133, as far as the top of the file says.

    >>> trace = dsn_sequence(torch.tensor([[2.0], [0.0], [4.0]]), torch.tensor([-1.0]))
    >>> trace.s.flatten().tolist(), trace.decay.flatten(), trace.h.flatten()
    ([1.0, 0.0, 1.0], tensor([0.1192, 0.5000, 0.0180]), tensor([1.7616, 0.8808, 3.9439]))
    """
    check_current(x)
    current, v_threshold = carry(x), check_number("v_threshold", v_threshold)
    if not isinstance(taps, Tensor) or taps.ndim not in (1, 2) or not taps.shape[-1]:
        got = tuple(taps.shape) if isinstance(taps, Tensor) else type(taps).__name__
        raise ValueError(
            f"taps must be [k] or [C, k] with at least one tap, got {got}: one kernel, or one for "
            "each channel, oldest first"
        )
    if not isinstance(bias, Tensor):
        bias = check_number("bias", bias)
    newest_first = taps.to(current.dtype).flip(-1).movedim(-1, 0)  # [k] or [k, C]
    decay = torch.sigmoid(causal(current, newest_first) + bias).to(current.dtype)
    h = scan(decay, (1 - decay) * current)
    s = step(h - v_threshold, surrogate)
    s, h, decay = (each.to(x.dtype) for each in (s, h, decay))
    return DecayTrace(s, h, h, decay)


class DSN(ChannelUnit):
    """The neuron of :func:`dsn_sequence` with k taps and a bias for each channel.

    Args:
        neurons: C of the current ``[T, B, C, ...]``; None takes it at the first call.
        k: inputs that the gate reads, the newest included.
        decay: where the gate starts, for the taps start at 0; a sigmoid reaches neither end, so
            that less than .001 or more than .999 is taken for these.
        v_threshold, surrogate: as :func:`dsn_sequence`.

    >>> neuron = DSN(decay=0.5)
    >>> neuron(torch.full((3, 2, 4), 1.5)).shape, sum(p.numel() for p in neuron.parameters())
    (torch.Size([3, 2, 4]), 36)
    """

    def __init__(
        self,
        neurons: int | None = None,
        k: int = 8,
        decay: float = 0.5,
        v_threshold: float = 1.0,
        surrogate: str = "atan",
    ):
        k = check_whole("k", k, 1, "it counts the inputs that the gate reads")
        kept = min(max(float(check_number("decay", decay, 0.0, 1.0)), 0.001), 0.999)
        bias = partial(nn.init.constant_, val=math.log(kept / (1 - kept)))
        super().__init__(neurons, {"taps": ((k,), nn.init.zeros_), "bias": ((), bias)})
        self.k, self.v_threshold, self.surrogate = k, v_threshold, surrogate

    def trace(self, x: Tensor) -> DecayTrace:
        """s, h, v, decay ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        own = self.of(x)
        taps = own["taps"] if x.ndim > 2 else own["taps"][0]
        return dsn_sequence(x, taps, self.beside(x, own["bias"]), self.v_threshold, self.surrogate)

    def extra_repr(self) -> str:
        return f"k={self.k}, v_threshold={self.v_threshold}"


NEURONS = {"DSN": lambda steps, decay: DSN(decay=decay)}
