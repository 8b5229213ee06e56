"""GRSNN: spikes race along the edges of a graph, and each relation has delays that are learned.

M. Xiao, Y. Zhu, D. He, Z. Lin, "Temporal Spiking Neural Networks with Synaptic Delay for Graph
Reasoning", ICML 2024, arXiv 2405.16851; the equations were read in the authors' repository
(pkuxmq/GRSNN). Ours: delays are interpolated between two steps, so that autograd differentiates
them, where the authors round them and use a stand-in gradient; a graph is a dense table of links;
the start, with delays over their whole range and a positive W without the authors' factor c, so
that a node can fire the next. Relation weights, norms and self-connections are left out.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.checks import check_current, check_floating, check_number, check_whole
from ..core.dynamics import Trace, carry
from ..core.surrogate import step
from ..core.transforms import watched


def spike_race(edges: Tensor, delays: Tensor, source: int, nodes: int, steps: int) -> Tensor:
    """When the first spike reaches each node, if the source fires at step 0.

    ``I_v[t] = sum of s_u[t - d] over edges (u, v) of delay d``;  ``s_v[t] = 1[I_v[t] > 1/2]``,
    once for each node. One spike is enough to fire a node, so a node's first spike comes at the
    length of its shortest path: the race finds what Dijkstra's algorithm finds.

    Args:
        edges: from, to ``[2, E]``, whole numbers from 0 to nodes - 1.
        delays: of each edge ``[E]``, whole steps, at least 1.
        source: the node that fires at step 0.
        nodes: how many.
        steps: how many are run, 0 to steps - 1.

    Returns:
        Steps ``[nodes]``, in torch's default dtype; inf for a node that nothing reached.

    Raises:
        ValueError, TypeError: wrong shapes, dtypes or numbers.

    Source: arXiv 2405.16851, with a current that does not last.

    >>> edges = torch.tensor([[0, 0, 1], [1, 2, 2]])  # 0 to 1, 0 to 2, 1 to 2
    >>> spike_race(edges, torch.tensor([2, 9, 3]), source=0, nodes=4, steps=20).tolist()
    [0.0, 2.0, 5.0, inf]
    """
    check_race(edges, delays, source, nodes, steps)
    came, goes = edges.long()
    current = torch.zeros(steps, nodes, device=edges.device)  # arrives at each step and node
    current[0, source] = 1
    first = torch.full((nodes,), math.inf, device=edges.device)
    for t, arriving in enumerate(current.unbind(0)):  # views: later rows are still being filled
        s = (arriving > 0.5) & (first == math.inf)
        first = torch.where(s, t, first)
        lands = t + delays.long()
        in_time = (s[came] & (lands < steps)).to(current.dtype)
        current.index_put_((lands.clamp(max=steps - 1), goes), in_time, accumulate=True)
    return first


def delayed(s: Tensor, d: Tensor) -> Tensor:
    """Spikes that arrive d steps later, d any number: a share at each of the two nearest steps.

    ``out[t] = (1 - f) s[t - n] + f s[t - n - 1]`` with ``d = n + f``, n whole, 0 <= f < 1, and
    nothing before step 0. ``d out[t] / d d = s[t - n - 1] - s[t - n]``, also where d is whole.

    Args:
        s: ``[T, B, ...]``, as the paper's ``[T, B, E]`` with E edges.
        d: delays in steps ``[E]``, at least 0; the same for all of the batch.

    Returns:
        The shape and dtype of s.

    Raises:
        ValueError, TypeError: a wrong s; delays that do not fit or are below 0.

    Source: arXiv 2405.16851 for the delays, the interpolation is ours.

    >>> s = torch.tensor([[[1.0, 1.0]], [[0.0, 0.0]], [[0.0, 0.0]]])  # [3, 1, 2]
    >>> delayed(s, torch.tensor([1.0, 1.25]))[:, 0].T.tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.75, 0.25]]
    """
    check_current(s)
    check_delays(d, s.shape[2:])
    wide = carry(s)
    d = d.to(wide.dtype).expand(s.shape[1:])
    n = d.detach().floor()
    at = torch.arange(len(s), device=s.device).view(-1, *[1] * d.ndim) - n.long()
    last = len(s) - 1
    near, far = (torch.where(k >= 0, wide.gather(0, k.clamp(0, last)), 0) for k in (at, at - 1))
    return (near + (d - n) * (far - near)).to(s.dtype)


def taps(d: Tensor, lags: int) -> Tensor:
    """The weights of the last steps that make a delay: ``[lags, *d.shape]``, this step first.

    >>> taps(torch.tensor([0.0, 1.25]), 4).T.tolist()
    [[1.0, 0.0, 0.0, 0.0], [0.0, 0.75, 0.25, 0.0]]
    """
    n = d.detach().floor()
    lag = torch.arange(lags, device=d.device).view(-1, *[1] * d.ndim)
    return (lag == n) * (1 - (d - n)) + (lag == n + 1) * (d - n)


class GRSNN(nn.Module):
    """Nodes of a graph as groups of neurons, edges as delays: how well each node answers a query.

    ``I_v[t] = k I_v[t-1] + (e / tau)(W m_v[t] + bias)``, with ``m_v[t]`` the sum of
    ``s_u[t - 1 - d_r]`` over links (u, r, v), so that delay d arrives d + 1 steps later;
    ``h_v[t] = k v_v[t-1] + I_v[t] + b_v``;  ``s = 1[h > v_threshold]``;  ``v = (1 - s) h``;
    ``k = exp(-1 / tau)``;  ``d_r = longest sigmoid(W_r q + c_r)``, one for each neuron;
    ``b_v = (1 + q) v_threshold / 2`` at the source, where it is the first potential too, else 0.
    The score of a node is a network of two layers of q and its spikes, weighed by ``.95^t``.

    Args:
        relations: R, kinds of edges. For edges to be run backwards too, double them:
            ``torch.cat((links, links.mT), 1)``.
        neurons: D of each node.
        queries: kinds of questions; each has a vector q ``[D]``.
        steps: T.
        tau: time constant in steps of current and potential.
        longest: delay in steps that none exceeds.
        v_threshold: of all neurons.

    >>> links = torch.zeros(1, 2, 3, 3)  # one graph, two relations, three nodes
    >>> links[0, 0, 0, 1] = links[0, 1, 1, 2] = 1
    >>> GRSNN(relations=2)(links, torch.tensor([0])).shape
    torch.Size([1, 3])
    """

    def __init__(
        self,
        relations: int,
        neurons: int = 8,
        queries: int = 1,
        steps: int = 14,
        tau: float = 4.0,
        longest: float = 4.0,
        v_threshold: float = 2.0,
    ):
        super().__init__()
        counts = {"relations": relations, "neurons": neurons, "queries": queries, "steps": steps}
        for name, value in counts.items():
            check_whole(name, value, 1, "it counts them")
        self.relations, self.steps = relations, steps
        self.tau = check_number("tau", tau, 1e-6, math.inf)
        self.longest = check_number("longest", longest, 0.0, math.inf)
        self.v_threshold = check_number("v_threshold", v_threshold, 1e-6, math.inf)
        self.query = nn.Embedding(queries, neurons)
        self.delay = nn.Linear(neurons, relations * neurons)
        self.message = nn.Linear(neurons, neurons)
        self.score = nn.Sequential(nn.Linear(2 * neurons, 32), nn.ReLU(), nn.Linear(32, 1))
        with torch.no_grad():
            self.delay.bias.uniform_(0.05, 0.95).logit_()
            self.message.weight.uniform_(0, 2 * v_threshold / neurons)

    def delays(self, q: Tensor) -> Tensor:
        """Delays in steps ``[B, R, D]`` of the query vectors ``[B, D]``."""
        return self.longest * self.delay(q).sigmoid().unflatten(-1, (self.relations, -1))

    def trace(self, links: Tensor, source: Tensor, query: Tensor | None = None) -> Trace:
        """s, h, v, each ``[T, B, N, D]``; arguments as :meth:`forward`."""
        q = self.asked(links, source, query)  # [B, D]
        at_source = F.one_hot(source.long(), links.shape[-1])[..., None].to(q.dtype)  # [B, N, 1]
        bias = at_source * ((1 + q) * self.v_threshold / 2)[:, None]  # [B, N, D]
        weigh = taps(self.delays(q), int(self.longest) + 2)  # [L, B, R, D]
        links, keep = links.to(q.dtype), math.exp(-1 / self.tau)
        recent = [torch.zeros_like(bias)] * len(weigh)  # spikes before this step, newest first
        v, current, found = bias, torch.zeros_like(bias), []
        for _ in range(self.steps):
            sent = torch.einsum("lbrd,lbnd->brnd", weigh, torch.stack(recent))
            come = torch.einsum("bruv,brud->bvd", links, sent)
            current = keep * current + math.e / self.tau * self.message(come)
            h = keep * v + current + bias
            s = step(h - self.v_threshold, "sigmoid")
            v = (1 - s) * h
            recent = [s, *recent[:-1]]
            found.append((s, h, v))
        return Trace(*(torch.stack(each) for each in zip(*found, strict=True)))

    def asked(self, links: Tensor, source: Tensor, query: Tensor | None) -> Tensor:
        """The vectors ``[B, D]`` of the queries, if the question can be asked."""
        query = torch.zeros_like(source) if query is None else query
        shapes, nodes = [tuple(each.shape) for each in (links, source, query)], links.shape[-1]
        if shapes != [(len(links), self.relations, nodes, nodes), *[(len(links),)] * 2]:
            raise ValueError(
                f"links must be [B, {self.relations}, N, N], source and query [B], got shapes "
                f"{shapes}: links[b, r, u, v] is 1 for an edge from u to v"
            )
        check_numbers(0, nodes, source=source)
        check_numbers(0, self.query.num_embeddings, query=query)
        return self.query(query.long())

    def forward(self, links: Tensor, source: Tensor, query: Tensor | None = None) -> Tensor:
        """Scores ``[B, N]`` of the nodes as answers, as logits.

        Args:
            links: ``[B, R, N, N]``, 1 at (b, r, u, v) where graph b has an edge of relation r
                from u to v, else 0.
            source: the node that is asked about ``[B]``.
            query: kind of the question ``[B]``; None is 0 for all.
        """
        s = self.trace(links, source, query).s
        weights = 0.95 ** torch.arange(self.steps, device=s.device, dtype=s.dtype)
        seen = torch.tensordot(weights / weights.sum(), s, 1)  # [B, N, D]
        q = self.asked(links, source, query)
        return self.score(torch.cat((seen, q[:, None].expand_as(seen)), -1))[..., 0]


def check_race(edges: Tensor, delays: Tensor, source: int, nodes: int, steps: int) -> None:
    """Refuse what is no graph, delays below 1, and numbers of no node."""
    for name, value, least in (("nodes", nodes, 1), ("steps", steps, 1), ("source", source, 0)):
        check_whole(name, value, least, "count in whole numbers")
    check_numbers(0, nodes, edges=edges, source=torch.tensor(source))
    check_numbers(1, math.inf, delays=delays)
    if edges.ndim != 2 or len(edges) != 2 or delays.shape != edges.shape[1:]:
        raise ValueError(
            "edges must be [2, E] and delays [E], one for each edge, got shapes "
            f"{tuple(edges.shape)} and {tuple(delays.shape)}: the rows of edges are from and to"
        )


def check_delays(d: Tensor, shape: torch.Size) -> None:
    """Refuse delays of another shape than a step of one sample, or that are no delays."""
    check_floating("d", d)
    if d.shape != shape:
        raise ValueError(
            f"d must be {list(shape)}, as s behind time and batch, got shape {tuple(d.shape)}: "
            "expand it where edges share a delay"
        )
    if d.is_cpu and not watched(d) and not ((d >= 0) & (d < math.inf)).all():
        raise ValueError(f"d must be finite and >= 0, got {d.min():g} to {d.max():g}: clamp it")


def check_numbers(least: int, below: float, **named: Tensor) -> None:
    """Refuse what is no tensor of whole numbers, or holds one below `least` or not `below`."""
    span = f"at least {least}" if below == math.inf else f"from {least} to {below - 1}"
    for name, x in named.items():
        if not isinstance(x, Tensor) or x.is_floating_point():
            got = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise TypeError(f"{name} must be whole numbers, got {got}: round, then .long()")
        if x.is_cpu and not watched(x) and ((x < least) | (x.double() >= below)).any():
            raise ValueError(
                f"{name} must be {span}, got {x.min()} to {x.max()}: nodes and queries begin at "
                "0, delays at 1"
            )
