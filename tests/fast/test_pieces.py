"""A long sequence in pieces is the whole one: spikes, potentials and gradients."""

import pytest
import torch
from fused import current, device

from mpe_lib import LIF, MPE, lif_sequence, lif_spikes, mpe_sequence, mpe_spikes

CUTS = [(5, 8), (1, 2, 10), (8, 1, 4)]


def in_pieces(call, x, cuts):
    """(spikes, what the last piece left) of a sequence that is cut."""
    spikes, left = [], None
    for piece in x.split(list(cuts)):
        s, left = call(piece, left)
        spikes.append(s)
    return torch.cat(spikes), left


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("backend", ["torch", "compile", "triton"])
@pytest.mark.parametrize("rule", [None, "mean", "hard", "zero"])
def test_pieces_are_the_whole(rule, backend, dtype):
    where = "cpu" if backend == "torch" else device(backend)
    cases = zip(CUTS, (0, 0, 0) if rule is None else (0, 1, 3), strict=True)
    for cuts, sweeps in list(cases)[: 2 if backend == "triton" else 3]:  # which is interpreted
        options = {"decay": 0.8, "reset": "soft", "backend": backend, "with_last": True}
        if rule is not None:
            options |= {"rule": rule, "sweeps": sweeps, "with_loss": False}

        def call(x, v0, options=options):
            if rule is None:
                return lif_spikes(x, v0=v0, **options)
            return mpe_spikes(x, v0=v0, **options)[::2]

        found = []
        for parts in ((13,), cuts):
            x = current(13, 3, dtype=dtype, where=where).requires_grad_()
            s, left = in_pieces(call, x, parts)
            weights = torch.linspace(1, 2, s.numel(), device=where).view(s.shape)
            ((s * weights).sum() + left.sum()).backward()
            found.append((s, left, x.grad))
        (s, left, grad), (s_cut, left_cut, grad_cut) = found
        assert torch.equal(s, s_cut) and torch.equal(left, left_cut) and 0 < s.mean() < 1
        rough = {"rtol": 0.02, "atol": 0.02} if dtype == torch.bfloat16 else {}
        torch.testing.assert_close(grad, grad_cut, **rough)


def test_what_is_left_is_the_potential_of_the_trace():
    x = current(7, 2, 3)
    assert torch.equal(lif_spikes(x, with_last=True)[1], lif_sequence(x).v[-1])
    for rule in ("hard", "bernoulli"):
        left = mpe_spikes(x, rule, sweeps=2, seed=4, with_last=True)[2]
        traces = [mpe_sequence(x, rule, sweeps=k, seed=4) for k in range(3)]
        assert torch.equal(left, torch.stack([trace.v_hat[-1] for trace in traces]))


def test_half_precision_is_carried_on_in_single():
    s, v = lif_spikes(current(4, 3, dtype=torch.float16), with_last=True)
    assert s.dtype == torch.float16 and v.dtype == torch.float32


def test_one_potential_serves_every_pass():
    x, v0 = current(5, 4), torch.rand(4)
    for backend in ("torch", "auto"):
        one, each = (
            mpe_spikes(x, "hard", sweeps=2, v0=v, backend=backend)[0] for v in (v0, v0.expand(3, 4))
        )
        assert torch.equal(one, each)


def test_layers_go_on_from_where_they_stopped():
    x, layer = current(9, 3), LIF(decay=0.9)
    s, v = layer(x[:4], with_last=True)
    assert torch.equal(torch.cat((s, layer(x[4:], v))), layer(x))
    assert torch.equal(layer.trace(x[4:], v).s, layer(x)[4:])
    layer = MPE("hard", eval_rule="hard", sweeps=2, decay=0.9)
    s, v = layer(x[:4], with_last=True)
    assert torch.equal(torch.cat((s, layer(x[4:], v0=v))), layer(x))
    assert torch.equal(layer.trace(x[4:], v0=v).s, layer(x)[4:])


def test_a_stream_compiled_whole():
    x, go_on = current(6, 3), torch.compile(lambda x, v: lif_spikes(x, v0=v, with_last=True),
                                            fullgraph=True, backend="aot_eager")  # fmt: skip
    s, v = go_on(x[:2], torch.zeros(3))
    assert torch.equal(torch.cat((s, go_on(x[2:], v)[0])), lif_spikes(x))
