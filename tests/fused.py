"""What the tests of the two fast backends share: inputs, and what they must agree with."""

import pytest
import torch

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
        leaves["v0"] = torch.full_like(x[0], 0.3).requires_grad_()
    options |= leaves
    if rule is None:
        s, loss = lif_spikes(**options, backend=backend), None
    else:
        s, loss = mpe_spikes(**options, rule=rule, backend=backend)
    generator = torch.Generator().manual_seed(1)
    weight = torch.rand(s.shape, generator=generator, dtype=torch.float64).to(s)
    total = (s * weight).sum() + (0 if loss is None else 30 * loss)
    total.backward()
    return s, loss, {name: leaf.grad for name, leaf in leaves.items()}


def compare(backend, x, rule=None, scalars=False, gradient=1e-6, **options):
    """Spikes bit for bit, gradients to 1e-6 of the largest, the loss to 1e-5."""
    s, loss, grads = run(backend, x, rule, options, scalars)
    s_torch, loss_torch, grads_torch = run("torch", x, rule, options, scalars)
    assert torch.equal(s, s_torch) and s.dtype == x.dtype and s.shape == x.shape
    assert x.shape[0] < 4 or 0 < s.mean() < 1  # or nothing was tested
    if loss is not None:
        torch.testing.assert_close(loss, loss_torch, rtol=1e-5, atol=0)
        assert loss.dtype == loss_torch.dtype
    for name, grad in grads.items():
        scale = grads_torch[name].abs().max().item()
        torch.testing.assert_close(grad, grads_torch[name], rtol=0, atol=gradient * scale)
        assert grad.dtype == grads_torch[name].dtype
