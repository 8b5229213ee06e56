"""ReL-PSP: at most one spike for each neuron, and its time in closed form.

M. Zhang et al., "Rectified Linear Postsynaptic Potential Function for Backpropagation in Deep
Spiking Neural Networks", IEEE TNNLS 33(5), 1947 (2021), arXiv 2003.11837, which began as
"Spike-Timing-Dependent Back Propagation in Deep SNNs" (STDBP). No code of the authors was found.
The equations follow from the abstract's postsynaptic potential and agree with a successor's code
(ggoupy/T2FSNN, whose neuron has a threshold that moves). Constants, the drawn start and the loss
against silence are a reconstruction. SpikingJelly's ``timing_based`` has the Tempotron's curved
potential, which has no such closed form.

There are no steps here: a time is a number, in any unit that all times of a network share.
"""

import math

import torch
from torch import Tensor, nn

from ..core.checks import check_floating, check_number, check_whole
from ..core.dynamics import carry
from ..core.transforms import watched


def latency_code(x: Tensor, t_max: float = 1.0) -> Tensor:
    """One spike for each value, the larger the earlier.

    ``t = (1 - x) t_max``

    Args:
        x: any shape, values in [0, 1].
        t_max: time of the spike that stands for 0, in the unit of all times; above 0.

    Returns:
        Spike times in the shape and dtype of x, in [0, t_max].

    Raises:
        ValueError, TypeError: values outside [0, 1], a dtype that is not floating, a wrong t_max.

    Source: arXiv 2003.11837.

    >>> latency_code(torch.tensor([1.0, 0.75, 0.0]), t_max=8).tolist()
    [0.0, 2.0, 8.0]
    """
    t_max = check_number("t_max", t_max, 0.0, math.inf)
    check_floating("x", x)
    if x.numel() and x.device.type == "cpu" and not watched(x):
        low, high = x.min().item(), x.max().item()
        if low < 0 or high > 1:
            raise ValueError(
                f"x must hold values in [0, 1], got {low:g} to {high:g}: divide by the largest"
            )
    return ((1 - carry(x)) * t_max).to(x.dtype)


def spike_times(t_in: Tensor, weight: Tensor, v_threshold: float | Tensor = 1.0) -> Tensor:
    """When each neuron first exceeds its threshold, from when its inputs spike.

    ``V(t) = sum of weight_i (t - t_i) over t_i < t``, a broken line. On the piece that holds the
    crossing, with C the inputs so far,
    ``t_out = (v_threshold + sum over C of weight_i t_i) / sum over C of weight_i``. So
    ``d t_out / d t_i = weight_i / sum`` and ``d t_out / d weight_i = (t_i - t_out) / sum`` for i
    in C, and 0 for later inputs and for a silent neuron.

    Args:
        t_in: input times ``[B, I]``; inf is an input that never spikes.
        weight: ``[O, I]``, potential per unit of time.
        v_threshold: at least 0; a float or a 0-d tensor (may need a gradient).

    Returns:
        Spike times ``[B, O]``, in the dtype of t_in; inf where the potential never goes above the
        threshold. All are NaN where an input time or a weight of the neuron is NaN.

    Raises:
        ValueError, TypeError: wrong shapes or dtypes, a threshold below 0.

    Source: arXiv 2003.11837.

    >>> spike_times(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.5], [0.4, -0.1], [1, -9]]))
    tensor([[1.5000, 3.0000,    inf]])
    """
    v_threshold = check_number("v_threshold", v_threshold, 0.0, math.inf)
    check_times(t_in, weight)
    times, order = carry(t_in).sort(1)  # [B, I]
    there = times < math.inf
    times = torch.where(there, times, 0)
    w = weight.to(times.dtype)[:, order] * there  # [O, B, I]
    slope = w.cumsum(2)
    lifted = v_threshold + (w * times).cumsum(2)
    until = torch.where(there, times, math.inf)[:, 1:]
    until = torch.cat((until, torch.full_like(times[:, :1], math.inf)), 1)  # end of each piece
    crossed = (slope > 0) & (lifted < slope * until)
    piece = crossed.int().argmax(2, keepdim=True)  # the first
    slope, lifted = slope.gather(2, piece), lifted.gather(2, piece)
    fired = crossed.any(2, keepdim=True)
    t = torch.where(fired, lifted / torch.where(fired, slope, 1), math.inf)[..., 0].T
    lost = ~(t_in > -math.inf).all(1, keepdim=True) | weight.isnan().any(1)
    return torch.where(lost, math.nan, t).to(t_in.dtype)


def potential(t_in: Tensor, weight: Tensor, t: Tensor) -> Tensor:
    """What the neurons' potentials would be if none fired, to be drawn over time.

    ``V(t) = sum over i of weight_i max(0, t - t_i)``

    Args:
        t_in, weight: as :func:`spike_times`.
        t: times to look at ``[N]``.

    Returns:
        V ``[N, B, O]``.

    >>> potential(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.5]]), torch.tensor([1.0, 1.5]))
    tensor([[[0.5000]],
    <BLANKLINE>
            [[1.0000]]])
    """
    check_times(t_in, weight)
    return (t[:, None, None] - t_in).clamp(min=0) @ weight.T


class ReLPSP(nn.Module):
    """A layer of such neurons: times in, times out; a network is several in a row.

    Args:
        inputs, neurons: how many.
        v_threshold: of all neurons, at least 0.
        spread: of the weights at the start, see below; at least 0.

    Weights start normal with mean 2 and standard deviation `spread`, divided by the inputs: a
    neuron then fires some v_threshold / 2 after the mean of its inputs, and `spread` tells the
    neurons apart.

    >>> ReLPSP(2, 3, spread=0.0)(torch.tensor([[0.0, 1.0]]))
    tensor([[1., 1., 1.]], grad_fn=<...>)
    """

    def __init__(self, inputs: int, neurons: int, v_threshold: float = 1.0, spread: float = 4.0):
        super().__init__()
        for name, value in (("inputs", inputs), ("neurons", neurons)):
            check_whole(name, value, 1, "it counts them")
        self.v_threshold = check_number("v_threshold", v_threshold, 0.0, math.inf)
        spread = check_number("spread", spread, 0.0, math.inf)
        self.weight = nn.Parameter((2 + spread * torch.randn(neurons, inputs)) / inputs)

    def forward(self, t_in: Tensor) -> Tensor:
        """Spike times ``[B, neurons]`` of input times ``[B, inputs]``; inf is silent."""
        return spike_times(t_in, self.weight, self.v_threshold)

    def silence(self, least: float = 0.5) -> Tensor:
        """How far the summed weights of a neuron are below `least`, in the mean, 0-d.

        ``mean of max(0, least - sum of weight_i)``. A silent neuron has no gradient of its own;
        with this in the loss it finds back to a sum above 0, where it fires at last.
        """
        return (least - self.weight.sum(1)).clamp(min=0).mean()


def check_times(t_in: Tensor, weight: Tensor) -> None:
    """Refuse times that are not ``[B, I]``, and weights that are not ``[O, I]``."""
    check_floating("t_in", t_in)
    check_floating("weight", weight)
    if t_in.ndim != 2:
        raise ValueError(
            f"t_in must be [B, I], got a {t_in.ndim}-D tensor of shape {tuple(t_in.shape)}: "
            "flatten the inputs of each sample with t_in.flatten(1)"
        )
    if weight.ndim != 2 or weight.shape[1] != t_in.shape[1] or not weight.shape[1]:
        raise ValueError(
            f"weight must be [O, {t_in.shape[1]}], one for each input, got shape "
            f"{tuple(weight.shape)}: its rows are the neurons"
        )
