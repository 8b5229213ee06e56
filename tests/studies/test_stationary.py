"""The law of the potential: known answers, the equation itself, and a long simulation."""

import math

import pytest
import torch
from refusals import refused
from scipy.integrate import quad
from scipy.stats import norm

from mpe_lib import estimate_membrane, lif_sequence, mpe_sequence
from mpe_lib.core.estimate import RULES
from mpe_lib.studies.stationary import disagreement, error_split, rule_rate, stationary_law

POINTS = [(0.5, 0.5, 0.25), (0.5, 0.5, 0.9), (0.0, 0.5, 0.9), (1.0, 0.25, 0.9), (0.8, 0.1, 0.25)]


@pytest.fixture(autouse=True)
def _one_thread():
    """Small tensors: a second thread would mostly wait."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def simulated(mean, spread, decay, seed=0, batch=2000, v_threshold=1.0):
    generator = torch.Generator().manual_seed(seed)
    x = mean + spread * torch.randn(160, batch, generator=generator, dtype=torch.float64)
    return x, lif_sequence(x, decay, v_threshold)


def met(paper, values):
    """Within 4.5 standard errors, from one mean for each neuron."""
    means = values[90:].double().mean(0)
    return abs(means.mean() - paper) < 4.5 * means.std() / len(means) ** 0.5 + 1e-5


@pytest.mark.parametrize("mean, spread", [(0.5, 0.5), (-0.3, 1.0), (1.2, 0.2)])
def test_without_memory_everything_is_known(mean, spread):
    law = stationary_law(mean, spread, decay=0.0)
    tail = norm.sf(1, mean, spread)
    assert law.rate == pytest.approx(tail, abs=1e-6)
    line = torch.linspace(-1, 0.99, 9).double()
    assert law.density(line).numpy() == pytest.approx(norm.pdf(line, mean, spread), abs=1e-6)
    x = torch.linspace(-1, 2, 31).double() + 1e-3
    hard = estimate_membrane(x[None], "hard")[0]
    torch.testing.assert_close(law.mean_guess(x), hard, atol=1e-6, rtol=0)
    torch.testing.assert_close(law.median_guess(x), hard)
    assert disagreement(law, "bernoulli")[0] == 0
    bias, variance, unknowable = error_split(law, "hard")
    assert max(bias, variance, abs(unknowable)) < 1e-6
    assert rule_rate(law, "bernoulli") == pytest.approx(tail, abs=1e-9)


@pytest.mark.parametrize("mean, spread, decay", POINTS)
def test_the_equation_holds_between_the_nodes(mean, spread, decay):
    law = stationary_law(mean, spread, decay)
    low = law.v[0].item()

    def g(v):
        return law.density(torch.tensor([v]).double())[0].item()

    for w in (-0.37, 0.11, 0.83):
        came, _ = quad(
            lambda u, w=w: norm.pdf(w - decay * u, mean, spread) * g(u), low, 1, limit=200
        )
        assert g(w) == pytest.approx(law.rate * norm.pdf(w, mean, spread) + came, abs=1e-7)
    area, _ = quad(g, low, 1, limit=200)
    assert area + law.rate == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("mean, spread, decay", POINTS)
def test_more_nodes_change_nothing(mean, spread, decay):
    coarse = stationary_law(mean, spread, decay)
    fine = stationary_law(mean, spread, decay, nodes=2 * len(coarse.v))
    assert coarse.rate == pytest.approx(fine.rate, abs=1e-9)
    for rule in RULES:
        assert disagreement(coarse, rule) == pytest.approx(disagreement(fine, rule), abs=3e-4)
        assert error_split(coarse, rule) == pytest.approx(error_split(fine, rule), abs=1e-6)


@pytest.mark.parametrize("mean, spread, decay", POINTS)
def test_a_long_simulation_meets_the_law(mean, spread, decay):
    law, (x, exact) = stationary_law(mean, spread, decay), simulated(mean, spread, decay)
    assert met(law.rate, exact.s) and met(law.expect(lambda v: v), exact.v)
    for at in (-0.4, -1e-9, 0.0, 0.5, 0.9):
        assert met(law.cdf(torch.tensor([at]).double())[0], exact.v <= at)
    for rule in (*RULES, lambda z: 0.3 * z):
        trace = mpe_sequence(x, rule, decay, seed=1)
        wrong, gap = disagreement(law, rule)
        assert met(rule_rate(law, rule), trace.s)
        assert met(wrong, trace.s != exact.s)
        assert met(gap, (trace.v_hat - exact.v).abs())
        assert met(sum(error_split(law, rule)), (trace.v_hat - exact.v) ** 2)


def test_another_threshold_is_another_scale():
    one, two = stationary_law(0.5, 0.5, 0.6), stationary_law(1.0, 1.0, 0.6, v_threshold=2.0)
    assert one.rate == pytest.approx(two.rate)
    x = torch.linspace(-1, 2, 50).double()
    for name in ("mean_guess", "median_guess"):
        torch.testing.assert_close(getattr(two, name)(2 * x), 2 * getattr(one, name)(x))
    assert disagreement(one, "hard")[0] == pytest.approx(disagreement(two, "hard")[0])


@pytest.mark.parametrize("decay", [0.25, 0.9])
def test_mean_and_median_are_those_of_the_potential_after_a_given_input(decay):
    law = stationary_law(0.5, 0.5, decay)
    _, exact = simulated(0.5, 0.5, decay, seed=2, batch=10_000)
    for at in (-0.5, 0.05, 0.3, 0.6, 0.85, 0.95, 1.05):
        x = torch.full((1, 10_000), at, dtype=torch.float64)
        v = lif_sequence(x, decay, v0=exact.v[-1]).v[0]
        mean, median = law.mean_guess(x[0, :1])[0], law.median_guess(x[0, :1])[0]
        assert abs(v.mean() - mean) < 4.5 * v.std() / 100 + 1e-9
        below, above = (v < median - 1e-6).double().mean(), (v > median + 1e-6).double().mean()
        assert max(below, above) < 0.5 + 4.5 * 0.5 / 100


@pytest.mark.parametrize("mean, spread, decay", POINTS)
def test_no_rule_beats_the_mean_in_square_nor_the_median_in_spikes(mean, spread, decay):
    law = stationary_law(mean, spread, decay)
    errors = {rule: sum(error_split(law, rule)) for rule in RULES}
    wrong = {rule: disagreement(law, rule)[0] for rule in RULES}
    best = error_split(law, law.mean_guess)
    assert best.bias < 1e-12 and sum(best) <= min(errors.values())
    median = disagreement(law, law.median_guess)[0]
    for bend in (-0.1, 0.1):
        assert median < disagreement(law, lambda z, b=bend: law.median_guess(z) + b)[0] + 1e-6
    assert median <= min(*wrong.values(), disagreement(law, law.mean_guess)[0]) + 1e-6


@pytest.mark.parametrize("decay", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("mean", [0.7, 0.9, 1.0, 1.3])
def test_hard_is_a_median_where_the_neuron_fires_on_half_of_its_steps(mean, decay):
    law = stationary_law(mean, 0.3, decay)
    x = torch.linspace(-0.5, 2, 251).double()[None]
    same = torch.allclose(law.median_guess(x), estimate_membrane(x, "hard"), atol=1e-9)
    assert same == (law.rate >= 0.5)


def test_the_guess_keeps_dtype_and_shape():
    law = stationary_law(0.5, 0.5, 0.5)
    x = torch.zeros(3, 4, 5)
    for guess in (law.mean_guess, law.median_guess):
        assert guess(x).dtype == torch.float32 and guess(x).shape == x.shape


test_what_has_no_law_is_refused = refused(stationary_law, [
    ((0.5, 0.0, 0.5), "spread and v_threshold must be above 0"),
    ((0.5, 0.5, 1.0), r"decay in \[0, 1\)"),
    ((0.5, 0.5, -0.1), r"decay in \[0, 1\)"),
    ((0.5, 0.5, 0.5, 0.0), "v_threshold=0.0"),
    ((0.5, 0.05, 0.5, 1.0, 12), "nodes must be more than 12"),
    ((math.nan, 0.5, 0.5), "mean must be finite"),
])  # fmt: skip
