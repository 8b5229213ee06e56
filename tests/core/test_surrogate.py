import pytest
import torch
from spikingjelly.activation_based import surrogate as peer
from torch.autograd import gradcheck

from mpe_lib.core.surrogate import SLOPES, step

D = torch.linspace(-3, 3, 241, dtype=torch.float64)
PEERS = {
    "triangle": peer.PiecewiseQuadratic(1.0),
    "sigmoid": peer.Sigmoid(4.0),
    "atan": peer.ATan(2.0),
}


def slope(function, d):
    d = d.clone().requires_grad_()
    function(d).sum().backward()
    return d.grad


@pytest.mark.parametrize("name", SLOPES)
def test_slope_equals_spikingjelly(name):
    torch.testing.assert_close(
        slope(lambda d: step(d, name), D), slope(PEERS[name], D), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("name", SLOPES)
def test_slope_integrates_to_one_jump(name):
    d = torch.linspace(-2000, 2000, 4_000_001, dtype=torch.float64)
    assert torch.trapezoid(SLOPES[name](d), d).item() == pytest.approx(1, abs=1e-3)


def test_fires_strictly_above_in_the_dtype_of_its_input():
    for dtype in (torch.float64, torch.float32, torch.bfloat16, torch.float16):
        s = step(torch.tensor([-1.0, 0.0, 1e-3], dtype=dtype))
        assert s.dtype == dtype and s.tolist() == [0, 0, 1]


def test_nan_is_silent_forward_and_nan_backward():
    assert step(torch.tensor([torch.nan])).item() == 0
    for name in SLOPES:
        assert slope(lambda d, name=name: step(d, name), torch.tensor([torch.nan])).isnan().all()


def test_triangle_is_the_derivative_of_its_integral():
    def soft(d):  # the integral of the triangle: a smooth step
        left, right = (d + 1).clamp(0, 1), (1 - d).clamp(0, 1)
        return torch.where(d < 0, left**2 / 2, 1 - right**2 / 2)

    d = torch.tensor([-1.5, -0.4, 0.3, 0.9], dtype=torch.float64, requires_grad=True)
    assert gradcheck(soft, d)
    torch.testing.assert_close(slope(soft, d.detach()), slope(step, d.detach()))


def test_unknown_name_is_refused():
    with pytest.raises(ValueError, match="'triangle', 'sigmoid', 'atan', got 'relu': choose"):
        step(D, "relu")
