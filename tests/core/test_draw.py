import numpy as np
import pytest
import torch
from here import compile_here

from mpe_lib.core.draw import check_seed, keys, uniform, uniform_like

SEEDS = (0, 7, -3, 2**31, 2**40 + 9, -(2**63), 2**63 - 1)


def python_formula(index: int, seed: int) -> float:
    """The docstring's formula in whole numbers that never overflow: an independent reading."""

    def mix(z):
        z ^= z >> 16
        z = z * 0x7FEB352D % 2**32
        z ^= z >> 15
        z = z * 0x846CA68B % 2**32
        return z ^ z >> 16

    low, high = seed % 2**32, (seed >> 32) % 2**32
    k1 = mix(mix(low) ^ high ^ 0x9E3779B9)
    k0 = mix(low ^ k1)
    return (mix(mix(k0 ^ index % 2**32) ^ k1 ^ index >> 32) >> 8) / 2**24


@pytest.mark.parametrize("seed", SEEDS)
def test_numpy_torch_and_python_agree_to_the_bit(seed):
    index = np.array([0, 1, 2, 65535, 2**31 - 1, 2**31, 2**32, 2**40 + 12345])
    assert uniform(index, seed).tolist() == [python_formula(int(i), seed) for i in index]
    x = torch.empty(13, 3, 5)
    expected = uniform(np.arange(x.numel()), seed).reshape(x.shape)
    np.testing.assert_array_equal(uniform_like(x, seed).numpy(), expected)
    np.testing.assert_array_equal(uniform_like(x, torch.tensor(seed)).numpy(), expected)


def test_compiled_is_eager_for_int_tensor_and_no_seed():
    compiled = compile_here(uniform_like, fullgraph=True, dynamic=False)
    x = torch.empty(4, 25)
    for seed in (5, 2**40 + 9, torch.tensor(11)):
        torch.testing.assert_close(compiled(x, seed), uniform_like(x, seed), rtol=0, atol=0)
    runs = []
    for function in (compiled, uniform_like):
        torch.manual_seed(3)
        runs.append((function(x), function(x)))
    for a, b in zip(*runs, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
    assert not torch.equal(*runs[0])


def test_numbers_are_uniform_and_unrelated():
    n = 2**20
    streams = [uniform(np.arange(n), seed) for seed in (0, 1, 2**32)]
    for u in streams:
        counts = np.histogram(u, 256, (0, 1))[0]
        chi2 = ((counts - n / 256) ** 2 / (n / 256)).sum()
        assert 255 - 5 * 22.6 < chi2 < 255 + 5 * 22.6  # mean 255, standard deviation sqrt(510)
    rows = [s[:-1] for s in streams] + [streams[0][1:]]  # between seeds, and lag one
    off = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(off).max() < 5 / np.sqrt(n)


def test_no_seed_follows_torch_random_state():
    x = torch.empty(1000)
    torch.manual_seed(1)
    a, b = uniform_like(x), uniform_like(x)
    torch.manual_seed(1)
    assert torch.equal(uniform_like(x), a) and not torch.equal(a, b)


def test_a_fresh_seed_is_drawn_where_x_is_and_not_waited_for():
    x = torch.empty(3, 4, device="meta")  # where nothing can be read, as on a GPU nothing should be
    assert check_seed(None, x).device.type == "meta" and uniform_like(x).shape == (3, 4)
    before = torch.get_rng_state()
    uniform_like(x)
    assert torch.equal(torch.get_rng_state(), before)
    assert type(check_seed(None, torch.empty(3))) is int


@pytest.mark.parametrize(
    ("seed", "error", "words"),
    [
        (1.5, TypeError, "seed must be an int or None, got float: pass seed=0"),
        (True, TypeError, "got bool"),
        (2**64, ValueError, "must fit in 64 bits"),
        (torch.zeros(2, dtype=torch.int64), TypeError, r"0-d int64 tensor, got torch.int64 of"),
        (torch.tensor(1.0), TypeError, "got torch.float32"),
        (torch.tensor(2**63 + 5, dtype=torch.uint64), ValueError, "must fit in 64 bits"),
    ],
)
def test_wrong_seed_is_refused(seed, error, words):
    with pytest.raises(error, match=words):
        uniform_like(torch.empty(3), seed)


def test_no_seed_gives_the_numbers_of_another_in_another_order():
    seeds = [*range(40), *(2**32 * k for k in range(1, 40))]
    assert len({keys(seed) for seed in seeds}) == len(seeds)
    index = np.arange(256)
    for part in (seeds[:40], seeds[40:]):
        # with one of its keys taken out of the index, no two seeds run through one sequence
        runs = {tuple(uniform(index ^ keys(seed)[0], seed)) for seed in part}
        assert len(runs) == len(part)
        assert all(len({keys(seed)[k] for seed in part}) == len(part) for k in (0, 1))
