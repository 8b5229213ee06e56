"""Infinite currents, and batches of nothing: the same on every backend."""

import math

import pytest
import torch
from fused import current, device

from mpe_lib import lif_spikes, membrane_loss, mpe_sequence, mpe_spikes
from mpe_lib.core.dynamics import RESETS, Settings, lif_step_back

RULES = (None, "bernoulli", "mean", "hard", "zero")


def with_holes():
    """A current in which one number in ten is infinite or none."""
    generator = torch.Generator().manual_seed(0)
    x = current(9, 60)
    holes = torch.rand(x.shape, generator=generator) < 0.1
    values = torch.tensor([math.inf, -math.inf, math.nan])
    return torch.where(holes, values[torch.randint(3, x.shape, generator=generator)], x)


@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("backend", ["compile", "triton"])
def test_gradients_at_infinity_are_alike(backend, rule, reset):
    where, found = device(backend), []
    surrogates = ("triangle", "sigmoid", "atan") if backend == "compile" else ("triangle",)
    for surrogate in surrogates:
        for sweeps in (0,) if rule is None else (0, 2):
            options = {"reset": reset, "surrogate": surrogate}
            options |= {} if rule is None else {"rule": rule, "sweeps": sweeps, "seed": 5}
            found = []
            for each in (backend, "torch"):
                x = with_holes().to(where).requires_grad_()
                s = (lif_spikes if rule is None else mpe_spikes)(x, **options, backend=each)
                s = s if rule is None else s[0]
                s.sum().backward()
                found.append((s, x.grad))
            (s, grad), (s_torch, grad_torch) = found
            assert torch.equal(s, s_torch)
            torch.testing.assert_close(grad, grad_torch, rtol=1e-4, atol=1e-5, equal_nan=True)
            assert grad.isfinite().any()


def test_nothing_times_infinity_is_nothing():
    zero, h = torch.zeros(4), torch.tensor([math.inf, -math.inf, math.nan, 2.0])
    for reset in RESETS:
        g_h, g_d = lif_step_back(h, torch.ones(4), zero, zero, Settings(reset=reset))
        assert (g_h[[0, 1, 3]] == 0).all() and (g_d[[0, 1, 3]] == 0).all()


@pytest.mark.parametrize("backend", ["auto", "torch", "compile", "triton"])
def test_an_empty_batch_has_nothing_to_lose(backend):
    for kappa in (None, [0.25] * 4):
        x = torch.zeros(4, 0, 3, requires_grad=True)
        s, loss = mpe_spikes(x, kappa=kappa, backend=backend)
        (s.sum() + loss).backward()
        assert loss == 0 and x.grad.shape == (4, 0, 3)
        assert membrane_loss(mpe_sequence(x), kappa) == 0


@pytest.mark.parametrize("reset", RESETS)
def test_the_derivatives_of_a_reset_are_those_of_its_line(reset):
    generator = torch.Generator().manual_seed(2)
    h, s, v_threshold = (torch.rand(5, generator=generator, dtype=torch.float64).requires_grad_()
                         for _ in range(3))  # fmt: skip
    lines, place = RESETS[reset], (h, s, v_threshold)
    right = torch.autograd.grad(lines.after(*place).sum(), place, allow_unused=True)
    for line, grad in zip((lines.by_h, lines.by_s, lines.by_threshold), right, strict=True):
        if grad is None:
            assert line is None
        else:
            torch.testing.assert_close(
                torch.as_tensor(line(*place)).expand(5), grad, check_dtype=False
            )


def test_zeros_without_memory_are_zeros():
    device("compile")
    zeros, x = torch._efficientzerotensor(5, 6), current(5, 6).requires_grad_()
    assert lif_spikes(zeros, backend="compile").sum() == 0
    assert (torch.autograd.grad(lif_spikes(x, backend="compile"), x, zeros)[0] == 0).all()


def test_weights_changed_before_backward_change_no_gradient():
    x, grads = current(5, 6, dtype=torch.float64).requires_grad_(), []
    for change in (0.0, 5.0):
        kappa = torch.full((5,), 0.2, dtype=torch.float64)
        loss = mpe_spikes(x, "mean", kappa=kappa)[1]
        kappa += change
        grads.append(torch.autograd.grad(loss, x)[0])
    assert torch.equal(*grads) and grads[0].abs().sum() > 0
