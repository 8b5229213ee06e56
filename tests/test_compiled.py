"""Backend "compile" beside torch: the same spikes, gradients and loss."""

from functools import partial

import pytest
import torch
from fused import compare, current, device

from mpe_lib import compiled, cores, lif_spikes, mpe_spikes

RULES = ("bernoulli", "mean", "hard", "zero")


@pytest.fixture(autouse=True)
def _here():
    device("compile")


@pytest.fixture
def by_hand(monkeypatch):
    """The cores themselves, uncompiled: the same lines, many cases in little time."""
    plain = lambda core, variant, *options: partial(core, options=options)  # noqa: E731
    monkeypatch.setattr(compiled, "program", plain)


@pytest.mark.parametrize("n", [1, 3, 1000, 4097])
def test_lif_and_hard_for_any_number_of_neurons(n):
    compare("compile", current(5, n))
    compare("compile", current(5, n), "hard")


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_every_rule_with_its_loss(rule, dtype):
    compare("compile", current(6, 2, 3, 4, 5, dtype=dtype), rule, seed=3, gradient=2**-7)
    compare("compile", current(6, 50), rule, seed=3, sweeps=2, kappa=[0.5, 0.1, 0.1, 0.1, 0.1, 0.1])


@pytest.mark.slow
def test_many_steps_go_block_by_block():
    compare("compile", current(70, 33), reset="soft")
    compare("compile", current(70, 33), "bernoulli", seed=1)


@pytest.mark.slow
def test_scalars_and_the_start_have_gradients_too():
    compare("compile", current(6, 40, dtype=torch.float64), scalars=True)
    compare("compile", current(6, 40, dtype=torch.float64), "mean", scalars=True, sweeps=1)


@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
@pytest.mark.parametrize("surrogate", ["triangle", "sigmoid", "atan"])
def test_cores_agree_with_autograd(by_hand, reset, surrogate):
    x = current(9, 2, 7, dtype=torch.float64)
    options = {"reset": reset, "surrogate": surrogate, "scalars": True, "gradient": 1e-12}
    compare("compile", x, **options)
    for rule in RULES:
        for sweeps in (0, 1, 3):
            compare("compile", x, rule, seed=5, sweeps=sweeps, **options)


def test_shapes_and_layouts(by_hand):
    x = current(5, 4, 3, 6)
    compare("compile", x.transpose(1, 3))
    compare("compile", x[:, ::2], "hard")
    compare("compile", current(1, 8))
    compare("compile", current(1, 8), "bernoulli", seed=0)


def test_nan_is_let_through(by_hand):
    x = current(6, 5)
    x[2, 3] = float("nan")
    for f in (lif_spikes, partial(mpe_spikes, rule="hard", with_loss=False)):
        fast, slow = f(x, backend="compile"), f(x, backend="torch")
        fast, slow = (s if isinstance(s, torch.Tensor) else s[0] for s in (fast, slow))
        assert torch.equal(fast, slow) and fast.isfinite().all()


def test_nan_is_let_through_by_the_compiled_loop():
    x = current(5, 1000)
    x[2, 3] = float("nan")
    assert torch.equal(lif_spikes(x, backend="compile"), lif_spikes(x, backend="torch"))


def smooth(d):
    """The triangle's integral: the step that the surrogate is the true slope of."""
    low, high = (d + 1).clamp(0, 1), (1 - d).clamp(0, 1)
    return torch.where(d < 0, low.square() / 2, 1 - high.square() / 2)


@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
def test_gradcheck_with_the_step_replaced_by_the_integral_of_its_surrogate(
    by_hand, monkeypatch, reset
):
    monkeypatch.setattr(cores, "fire", smooth)
    x = current(5, 3, dtype=torch.float64).requires_grad_()
    numbers = [torch.tensor(value, dtype=x.dtype, requires_grad=True) for value in (0.9, 1.1)]
    v0 = torch.full((3,), 0.3, dtype=x.dtype, requires_grad=True)

    def lif(x, decay, v_threshold, v0):
        return compiled.lif(x, decay, v_threshold, reset, "triangle", v0)

    def mpe(rule, sweeps, x, decay, v_threshold, v0):
        kappa = torch.arange(1, 6, dtype=x.dtype) / 15
        options = (reset, sweeps, 3, "triangle", v0, kappa, True)
        return compiled.mpe(x, rule, decay, v_threshold, *options)

    assert torch.autograd.gradcheck(lif, (x, *numbers, v0))
    for rule in RULES:
        assert torch.autograd.gradcheck(partial(mpe, rule, 2), (x, *numbers, v0))


def test_forward_keeps_the_input_and_a_potential_in_64(by_hand):
    x, kept = current(128, 10).requires_grad_(), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        lif_spikes(x, backend="compile")
    own = [t for t in kept if t.ndim and t.data_ptr() != x.data_ptr()]
    assert [t.shape for t in own] == [(10,)]  # the first 64 steps start from 0
