"""Checks of notebook 18, time is the message."""

import math

import torch
from torch import Tensor

from ...systems.grsnn import spike_race
from ...systems.rel_psp import spike_times
from .base import called, exercise, need, right
from .compare import match, match_tensor, same
from .forms import number, numbers, tensor

DOUBLE = torch.float64
NEURONS = [  # input times, weights, threshold
    ([0.0, 1.0, 1.5], [0.5, 0.75, -3.0], 1.0),
    ([0.8, 0.0, 1.3, 0.4], [1.2, 1.0, -3.0, -0.5], 1.0),  # not in order of time
    ([0.2, 0.9, 0.5], [0.7, 2.0, 0.4], 0.3),
    ([0.0, 0.6, 1.0, 2.0], [1.5, -1.0, -1.5, 2.5], 1.0),  # above 0 and back, then it fires
    ([0.0, 0.5], [1.0, -1.5], 1.0),  # silent: the sum runs out
    ([0.0, 2.0], [0.5, -1.0], 1.0),  # silent: the peak touches the threshold
    ([0.3, 0.3, 0.7], [2.0, -1.0, 0.5], 0.5),
]


def _times(values) -> Tensor:
    return torch.tensor(values, dtype=DOUBLE)


@exercise
def latency(times, fires_at) -> None:
    """Pixels 1, 0.5, 0.25 with t_max 2, weights 0.5, 0.75, -3: times and the output's spike."""
    words = "times should hold three numbers, one for each pixel"
    times = numbers(times, words, 3, "times")
    need(times != [2.0, 1.0, 0.5], "the brighter, the earlier: where does a pixel of 1 spike?")
    need(times != [0.0, 0.5, 0.75], "a pixel of 0 spikes at t_max = 2, so all times are stretched")
    for found, wish in zip(times, (0.0, 1.0, 1.5), strict=True):
        match(found, wish, otherwise="put the pixels into t = (1 - x) t_max, one by one")
    match(
        number(fires_at, "fires_at"),
        1.4,
        [
            (2.75 / 1.75, "you took all three inputs; has the third come when it fires?"),
            (2.0, "that is the first input alone; the second comes before it gets there"),
            (0.8, "the second input has its own time: it adds nothing before 1"),
            (0.4, "that is the time after the second input; on which clock is it?"),
            (1.5, "it is above the threshold before the third input comes"),
        ],
        "draw V: what is it when the second input comes, and how steep is it from there?",
    )
    right("The third input comes too late to say anything.")


def _walk(t_in, weight, theta: float, until_next: bool = True, sort: bool = True) -> float:
    """The first piece's crossing; without `until_next` the next input is not looked at."""
    pairs = list(zip(t_in, weight, strict=True))
    pairs = sorted(pairs) if sort else pairs
    slope = lifted = 0.0
    for k, (at, w) in enumerate(pairs):
        slope, lifted = slope + w, lifted + w * at
        end = pairs[k + 1][0] if k + 1 < len(pairs) else math.inf
        if slope > 0 and ((theta + lifted) < slope * end or not until_next):
            return (theta + lifted) / slope
    return math.inf


@exercise
def time(function) -> None:
    """first_spike(t_in, weight, v_threshold): when one neuron fires, inf if it is silent."""
    need(callable(function), "first_spike should be a function of t_in, weight and v_threshold")
    for t_in, weight, theta in NEURONS:
        given = _times(t_in), _times(weight)
        wish = spike_times(given[0][None], given[1][None], theta).item()
        found = called("first_spike raised {kind}: {error}", function, *given, theta)
        words = "first_spike should return one number, a time or inf"
        found = tensor(found, None, words)
        need(found.numel() == 1, words)
        found = found.item()
        if same(found, wish):
            continue
        need(wish < math.inf or not math.isfinite(found),
             "one of the neurons never gets above its threshold, and yours fires")  # fmt: skip
        need(wish < math.inf, "a silent neuron's time is inf: float('inf') or math.inf")
        need(math.isfinite(found), "one of the neurons fires, and yours is silent or not a "
             "number: did an input that comes after the spike silence it?")  # fmt: skip
        total, lifted = sum(weight), sum(w * at for w, at in zip(weight, t_in, strict=True))
        mistakes = [
            ((theta + lifted) / total if total else 0.0, "you took all inputs, also those that "
             "come after the spike"),
            (_walk(t_in, weight, theta, sort=False), "the inputs do not come in the order of "
             "time: sort them first, and their weights with them"),
            (_walk(t_in, weight, theta, until_next=False), "a crossing counts on its own piece "
             "only, that is before the next input comes"),
            (_walk(t_in, weight, 1.0), "the threshold is not always 1"),
        ]  # fmt: skip
        mistakes = [each for each in mistakes if not math.isclose(each[0], wish, rel_tol=1e-6)]
        need(
            not abs(found - wish) < 0.02,
            "nearly: is it a clock? The time of the crossing can be computed",
        )
        match(
            found,
            wish,
            mistakes,
            "walk from input to input with the slope so far: does it cross before the next?",
        )
    right("No clock and no step: a division for each piece of the line.")


@exercise
def slope(function) -> None:
    """slopes(t_in, weight, t_out): dt_out / dw of each input, 0 for later ones and for silence."""
    need(callable(function), "slopes should be a function of t_in, weight and t_out")
    for t_in, weight, theta in NEURONS:
        t, w = _times(t_in), _times(weight)
        out = spike_times(t[None], w[None], theta)[0, 0]
        found = called("slopes raised {kind}: {error}", function, t, w, out)
        words = "slopes should return a tensor with one number for each input, shaped like weight"
        found = tensor(found, w.shape, words)
        if out == math.inf:
            need(bool(found.isfinite().all()),
                 "one neuron is silent, and inf times 0 is no number: its slope?")  # fmt: skip
            need(not found.any(), "a silent neuron has no spike that a weight could move")
            continue
        inside = (t < out).to(DOUBLE)
        total, late = (inside * w).sum(), inside * (t - out)
        wish = late / total
        mistakes = [
            (-wish, "look at the sign: does more weight bring the spike earlier or later?"),
            (inside * w / total, "that is dt/dt_i; asked for is the slope to the weight"),
            ((t - out) / total, "an input that comes after the spike cannot move it"),
            (late / w.sum(), "divide by the sum over the inputs that came before the spike only"),
            (late, "and divided by? Differentiate both sides of t times sum = ..."),
            (inside * t / total, "t stands on both sides of V(t) = threshold: mind the quotient"),
        ]
        otherwise = "differentiate t = (threshold + sum w t_i) / sum w by one w, as a quotient"
        match_tensor(found, wish, mistakes, otherwise)
    right("Early inputs have the longest lever; late ones and silent neurons have none.")


def _sweep(arrival: Tensor, edges: Tensor, delays: Tensor, mistake: str = "") -> Tensor:
    """One sweep; or one with a mistake."""
    start = torch.full_like(arrival, math.inf) if mistake == "own" else arrival
    new = start.clone()
    for (u, v), d in zip(edges.T.tolist(), delays.tolist(), strict=True):
        source, to = (v, u) if mistake == "back" else (u, v)
        heard = (new if mistake == "same" else arrival)[source] + (1 if mistake == "one" else d)
        new[to] = heard if mistake == "last" else torch.minimum(new[to], heard)
    return new


@exercise
def sweep(function) -> None:
    """one_sweep(arrival, edges, delays): what each node knows after its neighbours have sent."""
    need(callable(function), "one_sweep should be a function of arrival, edges and delays")
    generator = torch.Generator().manual_seed(18)
    hints = {
        "own": "a node keeps the spike that it has had already: the source stays at 0",
        "same": "you heard news of this very sweep: use the arrivals from before it only",
        "last": "several edges lead to one node: the earliest counts, not the last in the list",
        "one": "each edge has a delay of its own",
        "back": "edges[0] is where an edge starts, edges[1] where it ends",
    }
    for _ in range(3):
        edges = torch.randint(9, (2, 24), generator=generator)
        delays = torch.randint(2, 9, (24,), generator=generator)
        arrival = torch.full((9,), math.inf, dtype=DOUBLE)
        arrival[0] = 0
        for _ in range(3):
            given = arrival.clone(), edges, delays
            found = called("one_sweep raised {kind}: {error}", function, *given)
            found = tensor(found, None, "one_sweep should return a tensor")
            need(found.shape == arrival.shape, "one_sweep should return one time for each node")
            wish = _sweep(arrival, edges, delays)
            mistakes = [(_sweep(arrival, edges, delays, each), hint)
                        for each, hint in hints.items()]  # fmt: skip
            otherwise = "new[v] = the least of arrival[v] and arrival[u] + d over the edges to v"
            match_tensor(found, wish, mistakes, otherwise)
            arrival = wish
    right("Repeated until nothing changes it is Bellman and Ford's algorithm, and the race.")


@exercise
def detour(delays) -> None:
    """Delays of 0-1, 1-2, 2-3 and 0-3: the spike wins over three edges, and not with 1 added."""
    words = "delays should hold four numbers, one for each edge"
    delays = numbers(delays, words, 4, "delays")
    need(all(d >= 1 and d == int(d) and d <= 99 for d in delays),
         "delays are whole steps from 1 to 99")  # fmt: skip
    edges = torch.tensor([[0, 1, 2, 0], [1, 2, 3, 3]])
    steps = torch.tensor([int(d) for d in delays])
    for more in (0, 1):
        found = spike_race(edges, steps + more, source=0, nodes=4, steps=400)[3].item()
        chain, straight = (steps[:3] + more).sum().item(), (steps[3] + more).item()
        when = "with one step more on each edge" if more else "as it is"
        need(chain != straight, f"both ways take equally long, {when}: look for a clear winner")
        if more:
            need(found == straight, "with one step more on each edge the three edges still win; "
                 "how much do three edges gain, and how much does one?")  # fmt: skip
        else:
            need(found == chain, "as it is the straight edge wins: make the way round shorter")
    right("The same step on every edge is not the same on every path.")
