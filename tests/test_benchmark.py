from types import SimpleNamespace

import pytest
import torch

from mpe_lib import benchmark, lif_spikes
from mpe_lib.benchmark import (
    CONTESTANTS,
    indexing_lif,
    one_call,
    ratio,
    released_lif,
    saved_bytes,
    side_by_side,
    sweep,
)


def current(*shape):
    return 0.5 + 0.8 * torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("study", [released_lif, indexing_lif])
def test_study_neurons_are_the_exact_neuron_but_slower(study):
    x, y = current(12, 3, 50).requires_grad_(), current(12, 3, 50).requires_grad_()
    a, b = study(x), lif_spikes(y)
    assert torch.equal(a, b)
    a.sum().backward()
    b.sum().backward()
    torch.testing.assert_close(x.grad, y.grad)


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves only when a neuron says so; and a diary of waits and calls."""
    clock = SimpleNamespace(now=0.0, diary=[])
    monkeypatch.setattr(benchmark, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    monkeypatch.setattr(benchmark, "_wait", lambda device: clock.diary.append("wait"))

    def neuron(name, seconds):
        def run(x):
            clock.now += seconds
            clock.diary.append(name)
            return x * 1

        return run

    clock.neuron = neuron
    return clock


def test_a_call_is_timed_from_an_idle_device_to_an_idle_device(clock):
    assert one_call(clock.neuron("a", 0.5), current(4, 1, 64), True) == 0.5
    assert clock.diary == ["wait", "a", "wait"]


def test_contestants_take_turns_until_the_budget_is_spent(clock):
    neurons = {"slow": clock.neuron("slow", 2.0), "fast": clock.neuron("fast", 0.25)}
    times = side_by_side(neurons, current(4, 1, 64), False, budget=10.0)
    assert times == {"slow": [2.0] * 5, "fast": [0.25] * 5}  # a round takes 2.25 seconds
    calls = [each for each in clock.diary if each != "wait"]
    assert calls[:6] == ["slow", "fast", "slow", "fast", "fast", "slow"]  # the first two: warm-up
    assert len(side_by_side(neurons, current(4, 1, 64), False, budget=0.0)["fast"]) == 3
    assert len(side_by_side(neurons, current(4, 1, 64), False, 1e9, rounds=7)["fast"]) == 7


def test_sweep_rows_and_ratio():
    neurons = {name: CONTESTANTS[name] for name in ("LIF, fair", "MPE hard")}
    rows = list(sweep((2, 4), (64,), budget=0, neurons=neurons))
    assert len(rows) == 2 * 2 * 3
    for row in rows:
        assert 0 < row["low_ms"] <= row["median_ms"] <= row["high_ms"] and row["rounds"] == 3
    assert set(ratio(rows, "LIF, fair", "MPE hard", "forward")) == {(2, 64), (4, 64)}


def test_saved_bytes_count_what_backward_needs():
    x = current(16, 1, 4096)
    assert saved_bytes(lambda x: x * 2, x) == 8  # the input and the output, nothing else
    assert saved_bytes(lambda x: x.sigmoid(), x) == 8  # saves its output, counted once
    assert saved_bytes(lambda x: x.exp().sin(), x) == 12  # and what lies between
