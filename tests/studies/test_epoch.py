"""One training step of the paper's network: what is timed, and what the study writes."""

import json
from types import SimpleNamespace

import pytest
import torch

from mpe_lib import MPE
from mpe_lib.results import store
from mpe_lib.studies import epoch


def test_the_command_writes_a_row_of_every_neuron(typed, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    words = ["--device", "cpu", "--steps", "2", "--batches", "2", "--batch", "2"]
    words += ["--width", "16", "--threads", "2"]
    typed(epoch.main, *words, file="/x/mpe_lib/studies/epoch.py")
    assert capsys.readouterr().out.startswith("wrote ")
    result = json.loads((tmp_path / "epoch_cpu.json").read_text())
    assert result["provenance"]["command"] == "python -m mpe_lib.studies.epoch " + " ".join(words)
    assert result["settings"]["width"] == 16 and result["settings"]["batch"] == 2
    assert result["provenance"]["threads"] == 2
    rows = result["rows"]
    assert [row["neuron"] for row in rows] == list(epoch.neurons("cpu", 2))
    for row in rows:
        assert row["T"] == row["batches"] == 2
        assert row["step_ms"] > 0 and all(row[f"{part}_ms"] > 0 for part in epoch.PARTS)
        assert row["total_s"] >= 1e-3 * row["step_ms"]
        assert row["peak_bytes"] > 2 * 2 * 4 * 48 * 48 * 4  # the first layer's spikes, at least
    by_name = {row["neuron"]: row["peak_bytes"] for row in rows}
    assert by_name["MPE bernoulli"] < by_name["MPE bernoulli, with loss"]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_rows_on_a_gpu():
    assert all(row["peak_bytes"] > 0 for row in epoch.run({"T": 2}, "cuda", 2, 2, 16))


def test_the_parts_of_a_step_are_told_apart(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(epoch, "now", lambda device: clock.now)

    class Wait(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            clock.now += 1.0
            return x * 1

        @staticmethod
        def backward(ctx, gradient):
            clock.now += 2.0
            return gradient

    class Network(torch.nn.Linear):
        def forward(self, x):
            return Wait.apply(super().forward(x)), x.new_zeros(())

    class Slow(torch.optim.SGD):
        def step(self):
            clock.now += 4.0
            super().step()

    network = Network(3, 2)
    before = network.weight.clone()
    took = epoch.one_step(network, Slow(network.parameters(), 0.1), torch.ones(4, 2, 3),
                          torch.tensor([0, 1]))  # fmt: skip
    assert took == {"forward": 1.0, "backward": 2.0, "optimiser": 4.0}
    assert not torch.equal(before, network.weight)  # and the step was taken


def test_the_loss_reaches_the_released_kappa_and_threshold():
    network, optimiser = epoch._build(lambda: epoch.ReleasedMPE(3), torch.device("cpu"), 16)
    frames, labels = torch.rand(3, 2, 2, 48, 48), torch.tensor([0, 1])
    epoch.one_step(network, optimiser, frames, labels)
    for layer in network.neurons:  # the gradients: weight decay alone would move the values
        assert (layer.kappa.grad > 0).all() and layer.v_threshold.grad != 0


def test_without_the_loss_spikes_are_the_same():
    x = torch.rand(3, 2, 5)
    layer = epoch.WithoutLoss("hard")
    s, loss = layer.with_loss(x)
    assert torch.equal(s, MPE("hard").with_loss(x)[0]) and loss == 0


def test_all_networks_start_alike():
    networks = [
        epoch._build(make, torch.device("cpu"), 16)[0] for make in epoch.neurons("cpu", 2).values()
    ]
    for other in networks[1:]:
        for a, b in zip(networks[0].weights.parameters(), other.weights.parameters(), strict=True):
            assert torch.equal(a, b)


def test_fused_neurons_take_part_where_they_are(monkeypatch):
    monkeypatch.setattr(epoch, "available", lambda kind: ("torch", "triton"))
    names = set(epoch.neurons("cuda", 4))
    assert {"LIF, kernel", "MPE bernoulli, kernel", "MPE bernoulli, with loss, kernel"} < names


def test_the_stored_gpu_result_is_of_the_whole_network():
    try:
        result = store.read("epoch_cuda")
    except FileNotFoundError:
        pytest.skip("epoch_cuda is not measured yet")
    assert result["settings"]["width"] == 1 and result["settings"]["batch"] == 32
    assert {row["T"] for row in result["rows"]} == {4, 8, 10}
