"""The step function, and the slope that stands in for its missing derivative."""

import math

import torch
from torch import Tensor

from .checks import check_name
from .transforms import refuse_duals

# name -> slope at d = h - v_threshold; each is 1-signed, even, and integrates to 1 over d
SLOPES = {
    "triangle": lambda d: (1 - d.abs()).clamp(min=0),
    "sigmoid": lambda d: 4 * torch.sigmoid(4 * d) * torch.sigmoid(-4 * d),
    "atan": lambda d: 1 / (1 + (math.pi * d).square()),
}


class Step(torch.autograd.Function):
    """Step forward (strictly above 0), surrogate slope backward."""

    generate_vmap_rule = True

    @staticmethod
    def forward(d: Tensor, surrogate: str) -> Tensor:
        return (d > 0).to(d.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output) -> None:
        d, ctx.surrogate = inputs
        ctx.save_for_backward(d)

    @staticmethod
    def backward(ctx, grad: Tensor):
        (d,) = ctx.saved_tensors
        return grad * SLOPES[ctx.surrogate](d), None


def step(d: Tensor, surrogate: str = "triangle") -> Tensor:
    """Fire: 1 where ``d = h - v_threshold`` is strictly above 0, else 0.

    forward ``s = 1[d > 0]``; backward ``ds/dd = slope(d)`` with, in units of the threshold,

    - ``triangle``: ``max(0, 1 - |d|)``, the paper's;
    - ``sigmoid``: the derivative of ``sigmoid(4 d)``;
    - ``atan``: ``1 / (1 + (pi d)^2)``, the ATan surrogate of slope 2.

    Args:
        d: any shape, distance of the potential from the threshold.
        surrogate: one of the three names.

    Returns:
        0/1 in the shape and dtype of ``d``. A NaN compares as "not above" and gives 0; its
        gradient is NaN.

    Raises:
        ValueError: unknown surrogate.
        NotImplementedError: a forward-mode derivative is asked for.

    Source: arXiv 2409.04978 (triangle); SpikingJelly's Sigmoid(4) and ATan(2) for the others.

    >>> d = torch.tensor([-0.5, 0.0, 0.25], requires_grad=True)
    >>> s = step(d)
    >>> s.sum().backward()
    >>> s.tolist(), d.grad.tolist()
    ([0.0, 0.0, 1.0], [0.5, 1.0, 0.75])
    """
    check_name("surrogate", surrogate, SLOPES)
    refuse_duals(d)
    return Step.apply(d, surrogate)
