"""Neurons under the transforms of torch.func, and tensors that are not what they seem."""

import pytest
import torch
import torch.autograd.forward_ad as forward_mode
from fused import compiled, current, device
from torch import func, nn

from mpe_lib import LIF, MPE, lif_spikes, mpe_spikes
from mpe_lib.core.exact import exact_parallel

CALLS = {
    "lif": lif_spikes,
    "mean": lambda x: mpe_spikes(x, "mean", sweeps=1)[0],
    "drawn": lambda x: mpe_spikes(x, seed=3)[0],
    "compile": lambda x: mpe_spikes(x, "hard", backend="compile")[0],
    "triton": lambda x: lif_spikes(x, backend="triton"),
    "exact": lambda x: exact_parallel(x)[0].s,
}
X = current(6, 4)
WEIGHTS = torch.rand(6, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", CALLS)
def test_functional_derivatives_are_those_of_backward(name):
    if name in ("compile", "triton"):
        device(name)

    def loss(x):
        return (CALLS[name](x) * WEIGHTS).sum()

    x = X.clone().requires_grad_()
    (right,) = torch.autograd.grad(loss(x), x)
    torch.testing.assert_close(func.grad(loss)(X), right)
    torch.testing.assert_close(func.vjp(loss, X)[1](torch.tensor(1.0))[0], right)
    torch.testing.assert_close(func.jacrev(loss)(X), right)
    both = torch.stack((X, 2 * X))
    assert torch.equal(func.vmap(CALLS[name])(both), torch.stack([CALLS[name](x) for x in both]))
    each = torch.stack([func.grad(loss)(x) for x in both])
    torch.testing.assert_close(func.vmap(func.grad(loss))(both), each)
    torch.testing.assert_close(func.vmap(func.jacrev(loss), chunk_size=1)(both), each)


@pytest.mark.parametrize("backend", ["auto", "compile", "triton"])
@pytest.mark.parametrize("rule", [None, "hard", "drawn"])
def test_many_gradients_at_once_are_a_loop_over_them(rule, backend):
    if backend != "auto":
        device(backend)
    numbers = [torch.tensor(value, requires_grad=True) for value in (0.8, 0.9)]
    inputs = [X.clone().requires_grad_(), *numbers, torch.full((4,), 0.3).requires_grad_()]

    def call(backend):
        if rule is None:
            return lif_spikes(*inputs[:3], v0=inputs[3], backend=backend, with_last=True)
        how = {"drawn": {"seed": 3}}.get(rule, {"rule": rule, "sweeps": 1})
        x, decay, v_threshold, v0 = inputs
        return mpe_spikes(x, decay=decay, v_threshold=v_threshold, v0=v0, backend=backend, **how)

    pulls = [torch.randn(5, *each.shape) for each in call("torch")]
    right = [torch.autograd.grad(call("torch"), inputs, pull) for pull in zip(*pulls, strict=True)]
    found = torch.autograd.grad(call(backend), inputs, pulls, is_grads_batched=True)
    for each, rows in zip(found, zip(*right, strict=True), strict=True):
        torch.testing.assert_close(each, torch.stack(rows), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["lif", "mean", "exact"])
def test_a_second_derivative_by_transforms_is_that_of_autograd(name):
    def slope(x):
        return func.grad(lambda x: (CALLS[name](x) * WEIGHTS).sum())(x).square().sum()

    x = X.clone().requires_grad_()
    s = lif_spikes(x, backend="torch") if name == "exact" else (
        lif_spikes(x, backend="torch") if name == "lif"
        else mpe_spikes(x, "mean", sweeps=1, backend="torch")[0])  # fmt: skip
    (first,) = torch.autograd.grad((s * WEIGHTS).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), x)
    torch.testing.assert_close(func.grad(slope)(X), second)
    assert second.abs().sum() > 0


@pytest.mark.parametrize("place", ["decay", "v_threshold", "v0", "seed", "kappa"])
def test_vmap_over_a_setting_is_a_loop_over_it(place):
    values = {"seed": torch.tensor([3, 5, 3]), "v0": torch.rand(3, 4)}
    values["kappa"] = torch.softmax(torch.rand(3, 6), 1)
    values = values.get(place, torch.tensor([0.2, 0.5, 0.9]))

    def call(value):
        return mpe_spikes(X, **({"seed": 1} | {place: value}))

    s, loss = func.vmap(call)(values)
    rows = [call(value) for value in values]
    assert torch.equal(s, torch.stack([row[0] for row in rows]))
    torch.testing.assert_close(loss, torch.stack([row[1] for row in rows]))


def test_vmap_says_whether_its_samples_share_a_draw():
    both = torch.full((2, 5, 1, 300), 0.9)
    shared = func.vmap(MPE(), randomness="same")(both)
    own = func.vmap(MPE(), randomness="different")(both)
    assert torch.equal(*shared) and not torch.equal(*own)
    for call in (func.vmap(MPE()), compiled("aot_eager")(func.vmap(MPE()))):
        with pytest.raises(RuntimeError, match="randomness"):
            call(both)
    assert torch.equal(*compiled("aot_eager")(func.vmap(MPE(), randomness="same"))(both))


def test_per_sample_gradients_of_a_network():
    torch.manual_seed(1)
    network = nn.Sequential(
        nn.Linear(4, 5), LIF(learn_threshold=True, learn_decay=True),
        nn.Linear(5, 3), MPE("mean", v_threshold=0.3, learn_decay=True),
    )  # fmt: skip
    parameters = {name: value.detach() for name, value in network.named_parameters()}

    def loss(parameters, x):
        return func.functional_call(network, parameters, x[:, None]).square().sum()

    samples = 5 * torch.randn(7, 6, 4)
    found = func.vmap(func.grad(loss), (None, 0))(parameters, samples)
    for k, x in enumerate(samples):
        network.zero_grad()
        network(x[:, None]).square().sum().backward()
        for name, value in network.named_parameters():
            torch.testing.assert_close(found[name][k], value.grad)
    assert all(value.abs().sum() > 0 for value in found.values())


@pytest.mark.parametrize("name", CALLS)
def test_a_forward_mode_derivative_is_refused_in_words(name):
    if name in ("compile", "triton"):
        device(name)

    def total(x):
        return CALLS[name](x).sum()

    refused = pytest.raises(NotImplementedError, match="expected a derivative in reverse mode")
    with refused:
        func.jvp(total, (X,), (X,))
    with refused:
        func.jacfwd(total)(X)
    with refused:
        func.hessian(total)(X)
    with forward_mode.dual_level(), refused:
        total(forward_mode.make_dual(X, X))
    for place in ("decay", "v_threshold", "v0"):
        with refused:
            half = torch.full((4,), 0.5) if place == "v0" else torch.tensor(0.5)
            func.jvp(lambda v, place=place: lif_spikes(X, **{place: v}), (half,), (half,))


@pytest.mark.parametrize("backend", ["torch", "compile", "triton"])
@pytest.mark.parametrize("call", [lif_spikes, mpe_spikes])
def test_a_minus_sign_that_is_still_to_be_taken_is_taken(call, backend):
    where = "cpu" if backend == "torch" else device(backend)
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(6, 5, dtype=torch.complex64, generator=generator).to(where)
    plain = z.imag.contiguous()
    lazy = [torch._neg_view(plain), z.conj().imag]  # as autograd and .imag leave them
    options = {"rule": "hard"} if call is mpe_spikes else {}
    for x in lazy:
        assert x.is_neg()
        v0 = torch._neg_view(plain[0])
        found = []
        for a, b in ((x, v0), (x.resolve_neg(), v0.resolve_neg())):
            a = a.detach().requires_grad_()
            s = call(a, v0=b, backend=backend, **options)
            s = s[0] if call is mpe_spikes else s
            weights = torch._neg_view(plain) if a.is_neg() else -plain
            (grad,) = torch.autograd.grad(s, a, weights)
            found.append((s, grad))
        (s, grad), (s_plain, grad_plain) = found
        assert torch.equal(s, s_plain) and torch.equal(grad, grad_plain) and s.sum() > 0
