"""SE-adLIF beside a NumPy loop and the powers of its matrix; what explodes, and what does not."""

import math

import numpy as np
import pytest
import torch
from refusals import refused

from mpe_lib.systems.se_adlif import TAU_U, TAU_W, AdLIF, AdLIFNeuron, adlif_matrix, adlif_sequence

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def by_loop(x, tau_u, tau_w, a, b, q, form, recurrent=None):
    """The paper's lines, in NumPy."""
    keep_u, keep_w = np.exp(-1 / np.asarray(tau_u)), np.exp(-1 / np.asarray(tau_w))
    u = w = z = np.zeros(x.shape[1:])
    rows = []
    for x_t in x:
        drive = x_t if recurrent is None else x_t + z @ recurrent.T
        charged = keep_u * u + (1 - keep_u) * (drive - w)
        fired = (charged > 1).astype(float)
        new = charged * (1 - fired)
        source = a * new + b * fired if form == "symplectic" else a * u + b * z
        w = keep_w * w + (1 - keep_w) * q * source
        u, z = new, fired
        rows.append((z, charged, u, w))
    return [np.stack(each) for each in zip(*rows, strict=True)]


@pytest.mark.parametrize("shape", [(60, 5), (1, 5), (60, 4, 3), (30, 2, 3, 4, 2)])
@pytest.mark.parametrize("form, other", [("symplectic", "euler"), ("euler", "symplectic")])
def test_it_is_the_papers_lines(shape, form, other):
    x = 20 * random(*shape)
    settings = (8.0, 90.0, 0.6, 1.2, 60.0)
    trace, right = adlif_sequence(x, *settings, form), by_loop(x.numpy(), *settings, form)
    for mine, each in zip(trace, right, strict=True):
        np.testing.assert_allclose(mine.numpy(), each, rtol=0, atol=1e-9)
    if len(x) > 1:
        assert np.abs(trace.w.numpy() - by_loop(x.numpy(), *settings, other)[3]).max() > 0.1


def test_recurrent_spikes_come_a_step_later_by_the_matrix():
    x, recurrent = 20 * random(40, 6, 4), random(4, 4, seed=1)
    trace = adlif_sequence(x, q=30.0, recurrent=recurrent)
    right = by_loop(x.numpy(), 10.0, 100.0, 0.5, 1.0, 30.0, "symplectic", recurrent.numpy())
    for mine, each in zip(trace, right, strict=True):
        np.testing.assert_allclose(mine.numpy(), each, rtol=0, atol=1e-9)


@pytest.mark.parametrize("form", ["symplectic", "euler"])
def test_below_the_threshold_it_is_the_powers_of_its_matrix(form):
    x = torch.zeros(50, 1, dtype=DOUBLE)
    x[0] = 5.0
    trace = adlif_sequence(x, 10.0, 100.0, 0.9, 1.0, 120.0, form)
    assert trace.s.sum() == 0
    state, matrix = (
        torch.stack((trace.v[0, 0], trace.w[0, 0])),
        adlif_matrix(10.0, 100.0, 0.9, form=form),
    )
    for t in range(1, 50):
        state = matrix @ state
        torch.testing.assert_close(
            state, torch.stack((trace.v[t, 0], trace.w[t, 0])), rtol=0, atol=1e-9
        )


def test_the_modulus_is_what_the_law_says():
    keep = math.exp(-1 / 10) * math.exp(-1 / 100)
    symplectic, euler = (adlif_matrix(10.0, 100.0, 0.9, form=f) for f in ("symplectic", "euler"))
    extra = (1 - math.exp(-1 / 10)) * (1 - math.exp(-1 / 100)) * 120 * 0.9
    for matrix, determinant in ((symplectic, keep), (euler, keep + extra)):
        values = torch.linalg.eigvals(matrix)
        assert values.imag.abs().min() > 0  # it oscillates
        np.testing.assert_allclose(values.abs().numpy(), math.sqrt(determinant), rtol=0, atol=1e-9)
    assert math.sqrt(keep) == pytest.approx(0.94649, abs=1e-5)
    assert math.sqrt(keep + extra) == pytest.approx(0.99905, abs=1e-5)


def largest(draws, q, form, seed=0):
    generator = torch.Generator().manual_seed(seed)
    tau_u, tau_w, a = torch.rand(3, draws, generator=generator, dtype=DOUBLE)
    tau_u = TAU_U[0] + (TAU_U[1] - TAU_U[0]) * tau_u
    tau_w = TAU_W[0] + (TAU_W[1] - TAU_W[0]) * tau_w
    return torch.linalg.eigvals(adlif_matrix(tau_u, tau_w, a, q, form)).abs().amax(-1)


@pytest.mark.parametrize(
    "q, low, high", [(30, 0, 0), (60, 0, 0.005), (120, 0.02, 0.06), (228, 0.17, 0.27)]
)
def test_in_the_papers_ranges_euler_forward_explodes_and_symplectic_does_not(q, low, high):
    assert low <= (largest(4000, q, "euler") > 1).double().mean() <= high
    assert not (largest(4000, q, "symplectic") > 1).any()


def test_symplectic_has_a_limit_too_beyond_the_papers_ranges():
    keep_u, keep_w = math.exp(-1 / 5), math.exp(-1 / 60)
    limit = (1 + keep_u) * (1 + keep_w) / ((1 - keep_u) * (1 - keep_w))
    assert limit == pytest.approx(1204, abs=1)
    for q, explodes in ((limit - 1, False), (limit + 1, True)):
        values = torch.linalg.eigvals(adlif_matrix(5.0, 60.0, 1.0, q)).abs()
        assert (values.max() > 1 + 1e-6) == explodes


def test_the_reset_is_taken_as_given_backward():
    x = (40 * random(6, 3).abs()).requires_grad_()
    trace = adlif_sequence(x, q=0.0, surrogate="triangle")
    (found,) = torch.autograd.grad(trace.h[-1].sum(), x)
    keep = math.exp(-1 / 10)
    s = trace.s.detach()
    expected = torch.stack([
        (1 - keep) * keep ** (5 - t) * (1 - s[t:5]).prod(0) for t in range(6)
    ])  # fmt: skip
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-9)
    assert s[:5].any()


def test_a_modules_parameters_stay_in_the_papers_ranges():
    layer = AdLIF(3, 4)
    with torch.no_grad():
        layer.neuron.a.fill_(1.5), layer.neuron.tau_w_share.fill_(-0.2)
    layer.eval()(torch.rand(3, 2, 3))
    assert layer.neuron.a.eq(1.5).all()  # evaluation changes nothing
    layer.train()(torch.rand(3, 2, 3))
    assert layer.neuron.a.eq(1).all() and layer.neuron.tau_w_share.eq(0).all()


def test_a_layer_is_its_weights_and_the_function():
    layer = AdLIF(3, 4, q=60.0).double().eval()
    x, own = 20 * random(20, 5, 3), layer.neuron
    torch.testing.assert_close(
        layer.recurrent @ layer.recurrent.T, torch.eye(4, dtype=DOUBLE), rtol=0, atol=1e-6
    )
    trace = adlif_sequence(
        layer.weights(x), 5 + 20 * own.tau_u_share, 60 + 240 * own.tau_w_share, own.a,
        2 * own.b_half, 60.0, recurrent=layer.recurrent,
    )  # fmt: skip
    assert torch.equal(layer(x), trace.s) and layer(x).any()
    assert AdLIF(3, 4, recurrent=False).recurrent is None
    assert AdLIFNeuron(4).a.max() <= 1 and AdLIFNeuron(4).a.std() > 0


X = torch.zeros(3, 2, 4)
test_what_cannot_be_is_refused = refused(adlif_sequence, [
    ({"x": X, "tau_u": 0.0}, "tau_u must be above 0, got 0.0"),
    ({"x": X, "form": "implicit"}, "form must be one of 'symplectic', 'euler', got 'implicit'"),
    ({"x": X, "recurrent": torch.zeros(3, 3)}, r"recurrent must be \[C, C\] for a current"),
    ({"x": X[:, :, 0], "recurrent": torch.zeros(2, 2)}, r"recurrent must be \[C, C\]"),
])  # fmt: skip
