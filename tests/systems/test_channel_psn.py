"""The channel-wise PSN beside its equation, a grouped convolution, SpikingJelly, and bit shifts."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from mpe_lib.core.surrogate import step
from mpe_lib.systems.channel_psn import (
    ChannelPSN,
    channel_psn_sequence,
    power_of_two,
    sawtooth,
)
from mpe_lib.training.neurons import maker


def drawn(*shape, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=draw, dtype=torch.float64)


def made(channels, k, dilation=1, **settings):
    neuron = ChannelPSN(channels, k, dilation, **settings).double()
    with torch.no_grad():
        neuron.taps.copy_(drawn(channels, k, seed=1))
        neuron.threshold.copy_(0.5 * drawn(channels, seed=2).abs())
    return neuron


@pytest.mark.parametrize("shape", [(9, 4), (9, 2, 3), (9, 2, 3, 2, 2)])
@pytest.mark.parametrize(("k", "dilation"), [(1, 1), (4, 1), (3, 2), (5, 3)])
def test_the_neuron_is_its_equation_forward_and_backward(shape, k, dilation):
    channels = shape[2] if len(shape) > 2 else 1
    neuron, x = made(channels, k, dilation), drawn(*shape).requires_grad_()
    trace = neuron.trace(x)
    beside = (-1, *[1] * (len(shape) - 3)) if len(shape) > 2 else ()
    wanted = []
    for t in range(len(x)):
        h = torch.zeros_like(x[0])
        for j in range(k):
            if t >= j * dilation:
                h = h + neuron.taps[:, k - 1 - j].view(beside) * x[t - j * dilation]
        wanted.append(h)
    h = torch.stack(wanted)
    s = step(h - neuron.threshold.view(beside), "atan")
    assert torch.equal(trace.s, s) and torch.equal(trace.v, trace.h)
    assert_close(trace.h, h, atol=1e-12, rtol=1e-12)
    each, weigh = (x, *neuron.parameters()), drawn(*shape, seed=3)
    mine, theirs = (torch.autograd.grad((weigh * got).sum(), each) for got in (trace.s, s))
    for a, b in zip(mine, theirs, strict=True):
        assert_close(a, b, atol=1e-11, rtol=1e-9)
    s, loss = neuron.with_loss(x)
    assert torch.equal(s, trace.s) and torch.equal(neuron(x), s) and loss == 0


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_it_is_a_grouped_convolution_with_gaps(dilation):
    x, taps = drawn(40, 2, 5), drawn(5, 4, seed=1)
    rows = F.pad(x.permute(1, 2, 0), (3 * dilation, 0))  # [B, C, T]
    wanted = F.conv1d(rows, taps[:, None], groups=5, dilation=dilation).permute(2, 0, 1)
    h = channel_psn_sequence(x, taps, dilation=dilation).h
    assert_close(h, wanted, atol=1e-12, rtol=1e-12)


def test_each_channel_is_spikingjellys_sliding_psn():
    oracle = pytest.importorskip("spikingjelly.activation_based.neuron")
    neuron, x = made(3, 4).float(), drawn(20, 6, 3).float()
    mine = x.clone().requires_grad_()
    s = neuron(mine)
    s.sum().backward()
    for c in range(3):
        sliding = oracle.SlidingPSN(k=4, step_mode="m")
        with torch.no_grad():
            sliding.weight.copy_(neuron.taps[c])
            sliding.bias.fill_(-neuron.threshold[c].item())
        theirs = x[:, :, c].clone().requires_grad_()
        spikes = sliding(theirs)
        spikes.sum().backward()
        assert torch.equal(s[:, :, c], spikes)
        assert_close(mine.grad[:, :, c], theirs.grad, atol=1e-5, rtol=1e-5)
        assert_close(neuron.taps.grad[c], sliding.weight.grad, atol=1e-4, rtol=1e-5)


def test_a_step_sees_its_own_channel_at_its_own_lags_and_nothing_else():
    x, taps = drawn(12, 1, 2), drawn(2, 3, seed=1)
    for u in range(12):
        other = x.clone()
        other[u, 0, 1] += 1.0
        h = [channel_psn_sequence(each, taps, dilation=2).h for each in (x, other)]
        moved = (h[0] != h[1])[:, 0]
        assert not moved[:, 0].any()
        assert moved[:, 1].nonzero().flatten().tolist() == [t for t in (u, u + 2, u + 4) if t < 12]


def lags(dilations, k=3):
    """What reaches the last step through layers with taps of 1, and how far back it came from."""
    x = torch.zeros(40, 1, 40).double()
    x[torch.arange(40), 0, torch.arange(40)] = 1.0  # a pulse at step u in channel u
    for dilation in dilations:
        x = channel_psn_sequence(x, torch.ones(40, k).double(), dilation=dilation).h
    return sorted(39 - u for u in x[-1, 0].nonzero().flatten().tolist())


def test_a_sawtooth_reaches_far_and_leaves_no_step_out():
    assert sawtooth(7) == (1, 2, 3, 1, 2, 3, 1) and sawtooth(3, top=1) == (1, 1, 1)
    assert lags(sawtooth(3)) == list(range(13))
    assert lags((1, 1, 1)) == list(range(7))  # no gaps, and half the reach
    assert lags((3, 3, 3)) == list(range(0, 19, 3))  # the reach, and two steps of three left out


def test_weights_are_rounded_to_the_next_octave_and_the_gradient_is_not():
    exponents = torch.arange(-20, 21).double()
    exact = torch.cat((exponents.exp2(), -exponents.exp2(), torch.zeros(1)))
    assert torch.equal(power_of_two(exact), exact)
    weight = drawn(500).requires_grad_()
    rounded = power_of_two(weight)
    fraction, _ = np.frexp(rounded.detach().numpy())
    assert set(np.abs(fraction)) == {0.5}
    ratio = (rounded / weight).detach()
    assert ratio.min() >= 0.5**0.5 and ratio.max() <= 2**0.5
    (grad,) = torch.autograd.grad((rounded * torch.arange(500)).sum(), weight)
    assert torch.equal(grad, torch.arange(500).double())  # of the rounding and of its scale: 1


def test_shifts_of_whole_numbers_give_the_same_potential_bit_for_bit():
    draw = np.random.default_rng(0)
    whole = draw.integers(-(2**12), 2**12, (15, 4, 3))
    neuron = made(3, 4, dilation=2, shifts=True)
    h = neuron.trace(torch.tensor(whole / 2**8)).h  # a unit is 2^-8 of the threshold
    exponent = np.log2(np.abs(neuron.weights().detach().numpy())).round().astype(int)
    sign = np.signbit(neuron.taps.detach().numpy())
    down, summed = max(0, -exponent.min()), np.zeros_like(whole)
    for c in range(3):
        for j in range(4):
            late, at = 2 * j, (c, 3 - j)
            shifted = whole[: 15 - late, :, c] << (exponent[at] + down)
            summed[late:, :, c] += -shifted if sign[at] else shifted
    assert np.array_equal(h.detach().numpy(), summed / 2.0 ** (8 + down))
    h.sum().backward()
    plain = made(3, 4, dilation=2)
    plain.trace(torch.tensor(whole / 2**8)).h.sum().backward()
    assert torch.equal(neuron.taps.grad, plain.taps.grad)


def test_it_starts_as_the_sliding_psn_whose_taps_need_no_rounding():
    taps = ChannelPSN(2, 4).taps
    assert taps.tolist() == [[0.125, 0.25, 0.5, 1.0]] * 2
    assert torch.equal(ChannelPSN(2, 4, shifts=True).weights(), taps)


def test_half_precision_is_computed_in_single_and_rounded_once():
    x, taps = drawn(30, 2, 3).bfloat16(), drawn(3, 4, seed=1).float()
    half, single = channel_psn_sequence(x, taps), channel_psn_sequence(x.float(), taps)
    for a, b in zip(half[:3], single[:3], strict=True):
        assert a.dtype == torch.bfloat16 and torch.equal(a, b.bfloat16())
    assert channel_psn_sequence(x[:1], taps, dilation=5).h.shape == (1, 2, 3)


def test_it_goes_by_its_name():
    neuron = maker("channel-wise PSN", steps=5, decay=0.5)()
    s = neuron(torch.rand(5, 2, 3, 4, 4))
    assert isinstance(neuron, ChannelPSN) and s.shape == (5, 2, 3, 4, 4)
    assert neuron.taps.shape == (3, 8) and neuron.threshold.shape == (3,)


def test_what_it_cannot_be_or_run_is_said():
    x = torch.zeros(3, 2, 4)
    for taps in (torch.zeros(4), torch.zeros(3, 2), torch.zeros(4, 0), [[0.5]] * 4):
        with pytest.raises(ValueError, match=r"taps must be \[C, k\] with C = 4"):
            channel_psn_sequence(x, taps)
    for name, neuron in (("k", {"k": 0}), ("dilation", {"dilation": 0})):
        with pytest.raises(ValueError, match=f"{name} must be a whole number >= 1"):
            ChannelPSN(**neuron)
    with pytest.raises(ValueError, match="dilation must be a whole number >= 1"):
        channel_psn_sequence(x, torch.zeros(4, 2), dilation=1.5)
    with pytest.raises(ValueError, match="layers must be a whole number >= 1"):
        sawtooth(0)
    with pytest.raises(ValueError, match=r"x must be \[T, B, 3, ...\], a channel for each neuron"):
        ChannelPSN(3)(x)
    with pytest.raises(TypeError, match="floating dtype"):
        ChannelPSN()(x.int())
    with pytest.raises(ValueError, match="at least one time step"):
        ChannelPSN()(x[:0])
