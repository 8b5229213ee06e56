"""The settings of a neuron module: in its state, learned, copied, pickled, put elsewhere."""

import copy
import math
import pickle

import pytest
import torch
from fused import current
from safetensors.torch import load, save
from torch import nn

from mpe_lib import LIF, MPE, lif_spikes

KINDS = [LIF, lambda **settings: MPE("hard", eval_rule="hard", sweeps=2, **settings)]
WAYS = {
    "state_dict": lambda state: state,
    "pickle": lambda state: pickle.loads(pickle.dumps(state)),
    "safetensors": lambda state: load(save(state)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("learned", [{}, {"learn_decay": True}, {"learn_threshold": True}], ids=str)
@pytest.mark.parametrize("kind", KINDS, ids=["LIF", "MPE"])
def test_a_state_brings_its_settings(kind, learned, way):
    x = current(9, 30)
    saved = nn.Sequential(nn.Linear(30, 30), kind(decay=0.9, v_threshold=0.3, **learned))
    state = WAYS[way](saved.state_dict())
    for other in ({}, {"learn_decay": True}, {"learn_threshold": True}):
        for assign in (False, True):
            loaded = nn.Sequential(nn.Linear(30, 30), kind(**other))
            loaded.load_state_dict(copy.deepcopy(state), assign=assign)
            assert torch.equal(loaded(x), saved(x))
            assert float(loaded[1].decay) == pytest.approx(0.9, abs=1e-6)
            assert float(loaded[1].v_threshold) == pytest.approx(0.3)
            learns = {name for name, _ in loaded[1].named_parameters()}
            assert learns == {name for name, _ in kind(**other).named_parameters()}
            assert all(each.dtype == torch.float32 for each in loaded[1].parameters())


def test_what_is_in_a_state():
    state = LIF(0.9, 0.3).state_dict()
    assert {name: (each.dtype, each.item()) for name, each in state.items()} == {
        "fixed_decay": (torch.float64, 0.9), "fixed_threshold": (torch.float64, 0.3)
    }  # fmt: skip
    assert set(LIF(learn_decay=True, learn_threshold=True).state_dict()) == {
        "decay_logit", "v_threshold"
    }  # fmt: skip


def test_settings_stay_on_the_cpu_and_exact_wherever_the_module_goes():
    layer = LIF(0.1, 0.3).to("meta").half()
    assert layer.decay == 0.1 and layer.v_threshold == 0.3
    assert {each.device.type for each in layer.state_dict().values()} == {"cpu"}
    with torch.device("meta"):
        assert LIF(0.1).state_dict()["fixed_decay"].item() == 0.1


def test_an_old_state_loads_with_a_warning_that_says_what_it_runs_on():
    for state in ({}, {"v_threshold": torch.tensor(0.3)}):
        layer = LIF(0.9, learn_threshold=bool(state))
        with pytest.warns(UserWarning, match=r"saved before .* LIF\(decay=0.9, v_thre.* trained"):
            layer.load_state_dict(state)
        assert layer.decay == 0.9


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"fixed_decay": torch.tensor(1.5)}, "fixed_decay must be between 0 and 1, got 1.5"),
        ({"fixed_decay": torch.tensor(float("nan"))}, "between 0 and 1, got nan"),
        ({"fixed_threshold": torch.ones(2)}, "fixed_threshold must be a float or a 0-d"),
        ({"fixed_decay": "0.5"}, "got str"),
        ({"fixed_decay": torch.tensor(0.5, device="meta")}, "fixed_decay"),
    ],
)
def test_a_state_that_no_neuron_can_have_is_refused(state, words):
    layer = LIF(0.9, 0.3)
    with pytest.raises(RuntimeError, match=words):
        layer.load_state_dict(layer.state_dict() | state)
    assert layer.decay == 0.9 and layer.v_threshold == 0.3


def test_a_fixed_decay_of_one_cannot_go_into_a_learned_one():
    with pytest.raises(RuntimeError, match="between 0 and 1, got 1.0"):
        LIF(learn_decay=True).load_state_dict(LIF(1.0).state_dict())


def test_strange_keys_are_still_refused():
    with pytest.raises(RuntimeError, match="Unexpected key"):
        LIF().load_state_dict(LIF().state_dict() | {"tau": torch.tensor(2.0)})
    with pytest.raises(RuntimeError, match="Missing key.* decay_logit|decay_logit"):
        LIF(learn_decay=True).load_state_dict({"fixed_threshold": torch.tensor(1.0)})


@pytest.mark.parametrize("kind", KINDS, ids=["LIF", "MPE"])
def test_a_learned_decay_learns_and_stays_between_0_and_1(kind):
    target, layer = kind(decay=0.8), kind(decay=0.3, learn_decay=True)
    assert float(layer.decay) == pytest.approx(0.3, abs=1e-6)
    x = current(20, 200)
    optimiser = torch.optim.Adam(layer.parameters(), 0.1)
    before = (layer(x) != target(x)).float().mean()
    for _ in range(40):
        optimiser.zero_grad()
        (layer(x).mean() - target(x).mean()).square().backward()
        optimiser.step()
    assert (layer(x) != target(x)).float().mean() < before / 2
    with torch.no_grad():
        for far in (-1000.0, 1000.0):
            layer.decay_logit.fill_(far)
            assert 0 <= layer.decay <= 1 and layer(x).isfinite().all()


@pytest.mark.parametrize("backend", ["torch", "compile"])
def test_the_gradient_of_a_learned_decay_is_that_of_its_sigmoid(backend):
    x, number = current(9, 30), torch.tensor(0.4, requires_grad=True)
    layer = LIF(0.4, learn_decay=True, backend=backend)
    layer(x).sum().backward()
    lif_spikes(x, number, backend="torch").sum().backward()
    torch.testing.assert_close(layer.decay_logit.grad, number.grad * 0.4 * 0.6)


def test_a_decay_that_cannot_be_learned_is_refused():
    for decay in (0, 1.0):
        with pytest.raises(ValueError, match=f"between 0 and 1, got {float(decay)}: .* sigmoid"):
            LIF(decay, learn_decay=True)
    number = torch.tensor(0.5, requires_grad=True)
    with pytest.raises(ValueError, match="learn_decay=True"):
        LIF(number)
    with pytest.raises(ValueError, match="learn_threshold=True"):
        MPE(v_threshold=nn.Parameter(number))
    assert type(LIF(torch.tensor(0.5)).decay) is float


@pytest.mark.parametrize("kind", KINDS, ids=["LIF", "MPE"])
def test_a_decay_can_be_set(kind):
    x = current(9, 30)
    for learned in (False, True):
        layer = kind(learn_decay=learned)
        layer.decay = 0.9
        assert torch.equal(layer(x), kind(decay=0.9)(x))
        with pytest.raises(ValueError, match="decay must be between 0 and 1, got 1.5"):
            layer.decay = 1.5


def test_copies_and_pickles_of_every_version():
    x = current(9, 30)
    for layer in (LIF(0.9), LIF(0.9, learn_decay=True), MPE("hard", decay=0.9, sweeps=1)):
        for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
            assert torch.equal(twin(x), layer(x)) and repr(twin) == repr(layer)
    old = LIF(0.9, 0.3).__getstate__()
    old["decay"] = old.pop("_decay")  # as version 0.2 had it
    loaded = LIF.__new__(LIF)
    loaded.__setstate__(old)
    assert torch.equal(loaded(x), LIF(0.9, 0.3)(x))


def test_a_network_is_called_with_its_own_state():
    network, x = nn.Sequential(nn.Linear(5, 5), LIF(0.9, 0.3)), current(4, 2, 5)
    other = nn.Sequential(nn.Linear(5, 5), LIF(0.1, 0.5))
    out = torch.func.functional_call(network, other.state_dict(), x)
    assert torch.equal(out, other(x))
    assert network[1].decay == 0.9 and network[1].v_threshold == 0.3


class Same(nn.Module):
    def forward(self, value):
        return value


def test_a_parametrised_or_replicated_setting_is_the_one_that_runs():
    x = current(9, 30)
    layer = LIF(0.5, learn_decay=True)
    nn.utils.parametrize.register_parametrization(layer, "decay_logit", Same())
    layer.parametrizations.decay_logit.original.data.fill_(2.0)
    assert float(layer.decay.detach()) == pytest.approx(1 / (1 + math.exp(-2)))
    layer(x).sum().backward()
    assert layer.parametrizations.decay_logit.original.grad != 0
    with pytest.raises(RuntimeError, match="decay_logit is parametrised here"):
        layer.load_state_dict(LIF(0.7).state_dict(), strict=False)
    layer.load_state_dict(layer.state_dict())
    replica = LIF(0.5, learn_decay=True)._replicate_for_data_parallel()
    replica.decay_logit = torch.tensor(2.0) * 1  # as nn.parallel.replicate puts it there
    assert torch.equal(replica(x), layer(x))


def test_a_fixed_setting_has_no_gradient_to_give():
    state = {name: value.requires_grad_() for name, value in LIF(0.9).state_dict().items()}
    with pytest.raises(ValueError, match="learn_decay=True"):
        torch.func.functional_call(LIF(), state, current(4, 3))


def test_a_layer_without_values_still_says_what_it_is():
    assert "decay='unknown'" in repr(LIF(learn_decay=True).to("meta"))
