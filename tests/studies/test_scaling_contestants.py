"""Every contestant is a spiking neuron; the released ones and the peers do what they should."""

import shutil
import sys

import pytest
import torch
from fused import current

from mpe_lib import lif_spikes, mpe_sequence
from mpe_lib.core.losses import membrane_loss
from mpe_lib.studies.scaling import contestants, peers
from mpe_lib.studies.scaling.contestants import CONTESTANTS, hand_written_lif, lineup, pick
from mpe_lib.studies.scaling.harness import sweep
from mpe_lib.studies.scaling.released import (
    ReleasedLIF,
    ReleasedMPE,
    indexing_lif,
    released_lif,
    released_mpe,
)

CPU, DOUBLE = "cpu", torch.float64


@pytest.fixture(autouse=True)
def _compiled_anew():
    """torch compiles eight variants of a function; those of other tests must not count."""
    torch.compiler.reset()


def pulled(neuron, x):
    """(spikes, gradient of the input) with a gradient that differs from spike to spike."""
    x = x.detach().requires_grad_()
    s = neuron(x)
    s.backward(torch.linspace(0.5, 1.5, s.numel(), dtype=s.dtype).view_as(s))
    return s.detach(), x.grad


@pytest.mark.parametrize("study", [released_lif, indexing_lif, hand_written_lif, ReleasedLIF()])
def test_exact_neurons_agree(study):
    for a, b in zip(
        pulled(study, current(12, 3, 50)), pulled(lif_spikes, current(12, 3, 50)), strict=True
    ):
        torch.testing.assert_close(a, b)


def test_the_released_lif_copies_every_potential_to_the_host(monkeypatch):
    copies = []
    cpu = torch.Tensor.cpu
    monkeypatch.setattr(torch.Tensor, "cpu", lambda self: copies.append(1) or cpu(self))
    released_lif(current(5, 1, 8))
    assert len(copies) == 5
    indexing_lif(current(5, 1, 8))
    assert len(copies) == 5


def test_the_released_estimate_is_ours_with_the_same_draw():
    x = current(6, 2, 3000, dtype=DOUBLE)
    layer = ReleasedMPE(6).double()
    torch.manual_seed(3)
    s, loss = layer.with_loss(x)
    torch.manual_seed(3)
    v_hat = (1 - torch.bernoulli(torch.sigmoid(x))) * x
    trace = mpe_sequence(x, lambda _: v_hat)
    assert torch.equal(s, trace.s)
    torch.testing.assert_close(loss, membrane_loss(trace))
    torch.manual_seed(3)
    assert torch.equal(released_mpe(x), s)
    (s.sum() + loss).backward()
    assert layer.kappa.grad.min() > 0  # so descent only pushes it down
    assert layer.v_threshold.grad != 0


@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE, torch.bfloat16])
def test_every_contestant_gives_spikes_and_a_finite_gradient(dtype):
    torch.manual_seed(0)  # a PSN's weights are drawn
    found, left_out = lineup(5, CPU, dtype)
    assert set(found) >= set(CONTESTANTS) | {"LIF, hand-written", "MPE as released, with loss"}
    for name, neuron in found.items():
        x = current(5, 3, 40, dtype=dtype).requires_grad_()
        out = neuron(x)
        s, loss = out if "with loss" in name else (out, None)
        assert s.shape == x.shape and s.dtype == dtype, name
        assert set(s.unique().tolist()) == {0.0, 1.0}, name
        s.backward(torch.ones_like(s), retain_graph=loss is not None)
        if loss is not None:
            before = x.grad.clone()
            loss.backward()
            assert loss.shape == () and not torch.equal(before, x.grad), name
        assert x.grad.isfinite().all() and x.grad.abs().sum() > 0, name
    for name in left_out:
        assert name not in found


@pytest.mark.parametrize("way", [None, "torch"])
def test_spikingjelly_is_our_neuron_gradient_and_all(way):
    pytest.importorskip("spikingjelly", exc_type=ImportError)
    node = peers.spikingjelly_lif(CPU, DOUBLE, way)
    x = current(20, 3, 200, dtype=DOUBLE)
    for _ in range(2):  # the second call starts from rest again
        for a, b in zip(pulled(node, x), pulled(lif_spikes, x), strict=True):
            torch.testing.assert_close(a, b)


def test_spikingjelly_says_how_it_runs(monkeypatch):
    pytest.importorskip("spikingjelly", exc_type=ImportError)
    assert peers.chosen(CPU) == {"SpikingJelly LIF": "torch-reference"}
    monkeypatch.setattr(peers, "installed", lambda *args: ({}, {"SpikingJelly LIF": "gone"}))
    assert peers.chosen(CPU) == {}


def test_snntorch_spikes_are_ours_and_its_reset_passes_no_gradient():
    pytest.importorskip("snntorch")
    x = current(20, 3, 200, dtype=DOUBLE)
    s = peers.snntorch_leaky(CPU, DOUBLE)(x)
    assert s.dtype == torch.float32  # whatever the input: in other dtypes it cannot take part
    assert torch.equal(s.double(), lif_spikes(x))
    assert "snnTorch Leaky" in peers.installed(3, CPU, DOUBLE)[1]


@pytest.mark.parametrize("compiled", [False, True])
def test_norse_spikes_are_ours_at_three_quarters(compiled):
    pytest.importorskip("norse")
    if compiled and (shutil.which("g++") is None or " " in torch.__file__):
        pytest.skip("torch.compile needs g++, and torch in a folder without a space in its name")
    neuron = peers.norse_lif(CPU, DOUBLE, compiled)
    for shape in ((20, 3, 200), (5, 1, 64), (7, 1, 1000)):  # one after another: no limit is hit
        x = current(*shape, dtype=DOUBLE)
        assert torch.equal(neuron(x), lif_spikes(x))
        with torch.no_grad():
            assert torch.equal(neuron(x), lif_spikes(x))
        assert pulled(neuron, x)[1].isfinite().all()


def test_psn_weighs_the_steps():
    pytest.importorskip("spikingjelly", exc_type=ImportError)
    x = current(4, 3, 50, dtype=DOUBLE)
    psn = peers.spikingjelly_psn(4, CPU, DOUBLE)
    h = torch.tensordot(psn.weight, x, 1) + psn.bias.view(4, 1, 1)
    assert torch.equal(psn(x), (h >= 0).double())
    sliding = peers.spikingjelly_sliding_psn(CPU, DOUBLE)
    before = torch.cat((torch.zeros_like(x[:1]), x[:-1]))
    h = sliding.weight[1] * x + sliding.weight[0] * before + sliding.bias
    assert torch.equal(sliding(x), (h >= 0).double())


def test_a_peer_that_is_missing_or_fails_is_left_out_with_the_reason(monkeypatch):
    monkeypatch.setitem(sys.modules, "snntorch", None)  # import raises

    def broken(device, dtype):
        raise OSError("libcuda.so: no such file\nsecond line")

    monkeypatch.setattr(peers, "norse_lif", broken)
    monkeypatch.setattr(peers, "spikingjelly_lif", lambda device, dtype: lambda x: x.sum(0))
    found, left_out = peers.installed(3, CPU, torch.float32)
    assert left_out["Norse LIFBox"] == "OSError: libcuda.so: no such file"
    assert left_out["snnTorch Leaky"].startswith("ModuleNotFoundError")
    assert "expected spikes like x" in left_out["SpikingJelly LIF"]
    assert not set(found) & set(left_out)


def test_backends_that_are_there_take_part(monkeypatch):
    monkeypatch.setattr(contestants, "available", lambda kind: ("torch", "compile"))
    monkeypatch.setattr(peers, "installed", lambda *a, **words: ({}, {"b": str(words)}))
    found, left_out = lineup(3)
    assert left_out == {"b": "{'compiles': True}"}
    for name in ("LIF, compiled", "LIF, auto", "MPE hard, compiled", "MPE hard, auto",
                 "MPE mean, compiled", "MPE bernoulli, compiled"):  # fmt: skip
        assert name in found
    assert not any("kernel" in name for name in found)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_every_contestant_runs_on_a_gpu():
    torch.manual_seed(0)
    found, _ = lineup(5, "cuda")
    rows = list(sweep((5,), (1000,), "cuda", 0, found))
    assert {row["neuron"] for row in rows} == {"copy", *found}
    assert all(row["peak_bytes"] >= 4 * 5 * 1000 for row in rows)
    x = current(5, 1, 1000)
    for name in ("LIF as released", "LIF, fair", "LIF, hand-written"):
        assert torch.equal(found[name](x.cuda()).cpu(), lif_spikes(x)), name


def test_pick_refuses_a_word_that_fits_none():
    assert list(pick({"a": 1, "b": 2}, None)) == ["a", "b"]
    with pytest.raises(ValueError, match="expected a part of one of the names a, b; got 'c'"):
        pick({"a": 1, "b": 2}, ["c"])
