"""The gated leak beside its equation, step by step, and beside the leak that cannot be gated."""

import numpy as np
import pytest
import torch
from scipy.signal import lfilter
from torch.testing import assert_close

from mpe_lib import lif_sequence
from mpe_lib.core.causal import leaky_sum
from mpe_lib.core.surrogate import step
from mpe_lib.systems.dsn import DSN, dsn_sequence, scan
from mpe_lib.training.neurons import maker

G = torch.Generator


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=G().manual_seed(seed), dtype=torch.float64)


def in_order(decay, drive):
    h, steps = torch.zeros_like(drive[0]), []
    for d_t, x_t in zip(decay.unbind(0), drive.unbind(0), strict=True):
        h = d_t * h + x_t
        steps.append(h)
    return torch.stack(steps)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7, 8, 13, 257])
def test_the_scan_is_the_loop_forward_and_backward(steps):
    decay, drive = torch.sigmoid(drawn(steps, 3, seed=1)), drawn(steps, 3, seed=2)
    decay[steps // 2] = 0.0  # nothing is divided by it
    weigh, found = drawn(steps, 3, seed=3), []
    for run in (scan, in_order):
        d, x = decay.clone().requires_grad_(), drive.clone().requires_grad_()
        h = run(d, x)
        found.append((h, *torch.autograd.grad((weigh * h).sum(), (d, x), allow_unused=True)))
    for mine, theirs in zip(*found, strict=True):
        if mine is not None and theirs is not None:  # one step alone uses no decay
            assert_close(mine, theirs, atol=1e-12, rtol=1e-12)


def test_a_scan_of_one_decay_is_a_filter():
    drive = drawn(1000, 2)
    made = scan(torch.full_like(drive, 0.97), drive)
    assert_close(made.numpy(), lfilter([1], [1, -0.97], drive.numpy(), axis=0), atol=1e-11, rtol=0)


@pytest.mark.parametrize("shape", [(9, 4), (9, 2, 3), (9, 2, 3, 2, 2)])
def test_the_neuron_is_its_equation_forward_and_backward(shape):
    k, channels = 4, shape[2] if len(shape) > 2 else 1
    neuron = DSN(channels, k).double()
    with torch.no_grad():
        neuron.taps.copy_(drawn(channels, k, seed=1))
        neuron.bias.copy_(drawn(channels, seed=2))
    values, weigh = 2 * drawn(*shape), drawn(*shape, seed=3)
    x = values.clone().requires_grad_()
    trace = neuron.trace(x)
    beside = (-1, *[1] * (len(shape) - 3)) if len(shape) > 2 else ()
    h, wanted = torch.zeros_like(x[0]), []
    for t in range(len(x)):
        gate = neuron.bias.view(beside)
        for lag in range(min(k, t + 1)):
            gate = gate + neuron.taps[:, k - 1 - lag].view(beside) * x[t - lag]
        decay = torch.sigmoid(gate)
        h = decay * h + (1 - decay) * x[t]
        wanted.append((step(h - 1, "atan"), h, decay))
    s, h, decay = (torch.stack(each) for each in zip(*wanted, strict=True))
    assert torch.equal(trace.s, s) and torch.equal(trace.v, trace.h)
    assert_close(trace.h, h, atol=1e-12, rtol=1e-12)
    assert_close(trace.decay, decay, atol=1e-12, rtol=1e-12)
    each = (x, *neuron.parameters())
    mine, theirs = (torch.autograd.grad((weigh * made).sum(), each) for made in (trace.s, s))
    for a, b in zip(mine, theirs, strict=True):
        assert_close(a, b, atol=1e-11, rtol=1e-9)
    s, loss = neuron.with_loss(x)
    assert torch.equal(s, trace.s) and torch.equal(neuron(x), s) and loss == 0


def test_it_starts_as_a_leak_without_reset():
    x = drawn(50, 3, 2)
    trace = DSN(decay=0.8).trace(x)
    assert_close(trace.h, 0.2 * leaky_sum(x, 0.8), atol=1e-6, rtol=1e-6)  # float32 parameters


def test_a_gate_reads_k_inputs_and_the_potential_all_that_were_not_forgotten():
    x = drawn(12, 1, 1)
    taps, reached = drawn(1, 3, seed=1), {}
    for name in ("decay", "h"):
        moved = []
        for u in range(12):
            other = x.clone()
            other[u] += 0.1
            a, b = (getattr(dsn_sequence(each, taps), name) for each in (x, other))
            moved.append((a != b).flatten().nonzero().flatten().tolist())
        reached[name] = moved
    assert reached["decay"] == [list(range(u, min(u + 3, 12))) for u in range(12)]
    assert reached["h"] == [list(range(u, 12)) for u in range(12)]


def test_twenty_thousand_steps_stay_where_the_inputs_are():
    x = torch.randn(20_000, 2, 1, generator=G().manual_seed(0))
    taps, bias = torch.tensor([[0.4, -1.0]]), 4.0
    trace = dsn_sequence(x, taps, bias)
    seen = x[:, :, 0].double().numpy()
    before = np.vstack((np.zeros((1, 2)), seen[:-1]))
    decay, h, wanted = 1 / (1 + np.exp(-(bias + 0.4 * before - seen))), np.zeros(2), []
    for d_t, x_t in zip(decay, seen, strict=True):
        h = d_t * h + (1 - d_t) * x_t
        wanted.append(h)
    assert np.abs(trace.h[:, :, 0].numpy() - np.stack(wanted)).max() < 1e-5
    assert trace.h.abs().max() <= x.abs().max()


@pytest.mark.parametrize(("decay", "seed"), [(0.5, 0), (0.5, 1), (0.9, 0)])
def test_a_gate_learns_to_forget_as_a_reset_does_and_a_fixed_leak_cannot(decay, seed):
    def missed(gated):
        draw, neuron, gain = G().manual_seed(seed), DSN(1, 4), torch.ones((), requires_grad=True)
        learned = [neuron.bias, gain] + [neuron.taps] * gated
        adam = torch.optim.Adam(learned, 0.1)
        for k in range(81):
            x = torch.randn(48, 64, generator=draw)
            exact, mine = lif_sequence(x, decay), neuron.trace(gain * x)
            loss = (mine.h - exact.h).square().mean()
            if k < 80:
                adam.zero_grad()
                loss.backward()
                adam.step()
        return loss.item(), (mine.s != exact.s).double().mean().item()

    (loss, share), (fixed_loss, fixed_share) = missed(True), missed(False)
    assert loss < 0.7 * fixed_loss and share < 0.8 * fixed_share


def test_half_precision_is_computed_in_single_and_rounded_once():
    x = (2 * drawn(30, 2, 3)).bfloat16()
    taps = drawn(3, 4, seed=1).float()
    half, single = dsn_sequence(x, taps), dsn_sequence(x.float(), taps)
    for a, b in zip(half, single, strict=True):
        assert a.dtype == torch.bfloat16 and torch.equal(a, b.bfloat16())
    assert dsn_sequence(x[:1], taps).h.shape == (1, 2, 3)


def test_it_goes_by_its_name():
    neuron = maker("DSN", steps=5, decay=0.7)()
    s = neuron(torch.rand(5, 2, 3, 4, 4))
    assert isinstance(neuron, DSN) and s.shape == (5, 2, 3, 4, 4) and len(neuron.bias) == 3
    assert_close(torch.sigmoid(neuron.bias), torch.full((3,), 0.7))
    for decay, near in ((0.0, 0.001), (1.0, 0.999)):
        assert_close(torch.sigmoid(DSN(1, decay=decay).bias).item(), near, atol=1e-6, rtol=0)


def test_what_it_cannot_be_or_run_is_said():
    x = torch.zeros(3, 2, 4)
    for taps in (torch.zeros(()), torch.zeros(4, 0), [0.5]):
        with pytest.raises(ValueError, match="taps must be"):
            dsn_sequence(x, taps)
    with pytest.raises(ValueError, match="a channel for each kernel"):
        dsn_sequence(x, torch.zeros(3, 2))
    with pytest.raises(ValueError, match=r"x must be \[T, B, 3, ...\], a channel for each neuron"):
        DSN(3)(x)
    with pytest.raises(ValueError, match="k must be a whole number >= 1"):
        DSN(k=0)
    with pytest.raises(ValueError, match="decay must be between 0 and 1"):
        DSN(decay=1.5)
    with pytest.raises(TypeError, match="floating dtype"):
        DSN()(x.int())
    with pytest.raises(ValueError, match="at least one time step"):
        DSN()(x[:0])
