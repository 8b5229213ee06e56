"""What a neuron is, found by nudging it: nothing is read from its code.

A neuron is made by ``make(steps, decay)`` and maps a current ``[T, B, C]`` to spikes; where it has
``trace``, its potential h is looked at, else its spikes.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ..core.losses import residual
from ..fast.neurons import LIF
from .order import OrderNet, fit, judge
from .pairs import pulses
from .scaling.harness import side_by_side

STEPS, LANES, CHANNELS, DECAY = 40, 32, 8, 0.9
DECAYS, GAPS, COST_STEPS = (0.25, 0.5, 0.9), (1, 3, 11), (16, 128, 1024)
Make = Callable[[int, float], nn.Module]


def noise(steps: int = STEPS, lanes: int = LANES, channels: int = CHANNELS) -> Tensor:
    """The same standard normal current ``[T, B, C]`` at every call."""
    return torch.randn(steps, lanes, channels, generator=torch.Generator().manual_seed(0))


class Probe:
    """A neuron in evaluation, in double precision where it can, and what it does."""

    def __init__(self, make: Make, steps: int = STEPS, decay: float = DECAY):
        torch.manual_seed(0)
        self.neuron = make(steps, decay).eval()
        self.dtype = torch.float32
        self.neuron(noise(steps))  # sizes what is sized by a call
        double = copy.deepcopy(self.neuron).double()
        try:
            double(noise(steps).double())
        except (RuntimeError, TypeError):  # a neuron of somebody's own that is single alone
            return
        self.neuron, self.dtype = double, torch.float64

    @torch.no_grad()
    def potential(self, x: Tensor) -> Tensor:
        """h ``[T, B, C]``, or the spikes of a neuron without trace."""
        if hasattr(self.neuron, "trace"):
            return self.neuron.trace(x.to(self.dtype)).h
        return self.neuron(x.to(self.dtype))

    @property
    def blur(self) -> float:
        """A change below this is rounding."""
        return 1e-10 if self.dtype == torch.float64 else 1e-5


def reach(make: Make) -> dict:
    """Which steps a step feels: shares of neurons changed by a nudge, by lag.

    Returns:
        {"changed": share at lags 0 to T - 1, "causal": no later step is felt, "furthest": the
        longest lag that is felt, in steps; T - 1 means as far as was looked}.
    """
    probe, x = Probe(make), noise()
    before, total = probe.potential(x), torch.zeros(2 * STEPS - 1)
    for u in range(STEPS):
        nudged = x.clone()
        nudged[u] += 1.0
        changed = (probe.potential(nudged) - before).abs() > probe.blur
        total[STEPS - 1 - u : 2 * STEPS - 1 - u] += changed.float().mean((1, 2))
    pairs = STEPS - torch.arange(1 - STEPS, STEPS).abs()  # of steps so far apart
    share = total / pairs  # at lags -(T - 1) to T - 1
    felt = [lag for lag in range(STEPS) if share[STEPS - 1 + lag] > 0]
    return {
        "changed": [round(each, 4) for each in share[STEPS - 1 :].tolist()],
        "causal": not bool((share[: STEPS - 1] > 0).any()),
        "furthest": max(felt, default=None),
    }


def stationary(make: Make) -> bool:
    """Does it answer the same, a step later, when all that comes in comes a step later?"""
    probe, x = Probe(make), noise()
    x[-1] = 0
    later = torch.cat((x[-1:], x[:-1]))
    return bool(((probe.potential(later)[1:] - probe.potential(x)[:-1]).abs() <= probe.blur).all())


def facts(make: Make) -> dict:
    """Parameters at 40 steps and 64 channels, and the rate on a standard normal current.

    Returns:
        {"parameters": those that spikes or potential depend on, "rate": spikes per neuron and
        step}. What a mask takes away is not counted.
    """
    torch.manual_seed(0)
    neuron, x = make(STEPS, DECAY).eval(), noise(channels=64)
    neuron(x)
    seen = neuron.trace(x) if hasattr(neuron, "trace") else None
    s = neuron(x) if seen is None else seen.s
    learned = [each for each in neuron.parameters() if each.requires_grad]
    count = 0
    if learned:
        pull = noise(channels=64).abs() + 0.1
        pulled = (s * pull).sum() if seen is None else (s * pull).sum() + (seen.h * pull).sum()
        found = torch.autograd.grad(pulled, learned, allow_unused=True)
        count = sum(int((each != 0).sum()) for each in found if each is not None)
    return {"parameters": count, "rate": round(s.detach().float().mean().item(), 4)}


def residuals(make: Make) -> dict[str, float] | None:
    """Share of its spikes that the leaky equation would revise, by decay; None without trace."""
    found = {}
    for decay in DECAYS:
        probe = Probe(make, decay=decay)
        if not hasattr(probe.neuron, "trace"):
            return None
        x = noise().to(probe.dtype)
        found[f"{decay:g}"] = round(residual(probe.neuron.trace(x), x, decay), 4)
    return found


def order(make: Make, iterations: int = 200, seed: int = 0) -> dict[str, float]:
    """Pairs of two pulses put in the right order by a small net of one layer, by gap."""

    def build() -> nn.Module:
        return OrderNet(2, [make(STEPS, DECAY)], 32)

    found = {}
    for gap in GAPS:
        net, _ = fit(build, lambda g, gap=gap: pulses(gap, 16, g), iterations, 0.02, seed)
        right = judge(net, pulses(gap, 200, torch.Generator().manual_seed(1000)))["pairs"]
        found[f"{gap}"] = round(right, 4)
    return found


def gradient(make: Make) -> dict:
    """How much of the gradient of the last step's spikes reaches earlier inputs.

    Returns:
        {"share": root mean square at each lag over that at lag 0, "finite": no NaN, no infinity}.
        The share is None where the last step's own input gets none.
    """
    torch.manual_seed(0)
    neuron, x = make(STEPS, DECAY), noise().requires_grad_()
    neuron(x.detach())
    torch.manual_seed(0)
    neuron(x)[-1].sum().backward()
    size = x.grad.square().mean((1, 2)).sqrt().flip(0)  # by lag
    finite = bool(x.grad.isfinite().all())
    share = (size / size[0]).tolist() if finite and size[0] > 0 else None
    return {"share": share and [float(f"{each:.3g}") for each in share], "finite": finite}


def cost(make: Make, budget: float = 1.0) -> list[dict]:
    """Milliseconds of forward and backward beside the LIF loop, side by side, by steps.

    Plain torch beside plain torch; and, of a neuron that has one, its fused form beside the LIF's.
    """
    rows = []
    for steps in COST_STEPS:
        x = noise(steps, 8, 64)
        mine = make(steps, DECAY)
        kinds = {"plain": "torch"} | ({"fused": "auto"} if hasattr(mine, "backend") else {})
        for kind, backend in kinds.items():
            neuron = copy.deepcopy(mine)
            if hasattr(neuron, "backend"):
                neuron.backend = backend
            pair = {"neuron": neuron, "LIF": LIF(decay=DECAY, backend=backend)}
            times = side_by_side(pair, x, True, budget)
            middle = {name: sorted(each)[len(each) // 2] for name, each in times.items()}
            rows.append(
                {
                    "steps": steps,
                    "kind": kind,
                    "ms": round(1e3 * middle["neuron"], 3),
                    "lif_ms": round(1e3 * middle["LIF"], 3),
                    "times_the_lif": round(middle["neuron"] / middle["LIF"], 3),
                    "rounds": len(times["LIF"]),
                }
            )
    return rows
