"""Neurons of other libraries, each used as its own documentation says is fastest.

A peer is imported when it is asked for, so none is needed. All get decay 0.25, threshold 1 and a
reset to 0 where they have such a thing. What differs from ours:

- SpikingJelly fires at the threshold, ours strictly above it: the same on continuous input.
- snnTorch lets no gradient through the reset.
- Norse charges with ``v + (x - v) dt / tau``, so its potential is 0.75 of ours; its threshold
  here is 0.75 for the same spikes.
- PSN and SlidingPSN are neurons of another kind: learned weights over the steps, no reset.

Source: the libraries' own pages and sources, SpikingJelly 2.0.0, snnTorch 1.0.0, Norse 1.1.0;
older SpikingJelly with its ``backend`` argument as well. PSN: arXiv 2304.12760.
"""

import inspect
from collections.abc import Callable
from functools import cache, partial
from operator import call

import torch
from torch import Tensor


def spikingjelly_lif(device: str, dtype: torch.dtype, way: str | None = None) -> Callable:
    """``LIFNode`` over all steps at once; its state is put back before each sequence.

    From version 2 on SpikingJelly itself chooses how to run: torch on a CPU, its own CUDA or
    Triton kernel on a GPU, for the slopes that its kernels know.

    Args:
        device, dtype: of the input.
        way: None for the library's choice. "torch": the slope is wrapped in a function, which no
            kernel of version 2 knows. Before version 2 a name for its argument ``backend``.
    """
    from spikingjelly.activation_based import neuron, surrogate

    slope, words = surrogate.PiecewiseQuadratic(1.0), {}
    if way is not None and _has_backends():
        words["backend"] = way
    elif way is not None:
        slope = partial(call, slope)
    node = neuron.LIFNode(
        tau=4 / 3,
        decay_input=False,
        v_threshold=1.0,
        v_reset=0.0,
        surrogate_function=slope,
        step_mode="m",
        **words,
    ).to(device, dtype)

    def run(x: Tensor) -> Tensor:
        node.reset()  # what reset_net does to each layer before a new sequence
        return node(x)

    return run


def spikingjelly_psn(steps: int, device: str, dtype: torch.dtype) -> Callable:
    """``PSN``: one matrix product over all steps."""
    from spikingjelly.activation_based import neuron, surrogate

    return neuron.PSN(steps, surrogate.PiecewiseQuadratic(1.0)).to(device, dtype)


def spikingjelly_sliding_psn(device: str, dtype: torch.dtype) -> Callable:
    """``SlidingPSN`` that looks back one step (k = 2, as far as MPE), over all steps at once."""
    from spikingjelly.activation_based import neuron, surrogate

    node = neuron.SlidingPSN(
        k=2, surrogate_function=surrogate.PiecewiseQuadratic(1.0), step_mode="m"
    )
    return node.to(device, dtype)


def snntorch_leaky(device: str, dtype: torch.dtype) -> Callable:
    """``Leaky`` called step by step, its spikes stacked, as in the library's tutorials."""
    import snntorch

    leaky = snntorch.Leaky(beta=0.25, threshold=1.0, reset_mechanism="zero").to(device, dtype)
    return _by_steps(leaky, torch.zeros_like)


def norse_lif(device: str, dtype: torch.dtype, compiled: bool = False) -> Callable:
    """``LIFBoxCell`` called step by step; compiled, which the notes of release 1.1.0 recommend."""
    from norse.torch import LIFBoxFeedForwardState

    cell = _norse_cell(device, dtype, compiled)
    return _by_steps(cell, lambda x: LIFBoxFeedForwardState(v=torch.zeros_like(x)))


def _by_steps(cell: Callable, first: Callable[[Tensor], object]) -> Callable:
    """A neuron of one step called step by step; its first state is shaped like an input."""

    def run(x: Tensor) -> Tensor:
        state, spikes = first(x[0]), []
        for x_t in x.unbind(0):
            s, state = cell(x_t, state)
            spikes.append(s)
        return torch.stack(spikes)

    return run


@cache  # a new cell would be compiled anew, and torch compiles few variants of one function
def _norse_cell(device: str, dtype: torch.dtype, compiled: bool) -> Callable:
    from norse.torch import LIFBoxCell, LIFBoxParameters

    values = {"tau_mem_inv": 0.75, "v_leak": 0.0, "v_th": 0.75, "v_reset": 0.0, "alpha": 100.0}
    tensors = {
        name: torch.tensor(each, dtype=dtype, device=device) for name, each in values.items()
    }
    cell = LIFBoxCell(LIFBoxParameters(**tensors), dt=1.0)
    # one kernel for all sizes; fullgraph: an error, not a slow way round, if it cannot compile
    return torch.compile(cell, dynamic=True, fullgraph=True) if compiled else cell


def installed(
    steps: int, device: str, dtype: torch.dtype, compiles: bool = False
) -> tuple[dict[str, Callable], dict[str, str]]:
    """The peers that run here: ({name: neuron}, {name: why it was left out}).

    Each is tried on a small input, forward and backward; a library that fails to import or to
    run is left out with its own words.

    Args:
        steps: T, which a PSN has weights for.
        device: "cpu", "cuda", ...
        dtype: of the input.
        compiles: torch.compile works on this device.
    """
    makers = {
        "SpikingJelly LIF": lambda: spikingjelly_lif(device, dtype),
        "SpikingJelly PSN": lambda: spikingjelly_psn(steps, device, dtype),
        "SpikingJelly SlidingPSN": lambda: spikingjelly_sliding_psn(device, dtype),
        "snnTorch Leaky": lambda: snntorch_leaky(device, dtype),
        "Norse LIFBox": lambda: norse_lif(device, dtype),
    }
    if compiles:
        makers["Norse LIFBox, compiled"] = lambda: norse_lif(device, dtype, compiled=True)
    if torch.device(device).type == "cuda":
        for way in ("cupy", "triton") if _has_backends() else ("torch",):
            makers[f"SpikingJelly LIF, {way}"] = partial(spikingjelly_lif, device, dtype, way)
    found, left_out = {}, {}
    for name, make in makers.items():
        try:
            neuron = make()
            _try_out(neuron, steps, device, dtype)
        except Exception as error:  # another library's code: it may raise anything
            words = str(error).splitlines() or [""]
            left_out[name] = f"{type(error).__name__}: {words[0][:200]}"
        else:
            found[name] = neuron
    return found, left_out


def _has_backends() -> bool:
    """SpikingJelly before version 2, whose neurons take the name of a backend."""
    try:
        from spikingjelly.activation_based import neuron
    except Exception:  # not there, or not importable: installed() says why
        return False
    return "backend" in inspect.signature(neuron.LIFNode.__init__).parameters


def chosen(device: str) -> dict[str, str]:
    """How a library that chooses for itself runs its neuron here, by the contestant's name."""
    if "SpikingJelly LIF" not in installed(2, device, torch.float32)[0] or _has_backends():
        return {}
    from spikingjelly.activation_based import functional

    found = functional.neuron_implementation("lif", torch.device(device))
    return {"SpikingJelly LIF": found["implementation"]}


def _try_out(neuron: Callable, steps: int, device: str, dtype: torch.dtype) -> None:
    x = torch.ones(steps, 1, 64, device=device, dtype=dtype, requires_grad=True)
    s = neuron(x)
    if s.shape != x.shape or s.dtype != dtype:
        raise TypeError(f"expected spikes like x, {x.shape} {dtype}, got {s.shape} {s.dtype}")
    s.backward(torch.ones_like(s))
