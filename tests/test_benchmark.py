import time

import pytest
import torch
from torch.utils.benchmark import Timer

from mpe_lib import lif_spikes
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


def test_a_sleep_shows_up():
    def sleepy(x):
        time.sleep(0.02)
        return x * 1

    times = side_by_side({"sleepy": sleepy, "copy": torch.clone}, current(4, 1, 64), False, 0.2)
    assert min(times["sleepy"]) >= 0.02 > min(times["copy"])
    assert len(times["sleepy"]) == len(times["copy"]) >= 3


def test_a_copy_is_timed_as_torch_times_it():
    x = current(64, 1, 2**16)
    timer = Timer("torch.clone(x)", globals={"x": x, "torch": torch})
    ours = min(one_call(torch.clone, x, False) for _ in range(30))
    theirs = min(timer.timeit(1).mean for _ in range(30))
    assert 0.4 < ours / theirs < 2.5


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
