"""Voxels, the membrane that never fires, and the network between them."""

import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from mpe_lib.datasets.events import dvs_events
from mpe_lib.systems.evsnn import EVSNN, membrane_sequence, scaled, voxel_grid

DOUBLE = torch.float64
SHAPES = [(30, 7), (1, 7), (30, 2, 3, 4, 2), (300, 2)]


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def drawn_events(n=400, seed=0, width=6, height=4):
    rng = np.random.default_rng(seed)
    t = rng.uniform(10, 90, n)
    return t, rng.integers(width, size=n), rng.integers(height, size=n), rng.integers(2, size=n)


@pytest.mark.parametrize("span", [None, (10.0, 90.0), (30.0, 60.0)])
@pytest.mark.parametrize("bins", [1, 2, 5, 40])
def test_voxels_are_the_sum_over_events_one_by_one(bins, span):
    t, x, y, p = drawn_events()
    first, last = span or (t.min(), t.max())
    expected = torch.zeros(bins, 4, 6, dtype=DOUBLE)
    for k in range(len(t)):
        if first <= t[k] <= last:
            place = (bins - 1) * (t[k] - first) / (last - first)
            for n in range(bins):
                expected[n, y[k], x[k]] += (2 * p[k] - 1) * max(0.0, 1 - abs(n - place))
    found = voxel_grid(t, x, y, p, bins, (6, 4), span)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected.float(), rtol=0, atol=1e-4)


def test_every_event_counts_once_in_any_order_and_notation():
    t, x, y, p = drawn_events()
    found = voxel_grid(t, x, y, p, 7, (6, 4))
    assert found.sum().item() == pytest.approx((2 * p - 1).sum(), abs=1e-4)
    turn = np.random.default_rng(1).permutation(len(t))
    assert torch.allclose(voxel_grid(t[turn], x[turn], y[turn], p[turn], 7, (6, 4)), found)
    each = [torch.from_numpy(part) for part in (t, x, y, 2 * p - 1)]
    assert torch.equal(voxel_grid(*each, 7, (6, 4)), found)
    assert not voxel_grid([], [], [], [], 7, (6, 4)).any()
    assert voxel_grid([3], [1], [2], [True], 2, (6, 4))[0, 2, 1] == 1  # one event, no span


def test_summed_voxels_are_what_became_of_the_light():
    rng, contrast = np.random.default_rng(0), 0.01
    images = [np.zeros((3, 4)), *np.cumsum(rng.normal(0, 0.5, (20, 3, 4)), 0)]
    t, pixel, p = dvs_events(images, 100, contrast)
    voxels = voxel_grid(t, pixel % 4, pixel // 4, p, 9, (4, 3), (0, 2000))
    change = torch.from_numpy(images[-1] - images[0]).float()
    torch.testing.assert_close(contrast * voxels.sum(0), change, rtol=0, atol=contrast)
    half = contrast * voxels[:5].sum(0)  # its last bin is at half time, and looks a bin ahead
    assert (half - torch.from_numpy(images[10]).float()).abs().max() < 1.5


def test_entries_that_are_not_0_have_size_1_in_each_recording_and_keep_their_sign():
    voxels = random(5, 3, 4, 4) * (random(5, 3, 4, 4, seed=1) > 0.5) * 3 + 0
    found = scaled(voxels)
    assert torch.equal(found.sign(), voxels.sign())
    for b in range(3):
        values = found[:, b][voxels[:, b] != 0]
        assert values.square().mean().item() == pytest.approx(1)
        torch.testing.assert_close(
            found[:, b] * voxels[0, b, 0, 1], voxels[:, b] * found[0, b, 0, 1]
        )
    assert not scaled(torch.zeros(2, 1, 3, 3)).any()  # no events, and no division by 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tau", [1.0, 2.0, 10.0])
def test_the_membrane_is_a_filter_and_spikingjellys_node(tau, shape):
    x = random(*shape).requires_grad_()
    trace = membrane_sequence(x, tau)
    expected = lfilter([1 / tau], [1, -(1 - 1 / tau)], x.detach().numpy(), axis=0)
    torch.testing.assert_close(trace.v, torch.from_numpy(expected), rtol=0, atol=1e-10)
    assert torch.equal(trace.h, trace.v) and not trace.s.any()
    node = pytest.importorskip("spikingjelly.activation_based.neuron")
    other, y = node.NonSpikingLIFNode(tau), x.detach().clone().requires_grad_()
    v, g = torch.stack(other(y)), random(*shape, seed=1)
    torch.testing.assert_close(trace.v, v, rtol=0, atol=1e-10)
    (trace.v * g).sum().backward(), (v * g).sum().backward()
    torch.testing.assert_close(x.grad, y.grad, rtol=0, atol=1e-10)


def test_gradients_are_those_of_finite_differences():
    x, v0 = random(6, 3).requires_grad_(), random(3, seed=1).requires_grad_()
    tau = torch.tensor(3.0, dtype=DOUBLE, requires_grad=True)
    each = (x, tau, v0)
    assert torch.autograd.gradcheck(lambda x, tau, v0: membrane_sequence(x, tau, v0).v, each)


@pytest.mark.parametrize("tau", [1.0, 2.0, 10.0])
def test_without_an_input_it_fades_by_its_law_and_with_tau_1_at_once(tau):
    x = torch.zeros(20, 5, dtype=DOUBLE)
    x[:8] = random(8, 5)
    v = membrane_sequence(x, tau).v
    law = (1 - 1 / tau) ** torch.arange(13, dtype=DOUBLE)
    torch.testing.assert_close(v[7:], law[:, None] * v[7], rtol=0, atol=1e-12)


def test_two_windows_are_the_whole_membrane():
    x = random(9, 2, 3)
    whole, first = membrane_sequence(x, 3.0).v, membrane_sequence(x[:4], 3.0).v
    second = membrane_sequence(x[4:], 3.0, first[-1]).v
    torch.testing.assert_close(torch.cat((first, second)), whole, rtol=0, atol=1e-12)
    assert not torch.allclose(membrane_sequence(x[4:], 3.0).v, whole[4:])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_half_precision_is_rounded_once_at_the_end(dtype):
    x = random(20, 8).to(dtype)
    for a, b in zip(membrane_sequence(x)[:3], membrane_sequence(x.float())[:3], strict=True):
        assert a.dtype == dtype and torch.equal(a, b.to(dtype))


def network(seed=0, **settings):
    torch.manual_seed(seed)
    return EVSNN(**settings)


def voxels(steps=12, seed=0):
    return 2 * random(steps, 2, 8, 8, seed=seed).float()


@pytest.mark.parametrize("channels", [(4,), (4, 6), (3, 4, 5)])
def test_a_picture_for_each_step_and_a_gradient_for_each_weight(channels):
    net = network(channels=channels)
    pictures = net(voxels())
    assert pictures.shape == (12, 2, 8, 8) and torch.equal(pictures, net(voxels()))
    (pictures * random(12, 2, 8, 8, seed=1)).sum().backward()
    for name, weight in net.named_parameters():
        assert weight.grad.isfinite().all() and weight.grad.abs().sum() > 0, name


def test_a_step_knows_nothing_of_later_ones_and_two_windows_are_the_whole():
    net, x = network(), voxels()
    with torch.no_grad():
        whole, end = net.run(x)
        first, state = net.run(x[:5])
        second, again = net.run(x[5:], state)
        torch.testing.assert_close(torch.cat((first, second)), whole)
        assert all(torch.allclose(a, b) for a, b in zip(end, again, strict=True))
        assert not torch.allclose(net(x[5:]), whole[5:])


def test_the_layers_pass_spikes_and_the_first_are_spikingjellys():
    net, seen = network(), {}
    for name in ("head", "down.0", "draw"):
        net.get_submodule(name).register_forward_hook(
            lambda _, given, made, name=name: seen.update({name: (given[0], made)})
        )
    x = voxels()
    with torch.no_grad():
        net(x)
    assert all(((seen[n][0] == 0) | (seen[n][0] == 1)).all() for n in ("down.0", "draw"))
    node = pytest.importorskip("spikingjelly.activation_based.neuron")
    surrogate = pytest.importorskip("spikingjelly.activation_based.surrogate")
    lif = node.LIFNode(2.0, v_reset=None, surrogate_function=surrogate.ATan(), step_mode="m")
    s = lif(seen["head"][1].unflatten(0, x.shape[:2]))
    assert torch.equal(s.flatten(0, 1), seen["down.0"][0]) and 0.01 < s.mean() < 0.5


@pytest.mark.parametrize("tau_out", [1.0, 2.0, 10.0])
def test_when_the_events_stop_the_picture_fades_by_the_law_of_its_membranes(tau_out):
    net, x = network(tau_out=tau_out), torch.cat((voxels(), torch.zeros(30, 2, 8, 8)))
    with torch.no_grad():
        pictures = net(x).double()
        assert not net(torch.zeros(5, 2, 8, 8)).any()  # nothing comes of nothing
    last = 24  # by then no neuron fires any more
    law = (1 - 1 / tau_out) ** torch.arange(42 - last, dtype=DOUBLE)
    expected = law.view(-1, 1, 1, 1) * pictures[last]
    torch.testing.assert_close(pictures[last:], expected, rtol=1e-4, atol=1e-6)
    assert pictures[11].any() and bool(pictures[last].any()) == (tau_out > 1)


def test_it_learns():
    net = network(channels=(4, 6))
    x, target = voxels(), membrane_sequence(voxels(), 10.0).v
    losses = []
    for _ in range(25):
        loss = 1 - torch.cosine_similarity(net(x).flatten(2), target.flatten(2), -1).mean()
        slopes = torch.autograd.grad(loss, list(net.parameters()))
        with torch.no_grad():
            for weight, slope in zip(net.parameters(), slopes, strict=True):
                weight -= 0.01 * slope.sign()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.1, losses


def test_what_it_cannot_be_or_run_is_said():
    t, x, y, p = drawn_events(5)
    for given, words in [
        ((t, x[:3], y, p), "t, x, y and p must hold one number for each event, got 5, 3, 5 and 5"),
        (
            (t, x + 6, y, p),
            r"x must be whole numbers in \[0, 6\) on a sensor 6 x 4, got .* is size",
        ),
        ((t, x, y - 4, p), r"y must be whole numbers in \[0, 4\)"),
        ((t, x * 0.3, y, p), r"x must be whole numbers"),
        ((t, x, y, p + 1), r"p must be 1 \(brighter\) or 0 or -1 \(darker\)"),
        ((t * np.nan, x, y, p), "t must be finite"),
    ]:
        with pytest.raises(ValueError, match=words):
            voxel_grid(*given, 5, (6, 4))
    with pytest.raises(ValueError, match="bins must be a whole number >= 1, got 0"):
        voxel_grid(t, x, y, p, 0, (6, 4))
    with pytest.raises(
        ValueError, match=r"span must be \(t_0, t_1\), t_0 before t_1, got \(5, 5\)"
    ):
        voxel_grid(t, x, y, p, 5, (6, 4), (5, 5))
    with pytest.raises(ValueError, match="tau must be between 1 and inf, got 0.5"):
        membrane_sequence(voxels(), 0.5)
    with pytest.raises(ValueError, match="v0 must have the shape of one step of x"):
        membrane_sequence(voxels(), 2.0, torch.zeros(3))
    for wrong, error in ((torch.zeros(3), ValueError), (torch.zeros(3, 2).int(), TypeError)):
        for call in (membrane_sequence, scaled, EVSNN()):
            with pytest.raises(error, match="x must be"):
                call(wrong)
    for shape in ((5, 2, 9, 8), (5, 2, 8), (5, 2, 1, 8, 8)):
        with pytest.raises(ValueError, match=r"x must be voxels \[T, B, H, W\] .* multiples of 2"):
            EVSNN()(torch.zeros(shape))
    with pytest.raises(ValueError, match="channels must be a whole number >= 1, got 0"):
        EVSNN(channels=(4, 0))
    with pytest.raises(ValueError, match="channels must be a whole number >= 1, got 0"):
        EVSNN(channels=())
    with pytest.raises(ValueError, match="tau_out must be between 1 and inf, got 0"):
        EVSNN(tau_out=0)
