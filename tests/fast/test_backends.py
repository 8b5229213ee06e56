import subprocess
import sys

import pytest
import torch
from fused import current, device

from mpe_lib import LIF, MPE, lif_spikes, mpe_spikes
from mpe_lib.core.dynamics import RESETS, Reset, Settings, lif_sequence
from mpe_lib.core.estimate import RULES, mpe_sequence
from mpe_lib.core.surrogate import SLOPES
from mpe_lib.fast import backends
from mpe_lib.fast.backends import available, choose, why_not


@pytest.fixture
def everything(monkeypatch):
    """A machine where every backend works."""
    monkeypatch.setattr(backends, "why_not", lambda backend, device: None)


X, LEAKY = torch.zeros(2, 3), Settings()


def on(device):
    """Something that says it is x there."""
    return type("Fake", (), {"device": torch.device(device), "numel": X.numel})()


@pytest.mark.parametrize(
    "x, expected",
    [(X, "compile"), (X[:, :0], "torch"), (on("cuda"), "triton"), (on("mps"), "torch")],
)
def test_auto_goes_by_device(x, expected, monkeypatch):
    why = {("compile", "cpu"): None, ("triton", "cuda"): None}
    monkeypatch.setattr(backends, "why_not", lambda *case: why.get(case, "is not here"))
    assert choose("auto", x, LEAKY) == expected


def test_auto_leaves_to_torch_what_the_fast_ones_cannot(everything):
    for options in ({"rule": torch.tanh}, {"shift": False}):
        assert (
            choose("auto", X, LEAKY, **options)
            == choose("auto", on("cuda"), LEAKY, **options)
            == "torch"
        )
    assert choose("auto", X, LEAKY, sweeps=4) == "compile"
    assert choose("auto", on("cuda"), LEAKY, sweeps=3) == "triton"
    assert choose("auto", on("cuda"), LEAKY, sweeps=4) == "torch"


def test_auto_is_torch_where_a_fast_one_is_missing(monkeypatch):
    monkeypatch.setattr(backends, "why_not", lambda backend, device: "is missing")
    assert choose("auto", X, LEAKY) == choose("auto", on("cuda"), LEAKY) == "torch"


def test_a_backend_that_cannot_says_why(everything):
    with pytest.raises(RuntimeError, match="'triton' fuses up to 3 sweeps, got 4: use backend="):
        choose("triton", X, LEAKY, sweeps=4)
    with pytest.raises(RuntimeError, match="rules with a name"):
        mpe_spikes(X, torch.tanh, backend="compile")
    with pytest.raises(RuntimeError, match="shift=False"):
        mpe_spikes(X, shift=False, backend="compile")
    with pytest.raises(ValueError, match="backend must be one of 'auto'"):
        lif_spikes(X, backend="cuda")
    for neuron in (LIF, MPE):
        with pytest.raises(ValueError, match="backend must be one of 'auto'"):
            neuron(backend="fast")


def test_compile_is_for_the_cpu_and_triton_for_a_gpu(monkeypatch):
    assert "is for the CPU" in why_not("compile", "cuda")
    monkeypatch.setenv("TRITON_INTERPRET", "0")
    assert "Triton" in (why := backends._why_not_triton.__wrapped__("cpu")) or "GPU" in why


def test_torch_is_always_there_and_the_interpreter_does_not_count():
    assert "triton" not in available("cpu")
    assert available("cpu")[0] == available("meta")[0] == "torch"


def test_without_a_compiler_auto_is_torch_and_compile_says_so(tmp_path):
    code = (
        "import torch\n"
        "from mpe_lib import lif_spikes\n"
        "from mpe_lib.fast.backends import available\n"
        "x = torch.zeros(2, 3)\n"
        "assert 'compile' not in available('cpu')\n"
        "assert lif_spikes(x).sum() == 0\n"
        "try: lif_spikes(x, backend='compile')\n"
        "except RuntimeError as error: print(error)\n"
    )
    bare = {"PATH": "", "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=bare)
    assert "could not be built or loaded: no C compiler" in done.stdout, done.stderr[-2000:]


def test_inside_a_compiled_model_auto_is_torch(everything, monkeypatch):
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    assert choose("auto", X, LEAKY) == choose("compile", X, LEAKY) == "torch"
    assert choose("auto", on("cuda"), LEAKY) == "triton"


def test_nothing_to_compute_is_no_work_for_anybody():
    for backend in ("auto", "torch", "compile", "triton"):
        x = torch.zeros(4, 0, 3, requires_grad=True)
        s = lif_spikes(x, backend=backend)
        s.sum().backward()
        assert s.shape == x.grad.shape == (4, 0, 3)


@pytest.mark.parametrize("neuron", [LIF, MPE])
def test_modules_hand_the_backend_on(neuron):
    with pytest.raises(RuntimeError, match="backend='compile' is for the CPU"):
        neuron(backend="compile")(torch.zeros(4, 2, device="meta"))


ADDED = {  # a table of the library, and what somebody adds to it
    "rule": (RULES, lambda x, *_: 0.3 * x),
    "surrogate": (SLOPES, lambda d: 0.5 * (d.abs() < 1).to(d.dtype)),
    "reset": (RESETS, Reset(lambda h, s, _: h - h * s / 2, lambda h, s, _: -h / 2,
                            lambda h, s, _: 1 - s / 2)),
}  # fmt: skip


@pytest.mark.parametrize("front", [False, True], ids=["last", "first"])  # no place means anything
@pytest.mark.parametrize("backend", ["auto", "torch", "compile", "triton"])
@pytest.mark.parametrize("kind", ADDED)
def test_what_is_added_to_a_table_is_computed_rightly_or_declined(
    kind, backend, front, monkeypatch
):
    table, new = ADDED[kind]
    before = dict(table)
    where = device(backend) if backend in ("compile", "triton") else "cpu"
    x = current(9, 40, where=where).requires_grad_()
    known = {"rule": "hard"} if kind != "rule" else {}
    calls = [lambda o: mpe_spikes(x, **known | o, backend=backend)[0]]
    plain = [lambda o: mpe_sequence(x, **known | o).s]
    if kind != "rule":
        calls.append(lambda o: lif_spikes(x, **o, backend=backend))
        plain.append(lambda o: lif_sequence(x, **o).s)
    table.clear()
    table.update({"new": new} | before if front else before | {"new": new})
    try:
        for call, right in zip(calls, plain, strict=True):
            for name in ("new", *before):  # the old names still are what they were
                option = {kind: name} | ({"seed": 3} if name == "bernoulli" else {})
                if name == "new" and backend in ("compile", "triton"):
                    with pytest.raises(RuntimeError, match=f"'{backend}' has no {kind} 'new'"):
                        call(option)
                    continue
                got, wanted = call(option), right(option)
                assert torch.equal(got, wanted)
                grads = [torch.autograd.grad(s.sum(), x)[0] for s in (got, wanted)]
                torch.testing.assert_close(*grads, rtol=1e-5, atol=1e-6)
    finally:
        table.clear()
        table.update(before)


def test_an_engine_knows_the_tables_of_the_library():
    from mpe_lib.fast import compiled, kernels

    device("compile")
    for engine in (compiled, kernels):
        for kind, (table, _) in ADDED.items():
            assert all(engine.knows(kind, name) for name in table), (engine, kind)
            assert not engine.knows(kind, "new") and not engine.knows(kind, "")
