"""Who else is at work on a call: autograd, a compiler, a tracer, a transform of torch.func."""

from collections.abc import Iterator

import torch
import torch.autograd.forward_ad as forward_mode
from torch import Tensor


def needs_grad(*each) -> bool:
    """Will backward be asked of any of these?"""
    return torch.is_grad_enabled() and any(isinstance(t, Tensor) and t.requires_grad for t in each)


def transformed(*each) -> bool:
    """Is one of these inside grad, vmap or another transform of torch.func?

    A compiler that sees the transform too is the one to ask it: to it the answer is no.
    """
    if torch.compiler.is_compiling():
        return False
    wrapped = torch._C._functorch.is_functorch_wrapped_tensor
    older = torch._C._functorch.is_legacy_batchedtensor  # of is_grads_batched and vectorize=True
    return any(isinstance(t, Tensor) and (wrapped(t) or older(t)) for t in each)


def batched(t) -> bool:
    """Is this inside vmap, where no value of it can be looked at?"""
    return any(map(torch._C._functorch.is_batchedtensor, _layers(t)))


def _layers(t) -> Iterator[Tensor]:
    """The wrappers of torch.func around a tensor, from the outside in."""
    while transformed(t):
        yield t
        t = torch._C._functorch.get_unwrapped(t)


def recorded() -> bool:
    """Is the call written down, to be run again later or elsewhere?"""
    return (
        torch.compiler.is_compiling()
        or torch.jit.is_tracing()
        or torch._C._len_torch_dispatch_stack() > 0
    )


def watched(*each) -> bool:
    """Must somebody see every line: a recorder, a transform, a tensor of another class?"""
    return (
        recorded()
        or any(isinstance(t, Tensor) and type(t) not in (Tensor, torch.nn.Parameter) for t in each)
        or transformed(*each)
    )


def refuse_duals(*each) -> None:
    """Refuse forward-mode derivatives: a spike has a surrogate slope in reverse mode alone."""
    if forward_mode._current_level >= 0 and any(map(_is_dual, each)):
        raise NotImplementedError(
            "expected a derivative in reverse mode, got a forward-mode one (jvp, jacfwd, hessian, "
            "dual numbers): a spike has a surrogate slope in backward alone; use backward(), "
            "torch.func.grad, vjp or jacrev"
        )


def _is_dual(t) -> bool:
    if not isinstance(t, Tensor):
        return False
    if not transformed(t):
        level = forward_mode._current_level
        return forward_mode.unpack_dual(t, level=level).tangent is not None
    stack = torch._C._functorch.get_interpreter_stack()
    forward = torch._C._functorch.TransformType.Jvp
    levels = {one.level() for one in stack if one.key() == forward}
    return any(torch._C._functorch.maybe_get_level(each) in levels for each in _layers(t))
