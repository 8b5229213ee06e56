"""Causal sums beside a loop over the steps, on each of their three ways, and their gradients."""

import pytest
import torch
from scipy.signal import lfilter

from mpe_lib.core import causal as module
from mpe_lib.core.causal import causal, leak_matrix, leaky_sum, powers, toeplitz

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def by_hand(x, kernel):
    """h[t] = sum of kernel[t - u] x[u], a step after the other."""
    rows = []
    for t in range(len(x)):
        taps = range(max(0, t - len(kernel) + 1), t + 1)
        wide = kernel.view(len(kernel), *([1, -1] if kernel.ndim > 1 else []), *[1] * (x.ndim - 3))
        rows.append(sum(wide[t - u] * x[u] for u in taps))
    return torch.stack(rows)


@pytest.mark.parametrize("steps", [1, 7, 40, 260])  # taps, matrix, transform
@pytest.mark.parametrize("taps", [1, 5, 30, 400])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 2, 2)])
def test_every_way_is_the_sum_and_has_its_gradient(steps, taps, shape):
    x = random(steps, *shape).requires_grad_()
    per_channel = len(shape) > 1
    kernel = random(taps, *([3] if per_channel else []), seed=1).requires_grad_()
    h, expected = causal(x, kernel), by_hand(x, kernel)
    torch.testing.assert_close(h, expected, rtol=0, atol=1e-10)
    g = random(*h.shape, seed=2)
    found = torch.autograd.grad((h * g).sum(), (x, kernel))
    wanted = torch.autograd.grad((expected * g).sum(), (x, kernel))
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-9)


def test_the_end_does_not_wrap_round_to_the_start(monkeypatch):
    x = torch.zeros(400, 1, dtype=DOUBLE)
    x[-1] = 1
    h = causal(x, powers(0.999, 400, DOUBLE))
    assert h[:-1].abs().max() < 1e-12 and h[-1] == pytest.approx(1)


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("steps", [1, 50, 700])
def test_a_leaky_sum_is_scipys_filter(decay, steps):
    x = random(steps, 4)
    expected = torch.from_numpy(lfilter([1], [1, -decay], x.numpy(), axis=0))
    torch.testing.assert_close(leaky_sum(x, decay), expected, rtol=0, atol=1e-10)
    torch.testing.assert_close(leak_matrix(steps, decay, DOUBLE) @ x, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("decay", [0.0, 0.5, 1.0])
def test_the_decay_has_a_gradient_at_its_ends_too(decay):
    d = torch.tensor(decay, dtype=DOUBLE, requires_grad=True)
    x = random(6, 2)
    leaky_sum(x, d).sum().backward()
    lag = torch.arange(6)[:, None] - torch.arange(6)
    slope = torch.where(lag > 0, lag * decay ** (lag - 1).clamp(min=0).double(), 0.0)
    assert d.grad.item() == pytest.approx((slope @ x).sum().item())


def test_half_precision_is_carried_in_single():
    x = random(300, 4).to(torch.bfloat16)
    assert leaky_sum(x, 0.9).dtype == torch.float32
    torch.testing.assert_close(leaky_sum(x, 0.9), leaky_sum(x.float(), 0.9))


def test_a_matrix_of_channels_has_one_for_each():
    kernel = random(4, 3)
    for c in range(3):
        assert torch.equal(toeplitz(kernel, 6)[..., c], toeplitz(kernel[:, c], 6))


def test_the_three_ways_are_taken(monkeypatch):
    seen = []
    monkeypatch.setattr(module, "toeplitz", lambda *args: seen.append("matrix") or toeplitz(*args))
    rfft = torch.fft.rfft
    monkeypatch.setattr(torch.fft, "rfft", lambda *args: seen.append("transform") or rfft(*args))
    for steps in (10, 100, 300):
        causal(random(steps, 1), random(steps))
    assert seen == ["matrix", "transform", "transform"]


def test_what_cannot_be_is_said():
    with pytest.raises(ValueError, match="decay must be between 0 and 1, got 1.5"):
        leaky_sum(torch.zeros(3, 1), 1.5)
    with pytest.raises(ValueError, match="steps must be a whole number >= 1, got 0"):
        leak_matrix(0, 0.5)
    with pytest.raises(ValueError, match=r"x must be \[T, B, 3, ...\], a channel for each kernel"):
        causal(torch.zeros(40, 2, 4), torch.zeros(40, 3))
