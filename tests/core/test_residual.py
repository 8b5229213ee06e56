"""How far a neuron is from its own sequential form: the residual beside a T x T matrix."""

import pytest
import torch

from mpe_lib import lif_sequence, mpe_sequence
from mpe_lib.core.causal import leak_matrix
from mpe_lib.core.losses import residual
from mpe_lib.systems.fpt import fpt_sequence
from mpe_lib.systems.psu import psu_sequence

DOUBLE = torch.float64


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)


def by_matrix(trace, x, decay, v_threshold=1.0):
    """h = A x - (A - 1) r, with what the neuron itself says was taken away."""
    a = leak_matrix(len(x), decay, DOUBLE)
    r = (trace.h - trace.v).flatten(1)
    h = a @ x.flatten(1) - (a - torch.eye(len(a))) @ r
    return ((h > v_threshold) != (trace.s.flatten(1) > 0)).double().mean().item()


@pytest.mark.parametrize("shape", [(40, 300), (1, 30), (9, 2, 3, 4, 2)])
@pytest.mark.parametrize("decay", [0.25, 0.5, 0.9])
def test_it_is_the_share_of_spikes_that_the_equation_would_revise(shape, decay):
    x = random(*shape)
    for trace in (
        mpe_sequence(x, "zero", decay),
        mpe_sequence(x, "hard", decay, reset="soft"),
        psu_sequence(x, decay),
        fpt_sequence(x, decay, sweeps=1),
    ):
        found = residual(trace, x, decay)
        assert found == by_matrix(trace, x, decay)
    for reset in ("hard", "soft", "none"):
        assert residual(lif_sequence(x, decay, reset=reset), x, decay) == 0


def test_the_numbers_that_the_family_is_known_by():
    x = random(40, 4000)
    for decay, zero, psu in ((0.25, 0.033, 0.028), (0.5, 0.067, 0.078), (0.9, 0.144, 0.28)):
        assert residual(mpe_sequence(x, "zero", decay), x, decay) == pytest.approx(zero, abs=0.004)
        assert residual(psu_sequence(x, decay), x, decay) == pytest.approx(psu, abs=0.03)
        falls = [residual(fpt_sequence(x, decay, sweeps=k), x, decay) for k in (0, 1, 3)]
        assert falls == sorted(falls, reverse=True) and (falls[-1] > 0.05) == (decay == 0.9)


def test_a_residual_of_another_threshold_or_dtype():
    x = random(20, 50)
    exact = lif_sequence(x, 0.5, 0.6)
    assert residual(exact, x, 0.5, 0.6) == 0 < residual(exact, x, 0.5)
    low = x.to(torch.bfloat16)
    assert 0 <= residual(lif_sequence(low, 0.5), low, 0.5) < 0.02  # v was rounded


def test_a_trace_of_another_current_is_refused():
    with pytest.raises(ValueError, match=r"s, h and v must be shaped like x, \(3, 2\), got s"):
        residual(lif_sequence(torch.zeros(3, 4)), torch.zeros(3, 2), 0.5)
