"""Spike times in closed form: against the broken line itself, and its gradients against theirs."""

import math

import numpy as np
import pytest
import torch
from refusals import refused
from torch import nn

from mpe_lib.systems.rel_psp import ReLPSP, latency_code, potential, spike_times


def drawn(batch=20, inputs=12, neurons=15, seed=0, silent=0.0):
    g = torch.Generator().manual_seed(seed)
    t_in = torch.rand(batch, inputs, generator=g, dtype=torch.float64)
    t_in[torch.rand(batch, inputs, generator=g) < silent] = math.inf
    weight = 0.2 + torch.randn(neurons, inputs, generator=g, dtype=torch.float64)
    return t_in, weight


def walked(t_in, weight, v_threshold=1.0):
    """Walk along the broken line, from input to input, until it is above the threshold."""
    found = np.full((len(t_in), len(weight)), np.inf)
    for (b, o), _ in np.ndenumerate(found):
        events = sorted(zip(t_in[b].tolist(), weight[o].tolist(), strict=True))
        t = v = slope = 0.0
        for after, w in [*events, (math.inf, 0.0)]:
            if slope > 0 and v + slope * (after - t) > v_threshold:
                found[b, o] = t + (v_threshold - v) / slope
                break
            if after == math.inf:
                break
            t, v, slope = after, v + slope * (after - t), slope + w
    return torch.from_numpy(found)


@pytest.mark.parametrize("v_threshold", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("silent", [0.0, 0.4, 1.0])
def test_times_are_those_of_a_walk_along_the_potential(silent, v_threshold):
    t_in, weight = drawn(silent=silent)
    t, walk = spike_times(t_in, weight, v_threshold), walked(t_in, weight, v_threshold)
    assert torch.equal(t == math.inf, walk == math.inf)
    fired = t < math.inf
    torch.testing.assert_close(t[fired], walk[fired], rtol=1e-9, atol=1e-9)
    assert silent == 1.0 or 20 < fired.sum() < 280


def test_the_potential_is_at_the_threshold_then_and_at_or_below_it_before():
    t_in, weight = drawn()
    t = spike_times(t_in, weight)
    every = t_in[:, None] < t[..., None]  # the causal inputs
    for (b, o), at in np.ndenumerate(t.numpy()):
        ends = torch.cat((t_in[b], torch.tensor([0.0, 9.0]))).double()
        v = potential(t_in[b : b + 1], weight[o : o + 1], ends[ends <= at])
        assert (v <= 1 + 1e-9).all()  # a broken line is highest at its corners
        if at < math.inf:
            (there,) = potential(t_in[b : b + 1], weight[o : o + 1], torch.tensor([at]))
            assert abs(there.item() - 1) < 1e-9
    sums = (every * weight).sum(-1)
    assert (sums[t < math.inf] > 0).all()


def test_inputs_that_come_later_must_be_left_out():
    t_in, weight = drawn()
    t = spike_times(t_in, weight)
    all_inputs = (1 + t_in @ weight.T) / weight.sum(1)
    early = (t < t_in.amax(1, keepdim=True)) & (all_inputs > 0)
    assert early.sum() > 50
    assert ((t - all_inputs).abs()[early] > 1e-3).double().mean() > 0.95


def test_gradients_are_the_closed_form_and_zero_where_nothing_fires():
    t_in, weight = (each.requires_grad_() for each in drawn(silent=0.2))
    v_threshold = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    t = spike_times(t_in, weight, v_threshold)
    fired = t < math.inf
    pull = torch.randn(t.shape, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    (t[fired] * pull[fired]).sum().backward()
    causal = (t_in[:, None] < t[..., None]) & fired[..., None]  # [B, O, I]
    slope = torch.where(fired, (causal * weight).sum(-1), 1.0)
    share = (pull * fired / slope)[..., None] * causal
    late = torch.where(causal, t_in[:, None] - t[..., None], 0.0)
    close = {"rtol": 1e-8, "atol": 1e-8}
    torch.testing.assert_close(t_in.grad, (share * weight).sum(1), **close)
    torch.testing.assert_close(weight.grad, (share * late).sum(0), **close)
    torch.testing.assert_close(v_threshold.grad, (pull * fired / slope).sum(), **close)
    assert t_in.grad.isfinite().all() and not t_in.grad[t_in == math.inf].any()


def test_gradients_of_two_layers_are_finite_differences():
    t_in, first = drawn(3, 5, 4, seed=1)
    second = torch.rand(2, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(2))

    def net(*given):
        return spike_times(spike_times(*given[:2]).clamp(max=9.0), given[2])

    assert spike_times(t_in, first).isinf().any()
    assert torch.autograd.gradcheck(
        net, [each.requires_grad_() for each in (t_in, first.abs() + 0.1, second)], atol=1e-6
    )


def test_a_peak_that_only_touches_the_threshold_does_not_fire():
    t_in = torch.tensor([[0.0, 2.0]])
    assert spike_times(t_in, torch.tensor([[0.5, -1.0]])).item() == math.inf
    assert spike_times(t_in, torch.tensor([[0.5, -0.25]])).item() == 2.0
    assert spike_times(t_in, torch.tensor([[0.5, 0.25]])).item() == 2.0
    assert spike_times(t_in, torch.tensor([[0.51, -1.0]])).item() < 2.0


def test_inputs_at_one_time_act_as_one():
    together = spike_times(torch.tensor([[0.5, 0.5, 0.5]]), torch.tensor([[3.0, -2.0, 1.0]]))
    assert together.item() == spike_times(torch.tensor([[0.5]]), torch.tensor([[2.0]])).item() == 1


def test_what_is_not_known_is_not_called_silent():
    t_in = torch.tensor([[0.0, 1.0], [math.nan, 1.0], [-math.inf, 1.0]])
    weight = torch.tensor([[1.0, 1.0], [1.0, math.nan]])
    t = spike_times(t_in, weight)
    assert t[0, 0] == 1 and t[1:].isnan().all() and t[:, 1].isnan().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_half_precision_is_rounded_once_at_the_end(dtype):
    t_in, weight = (each.to(dtype) for each in drawn(silent=0.1))
    t = spike_times(t_in, weight)
    assert t.dtype == dtype
    assert torch.equal(t, spike_times(t_in.float(), weight.float()).to(dtype))
    x = torch.rand(7, generator=torch.Generator().manual_seed(0)).to(dtype)
    assert torch.equal(latency_code(x, 0.7), ((1 - x.float()) * 0.7).to(dtype))


def test_bright_comes_first():
    x = torch.tensor([[0.0, 0.25, 1.0]], requires_grad=True)
    t = latency_code(x, 4.0)
    t.sum().backward()
    assert t.tolist() == [[4.0, 3.0, 0.0]] and (x.grad == -4).all()


def test_the_layer_is_the_function_and_repeats_itself():
    torch.manual_seed(0)
    net = nn.Sequential(ReLPSP(6, 8), ReLPSP(8, 3, v_threshold=0.5, spread=2.0)).double()
    t_in, _ = drawn(5, 6)
    inner = spike_times(t_in, net[0].weight)
    assert torch.equal(net(t_in), spike_times(inner, net[1].weight, 0.5))
    torch.manual_seed(0)
    assert torch.equal(ReLPSP(6, 8).weight, net[0].weight.float())
    two = [ReLPSP(6, 8).weight for _ in range(2)]
    assert not torch.equal(*two)  # layers of one network do not start alike


def test_a_silent_neuron_is_brought_back_by_its_weights_alone():
    layer = ReLPSP(4, 2, spread=0.0)
    with torch.no_grad():
        layer.weight[1] = -0.5
    t_in = torch.rand(3, 4, generator=torch.Generator().manual_seed(0))
    assert layer(t_in)[:, 1].isinf().all() and layer.silence().item() == 2.5 / 2
    times = layer(t_in)
    times[times < math.inf].sum().backward()
    assert not layer.weight.grad[1].any()  # no spike, no gradient
    descent = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(20):
        descent.zero_grad()
        layer.silence().backward()
        descent.step()
    assert layer.silence() == 0 and layer(t_in).isfinite().all()


T_IN, WEIGHT = drawn(2, 3, 4)
test_times_and_weights_that_do_not_fit_are_refused = refused(
    spike_times,
    [
        ((T_IN[0], WEIGHT), r"t_in must be \[B, I\], got a 1-D tensor of shape \(3,\): flatten"),
        ((T_IN[:, :2], WEIGHT), r"weight must be \[O, 2\], one for each input, got shape \(4, 3\)"),
        ((T_IN[:, :0], WEIGHT[:, :0]), r"weight must be \[O, 0\]"),
        ((T_IN, WEIGHT, -1.0), "v_threshold must be between 0 and inf, got -1.0"),
    ],
)
test_values_that_are_no_brightness_are_refused = refused(
    latency_code,
    [
        (torch.tensor([0.0, 16.0]), r"x must hold values in \[0, 1\], got 0 to 16: divide"),
        ((torch.zeros(3), -2.0), "t_max must be between 0 and inf, got -2.0"),
    ],
)
test_sizes_and_spreads_are_refused = refused(
    ReLPSP,
    [
        ((3, 0), "neurons must be a whole number >= 1, got 0"),
        ((3, 2, 1.0, -1.0), "spread must be between 0 and inf, got -1.0"),
    ],
)


def test_numbers_that_are_not_floating_are_refused():
    with pytest.raises(TypeError, match="t_in must be a floating tensor, got torch.int64"):
        spike_times(T_IN.long(), WEIGHT)
    with pytest.raises(TypeError, match="weight must be a floating tensor, got list"):
        potential(T_IN, WEIGHT.tolist(), T_IN[0])
    with pytest.raises(TypeError, match="x must be a floating tensor, got torch.uint8"):
        latency_code(torch.zeros(3, dtype=torch.uint8))
