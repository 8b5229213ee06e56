"""The law of the exact neuron's potential, solved as an equation, and what follows from it.

The input is normal and independent from step to step. Rates, errors and wrong spikes, of the exact
neuron and of every rule, are then integrals: nothing here is simulated.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..core.estimate import Rule, estimate_membrane

REACH = 9.0  # standard deviations of the input beyond which nothing is counted
ORDER = 48  # Gauss-Legendre nodes of each smooth piece


class Split(NamedTuple):
    """Mean square of ``v_hat - v`` in three parts, in units of the threshold squared."""

    bias: float
    variance: float
    unknowable: float


@dataclass(frozen=True, eq=False)
class Law:
    """Law of the potential v after a step: an atom at 0, and a density up to the threshold.

    rate: mass of the atom, which is the firing rate, in spikes per step.  v: nodes ``[n]``.
    mass: density times weight at the nodes ``[n]``; sums to 1 - rate.  The rest: the settings.
    """

    mean: float
    spread: float
    decay: float
    v_threshold: float
    rate: float
    v: Tensor
    mass: Tensor

    def atoms(self) -> tuple[Tensor, Tensor]:
        """(values, masses) ``[n + 1]``, the atom at 0 first: sums over them are expectations."""
        zero, rate = torch.zeros(1).double(), torch.full((1,), self.rate).double()
        return torch.cat((zero, self.v)), torch.cat((rate, self.mass))

    def expect(self, function: Callable[[Tensor], Tensor]) -> float:
        """The mean of function(v)."""
        values, masses = self.atoms()
        return (masses @ function(values)).item()

    def input_cdf(self, x: Tensor) -> Tensor:
        """F, the distribution function of the input."""
        return torch.special.ndtr((x - self.mean) / self.spread)

    def density(self, v: Tensor) -> Tensor:
        """The density beside the atom: mean of ``f(v - decay u)``, and 0 above the threshold."""
        inside = self._average(v, lambda w: _pdf((w - self.mean) / self.spread) / self.spread)
        return torch.where(v > self.v_threshold, 0.0, inside)

    def cdf(self, v: Tensor) -> Tensor:
        """The probability of a potential of at most v, the atom included."""
        inside = self._average(v, self.input_cdf) + self.rate * (v >= 0)
        return torch.where(v >= self.v_threshold, 1.0, inside)

    def mean_guess(self, x: Tensor) -> Tensor:
        """``E[v | x]``, the guess with the least square error: a rule for ``mpe_sequence``.

        ``v = w`` if ``w = decay u + x`` is no spike, else 0, averaged over the law of u.
        """
        room = self._room(x)
        below = room * self._average(room, self.input_cdf) - self._average(room, self._ramp)
        guess = x.double() * self.cdf(room) + self.decay * below  # below: E[u; u <= room]
        return guess.to(x.dtype)

    def median_guess(self, x: Tensor) -> Tensor:
        """The median of v given x, the guess with the fewest wrong spikes: a rule likewise."""
        reset = 1 - self.cdf(self._room(x))  # share of potentials that are 0, in the middle
        low = x.double() + self.decay * self._quantile(torch.full_like(reset, 0.5))
        high = x.double() + self.decay * self._quantile(0.5 - reset)
        positive = (high > 0) & (reset < 0.5)
        return torch.where(low < 0, low, torch.where(positive, high, 0.0)).to(x.dtype)

    def _room(self, x: Tensor) -> Tensor:
        """The largest potential before that does not fire together with x."""
        low, high = self.v[0].item(), self.v_threshold
        if self.decay == 0:
            return torch.where(x.double() > high, low, high)
        return ((high - x.double()) / self.decay).clamp(low, high)

    def _ramp(self, w: Tensor) -> Tensor:
        """The integral of F up to w."""
        z = (w - self.mean) / self.spread
        return self.spread * (z * torch.special.ndtr(z) + _pdf(z))

    def _quantile(self, p: Tensor) -> Tensor:
        """The smallest v whose cdf reaches p, from a table."""
        below = torch.linspace(self.v[0].item(), 0, 2001).double()
        v = torch.cat((below, torch.linspace(0, self.v_threshold, 1001).double()))
        cdf = self.cdf(v)
        cdf[2000] -= self.rate  # just below the atom
        return torch.from_numpy(np.interp(p, cdf.cummax(0).values, v))

    def _average(self, v: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
        """The mean of ``function(v - decay u)`` over u, piece by piece to save memory."""
        values, masses = self.atoms()
        pieces = v.double().flatten().split(4096)
        done = [function(each[:, None] - self.decay * values) @ masses for each in pieces]
        return torch.cat(done).view(v.shape)


def stationary_law(
    mean: float, spread: float, decay: float, v_threshold: float = 1.0, nodes: int | None = None
) -> Law:
    """The law of v after many steps, from one linear system.

    ``g(w) = rate f(w) + integral of f(w - decay u) g(u) du`` for w up to the threshold, with
    ``rate + integral of g = 1``. Written ``g = rate (1 - K)^-1 f``, the last line gives
    ``1 / rate = 1 + integral of (1 - K)^-1 f``: the mean interval between two spikes.

    Args:
        mean, spread: of the normal input, in units of the threshold; spread above 0.
        decay: factor kept per step, at least 0 and below 1.
        v_threshold: above 0, the reset value.
        nodes: of the Gauss-Legendre rule; None takes enough for the width of the law.

    Raises:
        ValueError: a setting out of range; too few nodes.

    Source: Nystroem's method; the kernel is that of ``h[t] = decay v[t-1] + x[t]``.

    >>> law = stationary_law(0.5, 0.5, decay=0.25)
    >>> round(law.rate, 4), round(law.rate + law.mass.sum().item(), 9)
    (0.2042, 1.0)
    """
    if not math.isfinite(mean):
        raise ValueError(f"mean must be finite, got {mean}: pass a number")
    if not (spread > 0 and 0 <= decay < 1 and v_threshold > 0):
        raise ValueError(
            "spread and v_threshold must be above 0 and decay in [0, 1), got "
            f"spread={spread}, v_threshold={v_threshold}, decay={decay}"
        )
    low = min(0.0, mean / (1 - decay)) - REACH * spread / math.sqrt(1 - decay**2)
    nodes = nodes or math.ceil(40 + 3 * (v_threshold - low) / spread)
    v, weight = _gauss(torch.tensor([low, v_threshold]).double(), nodes)
    f = _pdf((v - mean) / spread) / spread
    kernel = _pdf((v[:, None] - decay * v - mean) / spread) / spread * weight  # [to, from]
    between = torch.linalg.solve(torch.eye(nodes).double() - kernel, f) * weight
    rate = 1 / (1 + between.sum().item())
    law = Law(mean, spread, decay, v_threshold, rate, v, rate * between)
    again = law.expect(lambda u: 1 - law.input_cdf(v_threshold - decay * u))  # P(h > threshold)
    if abs(again - rate) > 1e-6:
        raise ValueError(f"nodes must be more than {nodes}: rate {rate:.6f} is also {again:.6f}")
    return law


def rule_rate(law: Law, rule: Rule) -> float:
    """Firing rate of the estimating neuron, ``P(x + decay v_hat > v_threshold)``.

    >>> law = stationary_law(0.5, 0.5, decay=0.25)
    >>> round(rule_rate(law, "zero"), 4)  # P(x > 1), the normal tail beyond one deviation
    0.1587
    """
    x, weight = _inputs(law)
    fires = sum(
        p * (1 - law.input_cdf(law.v_threshold - law.decay * v_hat))
        for p, v_hat in guesses(law, rule, x)
    )
    return (weight * fires).sum().item()


def error_split(law: Law, rule: Rule) -> Split:
    """Mean square of ``v_hat - v``: bias, variance of the draw, and what no rule can know.

    >>> error_split(stationary_law(0.5, 0.5, decay=0.25), "hard").variance
    0.0
    """
    x, weight = _inputs(law)
    drawn = guesses(law, rule, x)
    mean = sum(p * v_hat for p, v_hat in drawn)
    best = law.mean_guess(x)
    variance = sum(p * (v_hat - mean).square() for p, v_hat in drawn)
    unknowable = law.expect(torch.square) - (weight * best.square()).sum().item()
    bias = (weight * (mean - best).square()).sum().item()
    return Split(bias, (weight * variance).sum().item(), unknowable)


def disagreement(law: Law, rule: Rule) -> tuple[float, float]:
    """Share of steps on which a rule and the exact neuron differ, and the mean of |v_hat - v|.

    ``P(s_rule != s_exact) = E |F(v_threshold - decay v_hat) - F(v_threshold - decay v)|``. The pair
    (v_hat, v) comes from u, the potential before, and x, which are independent.

    >>> wrong, _ = disagreement(stationary_law(0.5, 0.5, decay=0.25), "zero")
    >>> round(wrong, 4)
    0.0525
    """
    u, mass = law.atoms()
    u = u[:, None]
    x, weight = _inputs(law, law.v_threshold - law.decay * u, -law.decay * u)  # [n + 1, pieces]
    h = law.decay * u + x
    v = torch.where(h > law.v_threshold, 0.0, h)
    fires = law.input_cdf(law.v_threshold - law.decay * v)
    wrong = gap = 0.0
    for p, v_hat in guesses(law, rule, x):
        there = law.input_cdf(law.v_threshold - law.decay * v_hat)
        wrong = wrong + p * (there - fires).abs()
        gap = gap + p * (v_hat - v).abs()
    return tuple((mass @ (weight * each).sum(1)).item() for each in (wrong, gap))


def guesses(law: Law, rule: Rule, x: Tensor) -> list[tuple[Tensor | float, Tensor]]:
    """The values a rule can take at x ``[n, m]``, each with its probability."""
    if rule == "bernoulli":
        p_reset = torch.sigmoid(x)
        return [(p_reset, torch.zeros_like(x)), (1 - p_reset, x)]
    return [(1.0, estimate_membrane(x, rule, law.v_threshold))]


def _inputs(law: Law, *breaks: Tensor) -> tuple[Tensor, Tensor]:
    """Nodes and weights ``[rows, m]`` for means over x, cut where an integrand may jump or bend."""
    low, high = law.mean - REACH * law.spread, law.mean + REACH * law.spread
    fixed = (low, law.mean, high, law.v_threshold, (1 - law.decay) * law.v_threshold)
    rows = len(breaks[0]) if breaks else 1
    edges = torch.cat((torch.tensor(fixed).double().expand(rows, -1), *breaks), 1)
    x, weight = _gauss(edges.clamp(low, high).sort(1).values, ORDER)
    return x, weight * _pdf((x - law.mean) / law.spread) / law.spread


def _gauss(edges: Tensor, order: int) -> tuple[Tensor, Tensor]:
    """Gauss-Legendre nodes and weights on each piece between neighbours of the last axis."""
    z, weight = (torch.from_numpy(each) for each in np.polynomial.legendre.leggauss(order))
    middle, half = (edges[..., 1:] + edges[..., :-1]) / 2, edges.diff() / 2
    x = middle[..., None] + half[..., None] * z
    return x.flatten(-2), (half[..., None] * weight).flatten(-2)


def _pdf(z: Tensor) -> Tensor:
    return (-z.square() / 2).exp() / math.sqrt(2 * math.pi)
