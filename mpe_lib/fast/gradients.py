"""What every fused backend refuses: to be differentiated twice."""

import torch


def only_once() -> None:
    """Refuse to be differentiated twice: the gradient would come back as a constant."""
    if torch.is_grad_enabled():  # as it is in backward under create_graph=True alone
        raise RuntimeError(
            "a fused neuron has one derivative, and create_graph=True asks for a second: use "
            "backend='torch'"
        )
