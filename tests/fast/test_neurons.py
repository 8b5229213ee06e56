import copy

import pytest
import torch
from here import compile_here

from mpe_lib import LIF, MPE, lif_spikes, membrane_loss, mpe_sequence
from mpe_lib.core.estimate import RULES


def current(*shape, seed=0):
    return 0.4 + 0.8 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_modules_are_the_functions():
    x = current(6, 3, 4)
    assert torch.equal(LIF(decay=0.7, reset="soft")(x), lif_spikes(x, 0.7, reset="soft"))
    for rule in RULES:
        neuron = MPE(rule, sweeps=1, decay=0.7)
        trace = mpe_sequence(x, rule, 0.7, sweeps=1, seed=9)
        assert torch.equal(neuron(x, seed=9), trace.s)
        s, loss = neuron.with_loss(x, seed=9)
        assert torch.equal(s, trace.s)
        torch.testing.assert_close(loss, membrane_loss(trace))
        assert torch.equal(neuron.trace(x, seed=9).v_hat, trace.v_hat)


def test_eval_uses_its_own_rule_and_is_repeatable():
    x = current(10, 50)
    neuron = MPE().eval()
    assert torch.equal(neuron(x), neuron(x))
    assert torch.equal(neuron(x), mpe_sequence(x, "mean").s)
    drawn = MPE(eval_rule="bernoulli").eval()
    assert not torch.equal(drawn(x), drawn(x))


def test_training_draws_anew_and_follows_the_seed():
    x, neuron = current(10, 50), MPE()
    torch.manual_seed(0)
    a, b = neuron(x), neuron(x)
    torch.manual_seed(0)
    assert torch.equal(a, neuron(x)) and not torch.equal(a, b)


def test_threshold_can_be_learned():
    for neuron in (LIF(learn_threshold=True), MPE(learn_threshold=True)):
        assert [name for name, _ in neuron.named_parameters()] == ["v_threshold"]
        neuron(current(5, 4)).sum().backward()
        assert neuron.v_threshold.grad != 0
    assert not list(LIF().parameters()) and not list(MPE().parameters())


def test_any_t_deepcopy_and_state_dict():
    neuron = MPE(learn_threshold=True, eval_rule="hard").eval()
    twin = copy.deepcopy(neuron)
    fresh = MPE(learn_threshold=True, v_threshold=0.3, eval_rule="hard").eval()
    fresh.load_state_dict(neuron.state_dict())
    for steps in (1, 4, 9):
        x = current(steps, 3)
        assert torch.equal(neuron(x), twin(x)) and torch.equal(neuron(x), fresh(x))


def test_nothing_is_stored_on_the_module():
    neuron = MPE()
    before = dict(vars(neuron))
    neuron.with_loss(current(3, 2))
    assert vars(neuron) == before


@pytest.mark.parametrize("neuron", [LIF(learn_threshold=True), MPE(learn_threshold=True)])
def test_compiles_whole_and_works_under_autocast(neuron):
    layer = torch.nn.Linear(8, 8)

    def network(x):
        with torch.autocast("cpu", torch.bfloat16):
            return neuron.with_loss(layer(x))

    x = current(5, 3, 8)
    torch.manual_seed(0)
    s, loss = compile_here(network, fullgraph=True)(x)
    torch.manual_seed(0)
    s_eager, loss_eager = network(x)
    assert s.dtype == torch.bfloat16 and loss.dtype == torch.float32
    assert (s != s_eager).float().mean() < 0.02  # one bfloat16 rounding may differ
    torch.testing.assert_close(loss, loss_eager, rtol=0.02, atol=1e-3)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rule": "median"}, "rule must be one of"),
        ({"eval_rule": "median"}, "rule must be one of"),
        ({"sweeps": -2}, "sweeps must be a whole number"),
        ({"decay": 2.0}, "decay must be between 0 and 1"),
        ({"reset": "never"}, "reset must be one of"),
        ({"surrogate": "relu"}, "surrogate must be one of"),
        ({"shift": False, "sweeps": 1}, "nothing to refine"),
    ],
)
def test_wrong_settings_are_refused_at_construction(settings, words):
    with pytest.raises(ValueError, match=words):
        MPE(**settings)


def test_repr_says_what_it_is():
    assert repr(LIF(decay=0.5)) == (
        "LIF(decay=0.5, v_threshold=1.0, reset='hard', surrogate='triangle', backend='auto')"
    )
    assert repr(MPE(learn_threshold=True).eval()).startswith(
        "MPE(rule='bernoulli', eval_rule='mean'"
    )


@pytest.mark.parametrize("make", [LIF, MPE, lambda: MPE(own), lambda: MPE("hard", eval_rule=own)])
def test_a_constructor_draws_nothing_and_calls_nothing(make):
    before = torch.get_rng_state()
    make()
    assert torch.equal(torch.get_rng_state(), before)


def own(x):
    raise AssertionError("a rule is called when the neuron is")


@pytest.mark.parametrize(
    "wrong", [{"rule": "mede"}, {"eval_rule": 3}, {"sweeps": -1}, {"shift": False, "sweeps": 1}]
)
def test_a_constructor_refuses_what_no_call_could_run(wrong):
    with pytest.raises(ValueError, match="must be one of|sweeps"):
        MPE(**wrong)
