import pytest
import torch
from plain_net import PlainNet, parts
from refusals import refused

from mpe_lib import MPE, tet_loss
from mpe_lib.networks.event import EventNet
from mpe_lib.training import Recipe, loop, train

SETTINGS = {"epochs": 4, "batch_size": 20, "learning_rate": 0.05, "device": "cpu"}


test_settings_out_of_range_are_refused = refused(Recipe, [
    ({"epochs": 0}, "epochs >= 1"),
    ({"batch_size": 0}, "batch_size >= 1"),
    ({"membrane_weight": 1.0}, r"membrane_weight in \[0, 1\), got .*1.0"),
    ({"optimiser": "Adam"}, "optimiser must be one of .*'Adam'"),
    ({"learning_rate": -1.0}, "learning_rate must be at least 0, got -1.0"),
    ({"weight_decay": float("nan")}, "weight_decay must be at least 0, got nan"),
    ({"membrane_epochs": -3}, "membrane_epochs must be at least 0 or None, got -3"),
    ({"mixup_epochs": -1}, "mixup_epochs must be at least 0 or None, got -1"),
    ({"warm_up": 11}, "warm_up must be no longer than the 10 epochs, got 11"),
    ({"clip": 0.0}, "clip must be above 0 or None"),
])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind"),
    [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)],
)
def test_every_optimiser_is_the_one_that_was_asked_for(name, kind):
    made = Recipe(optimiser=name, weight_decay=0.1, momentum=0.8).optimiser_of(PlainNet())
    assert type(made) is kind
    group = made.param_groups[0]
    assert group["weight_decay"] == 0.1 and group.get("momentum", 0.8) == 0.8


def test_the_membrane_loss_ends_after_its_last_epoch():
    """Up to there as if it never ended; after it, a step is a step without it."""
    never = train(PlainNet, *parts(), **SETTINGS, membrane_weight=0.8)
    short = train(PlainNet, *parts(), **SETTINGS, membrane_weight=0.8, membrane_epochs=2)
    plain = train(PlainNet, *parts(), **SETTINGS)
    assert short.history[:2] == never.history[:2] != plain.history[:2]
    assert short.history[3] != never.history[3]
    none = train(PlainNet, *parts(), **SETTINGS, membrane_weight=0.8, membrane_epochs=0)
    assert none.history == plain.history


@pytest.mark.parametrize("clip", [None, 1e-3, 1e6])
def test_clipping_clips(monkeypatch, clip):
    norms = []

    def looked(self, *_):
        grads = [p.grad.norm() for group in self.param_groups for p in group["params"]]
        norms.append(torch.stack(grads).norm().item())

    monkeypatch.setattr(torch.optim.SGD, "step", looked)
    train(PlainNet, *parts(), **SETTINGS, optimiser="sgd", clip=clip)
    assert len(norms) == 8 and min(norms) > 0
    assert max(norms) <= 1e-3 * 1.001 if clip == 1e-3 else max(norms) > 1e-2


@pytest.mark.parametrize("warm_up", [0, 2])
def test_the_regulariser_and_the_schedule_are_in_the_loop(monkeypatch, warm_up):
    seen, rates = [], []
    monkeypatch.setattr(loop, "tet_loss", lambda *args: (seen.append(args[2]), tet_loss(*args))[1])
    step = torch.optim.Adam.step
    monkeypatch.setattr(
        torch.optim.Adam, "step",
        lambda self, *a: (rates.append(self.param_groups[0]["lr"]), step(self, *a))[1],
    )  # fmt: skip
    train(PlainNet, *parts(), **SETTINGS, tet_regulariser=0.001, warm_up=warm_up)
    assert seen == [0.001] * 8
    angles = torch.arange(8) * torch.pi / 8
    expected = 0.05 * (1 + torch.cos(angles)) / 2
    if warm_up:  # a straight line over the four steps of two epochs
        expected *= torch.linspace(1 / 5, 1, 5)[torch.arange(8).clamp(max=4)]
    torch.testing.assert_close(torch.tensor(rates), expected.float(), rtol=1e-5, atol=1e-8)


def test_bfloat16_runs_the_layers_and_leaves_weights_and_losses_alone(monkeypatch):
    kinds = set()

    def build():
        network = EventNet(3, MPE, size=(8, 8), channels=(4, 4))
        for layer in network.modules():
            if isinstance(layer, torch.nn.Conv2d):
                layer.register_forward_hook(
                    lambda _, __, out: kinds.add((torch.is_grad_enabled(), out.dtype))
                )
        return network

    losses = []
    monkeypatch.setattr(
        loop, "tet_loss", lambda *args: losses.append(tet_loss(*args)) or losses[-1]
    )
    found = train(build, *parts(), **SETTINGS, membrane_weight=0.1, amp=True)
    assert {dtype for training, dtype in kinds if training} == {torch.bfloat16}
    assert {loss.dtype for loss in losses} == {torch.float32}
    assert {p.dtype for p in found.network.parameters()} == {torch.float32}
    assert found.history[-1]["task"] < found.history[0]["task"]
