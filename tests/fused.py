"""What the tests of the two fast backends share: inputs, and what they must agree with."""

import pytest
import torch
from here import compile_here

from mpe_lib import lif_spikes, mpe_spikes
from mpe_lib.fast.backends import why_not

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def device(backend: str) -> str:
    """Where a backend runs here; skips the test, with the reason, where it cannot."""
    where = DEVICE if backend == "triton" else "cpu"
    refused = why_not(backend, where)
    if refused:
        pytest.skip(f"{backend} {refused}")
    return where


def current(*shape, dtype=torch.float32, where="cpu"):
    generator = torch.Generator().manual_seed(0)
    x = 0.5 + 0.8 * torch.randn(shape, generator=generator, dtype=torch.float64)
    return x.to(where, dtype)


def run(backend, x, rule, options, scalars=False):
    """(spikes, loss, gradients) of one backend; rule None is the exact neuron."""
    leaves = {"x": x.detach().clone().requires_grad_()}
    options = dict(options)
    if scalars:
        for name, value in (("decay", 0.9), ("v_threshold", 1.1)):
            leaves[name] = torch.tensor(value, dtype=x.dtype, device=x.device, requires_grad=True)
        passes = () if rule is None else (options.get("sweeps", 0) + 1,)
        leaves["v0"] = _weights(torch.empty(*passes, *x.shape[1:])).to(x).requires_grad_()
    options |= leaves | {"backend": backend, "with_last": scalars}
    if rule is None:
        s, *last = lif_spikes(**options) if scalars else (lif_spikes(**options),)
        loss = None
    else:
        s, loss, *last = mpe_spikes(**options, rule=rule)
    total = sum((each * _weights(each)).sum() for each in (s, *last))
    total = total + (0 if loss is None else 30 * loss)
    total.backward()
    return (s, *last), loss, {name: leaf.grad for name, leaf in leaves.items()}


def _weights(x):
    generator = torch.Generator().manual_seed(1)
    return torch.rand(x.shape, generator=generator, dtype=torch.float64).to(x)


def compare(backend, x, rule=None, scalars=False, gradient=1e-6, **options):
    """Spikes bit for bit, gradients to 1e-6 of the largest, the loss to 1e-5."""
    (s, *last), loss, grads = run(backend, x, rule, options, scalars)
    (s_torch, *last_torch), loss_torch, grads_torch = run("torch", x, rule, options, scalars)
    assert all(a.dtype == b.dtype for a, b in zip(last, last_torch, strict=True))
    torch.testing.assert_close(last, last_torch, rtol=1e-6, atol=1e-7)
    assert torch.equal(s, s_torch) and s.dtype == x.dtype and s.shape == x.shape
    assert x.shape[0] < 4 or 0 < s.mean() < 1  # or nothing was tested
    if loss is not None:
        torch.testing.assert_close(loss, loss_torch, rtol=1e-5, atol=0)
        assert loss.dtype == loss_torch.dtype
    for name, grad in grads.items():
        scale = grads_torch[name].abs().max().item()
        torch.testing.assert_close(grad, grads_torch[name], rtol=0, atol=gradient * scale)
        assert grad.dtype == grads_torch[name].dtype


def compiled(backend):
    """torch.compile in one graph, by a backend or by what works here."""
    torch._dynamo.reset()
    settings = {"fullgraph": True}
    if backend == "inductor":
        return lambda function: compile_here(function, **settings)
    return lambda function: torch.compile(function, backend=backend, **settings)
