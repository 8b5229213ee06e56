"""What both fused backends ask of tensors and of autograd, before they read memory themselves."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def plain(x: Tensor) -> Tensor:
    """x as its memory is to be read: in C order, no minus sign left to be taken, zeros written."""
    x = x.resolve_neg()
    return (x.clone() if x._is_zerotensor() else x).contiguous()


def only_once() -> None:
    """Refuse to be differentiated twice: the gradient would come back as a constant."""
    if torch.is_grad_enabled():  # as it is in backward under create_graph=True alone
        raise RuntimeError(
            "a fused neuron has one derivative, and create_graph=True asks for a second: use "
            "backend='torch'"
        )


def by_torch(
    lines: Callable, inputs: Sequence, needed: Sequence[bool], gradients: Sequence
) -> list[Tensor | None]:
    """The gradients of the plain lines, where vmap asks for many at once (is_grads_batched).

    Args:
        lines: outputs, or None in their place, from the inputs.
        inputs: tensors, or None.
        needed: is the gradient of this input asked for?
        gradients: of the outputs, or None.
    """
    with torch.enable_grad():
        leaves = [each if each is None else each.detach().requires_grad_() for each in inputs]
        pairs = [(y, g) for y, g in zip(lines(*leaves), gradients, strict=True) if g is not None]
    outputs, pulls = zip(*pairs, strict=True)
    wanted = [leaf for leaf, need in zip(leaves, needed, strict=True) if need]
    found = iter(torch.autograd.grad(outputs, wanted, pulls, allow_unused=True))
    return [next(found) if need else None for need in needed]
