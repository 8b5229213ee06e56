"""Backend "compile" beside torch: the same spikes, gradients and loss."""

import subprocess
import sys
from functools import partial

import pytest
import torch
from fused import compare, current, device

from mpe_lib import lif_spikes, mpe_spikes
from mpe_lib.core.dynamics import Settings
from mpe_lib.fast import compiled
from mpe_lib.fast.compiled import build, launch

RULES = ("bernoulli", "mean", "hard", "zero")
# torch computes the half types of x in float32 too, and rounds once: the same to the last bit
EXACT = {torch.float32: 1e-6, torch.bfloat16: 1e-6, torch.float16: 1e-6, torch.float64: 1e-12}


@pytest.fixture(autouse=True)
def _here():
    device("compile")


@pytest.mark.parametrize("n", [1, 3, 511, 512, 513, 1000, 4097])
def test_any_number_of_neurons(n):
    compare("compile", current(11, n))
    for rule in RULES:
        compare("compile", current(11, n), rule, seed=7, sweeps=1)


@pytest.mark.parametrize("steps", [1, 3, 7, 8, 9, 17, 70])
def test_any_number_of_steps(steps):
    compare("compile", current(steps, 30))
    compare("compile", current(steps, 30), "bernoulli", seed=1, kappa=[1 / steps] * steps)


@pytest.mark.parametrize("dtype", EXACT)
@pytest.mark.parametrize("rule", [None, *RULES])
def test_every_floating_dtype_in_two_and_five_dimensions(dtype, rule):
    options = {} if rule is None else {"seed": 3, "sweeps": 2}
    for shape in ((6, 50), (6, 2, 3, 4, 5)):
        compare("compile", current(*shape, dtype=dtype), rule, gradient=EXACT[dtype], **options)


@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
@pytest.mark.parametrize("surrogate", ["triangle", "sigmoid", "atan"])
def test_resets_surrogates_and_the_gradients_of_scalars_and_start(reset, surrogate):
    x = current(19, 2, 7, dtype=torch.float64)
    options = {"reset": reset, "surrogate": surrogate, "scalars": True, "gradient": 1e-11}
    compare("compile", x, **options)
    for rule in RULES:
        for sweeps in (0, 1, 3):
            compare("compile", x, rule, seed=-5, sweeps=sweeps, **options)


def test_layouts():
    x = current(5, 4, 3, 6)
    compare("compile", x.transpose(1, 3))
    compare("compile", x[:, ::2], "hard")


def test_two_threads_do_what_one_does(monkeypatch):
    x = current(8, 3000)
    one = [lif_spikes(x, backend="compile"), *mpe_spikes(x, seed=1, backend="compile")]
    monkeypatch.setattr(launch, "ALONE", 0)
    two = [lif_spikes(x, backend="compile"), *mpe_spikes(x, seed=1, backend="compile")]
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
    compare("compile", x, "hard")


def test_nan_is_let_through():
    x = current(6, 50, dtype=torch.float32)
    x[2, 3] = float("nan")
    for surrogate in ("triangle", "sigmoid", "atan"):
        for rule in (None, *RULES):
            gradients = []
            for backend in ("compile", "torch"):
                leaf = x.clone().requires_grad_()
                options = {"surrogate": surrogate, "backend": backend}
                if rule is None:
                    s = lif_spikes(leaf, **options)
                else:
                    s = mpe_spikes(leaf, rule, seed=2, with_loss=False, **options)[0]
                s.sum().backward()
                gradients.append((s.detach(), leaf.grad))
            (s, grad), (s_torch, grad_torch) = gradients
            assert torch.equal(s, s_torch)
            torch.testing.assert_close(grad, grad_torch, rtol=1e-5, atol=1e-6, equal_nan=True)


def test_infinity_fires_as_in_torch_gradient_and_all():
    x = current(6, 50)
    x[1, 4], x[4, 5] = float("inf"), -float("inf")
    for rule in RULES:
        found = []
        for backend in ("compile", "torch"):
            leaf = x.clone().requires_grad_()
            s = mpe_spikes(leaf, rule, seed=2, with_loss=False, backend=backend)[0]
            s.sum().backward()
            found.append((s.detach(), leaf.grad))
        (s, grad), (s_torch, grad_torch) = found
        assert torch.equal(s, s_torch)
        torch.testing.assert_close(grad, grad_torch, rtol=1e-5, atol=1e-6, equal_nan=True)
    assert torch.equal(lif_spikes(x, backend="compile"), lif_spikes(x, backend="torch"))
    far = torch.full((1, 1000), -720.0)  # sigmoid is 0 there, and a draw of 0 is not below it
    draws = [mpe_spikes(far, seed=k, backend=b)[1] for b in ("compile", "torch") for k in range(3)]
    assert torch.equal(torch.stack(draws[:3]), torch.stack(draws[3:]))


def test_a_second_derivative_is_refused():
    for neuron in (lif_spikes, lambda x, backend: mpe_spikes(x, "hard", backend=backend)[0]):
        x = current(4, 5).requires_grad_()
        with pytest.raises(RuntimeError, match="use backend='torch'"):
            torch.autograd.grad(neuron(x, backend="auto").sum(), x, create_graph=True)


def test_tracers_see_the_lines_and_not_the_loop():
    x = current(4, 5)
    traced = torch.jit.trace(lambda x: lif_spikes(x), (x,), check_trace=False)
    assert torch.equal(traced(2 * x), lif_spikes(2 * x, backend="torch"))
    with torch._subclasses.FakeTensorMode():
        assert lif_spikes(torch.rand(4, 5)).shape == (4, 5)


def test_a_default_device_elsewhere_changes_nothing():
    x = current(4, 5)
    s, loss = mpe_spikes(x, seed=1, backend="compile")
    with torch.device("meta"):
        again, loss_again = mpe_spikes(x, seed=1, backend="compile")
        mpe_spikes(x, backend="compile")  # a fresh seed
    assert torch.equal(s, again) and torch.equal(loss, loss_again)


def test_a_start_from_another_device_is_refused():
    with pytest.raises(ValueError, match="v0 must be where x is, on cpu, got meta"):
        lif_spikes(current(4, 5), v0=torch.zeros(5, device="meta"))


def test_a_library_that_does_not_load_is_built_again(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "_folder", lambda: tmp_path)
    path = build.build("float")
    path.write_bytes(b"cut short")
    assert build.library.__wrapped__(torch.float32).lif_forward is not None


def test_no_memory_in_the_loop_itself(tmp_path, monkeypatch):
    empty = build.load(build.build("float", tmp_path, "-DROOM(bytes)=NULL"))
    monkeypatch.setattr(launch, "library", lambda dtype: empty)
    x = current(4, 5).requires_grad_()
    with pytest.raises(MemoryError):
        mpe_spikes(x, backend="compile")
    monkeypatch.undo()
    s, _ = mpe_spikes(x, backend="compile")
    monkeypatch.setattr(launch, "library", lambda dtype: empty)
    with pytest.raises(MemoryError):
        s.sum().backward()


def test_draws_near_their_chance_are_decided_in_double():
    """Inputs put where sigmoid(x) meets the number that is drawn: the quick way cannot tell."""
    from mpe_lib.core.draw import uniform_like

    u = uniform_like(torch.empty(4, 4000), 11).double()
    x = (torch.log(u) - torch.log1p(-u)).float().clamp(-20, 20)
    one, two = (mpe_spikes(x, seed=11, backend=name)[0] for name in ("compile", "torch"))
    assert torch.equal(one, two)
    traces = [
        mpe_spikes(x, seed=11, v_threshold=0.1, decay=1.0, backend=b) for b in ("compile", "torch")
    ]
    assert torch.equal(traces[0][0], traces[1][0])
    torch.testing.assert_close(traces[0][1], traces[1][1], rtol=1e-6, atol=0)


SMOOTH = "-DFIRE(d)=((d)<-1?0:(d)<0?(1+(d))*(1+(d))/2:(d)<1?1-(1-(d))*(1-(d))/2:1)"


@pytest.mark.parametrize("reset", ["hard", "soft", "none"])
def test_gradcheck_with_the_step_replaced_by_the_integral_of_its_surrogate(
    tmp_path, monkeypatch, reset
):
    smooth = build.load(build.build("double", tmp_path, SMOOTH))
    monkeypatch.setattr(launch, "library", lambda dtype: smooth)
    x = current(11, 3, dtype=torch.float64).requires_grad_()
    numbers = [torch.tensor(value, dtype=x.dtype, requires_grad=True) for value in (0.9, 1.1)]
    v0 = torch.full((3,), 0.3, dtype=x.dtype, requires_grad=True)
    assert 0 < lif_spikes(x[:1], v_threshold=x[0, 0].item() + 0.5, backend="compile")[0, 0] < 1

    def lif(x, decay, v_threshold, v0):
        return compiled.lif(x, Settings(decay, v_threshold, reset), v0, True)

    def mpe(rule, sweeps, x, decay, v_threshold, v0):
        kappa = torch.arange(1, 12, dtype=x.dtype) / 66
        neuron = Settings(decay, v_threshold, reset)
        return compiled.mpe(x, rule, neuron, sweeps, 3, v0.expand(sweeps + 1, 3), kappa, True)

    assert torch.autograd.gradcheck(lif, (x, *numbers, v0))
    for rule in RULES:
        for sweeps in (0, 2):
            assert torch.autograd.gradcheck(partial(mpe, rule, sweeps), (x, *numbers, v0))


def test_forward_keeps_a_potential_in_eight_and_nothing_of_the_estimate():
    x, kept = current(128, 10).requires_grad_(), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        lif_spikes(x, backend="compile")
        mpe_spikes(x, backend="compile")
    assert [t.shape for t in kept if t.data_ptr() != x.data_ptr()] == [(15, 10)]


def test_many_ways_to_call_it_leave_no_graph_where_none_is_asked():
    x = current(4, 6).requires_grad_()
    with torch.no_grad():
        assert not lif_spikes(x, backend="compile").requires_grad
    assert lif_spikes(x, backend="compile").requires_grad
    assert not mpe_spikes(x.detach(), backend="compile")[0].requires_grad
    number = torch.tensor(1.0, requires_grad=True)
    assert mpe_spikes(x.detach(), v_threshold=number, backend="compile")[1].requires_grad


def test_a_library_is_built_once_and_again_when_a_source_changes(tmp_path, monkeypatch):
    first = build.build("float", tmp_path)
    made = first.stat().st_mtime_ns
    assert build.build("float", tmp_path) == first and first.stat().st_mtime_ns == made
    assert [path.name for path in tmp_path.iterdir()] == [first.name]  # nothing half-built stays
    monkeypatch.setattr(build, "FLAGS", (*build.FLAGS, "-g"))
    assert build.build("float", tmp_path) != first


def test_a_compiler_that_fails_is_quoted(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="error"):
        build.build("no_such_type", tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CC", "")
    with pytest.raises(RuntimeError, match="no C compiler: install gcc or clang"):
        build.build("float", tmp_path / "empty")


def test_a_cache_that_cannot_be_written_is_no_obstacle():
    code = (
        "import torch; from mpe_lib import lif_spikes\n"
        "print(lif_spikes(torch.ones(2, 3), backend='compile').sum().item())"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/x"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert done.stdout.strip() == "3.0", done.stderr[-2000:]


def test_a_threshold_changed_before_backward_changes_no_gradient():
    x, grads = current(6, 20), []
    for change in (0.0, 5.0):
        threshold = torch.tensor(1.0, requires_grad=True)
        s = lif_spikes(x, v_threshold=threshold, backend="compile")
        threshold.data += change
        s.sum().backward()
        grads.append(threshold.grad)
    assert torch.equal(*grads) and grads[0] != 0
