"""Channel-wise PSN: k learned taps for each channel, spread out over time, and no reset.

P. Xue, W. Fang, Z. Ma, Z. Huang, Z. Zhou, Y. Tian, T. Masquelier, H. Zhou, "Multiplication-Free
Parallelizable Spiking Neurons with Efficient Spatio-Temporal Dynamics", NeurIPS 2025, arXiv
2501.14490. What was read is its abstract and summaries by others: a sliding PSN with its own taps
in each channel, gaps between the taps that grow from layer to layer and begin anew (a sawtooth),
weights rounded to powers of two, and a gradient that takes the rounding for the identity. The
rest is a reconstruction: gaps of 1, 2, 3, 1, 2, 3, ...; one threshold for each channel; a start as
the sliding PSN's, whose taps are powers of two already. The paper draws its start, has a batch
norm folded into the weights before they are rounded, and chooses among GPU kernels: not here, where
the networks bring their own norm.
"""

import torch
from torch import Tensor, nn

from ..core.causal import causal
from ..core.checks import check_current, check_number, check_whole
from ..core.dynamics import Trace, carry
from ..core.surrogate import step
from .parts import ChannelUnit


def channel_psn_sequence(
    x: Tensor,
    taps: Tensor,
    v_threshold: float | Tensor = 1.0,
    dilation: int = 1,
    surrogate: str = "atan",
) -> Trace:
    """A weighted sum of k inputs, `dilation` steps apart, with weights of each channel's own.

    ``h[t, c] = sum over j < k of taps[c, k - 1 - j] x[t - j dilation, c]``;
    ``s = 1[h > v_threshold]``;  v = h, for nothing is reset.

    Args:
        x: input current ``[T, B, C, ...]``, in units of the threshold; ``[T, B]`` is one channel.
        taps: ``[C, k]``, oldest first.
        v_threshold: a number, or a tensor that fits a step of x.
        dilation: steps from one tap to the next, at least 1.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Returns:
        Trace of s, h, v, each ``[T, B, C, ...]``. Step t sees the steps t - j dilation alone.

    Raises:
        ValueError, TypeError: a wrong x, taps for other channels, a dilation below 1.

    Source: arXiv 2501.14490, as far as the top of the file says.

    >>> x = torch.tensor([[0.9, 0.9], [0.0, 0.0], [0.6, 0.6]])[:, None]  # [3, 1, 2]
    >>> taps = torch.tensor([[0.5, 1.0], [1.0, 1.0]])
    >>> channel_psn_sequence(x, taps, dilation=2).h[2].tolist()
    [[1.0499999523162842, 1.5]]
    """
    check_current(x)
    dilation = check_whole("dilation", dilation, 1, "it counts the steps from tap to tap")
    current, channels = carry(x), x.shape[2] if x.ndim > 2 else 1
    if not isinstance(taps, Tensor) or taps.ndim != 2 or len(taps) != channels or not taps.numel():
        got = tuple(taps.shape) if isinstance(taps, Tensor) else type(taps).__name__
        raise ValueError(
            f"taps must be [C, k] with C = {channels}, the channels of x, got {got}: k weights "
            "for each channel, oldest first"
        )
    if not isinstance(v_threshold, Tensor):
        v_threshold = check_number("v_threshold", v_threshold)
    newest_first = taps.to(current.dtype).flip(1).T  # [k, C]
    h = causal(current, newest_first if x.ndim > 2 else newest_first[:, 0], dilation)
    s = step(h - v_threshold, surrogate)
    return Trace(*(each.to(x.dtype) for each in (s, h, h)))


def power_of_two(weight: Tensor) -> Tensor:
    """The nearest power of two on a scale of octaves, with the sign; backward the identity.

    ``sign(w) 2^round(log2 |w|)``, and 0 for 0. A product with it is a shift of bits.

    Args:
        weight: any shape.

    >>> power_of_two(torch.tensor([0.3, -0.7, 3.0, 0.0])).tolist()
    [0.25, -0.5, 4.0, 0.0]
    """
    with torch.no_grad():
        nearest = weight.sign() * weight.abs().log2().round().exp2()
    return nearest + (weight - weight.detach())  # the bracket is 0 and carries the gradient


def sawtooth(layers: int, top: int = 3) -> tuple[int, ...]:
    """The dilation of each layer: 1 to `top`, again and again.

    Together the layers then reach far and leave no step out, as equal dilations above 1 would.

    Args:
        layers: how many, at least 1.
        top: the largest dilation.

    >>> sawtooth(5)
    (1, 2, 3, 1, 2)
    """
    layers = check_whole("layers", layers, 1, "each has a dilation")
    top = check_whole("top", top, 1, "1 spreads nothing out")
    return tuple(1 + layer % top for layer in range(layers))


class ChannelPSN(ChannelUnit):
    """The neuron of :func:`channel_psn_sequence` with taps and a threshold for each channel.

    Args:
        neurons: C of the current ``[T, B, C, ...]``; None takes it at the first call.
        k: taps of each channel.
        dilation: steps from tap to tap; :func:`sawtooth` has one for each layer.
        shifts: round the taps that are used to powers of two.
        surrogate: as :func:`mpe_lib.core.surrogate.step`.

    Taps start at 1 for this step and half as much for each tap before; thresholds at 1.

    >>> ChannelPSN(k=2)(torch.tensor([[0.9], [0.6]])).flatten().tolist()
    [0.0, 1.0]
    >>> ChannelPSN(k=2, dilation=2)(torch.tensor([[0.9], [0.6]])).flatten().tolist()
    [0.0, 0.0]
    """

    def __init__(
        self,
        neurons: int | None = None,
        k: int = 8,
        dilation: int = 1,
        shifts: bool = False,
        surrogate: str = "atan",
    ):
        k = check_whole("k", k, 1, "it counts the taps of a channel")
        super().__init__(neurons, {"taps": ((k,), halves_), "threshold": ((), nn.init.ones_)})
        self.dilation = check_whole("dilation", dilation, 1, "it counts the steps from tap to tap")
        self.k, self.shifts, self.surrogate = k, shifts, surrogate

    def weights(self) -> Tensor:
        """The taps that are used, ``[C, k]``."""
        return power_of_two(self.taps) if self.shifts else self.taps

    def trace(self, x: Tensor) -> Trace:
        """s, h, v ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        threshold = self.beside(x, self.of(x)["threshold"])
        return channel_psn_sequence(x, self.weights(), threshold, self.dilation, self.surrogate)

    def extra_repr(self) -> str:
        return f"k={self.k}, dilation={self.dilation}, shifts={self.shifts}"


def halves_(taps: Tensor) -> Tensor:
    """Fill ``[C, k]`` with 1 for the newest tap, half as much for each before."""
    return taps.copy_(0.5 ** torch.arange(taps.shape[1]).flip(0).to(taps))


NEURONS = {"channel-wise PSN": lambda steps, decay: ChannelPSN()}
