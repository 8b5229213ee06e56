"""The race is Dijkstra's, delays are NumPy's interpolation, the network is its equations."""

import math

import numpy as np
import pytest
import torch
from refusals import refused

from mpe_lib.core.causal import leak_matrix, leaky_sum
from mpe_lib.systems.grsnn import GRSNN, delayed, spike_race


def graph(seed, nodes=30, edges=75, longest=9):
    g = torch.Generator().manual_seed(seed)
    pairs = torch.randint(nodes, (2, edges), generator=g)
    return pairs, torch.randint(1, longest + 1, (edges,), generator=g)


def test_the_race_finds_what_dijkstra_finds_at_every_node():
    networkx = pytest.importorskip("networkx")
    reached = silent = 0
    for seed in range(20):
        edges, delays = graph(seed)
        net = networkx.MultiDiGraph()
        net.add_nodes_from(range(30))
        net.add_weighted_edges_from(zip(*edges.tolist(), delays.tolist(), strict=True))
        lengths = networkx.single_source_dijkstra_path_length(net, 3)
        times = spike_race(edges, delays, source=3, nodes=30, steps=120).tolist()
        assert times == [lengths.get(node, math.inf) for node in range(30)]
        reached, silent = reached + len(lengths), silent + 30 - len(lengths)
    assert reached > 400 and silent > 20


def test_a_race_that_is_cut_short_knows_the_near_nodes_alone():
    edges, delays = graph(1)
    whole, short = (spike_race(edges, delays, 3, 30, steps) for steps in (120, 12))
    assert torch.equal(short, torch.where(whole < 12, whole, math.inf))
    assert spike_race(edges, delays, 3, 30, 1).isfinite().nonzero().tolist() == [[3]]
    assert spike_race(edges[:, :0], delays[:0], 0, 2, 5).tolist() == [0, math.inf]
    assert (spike_race(edges, delays * 0 + 1, 3, 30, 120) <= whole).all()  # without the lengths
    small = spike_race(edges.to(torch.uint8), delays.to(torch.int8), 3, 30, 120)
    assert torch.equal(small, whole)


@pytest.mark.parametrize("shape", [(1, 2, 3), (9, 4), (9, 2, 5), (7, 2, 2, 3, 2), (300, 1, 4)])
def test_a_delay_is_numpys_interpolation(shape):
    g = torch.Generator().manual_seed(0)
    s = torch.randn(shape, generator=g, dtype=torch.float64)
    d = 12 * torch.rand(shape[2:], generator=g, dtype=torch.float64)
    d.view(-1)[0] = 2.0
    found, steps = delayed(s, d), np.arange(shape[0])
    for place in np.ndindex(*shape[1:]):
        wave = np.concatenate(([0.0], s[(slice(None), *place)].numpy()))  # 0 one step before
        expected = np.interp(steps - d[place[1:]].item(), np.arange(-1, shape[0]), wave, left=0)
        np.testing.assert_allclose(found[(slice(None), *place)], expected, rtol=1e-9, atol=1e-12)


def test_the_gradients_are_finite_differences_and_differ_from_0_at_whole_delays():
    g = torch.Generator().manual_seed(1)
    s = torch.randn(10, 2, 6, generator=g, dtype=torch.float64, requires_grad=True)
    d = (
        0.2 + 0.6 * torch.rand(6, generator=g, dtype=torch.float64) + torch.arange(6)
    ).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda *given: leaky_sum(delayed(*given), 0.9), (s, d), atol=1e-5
    )
    whole = torch.full((6,), 3.0, dtype=torch.float64, requires_grad=True)
    weigh = torch.randn(10, 2, 6, generator=g, dtype=torch.float64)
    (weigh * delayed(s, whole)).sum().backward()
    later, there = delayed(s, whole.detach() + 1), delayed(s, whole.detach())
    torch.testing.assert_close(whole.grad, (weigh * (later - there)).sum((0, 1)))
    assert whole.grad.abs().min() > 1e-3


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_half_precision_is_rounded_once_and_whole_delays_keep_spikes_whole(dtype):
    g = torch.Generator().manual_seed(2)
    s = torch.rand(8, 2, 4, generator=g).to(dtype)
    d = (5 * torch.rand(4, generator=g)).to(dtype)
    found = delayed(s, d)
    assert found.dtype == dtype
    assert torch.equal(found, delayed(s.float(), d.float()).to(dtype))
    moved = delayed(s, torch.full((4,), 3.0, dtype=dtype))
    assert torch.equal(moved[3:], s[:-3]) and not moved[:3].any()


def fit(kernel):
    """Delays moved from several starts until their PSPs are those of lengths 1, 3, 6: how far off.

    A whole number is among the starts: there is no trap in it.
    """
    lengths = torch.tensor([1.0, 3.0, 6.0], dtype=torch.float64).repeat(4)
    d = torch.tensor([0.5, 2.0, 4.0, 4.3], dtype=torch.float64).repeat_interleave(3)
    s = torch.zeros(24, 1, 12, dtype=torch.float64)
    s[2] = 1
    mark = torch.tensordot(kernel, delayed(s, lengths), 1)
    descent = torch.optim.Adam([d.requires_grad_()], lr=0.3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(descent, 100)
    for _ in range(100):
        descent.zero_grad()
        (torch.tensordot(kernel, delayed(s, d), 1) - mark).square().sum().backward()
        descent.step()
        schedule.step()
        with torch.no_grad():
            d.clamp_(min=0)
    return (d.detach() - lengths).abs()


def test_delays_are_learned_through_the_papers_psp_and_trapped_by_a_sharp_one():
    leak = leak_matrix(24, math.exp(-1 / 4), torch.float64)
    assert fit(leak @ leak).max() < 0.05
    sharp = fit(leak_matrix(24, 0.5, torch.float64))
    assert (sharp > 1).sum() >= 6


def race_net(relations=2, neurons=3, queries=2, seed=0, **settings):
    torch.manual_seed(seed)
    net = GRSNN(relations, neurons, queries, **settings).double()
    with torch.no_grad():
        net.message.bias.uniform_(-0.05, 0.1)
    return net


def drawn_graphs(batch=3, relations=2, nodes=5, seed=0):
    g = torch.Generator().manual_seed(seed)
    links = (torch.rand(batch, relations, nodes, nodes, generator=g) < 0.25).double()
    source = torch.randint(nodes, (batch,), generator=g)
    return links, source, torch.randint(2, (batch,), generator=g)


def test_the_network_is_a_loop_over_its_equations():
    net, (links, source, query) = race_net(), drawn_graphs()
    trace = net.trace(links, source, query)
    q = net.query(query).detach().numpy()
    delays = net.delays(net.query(query)).detach().numpy()  # [B, R, D]
    weight, offset = (p.detach().numpy() for p in net.message.parameters())
    k = math.exp(-1 / 4)
    assert trace.s.sum() > 50
    for b in range(len(links)):
        bias = np.zeros((5, 3))
        bias[source[b]] = 1 + q[b]
        v, current, fired = bias, np.zeros((5, 3)), np.zeros((14, 5, 3))
        for t in range(14):
            message = np.zeros((5, 3))
            for r, u, to in links[b].nonzero().tolist():
                for n in range(3):
                    wave = np.concatenate(([0.0], fired[:t, u, n], [0.0]))
                    at = t - 1 - delays[b, r, n]
                    message[to, n] += np.interp(at, np.arange(-1, t + 1), wave, left=0)
            current = k * current + math.e / 4 * (message @ weight.T + offset)
            h = k * v + current + bias
            fired[t] = h > 2
            v = h * (1 - fired[t])
            for name, value in (("h", h), ("v", v), ("s", fired[t])):
                found = getattr(trace, name)[t, b].detach().numpy()
                np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-9)
        weights = 0.95 ** np.arange(14)
        seen = np.tensordot(weights / weights.sum(), fired, 1)
        both = torch.from_numpy(np.concatenate((seen, np.tile(q[b], (5, 1))), 1))
        torch.testing.assert_close(net(links, source, query)[b], net.score(both)[:, 0])


def test_delays_decide_when_a_spike_arrives():
    net = race_net(1, 4, 1)
    links = torch.zeros(1, 1, 3, 3).double()
    links[0, 0, 0, 1] = links[0, 0, 1, 2] = 1
    with torch.no_grad():
        net.query.weight.zero_()
        net.delay.weight.zero_()
        net.message.weight.fill_(2.0)  # one spike is enough
        net.message.bias.zero_()
    first = []
    for d in (0.0, 1.0, 3.0):
        with torch.no_grad():
            net.delay.bias.fill_(torch.tensor(d / 4).logit(eps=1e-12).item())
        s = net.trace(links, torch.tensor([0])).s[:, 0].sum(-1)  # [T, N]
        first.append((s > 0).int().argmax(0).tolist())
    (start, *_), *_ = first
    assert first == [[start, start + 1 + d, start + 2 * (1 + d)] for d in (0, 1, 3)]


def test_every_parameter_has_a_gradient_and_what_is_unreached_is_silent():
    net, (links, source, query) = race_net(), drawn_graphs()
    out = net(links, source, query)
    assert out.shape == (3, 5) and torch.equal(out, net(links, source, query))
    out.square().sum().backward()
    assert all(p.grad.isfinite().all() and p.grad.any() for p in net.parameters())
    with torch.no_grad():
        net.message.bias.zero_()
    s = net.trace(torch.zeros_like(links), source).s
    elsewhere = torch.nn.functional.one_hot(source, 5) == 0
    assert s.any() and not s[:, elsewhere].any()


def test_one_step_and_one_node_and_single_precision():
    net = GRSNN(1, steps=1)
    trace = net.trace(torch.zeros(2, 1, 1, 1), torch.zeros(2, dtype=torch.int32))
    assert trace.s.shape == trace.v.shape == (1, 2, 1, 8) and trace.h.dtype == torch.float32


EDGES, DELAYS, S = torch.tensor([[0, 1], [1, 2]]), torch.tensor([2, 3]), torch.zeros(4, 1, 2)
test_races_that_cannot_be_run_are_refused = refused(
    spike_race,
    [
        ((EDGES[0], DELAYS, 0, 3, 9), r"edges must be \[2, E\] and delays \[E\]"),
        ((EDGES, DELAYS[:1], 0, 3, 9), r"one for each edge, got shapes \(2, 2\) and \(1,\)"),
        ((EDGES, DELAYS - 2, 0, 3, 9), "delays must be at least 1, got 0 to 1: .* delays at 1"),
        ((EDGES, DELAYS, 0, 2, 9), "edges must be from 0 to 1, got 0 to 2: nodes"),
        ((EDGES, DELAYS, 3, 3, 9), "source must be from 0 to 2, got 3 to 3"),
        ((EDGES, DELAYS, 0, 3, 0), "steps must be a whole number >= 1, got 0"),
    ],
)
test_delays_that_do_not_fit_are_refused = refused(
    delayed,
    [
        ((S, torch.zeros(3)), r"d must be \[2\], as s behind time and batch, got shape \(3,\)"),
        ((S, torch.tensor([-1.0, 1])), "d must be finite and >= 0, got -1 to 1: clamp it"),
        ((S, torch.tensor([math.inf, 1])), "d must be finite and >= 0, got 1 to inf"),
        ((S[:, 0, 0], torch.zeros(())), r"x must be \[T, B, ...\]"),
        ((S[:0], torch.zeros(2)), "at least one time step"),
    ],
)
LINKS, SOURCE = torch.zeros(3, 2, 5, 5), torch.zeros(3, dtype=torch.long)
test_graphs_that_do_not_fit_are_refused = refused(
    GRSNN(2, queries=2),
    [
        ((LINKS[:, :1], SOURCE), r"links must be \[B, 2, N, N\], source and query \[B\], got"),
        ((LINKS, SOURCE[:2]), r"source and query \[B\], got shapes .*\(2,\)"),
        ((LINKS, SOURCE + 5), "source must be from 0 to 4, got 5 to 5"),
        ((LINKS, SOURCE, SOURCE + 2), "query must be from 0 to 1, got 2 to 2"),
    ],
)
test_networks_that_cannot_be_are_refused = refused(
    GRSNN,
    [
        ({"relations": 0}, "relations must be a whole number >= 1, got 0"),
        ({"relations": 1, "tau": 0.0}, "tau must be between 1e-06 and inf, got 0.0"),
        ({"relations": 1, "longest": -1.0}, "longest must be between 0 and inf, got -1.0"),
    ],
)


def test_numbers_of_the_wrong_kind_are_refused():
    with pytest.raises(TypeError, match="delays must be whole numbers, got torch.float32: round"):
        spike_race(EDGES, DELAYS.float(), 0, 3, 9)
    with pytest.raises(TypeError, match="d must be a floating tensor, got torch.int64"):
        delayed(S, DELAYS)
    with pytest.raises(TypeError, match="source must be whole numbers, got torch.float32"):
        GRSNN(2)(LINKS, SOURCE.float())
