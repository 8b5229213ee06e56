"""The harness: what is timed, in which order, on which inputs; and what its rows say."""

import time
from types import SimpleNamespace

import pytest
import torch
from fused import current

from mpe_lib import lif_spikes
from mpe_lib.results.timings import of_copy, ratio
from mpe_lib.studies.scaling import harness
from mpe_lib.studies.scaling.contestants import CONTESTANTS
from mpe_lib.studies.scaling.harness import one_call, rotation, side_by_side, sweep
from mpe_lib.studies.scaling.memory import peak_bytes, saved_bytes


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves only when a neuron says so; and a diary of looks at it and calls."""
    clock = SimpleNamespace(now=0.0, diary=[], inputs=[])
    monkeypatch.setattr(harness, "time", SimpleNamespace(perf_counter=lambda: clock.now))

    def now(device):
        clock.diary.append("look")
        return clock.now

    monkeypatch.setattr(harness, "now", now)

    def neuron(name, seconds):
        def run(x):
            clock.now += seconds
            clock.diary.append(name)
            clock.inputs.append(x.data_ptr())
            return x * 1

        return run

    clock.neuron = neuron
    return clock


def test_a_call_is_timed_from_an_idle_device_to_an_idle_device(clock):
    assert one_call(clock.neuron("a", 0.5), current(4, 1, 64), True) == 0.5
    assert clock.diary == ["look", "a", "look"]


class Slow(torch.autograd.Function):
    """Takes a second forward and two backward, on the clock that it is given."""

    @staticmethod
    def forward(ctx, x, clock):
        ctx.clock = clock
        clock.now += 1.0
        return x * 1

    @staticmethod
    def backward(ctx, gradient):
        ctx.clock.now += 2.0
        return gradient * 1, None


def test_forward_and_backward_are_in_the_time_and_nothing_before_them(clock, monkeypatch):
    def neuron(x):
        return Slow.apply(x, clock)

    ones = torch.ones_like

    def slow_ones(x):
        clock.now += 100.0
        return ones(x)

    monkeypatch.setattr(torch, "ones_like", slow_ones)
    x = current(4, 1, 64)
    assert one_call(neuron, x, False) == 1.0
    assert one_call(neuron, x, True) == 3.0  # the gradient was made before the clock started
    assert side_by_side({"a": neuron}, x, True, budget=0)["a"] == [3.0] * 3


def test_a_loss_is_pulled_on_together_with_the_spikes():
    x = current(4, 1, 64)
    pulls = []

    def neuron(x):
        x.register_hook(lambda gradient: pulls.append(gradient))
        return x * 2, (3 * x).sum()

    one_call(neuron, x, True)
    assert len(pulls) == 1 and (pulls[0] == 5).all()  # 2 from the spikes, 3 from the loss


def test_contestants_take_turns_until_the_budget_is_spent(clock):
    neurons = {"slow": clock.neuron("slow", 2.0), "fast": clock.neuron("fast", 0.25)}
    times = side_by_side(neurons, current(4, 1, 64), False, budget=10.0)
    assert times == {"slow": [2.0] * 5, "fast": [0.25] * 5}  # a round takes 2.25 seconds
    calls = [each for each in clock.diary if each != "look"]
    assert calls[:4] == ["slow", "slow", "fast", "fast"]  # the warm-up
    rounds = [tuple(calls[k : k + 2]) for k in range(4, len(calls), 2)]
    assert set(rounds) == {("slow", "fast"), ("fast", "slow")}  # both orders come up
    assert len(side_by_side(neurons, current(4, 1, 64), False, budget=0.0)["fast"]) == 3
    assert len(side_by_side(neurons, current(4, 1, 64), False, 1e9, rounds=7)["fast"]) == 7


def test_every_call_gets_another_input_until_the_cache_is_full(clock, monkeypatch):
    x = current(4, 1, 64)  # 1 KiB
    monkeypatch.setattr(harness, "CPU_CACHE", 4 * 2**10)
    side_by_side({"a": clock.neuron("a", 1.0)}, x, False, rounds=9, budget=1e9)
    timed = clock.inputs[harness.WARM_UP :]
    assert len(timed) == 9 and len(set(timed)) == 4 and timed[:4] == timed[4:8]
    copies = rotation(x, True)
    assert len(copies) == 2  # an input and a gradient take twice as much
    assert all(torch.equal(each, x) and (g == 1).all() for each, g in copies)
    assert len(rotation(current(4, 1, 2048), True)) == 1
    monkeypatch.setattr(harness, "CPU_CACHE", 2**40)
    assert len(rotation(x, False)) == harness.COPIES


def test_sweep_rows_and_ratio():
    neurons = {name: CONTESTANTS[name] for name in ("LIF, fair", "MPE hard")}
    rows = list(sweep((2, 4), (64,), budget=0, neurons=neurons, memory=True))
    assert len(rows) == 2 * 2 * 3
    for row in rows:
        assert 0 < row["low_ms"] <= row["median_ms"] <= row["high_ms"] and row["rounds"] == 3
        assert row["peak_bytes"] >= 4 * row["T"] * row["N"] * (1 + ("back" in row["pass"]))
        assert "dtype" not in row
    assert set(ratio(rows, "LIF, fair", "MPE hard", "forward")) == {(2, 64), (4, 64)}
    assert set(of_copy(rows, "copy", "forward").values()) == {1.0}


def test_sweep_in_another_dtype_asks_for_contestants_by_steps():
    asked = []

    def by_steps(steps):
        asked.append(steps)
        return {"fair": lif_spikes}

    rows = list(sweep((2, 3), (8, 9), "cpu", 0, by_steps, torch.bfloat16))
    assert asked == [2, 3] and all(row["dtype"] == "bfloat16" for row in rows)
    assert "peak_bytes" not in rows[0]  # on a CPU only if asked


def test_a_contestant_that_torch_no_longer_compiles_is_refused():
    torch.compiler.reset()
    scaled = torch.compile(lambda x: x * 2, backend="eager", dynamic=False)
    with pytest.raises(RuntimeError, match="scaled must run compiled, but torch reached its limit"):
        for n in range(2, 40):  # every size is another variant
            side_by_side({"scaled": scaled}, current(2, 1, n), False, budget=0)
    assert n > 3
    torch.compiler.reset()


def test_a_sleep_in_a_contestant_shows_up():
    """Never early: a sleep lasts at least as long as asked, on any machine."""

    def sleepy(x):
        time.sleep(0.02)
        return x * 1

    assert min(side_by_side({"a": sleepy}, current(4, 1, 64), False, budget=0)["a"]) >= 0.02


def test_saved_bytes_count_what_backward_needs():
    x = current(16, 1, 4096)
    assert saved_bytes(lambda x: x * 2, x) == 8  # the input and the output, nothing else
    assert saved_bytes(lambda x: x.sigmoid(), x) == 8  # saves its output, counted once
    assert saved_bytes(lambda x: x.exp().sin(), x) == 12  # and what lies between
    assert saved_bytes(lambda x: (x.exp().sin(), x.sum()), x) == 12


def test_peak_bytes_above_what_was_held(capfd):
    x = current(16, 1, 4096)
    size = x.nbytes
    assert peak_bytes(torch.clone, x, False) == size
    assert peak_bytes(torch.clone, x, True) == 2 * size  # the copy, and the gradient of x
    assert peak_bytes(lambda x: x.exp().sin(), x, False) == 2 * size  # freed only later
    three = peak_bytes(lambda x: x.exp().sin(), x, True)  # s, what is kept, the gradient, one more
    assert 3 * size <= three <= 4 * size
    assert 4 <= peak_bytes(lambda x: (x + 1, x.sum()), x, False) - size < 100
    assert capfd.readouterr().err == ""
