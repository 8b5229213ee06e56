"""Charge, fire, reset beside SpikingJelly's nodes, in one piece and in two."""

import math

import pytest
import torch

from mpe_lib import lif_sequence
from mpe_lib.core.losses import residual
from mpe_lib.systems.node import charges, node_sequence

DOUBLE = torch.float64
SHAPES = [(20, 7), (1, 7), (20, 2, 3, 4, 2)]
SETTINGS = {"tau": 3.0, "v_rest": 0.1, "v_c": 0.5, "a0": 1.5, "theta_rh": 0.6, "delta": 0.4}
NAMES = list(charges())


def random(*shape, seed=0, scale=1.0):
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)
    return 0.5 + scale * drawn


def theirs(name, v_reset):
    """SpikingJelly's node of the same settings; its LIF rests where it is reset to."""
    node = pytest.importorskip("spikingjelly.activation_based.neuron")
    shared = {"v_reset": v_reset, "v_threshold": 0.8, "step_mode": "m", "store_v_seq": True}
    tau, rest, curve = {"tau": 3.0}, {"v_rest": 0.1}, {"v_c": 0.5, "a0": 1.5}
    return {
        "if": lambda: node.IFNode(**shared),
        "lif": lambda: node.LIFNode(**tau, decay_input=True, **shared),
        "lif, input kept": lambda: node.LIFNode(**tau, decay_input=False, **shared),
        "qif": lambda: node.QIFNode(**tau, **rest, **curve, **shared),
        "eif": lambda: node.EIFNode(**tau, **rest, theta_rh=0.6, delta_T=0.4, **shared),
    }[name]()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reset", ["hard", "soft"])
@pytest.mark.parametrize("name", NAMES)
def test_spikes_potentials_and_gradients_are_spikingjellys(name, reset, shape):
    other = theirs(name, 0.0 if reset == "hard" else None)
    tame = reset == "soft" and name in ("qif", "eif")  # else it leaves the numbers, see below
    x = random(*shape, scale=0.1 if tame else 1.0).requires_grad_()
    y = x.detach().clone().requires_grad_()
    rest = 0.1 if name in ("qif", "eif") else 0.0
    charge = charges(**SETTINGS | {"v_rest": rest})[name]
    trace, s = node_sequence(x, charge, 0.8, reset), other(y)
    assert torch.equal(trace.s, s)
    torch.testing.assert_close(trace.v, other.v_seq, rtol=1e-12, atol=1e-12)
    g = random(*shape, seed=1)
    (trace.s * g).sum().backward(), (s * g).sum().backward()
    torch.testing.assert_close(x.grad, y.grad, rtol=1e-9, atol=1e-9)
    assert x.grad.abs().sum() > 0


def by_hand(name, v, x):
    """The charge of one number, of the settings above, as the papers write it."""
    leak = v - 0.1
    return {
        "if": v + x,
        "lif": (2 * v + x + 0.1) / 3,
        "lif, input kept": 0.1 + 2 / 3 * leak + x,
        "qif": v + x / 3 + 0.5 * leak * (v - 0.5),
        "eif": v + (x - leak + 0.4 * math.exp((v - 0.6) / 0.4)) / 3,
    }[name]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_its_equation_step_by_step(name):
    x = random(30, 4, seed=2)
    trace = node_sequence(x, charges(**SETTINGS)[name], 0.8)
    for b in range(4):
        v = 0.0
        for t in range(30):
            h = by_hand(name, v, x[t, b].item())
            s = float(h > 0.8)
            v = 0.0 if s else h
            found = [each[t, b].item() for each in trace[:3]]
            assert found == pytest.approx([s, h, v], abs=1e-9)
    assert 0 < trace.s.mean() < 1


@pytest.mark.parametrize("name", NAMES)
def test_two_pieces_are_the_whole_and_steps_are_the_sequence(name):
    x, charge = random(12, 3, 2), charges(**SETTINGS)[name]
    whole = node_sequence(x, charge)
    for cuts in ([5, 7], [1] * 12):
        v, found = None, []
        for piece in x.split(cuts):
            trace = node_sequence(piece, charge, v0=v)
            v = trace.v[-1]
            found.append(trace.s)
        assert torch.equal(torch.cat(found), whole.s)
    first = node_sequence(x[5:], charge)
    assert not torch.equal(first.h, whole.h[5:])  # a potential that is forgotten is seen


def test_with_the_input_kept_it_is_the_librarys_lif_and_divided_it_is_not():
    x, kinds = random(40, 50), charges(tau=4.0)
    exact = lif_sequence(x, decay=0.75, surrogate="sigmoid")
    kept, divided = (node_sequence(x, kinds[name]) for name in ("lif, input kept", "lif"))
    assert torch.equal(kept.s, exact.s) and residual(kept, x, 0.75) == 0
    torch.testing.assert_close(kept.v, exact.v)
    assert (divided.s != exact.s).any() and residual(divided, x, 0.75) > 0
    small = node_sequence(4 * x, kinds["lif"])
    assert torch.equal(small.s, exact.s)  # the same neuron, its input tau times as large


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_finite_differences_below_the_threshold(name):
    numbers = {k: torch.tensor(v, dtype=DOUBLE, requires_grad=True) for k, v in SETTINGS.items()}
    x = random(5, 3, scale=0.2).requires_grad_()

    def last(x, *values):
        charge = charges(**dict(zip(SETTINGS, values, strict=True)))[name]
        return node_sequence(x, charge, 99.0).h[-1]

    assert torch.autograd.gradcheck(last, (x, *numbers.values()), rtol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_slope_stands_in_for_the_step(name):
    h0 = torch.tensor([[0.3, 0.9, 1.4]], dtype=DOUBLE, requires_grad=True)
    node_sequence(h0, charges()[name], surrogate="triangle").s.sum().backward()
    with torch.no_grad():
        h = node_sequence(h0, charges()[name]).h
    by_x = 0.5 if name in ("lif", "qif", "eif") else 1.0
    torch.testing.assert_close(h0.grad, by_x * (1 - (h - 1).abs()).clamp(min=0))


def test_strictly_above_fires_and_there_spikingjelly_fires_too():
    x = torch.ones(1, 1)
    assert node_sequence(x, charges()["if"]).s.item() == 0
    other = theirs("if", 0.0)
    other.v_threshold = 1.0
    assert other(x).item() == 1


@pytest.mark.parametrize("name", ["qif", "eif"])
def test_what_rises_by_itself_wants_the_hard_reset(name):
    x = torch.zeros(20, 1)
    x[0] = 7.0  # one strong push
    hard, soft = (node_sequence(x, charges()[name], reset=reset) for reset in ("hard", "soft"))
    assert hard.h.isfinite().all() and not soft.h.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("name", NAMES)
def test_half_precision_is_rounded_once_at_the_end(name, dtype):
    x, charge = random(20, 8).to(dtype), charges(**SETTINGS)[name]
    low, high = node_sequence(x, charge), node_sequence(x.float(), charge)
    for a, b in zip(low[:3], high[:3], strict=True):
        assert a.dtype == dtype and torch.equal(a, b.to(dtype))


def test_a_charge_of_ones_own():
    x = torch.tensor([[0.6], [0.6], [0.6]])
    assert node_sequence(x, lambda v, x: x).s.sum() == 0  # nothing is kept
    assert node_sequence(x, lambda v, x: 2 * v + x).s.flatten().tolist() == [0, 1, 0]


def test_what_it_cannot_be_or_run_is_said():
    x = torch.zeros(3, 2)
    for name, value, words in [
        ("tau", 0.5, "tau must be between 1 and inf, got 0.5"),
        ("a0", -1.0, "a0 must be between 0 and inf, got -1.0"),
        ("delta", 0.0, "delta must be above 0, got 0: for a leak"),
        ("v_c", math.nan, "v_c must be a finite number, got nan"),
    ]:
        with pytest.raises(ValueError, match=words):
            charges(**{name: value})
    with pytest.raises(TypeError, match=r"charge must be a function \(v, x\) -> h, got str: take"):
        node_sequence(x, "lif")
    wide = charges(v_rest=0.0)["lif"]
    with pytest.raises(ValueError, match=r"the shape of one step, \(2,\), got \(4, 2\)"):
        node_sequence(x, lambda v, x: wide(v, x).expand(4, 2))
    with pytest.raises(ValueError, match="reset must be one of 'hard', 'soft', 'none', got 'no'"):
        node_sequence(x, charges()["if"], reset="no")
    with pytest.raises(ValueError, match="v0 must have the shape of one step of x"):
        node_sequence(x, charges()["if"], v0=torch.zeros(3))
    for wrong, error in ((torch.zeros(3), ValueError), (torch.zeros(3, 2).int(), TypeError)):
        with pytest.raises(error, match="x must be"):
            node_sequence(wrong, charges()["if"])
    with pytest.raises(ValueError, match="at least one time step"):
        node_sequence(torch.zeros(0, 2), charges()["if"])
