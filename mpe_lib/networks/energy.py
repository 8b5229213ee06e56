"""Energy by synaptic operations: what the spikes of a network cost, layer by layer."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ACCUMULATE, MULTIPLY = 0.9, 4.6  # picojoules of one 32-bit addition, and of a product added
WEIGHTS, POOLS = (nn.Conv2d, nn.Linear), (nn.AvgPool2d, nn.AdaptiveAvgPool2d)
OTHERS = (nn.Conv1d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


class LayerCost(NamedTuple):
    """What reaches one layer of weights, for one sample, over all of its steps.

    Args:
        name: of the layer in the network.
        kind: "AC" (spikes: each adds a weight) or "MAC" (values: each is multiplied first).
        events: what comes in: spikes, or inputs other than 0.
        operations: additions, or multiplications with an addition: each event times the outputs
            that it reaches.
        dense: multiplications with an addition where every input counts, 0 or not.
    """

    name: str
    kind: str
    events: float
    operations: float
    dense: float


class NetworkCost(NamedTuple):
    """The layers of a network, and their totals for one sample over all of its steps.

    Args:
        layers: in the order in which they run.
        steps: T.
        accumulates, multiplies: operations by kind.
        dense: multiplications with an addition of the same network on dense activations.
        picojoules: estimate for the spiking network.
        dense_picojoules: estimate for the dense one, at all T steps. An ordinary network runs
            once and not T times: divide by ``steps`` for it.
    """

    layers: tuple[LayerCost, ...]
    steps: int
    accumulates: float
    multiplies: float
    dense: float
    picojoules: float
    dense_picojoules: float


@torch.no_grad()
def synaptic_operations(network: nn.Module, frames: Tensor) -> NetworkCost:
    """Count the operations that frames cause in a network's convolutions and linear layers.

    A spike that arrives adds one weight to each output that it reaches, which is an accumulate
    (AC). At the border of a padded convolution, or with a stride, it reaches fewer: these are
    counted exactly, and so are the operations of the dense network, which has none for the zeros
    of the padding. The energy is 0.9 pJ for an AC and 4.6 pJ for a multiplication with an
    addition (MAC), 32-bit floating point at 45 nm.

    - The first layer is given counts or grey values, not spikes: each one that is not 0 has to
      be multiplied by the weight, so it costs a MAC for each output that it reaches.
    - Behind an average pool of n pixels an input is k / n with k the spikes that fell on them.
      Averaging is linear, so each of the k can be sent on by itself to weights that are divided
      by n once and for all: k spikes, k ACs for each output that the pooled pixel reaches.
      So a busy layer may cost more operations than the dense network has. A maximum of spikes
      is a spike.
    - Any other input that is no whole number makes its layer one of MACs.

    What this is: the usual estimate of the field, good for comparing spiking networks with one
    another. What it leaves out: fetching weights and potentials from memory, which in most chips
    costs more than the arithmetic; the neurons' own decay, threshold and guess (MPE makes a draw
    at each step); sending the spikes; the norms, which can be folded into the weights; the
    biases. And it says nothing about a GPU, which multiplies by the zeros all the same.

    Args:
        network: with layers of ``nn.Conv2d`` and ``nn.Linear``, each given folded images
            ``[T B, C, H, W]`` or ``[..., features]``; it is run as in ``eval()`` and left in the
            mode it was in.
        frames: ``[T, B, ...]``, B samples of which the mean is taken.

    Returns:
        NetworkCost, per sample.

    Raises:
        ValueError: no such layer ran; layers of weights of another kind, or padding other than
            zeros.

    Source: Horowitz, "Computing's energy problem", ISSCC 2014, doi 10.1109/ISSCC.2014.6757323,
    for the two energies.

    >>> from mpe_lib.networks.event import EventNet
    >>> from mpe_lib import LIF
    >>> cost = synaptic_operations(EventNet(10, LIF, size=(8, 8)), torch.ones(3, 2, 2, 8, 8))
    >>> [(layer.kind, layer.dense) for layer in cost.layers]
    [('MAC', 34848.0), ('AC', 86400.0), ('AC', 2880.0)]
    >>> cost.layers[0].operations  # every input is 1: as many as in the dense network
    34848.0
    """
    watched = _watched(network)
    found: list[LayerCost] = []
    areas = {1}  # pixels that averages of spikes have been taken over so far

    def pool(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        if before := _averaged(inputs[0], areas):
            areas.add(before * _area(module, inputs[0], output))

    def weigh(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        cost = _cost(module, inputs[0], _averaged(inputs[0], areas) if found else None)
        per_sample = [each / frames.shape[1] for each in cost[1:]]
        found.append(LayerCost(watched[module], cost[0], *per_sample))

    hooks = [
        module.register_forward_hook(pool if isinstance(module, POOLS) else weigh)
        for module in watched
    ]
    modes = [(module, module.training) for module in network.modules()]
    try:
        network.eval()(frames)
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes:
            module.training = mode
    if not found:
        raise ValueError(
            "expected a network that runs nn.Conv2d or nn.Linear, got none: their spikes are "
            "what is counted"
        )
    return _total(tuple(found), len(frames))


def _total(layers: tuple[LayerCost, ...], steps: int) -> NetworkCost:
    accumulates = sum(layer.operations for layer in layers if layer.kind == "AC")
    multiplies = sum(layer.operations for layer in layers if layer.kind == "MAC")
    dense = sum(layer.dense for layer in layers)
    energy = ACCUMULATE * accumulates + MULTIPLY * multiplies
    return NetworkCost(layers, steps, accumulates, multiplies, dense, energy, MULTIPLY * dense)


def _watched(network: nn.Module) -> dict[nn.Module, str]:
    """The layers to listen to, with their names."""
    named = [(module, name or type(module).__name__) for name, module in network.named_modules()]
    for module, name in named:
        strange = isinstance(module, nn.Conv2d) and module.padding_mode != "zeros"
        if strange or isinstance(module, OTHERS):
            raise ValueError(
                f"expected nn.Conv2d padded with zeros and nn.Linear only, got {name} = {module}: "
                "its spikes would not be counted"
            )
    return {module: name for module, name in named if isinstance(module, (*WEIGHTS, *POOLS))}


def _averaged(x: Tensor, areas: set[int]) -> int | None:
    """The fewest pixels of which x can be averages of spikes; None where it holds other values."""
    for area in sorted(areas):
        spikes = x.float() * area
        if (spikes - spikes.round()).abs().max() < 1e-3:  # k / 9 has no exact number
            return area
    return None


def _cost(layer: nn.Module, x: Tensor, area: int | None) -> tuple:
    """(kind, events, operations, dense) of one call of a layer, all samples and steps together;
    area None: of values and not of spikes."""
    kind = "AC" if area else "MAC"
    events = (x.float() * area).round().abs() if area else (x != 0).float()
    reach = _reach(layer, x)
    sums = [each.sum(dtype=torch.float64) for each in (events, events * reach, reach.expand_as(x))]
    return kind, *(each.item() for each in sums)


def _reach(layer: nn.Module, x: Tensor) -> Tensor:
    """How many outputs each input reaches; a number, or ``[H, W]`` for a convolution."""
    if isinstance(layer, nn.Linear):
        return torch.tensor(float(layer.out_features), device=x.device)
    kernel = torch.ones(1, 1, *layer.kernel_size, device=x.device)
    with torch.enable_grad():  # a sum of windows has as gradient the number of them over a pixel
        image = torch.ones(1, 1, *x.shape[-2:], device=x.device, requires_grad=True)
        windows = F.conv2d(image, kernel, None, layer.stride, layer.padding, layer.dilation)
        (windows_over,) = torch.autograd.grad(windows.sum(), image)
    return windows_over[0, 0].round() * (layer.out_channels // layer.groups)


def _area(pool: nn.Module, x: Tensor, y: Tensor) -> int:
    """Pixels that an average pool makes one of."""
    if isinstance(pool, nn.AvgPool2d):
        side = pool.kernel_size
        return pool.divisor_override or (side**2 if isinstance(side, int) else side[0] * side[1])
    (h, w), (height, breadth) = x.shape[-2:], y.shape[-2:]
    return 1 if h % height or w % breadth else (h // height) * (w // breadth)
