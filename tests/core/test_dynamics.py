import inspect

import numpy as np
import pytest
import snntorch
import torch
from here import compile_here
from norse.torch.functional.lif_box import (
    LIFBoxFeedForwardState,
    LIFBoxParameters,
    lif_box_feed_forward_step,
)
from scipy.signal import lfilter
from spikingjelly.activation_based import neuron, surrogate

from mpe_lib import lif_sequence, lif_spikes
from mpe_lib.core.surrogate import step

SHAPES = [(20, 6), (12, 2, 3, 4, 5)]
PEER_SURROGATES = {
    "triangle": surrogate.PiecewiseQuadratic(1.0),
    "sigmoid": surrogate.Sigmoid(4.0),
    "atan": surrogate.ATan(2.0),
}


def current(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return 0.4 + 0.8 * torch.randn(shape, generator=generator, dtype=dtype)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", PEER_SURROGATES)
@pytest.mark.parametrize("reset", ["hard", "soft"])
@pytest.mark.parametrize("decay", [0.25, 0.9])
def test_equals_spikingjelly_forward_and_gradient(shape, name, reset, decay):
    peer = neuron.LIFNode(
        tau=1 / (1 - decay),
        decay_input=False,
        v_reset=0.0 if reset == "hard" else None,
        surrogate_function=PEER_SURROGATES[name],
        step_mode="m",
        store_v_seq=True,
    )
    x, y = current(*shape).requires_grad_(), current(*shape).requires_grad_()
    ours, theirs = lif_sequence(x, decay, reset=reset, surrogate=name), peer(y)
    assert 0.05 < ours.s.mean() < 0.9
    assert torch.equal(ours.s, theirs)
    torch.testing.assert_close(ours.v, peer.v_seq, rtol=1e-12, atol=1e-12)
    weight = current(*shape, seed=1)
    (ours.s * weight).sum().backward()
    (theirs * weight).sum().backward()
    torch.testing.assert_close(x.grad, y.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_without_reset_is_a_linear_filter(shape):
    x = current(*shape)
    expected = lfilter([1.0], [1.0, -0.7], x.numpy(), axis=0)
    trace = lif_sequence(x, 0.7, reset="none")
    np.testing.assert_allclose(trace.v.numpy(), expected, rtol=1e-12)
    assert torch.equal(trace.h, trace.v)


def test_equals_norse_box_neuron():
    x, decay = current(30, 8), 0.25
    p = LIFBoxParameters(tau_mem_inv=torch.tensor((1 - decay) * 1000, dtype=torch.float64))
    state = LIFBoxFeedForwardState(v=torch.zeros(8, dtype=torch.float64))
    spikes = []
    for x_t in x.unbind(0):  # Norse scales the input by dt tau_mem_inv = 1 - decay
        z, state = lif_box_feed_forward_step(x_t / (1 - decay), state, p)
        spikes.append(z)
    assert torch.equal(torch.stack(spikes), lif_sequence(x, decay).s)


@pytest.mark.parametrize(
    ("decay", "mechanism", "reset"), [(0.6, "none", "none"), (1.0, "subtract", "soft")]
)
def test_equals_snntorch_where_its_delayed_reset_is_the_same(decay, mechanism, reset):
    x = current(30, 8)
    peer = snntorch.Leaky(beta=decay, reset_mechanism=mechanism)
    mem, spikes = torch.zeros(8, dtype=torch.float64), []
    for x_t in x.unbind(0):
        s, mem = peer(x_t, mem)
        spikes.append(s)
    assert torch.equal(torch.stack(spikes), lif_sequence(x, decay, reset=reset).s)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_the_float32_neuron_rounded_once(dtype):
    x = current(40, 50).to(dtype)
    half, full = lif_sequence(x, 0.9), lif_sequence(x.float(), 0.9)
    assert half.s.dtype == half.h.dtype == dtype
    assert all(torch.equal(a, b.to(dtype)) for a, b in zip(half[:3], full[:3], strict=True))


def test_spikes_alone_are_the_trace_s_spikes_and_gradient():
    x, y = current(9, 4).requires_grad_(), current(9, 4).requires_grad_()
    weight = current(9, 4, seed=2)
    (lif_spikes(x, 0.5, reset="soft") * weight).sum().backward()
    (lif_sequence(y, 0.5, reset="soft").s * weight).sum().backward()
    assert torch.equal(lif_spikes(x), lif_sequence(x).s)
    assert torch.equal(x.grad, y.grad)


def test_v0_continues_a_sequence():
    x = current(16, 5)
    whole, first = lif_sequence(x, 0.9), lif_sequence(x[:7], 0.9)
    second = lif_sequence(x[7:], 0.9, v0=first.v[-1])
    for a, b, c in zip(whole[:3], first[:3], second[:3], strict=True):
        assert torch.equal(a, torch.cat((b, c)))


def test_threshold_is_strict():
    assert lif_sequence(torch.ones(1, 1)).s.item() == 0
    assert lif_sequence(torch.full((1, 1), 1.0000001)).s.item() == 1


def test_decay_and_threshold_carry_the_right_gradient():
    """Against the forward-mode derivative, written out by hand."""
    x = current(6, 3)
    decay = torch.tensor(0.6, dtype=torch.float64, requires_grad=True)
    theta = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    for reset in ("hard", "soft", "none"):
        grads = torch.autograd.grad(
            lif_sequence(x, decay, theta, reset).v.sum(), (decay, theta), allow_unused=True
        )
        v, dv, dv_theta = torch.zeros(3).double(), 0.0, 0.0
        total, total_theta = 0.0, 0.0
        for x_t in x:
            h, dh, dh_theta = decay * v + x_t, v + decay * dv, decay * dv_theta
            s, slope = (h > theta).double(), (1 - (h - theta).abs()).clamp(min=0)
            ds, ds_theta = slope * dh, slope * (dh_theta - 1)
            if reset == "hard":
                v, dv, dv_theta = (
                    (1 - s) * h,
                    (1 - s) * dh - ds * h,
                    (1 - s) * dh_theta - ds_theta * h,
                )
            elif reset == "soft":
                v, dv = h - theta * s, dh - theta * ds
                dv_theta = dh_theta - s - theta * ds_theta
            else:
                v, dv, dv_theta = h, dh, dh_theta
            total, total_theta = total + dv.sum(), total_theta + dv_theta.sum()
        torch.testing.assert_close(grads[0], total.detach())
        if reset != "none":
            torch.testing.assert_close(grads[1], total_theta.detach())


def test_backward_work_is_linear_in_time():
    """Counts the nodes of the backward graph and the elements their outputs hold."""

    def elements(steps):
        x = current(steps, 4).requires_grad_()
        seen, queue, count = set(), [lif_sequence(x).s.grad_fn], 0
        while queue:
            node = queue.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            count += 1
            queue.extend(parent for parent, _ in node.next_functions)
            assert "Select" not in node.name(), "x[t] makes a full-size gradient at every step"
        return count

    assert elements(64) - elements(32) == 2 * (elements(32) - elements(16))


def test_nan_is_let_through():
    x = current(5, 2)
    x[2, 0] = torch.nan
    trace = lif_sequence(x)
    assert trace.h[2:, 0].isnan().all() and trace.v[2:, 0].isnan().all()
    assert not trace.s.isnan().any() and not trace.h[:, 1].isnan().any()


def test_zero_size_batch_and_non_contiguous_input():
    assert lif_sequence(torch.zeros(3, 0, 4)).s.shape == (3, 0, 4)
    x = current(6, 5).T
    assert torch.equal(lif_sequence(x).s, lif_sequence(x.contiguous()).s)


NESTED = torch.nested.nested_tensor([torch.zeros(3, 2), torch.zeros(4, 2)])


@pytest.mark.parametrize("function", [lif_sequence, lif_spikes])
@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        (
            {"x": torch.zeros(64)},
            ValueError,
            r"x must be \[T, B, ...\], got a 1-D tensor of shape \(64,\): add a batch",
        ),
        ({"x": torch.tensor(1.0)}, ValueError, "got a 0-D tensor"),
        (
            {"x": torch.zeros(3, 2, dtype=torch.int64)},
            TypeError,
            r"floating dtype, got torch.int64: convert",
        ),
        ({"x": np.zeros((3, 2))}, TypeError, "torch tensor .* got ndarray: convert"),
        ({"x": torch.zeros(0, 2)}, ValueError, "at least one time step"),
        ({"x": torch.eye(3).to_sparse()}, TypeError, "dense tensor, got a torch.sparse_coo one"),
        ({"x": NESTED}, TypeError, "dense tensor, got a nested one"),
        ({"decay": 1.1}, ValueError, "decay must be between 0 and 1, got 1.1"),
        ({"decay": -0.1}, ValueError, "decay must be between 0 and 1"),
        ({"decay": float("nan")}, ValueError, "decay must be between 0 and 1"),
        ({"decay": torch.tensor(2.0)}, ValueError, "decay must be between 0 and 1"),
        (
            {"decay": torch.ones(3)},
            ValueError,
            r"decay must be a float or a 0-d tensor, got shape \(3,\)",
        ),
        ({"decay": "0.5"}, TypeError, "decay must be a float or a 0-d tensor, got str"),
        ({"v_threshold": float("inf")}, ValueError, "v_threshold must be a finite number"),
        ({"reset": "zero"}, ValueError, "reset must be one of .* got 'zero'"),
        ({"surrogate": "relu"}, ValueError, "surrogate must be one of"),
        (
            {"v0": torch.zeros(3)},
            ValueError,
            r"v0 must have the shape of one step of x, \(2,\), got \(3,\)",
        ),
    ],
)
def test_wrong_input_is_refused(function, settings, error, words):
    with pytest.raises(error, match=words):
        function(**{"x": torch.zeros(3, 2)} | settings)


def test_both_functions_share_one_signature():
    shared, spikes = (
        list(inspect.signature(f).parameters.values()) for f in (lif_sequence, lif_spikes)
    )
    assert spikes[: len(shared)] == shared
    assert [each.name for each in spikes[len(shared) :]] == ["with_last", "backend"]


def test_compiled_equals_eager():
    x = current(8, 16, dtype=torch.float32)
    compiled = compile_here(lif_spikes, fullgraph=True)
    assert torch.equal(compiled(x), lif_spikes(x))


@pytest.mark.parametrize("surrogate", ["triangle", "sigmoid", "atan"])
@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
def test_derivatives_are_those_of_the_lines_written_out(reset, surrogate):
    x = current(9, 20).requires_grad_()
    numbers = [torch.tensor(each, dtype=x.dtype, requires_grad=True) for each in (0.8, 0.9)]

    def written_out(x, decay, v_threshold):
        v, steps = torch.zeros_like(x[0]), []
        for x_t in x:
            h = decay * v + x_t
            s = step(h - v_threshold, surrogate)
            v = {"hard": (1 - s) * h, "soft": h - v_threshold * s, "none": h}[reset]
            steps.append((s, h, v))
        return [torch.stack(each) for each in zip(*steps, strict=True)]

    found = []
    for lines in (written_out, lambda *each: lif_sequence(*each, reset, surrogate)[:3]):
        out = lines(x, *numbers)
        total = sum((k + 1) * each.square().sum() for k, each in enumerate(out))
        first = torch.autograd.grad(total, (x, *numbers), create_graph=True)
        second = torch.autograd.grad(sum(each.square().sum() for each in first), (x, *numbers))
        found.append((*out, *first, *second))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)
