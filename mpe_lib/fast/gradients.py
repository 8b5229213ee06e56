"""What every fused backend asks of autograd: is a gradient wanted, and is it the first one?"""

import torch
from torch import Tensor


def needs_grad(*each) -> bool:
    """Will backward be asked of any of these?"""
    return torch.is_grad_enabled() and any(isinstance(t, Tensor) and t.requires_grad for t in each)


def only_once() -> None:
    """Refuse to be differentiated twice: the gradient would come back as a constant."""
    if torch.is_grad_enabled():  # as it is in backward under create_graph=True alone
        raise RuntimeError(
            "a fused neuron has one derivative, and create_graph=True asks for a second: use "
            "backend='torch'"
        )
