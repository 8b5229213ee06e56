"""Backend "triton" beside torch: on a GPU where there is one, else in Triton's interpreter."""

from functools import partial

import pytest
import torch
from fused import DEVICE, compare, current, device

from mpe_lib import LIF, MPE, lif_spikes, mpe_spikes
from mpe_lib.core.dynamics import Settings

triton = pytest.importorskip("triton", reason="kernels need Triton")
tl = pytest.importorskip("triton.language")
device("triton")  # skips the file where kernels cannot run
from mpe_lib.fast import kernels  # noqa: E402

RULES = ("bernoulli", "mean", "hard", "zero")
# the interpreter cuts to bfloat16 where a GPU rounds: one unit in the last of its 8 bits
NEAR = {torch.float32: 1e-6, torch.bfloat16: 2**-7, torch.float16: 2**-10, torch.float64: 1e-12}
on = partial(current, where=DEVICE)


@pytest.mark.parametrize("n", [1, 3, 1000, 4097])
def test_any_number_of_neurons(n):
    compare("triton", on(11, n))
    compare("triton", on(3, n), "hard")


@pytest.mark.parametrize("steps", [1, 3, 4, 7, 8, 9, 17])
def test_any_number_of_steps(steps):
    compare("triton", on(steps, 5))
    compare("triton", on(steps, 5), "bernoulli", seed=1, kappa=[1 / steps] * steps)


@pytest.mark.parametrize("dtype", NEAR)
def test_every_floating_dtype(dtype):
    compare("triton", on(9, 2, 3, 2, 5, dtype=dtype), gradient=NEAR[dtype])
    compare("triton", on(5, 2, 3, 2, 5, dtype=dtype), "mean", gradient=NEAR[dtype])


@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
@pytest.mark.parametrize("surrogate", ["triangle", "sigmoid", "atan"])
def test_resets_surrogates_and_the_gradients_of_scalars_and_start(reset, surrogate):
    options = {"reset": reset, "surrogate": surrogate, "scalars": True, "gradient": 1e-11}
    compare("triton", on(9, 7, dtype=torch.float64), **options)
    compare("triton", on(6, 7, dtype=torch.float64), "hard", sweeps=1, **options)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("sweeps", [0, 1, pytest.param(3, marks=pytest.mark.slow)])
def test_every_rule_with_fused_sweeps_and_loss(rule, sweeps):
    kappa = [0.4, 0.3, 0.1, 0.1, 0.1]
    compare("triton", on(5, 12), rule, seed=2**40 + 7, sweeps=sweeps, kappa=kappa)
    options = {"scalars": True, "gradient": 1e-6}
    compare("triton", on(4, 5, dtype=torch.float64), rule, seed=-3, sweeps=sweeps, **options)


def test_layouts():
    x = on(5, 4, 3, 6)
    compare("triton", x.transpose(1, 3))
    compare("triton", x[:, ::2], "hard")


def test_nan_is_let_through():
    x = on(6, 5)
    x[2, 3] = float("nan")
    for rule in (None, *RULES):
        spikes, found = lif_spikes if rule is None else partial(spikes_of, rule), []
        for backend in ("triton", "torch"):
            leaf = x.clone().requires_grad_()
            s = spikes(leaf, backend=backend)
            s.sum().backward()
            found.append((s.detach(), leaf.grad))
        (s, grad), (s_torch, grad_torch) = found
        assert torch.equal(s, s_torch) and s.isfinite().all()
        torch.testing.assert_close(grad, grad_torch, rtol=1e-5, atol=1e-6, equal_nan=True)


def spikes_of(rule, x, backend):
    return mpe_spikes(x, rule, seed=1, with_loss=False, backend=backend)[0]


def test_a_seed_on_the_device_and_no_seed():
    x, seed = on(4, 30), torch.tensor(11, device=DEVICE)
    expected = mpe_spikes(x, seed=11, backend="torch")[0]
    assert torch.equal(mpe_spikes(x, seed=seed, backend="triton")[0], expected)
    torch.manual_seed(5)
    first = mpe_spikes(x, backend="triton")[0]
    torch.manual_seed(5)
    assert torch.equal(mpe_spikes(x, backend="torch")[0], first)


def test_the_draw_is_used_again_backward_and_not_kept():
    x, kept = on(16, 64).requires_grad_(), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        mpe_spikes(x, backend="triton", with_loss=False)
    sizes = [t.numel() for t in kept if t.data_ptr() != x.data_ptr()]
    assert max(sizes) == 1  # decay, threshold, seed


def test_lif_keeps_a_potential_in_eight_and_nothing_without_a_gradient():
    x, kept = on(16, 64).requires_grad_(), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        lif_spikes(x, backend="triton")
    sizes = sorted(t.numel() for t in kept if t.data_ptr() != x.data_ptr())
    assert sizes == [1, 1, 64]  # of 16 steps, the potential before the ninth
    assert kernels.launch._lif_shapes(x, *[x.sum()] * 2, None, "", "", False, False)[2].numel() == 0


@triton.jit
def smooth(d):
    """The integral of the triangle, in the place of the step."""
    low = tl.minimum(tl.maximum(d + 1, 0.0), 1.0)
    high = tl.minimum(tl.maximum(1 - d, 0.0), 1.0)
    return tl.where(d < 0, low * low / 2, 1 - high * high / 2)


@pytest.mark.slow
@pytest.mark.skipif(DEVICE == "cuda", reason="only the interpreter can swap a line of a kernel")
@pytest.mark.parametrize("reset", ["hard", "soft"])
def test_gradcheck_with_the_step_replaced_by_the_integral_of_its_surrogate(monkeypatch, reset):
    monkeypatch.setattr(kernels.lif_kernels, "fire", smooth)
    x = on(4, 2, dtype=torch.float64).requires_grad_()
    numbers = [torch.tensor(value, dtype=x.dtype, requires_grad=True) for value in (0.9, 1.1)]
    v0 = torch.full((2,), 0.3, dtype=x.dtype, requires_grad=True)

    def lif(x, decay, v_threshold, v0):
        return kernels.lif(x, Settings(decay, v_threshold, reset), v0, True)

    def mpe(rule, x, decay, v_threshold, v0):
        kappa = torch.arange(1, 5, dtype=x.dtype) / 10
        neuron = Settings(decay, v_threshold, reset)
        return kernels.mpe(x, rule, neuron, 1, 3, v0.expand(2, 2), kappa, True)

    assert torch.autograd.gradcheck(lif, (x, *numbers, v0))
    for rule in ("bernoulli", "mean", "hard"):
        assert torch.autograd.gradcheck(partial(mpe, rule), (x, *numbers, v0))


@pytest.mark.parametrize("neuron", [LIF, partial(MPE, "hard")])
def test_kernels_compose_with_torch_compile(neuron):
    layer = neuron(learn_threshold=True, backend="triton").to(DEVICE)
    compiled = torch.compile(lambda x: layer(2 * x).sum(0), fullgraph=True, backend="aot_eager")
    x, y = on(5, 9).requires_grad_(), on(5, 9).requires_grad_()
    a, b = compiled(x), layer(2 * y).sum(0)
    assert torch.equal(a, b)
    a.sum().backward()
    by_compiled, layer.v_threshold.grad = layer.v_threshold.grad, None
    b.sum().backward()
    torch.testing.assert_close(x.grad, y.grad)
    torch.testing.assert_close(by_compiled, layer.v_threshold.grad)


def test_operators_keep_their_promises():
    x, number = on(5, 6).requires_grad_(), torch.tensor(0.9, device=DEVICE)
    args = (x, number, number, None, "hard", "triangle", True)
    for with_last in (False, True):
        torch.library.opcheck(kernels.launch._lif, (*args, with_last))
    seed, weights = torch.tensor(3), torch.full((5,), 1 / 30, device=DEVICE)
    args = (x, number, number, None, seed, weights, "bernoulli", "hard", "triangle", 0)
    torch.library.opcheck(kernels.launch._mpe, args)


def test_scored_in_inference_mode_first_and_trained_then():
    x = on(4, 5)
    with torch.inference_mode():
        first = lif_spikes(x, decay=0.37, backend="triton")
    compare("triton", x, decay=0.37)
    assert torch.equal(first, lif_spikes(x, decay=0.37, backend="torch"))


def test_a_second_derivative_is_refused():
    for s in (lif_spikes(y := on(4, 5).requires_grad_(), backend="triton"),
              mpe_spikes(y, "hard", backend="triton")[0]):  # fmt: skip
        with pytest.raises(RuntimeError, match="use backend='torch'"):
            torch.autograd.grad(s.sum(), y, create_graph=True)
