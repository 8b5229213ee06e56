import math

import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import cohen_kappa_score

from mpe_lib import lif_sequence, membrane_loss, mpe_sequence, spike_agreement, tet_loss
from mpe_lib.core.losses import cohens_kappa


def trace_of(x=None, **settings):
    generator = torch.Generator().manual_seed(0)
    x = 0.4 + 0.8 * torch.randn(6, 3, 4, generator=generator) if x is None else x
    return mpe_sequence(x, "mean", **settings)


def test_uniform_weights_are_the_mean_square_and_t_times_the_paper():
    trace = trace_of()
    loss = membrane_loss(trace)
    torch.testing.assert_close(loss, F.mse_loss(trace.v_hat, trace.v))
    torch.testing.assert_close(loss, membrane_loss(trace, [1 / 6] * 6))
    paper = ((1 / 6) * (trace.v_hat - trace.v) ** 2).mean()  # kappa 1/T, mean over steps too
    torch.testing.assert_close(loss, 6 * paper)


def test_weights_pick_steps():
    trace = trace_of()
    for t in range(6):
        kappa = F.one_hot(torch.tensor(t), 6).double()
        torch.testing.assert_close(
            membrane_loss(trace, kappa), F.mse_loss(trace.v_hat[t], trace.v[t])
        )


def test_is_float32_for_half_precision_and_pulls_on_both_sides():
    x = torch.full((4, 2), 0.5, dtype=torch.bfloat16, requires_grad=True)
    loss = membrane_loss(trace_of(x))
    assert loss.dtype == torch.float32 and loss > 0
    loss.backward()
    assert (x.grad != 0).all()
    y = torch.full((4, 2), 0.5, requires_grad=True)  # v[t] = y[t] + y[t-1] / 4: both steps pull
    membrane_loss(mpe_sequence(y, "zero")).backward()
    assert (y.grad != 0).all()


@pytest.mark.parametrize(
    ("kappa", "words"),
    [
        ([0.5, 0.5], r"one weight for each of the 6 steps, got shape \(2,\)"),
        ([1.2, -0.2, 0, 0, 0, 0], "non-negative and sum to 1"),
        ([0.1] * 6, "sum to 1, got weights from 0.1 that sum to 0.6"),
        ([float("nan")] * 6, "non-negative and sum to 1"),
        (torch.full((6,), 1 / 6, requires_grad=True), "kappa must be fixed"),
    ],
)
def test_wrong_kappa_is_refused(kappa, words):
    with pytest.raises(ValueError, match=words):
        membrane_loss(trace_of(), kappa)


def test_exact_neuron_has_no_membrane_loss():
    with pytest.raises(ValueError, match="an exact LIF estimates nothing"):
        membrane_loss(lif_sequence(torch.zeros(2, 1)))


def test_tet_is_the_mean_over_steps():
    logits, target = torch.randn(5, 7, 3), torch.randint(3, (7,))
    expected = torch.stack([F.cross_entropy(step, target) for step in logits]).mean()
    torch.testing.assert_close(tet_loss(logits, target), expected)
    mixed = 0.999 * expected + 0.001 * F.mse_loss(logits, torch.ones_like(logits))
    torch.testing.assert_close(tet_loss(logits, target, 0.001), mixed)
    soft = F.one_hot(target, 3).float()
    torch.testing.assert_close(tet_loss(logits, soft), expected)


def test_tet_differs_from_the_loss_of_the_mean():
    logits = torch.tensor([[[4.0, 0.0]], [[-4.0, 0.0]]])
    target = torch.tensor([0])
    assert tet_loss(logits, target) > F.cross_entropy(logits.mean(0), target) + 1


@pytest.mark.parametrize(
    ("logits", "target", "regulariser", "words"),
    [
        (torch.zeros(7, 3), torch.zeros(7).long(), 0.0, r"logits must be \[T, B, classes\]"),
        (torch.zeros(5, 7, 3), torch.zeros(5).long(), 0.0, "keep the time axis first"),
        (torch.zeros(5, 7, 3), torch.zeros(7).long(), 1.5, "regulariser must be between 0 and 1"),
    ],
)
def test_wrong_tet_input_is_refused(logits, target, regulariser, words):
    with pytest.raises(ValueError, match=words):
        tet_loss(logits, target, regulariser)


def test_agreement_counts_every_step():
    a, b = (torch.rand(2, 1000) > 0.7).float()
    equal, missed, extra = spike_agreement(a, b)
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    assert equal == pytest.approx(sum(p == q for p, q in pairs) / 1000)
    assert missed == pytest.approx(pairs.count((1.0, 0.0)) / 1000)
    assert extra == pytest.approx(pairs.count((0.0, 1.0)) / 1000)
    assert equal + missed + extra == pytest.approx(1)


def test_agreement_refuses_what_cannot_be_compared():
    with pytest.raises(ValueError, match=r"got \(3,\) and \(1, 3\): compare spikes"):
        spike_agreement(torch.zeros(3), torch.zeros(1, 3))
    with pytest.raises(ValueError, match="non-empty"):
        spike_agreement(torch.zeros(0), torch.zeros(0))


@pytest.mark.parametrize("rates", [(0.5, 0.5), (0.04, 0.1), (0.9, 0.2)])
def test_cohens_kappa_equals_that_of_scikit_learn(rates):
    generator = torch.Generator().manual_seed(0)
    common = torch.rand(30, 40, generator=generator)
    own = torch.rand(30, 40, generator=generator)
    a, b = common < rates[0], torch.where(own < 0.3, own / 0.3, common) < rates[1]
    score = cohen_kappa_score(a.flatten().numpy(), b.flatten().numpy())
    assert cohens_kappa(a, b) == pytest.approx(score)
    assert cohens_kappa(b.float(), a.float()) == pytest.approx(score)


def test_cohens_kappa_of_the_same_the_opposite_and_the_silent():
    a = torch.tensor([0.0, 1, 0, 1])
    assert cohens_kappa(a, a) == 1 and cohens_kappa(a, 1 - a) == -1
    assert cohens_kappa(a, torch.zeros(4)) == 0
    assert math.isnan(cohens_kappa(torch.zeros(4), torch.zeros(4)))
    with pytest.raises(ValueError, match="one non-empty shape"):
        cohens_kappa(a, torch.zeros(5))


def test_a_target_takes_the_place_of_v():
    x = torch.randn(6, 50, dtype=torch.float64)
    trace, exact = mpe_sequence(x, seed=0), lif_sequence(x).v
    expected = (trace.v_hat - exact).square().mean()
    torch.testing.assert_close(membrane_loss(trace, target=exact), expected)
    assert torch.equal(membrane_loss(trace, target=trace.v), membrane_loss(trace))
    kappa = torch.arange(6) / 15
    each = (trace.v_hat - exact).square().mean(1)
    torch.testing.assert_close(membrane_loss(trace, kappa, target=exact), kappa.double() @ each)
    half = membrane_loss(mpe_sequence(x.half(), seed=0), target=exact.half())
    assert half.dtype == torch.float32


def test_a_target_that_is_held_gets_no_gradient():
    x = torch.randn(6, 50, requires_grad=True)
    trace = mpe_sequence(x, seed=0)
    moving, held = (
        torch.autograd.grad(membrane_loss(trace, target=v), x, retain_graph=True)[0]
        for v in (trace.v, trace.v.detach())
    )
    both = torch.autograd.grad(membrane_loss(trace), x, retain_graph=True)[0]
    assert torch.equal(moving, both) and not torch.equal(held, both)
    kept = trace.v_hat != 0  # the coin is taken as given: a dropped guess is 0 and does not pull
    expected = torch.where(kept, 2 * (trace.v_hat - trace.v) / x.numel(), 0.0)
    torch.testing.assert_close(held, expected)


@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        (torch.zeros(6, 49), ValueError, r"shape of v_hat, \(6, 50\), got \(6, 49\)"),
        (torch.zeros(50), ValueError, "one potential for each step"),
        (torch.zeros(6, 50).long(), TypeError, "got torch.int64"),
        (lif_sequence(torch.zeros(6, 50)), TypeError, "got Trace: pass lif_sequence"),
    ],
)
def test_wrong_target_is_refused(target, error, words):
    with pytest.raises(error, match=words):
        membrane_loss(mpe_sequence(torch.zeros(6, 50)), target=target)
