"""EVSNN: video from the events of a camera, drawn by membranes that never fire.

L. Zhu et al., "Event-based Video Reconstruction via Potential-assisted Spiking Neural Network",
CVPR 2022, 3594-3604, arXiv 2201.10943; the equations were read in the authors' repository
(LinZhu111/EVSNN, inference only) and, for the voxel grid, in a secondary source.

The network here is a small form of it: a head, a spiking encoder that halves the picture, one
residual block, a decoder that doubles it and sees the encoder's spikes, and a readout of membranes.
Left out are the adaptive leaks and the potentials as skips of the potential-assisted form
(PA-EVSNN), batch norm (it makes spikes without an input, as the authors say), and the loss on
features of a trained network (LPIPS). "Fully spiking" it is not: doubling mixes spikes to numbers,
and the output is a number.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.causal import leaky_sum, powers
from ..core.checks import check_current, check_number, check_start, check_whole
from ..core.dynamics import Settings, Trace, carried, carry, lif_sequence
from .parts import per_step


def voxel_grid(
    t, x, y, p, bins: int, size: tuple[int, int], span: tuple[float, float] | None = None
) -> Tensor:
    """Signed events in bins of time, each shared by the two bins next to it.

    ``E[n, y, x] = sum of p max(0, 1 - |n - t*|)``, with ``t* = (bins - 1)(t - t_0) / (t_1 - t_0)``
    and p 1 or -1: bin n stands for the time ``t_0 + n (t_1 - t_0) / (bins - 1)``.

    Args:
        t: times of the events, in any unit and order: arrays or tensors ``[N]``, as all four.
        x, y: column and row.
        p: polarity: 1 brighter; 0 or -1 darker.
        bins: at least 1.
        size: (width, height) of the sensor in pixels.
        span: (t_0, t_1); the first and the last event if None. Events beyond it are left out.

    Returns:
        float32 ``[bins, height, width]``.

    Raises:
        ValueError, TypeError: arrays that do not fit each other, the sensor, or the meaning.

    Source: arXiv 2201.10943.

    >>> voxel_grid([0, 5, 20], x=[0, 0, 1], y=[0, 0, 0], p=[1, 0, 1], bins=3, size=(2, 1))
    tensor([[[ 0.5000,  0.0000]],
    <BLANKLINE>
            [[-0.5000,  0.0000]],
    <BLANKLINE>
            [[ 0.0000,  1.0000]]])
    """
    bins = check_whole("bins", bins, 1, "it counts them")
    width, height = (check_whole("size", side, 1, "it is (width, height)") for side in size)
    t, pixel, sign = check_events(t, x, y, p, width, height)
    if span is not None and not span[0] < span[1]:
        raise ValueError(f"span must be (t_0, t_1), t_0 before t_1, got {span}: in the unit of t")
    grid = torch.zeros(bins * height * width, dtype=torch.float64, device=t.device)
    first, last = span or ((t.min(), t.max()) if len(t) else (0.0, 0.0))
    place = (bins - 1) * (t - first) / ((last - first) or 1)
    early = place.floor()
    for n, share in ((early, early + 1 - place), (early + 1, place - early)):
        there = (n < bins) & (t >= first) & (t <= last)
        flat = (n.long() * height * width + pixel)[there]
        grid.index_add_(0, flat, (sign * share)[there])
    return grid.view(bins, height, width).float()


def scaled(voxels: Tensor) -> Tensor:
    """Voxels divided by the root mean square of those that are not 0, recording by recording.

    The authors take off their mean too. Where one polarity prevails that turns the sign of weak
    events, and it is not done here.

    Args:
        voxels: ``[T, B, H, W]``.

    >>> scaled(torch.tensor([3.0, 0.0, -3.0]).view(3, 1, 1, 1)).flatten().tolist()
    [1.0, 0.0, -1.0]
    """
    check_current(voxels)
    axes = [0, *range(2, voxels.ndim)]
    count = (voxels != 0).sum(axes, keepdim=True).clamp(min=1)
    size = (voxels.square().sum(axes, keepdim=True) / count).sqrt()
    return voxels / torch.where(size > 0, size, 1)


def membrane_sequence(x: Tensor, tau: float | Tensor = 2.0, v0: Tensor | None = None) -> Trace:
    """A membrane that never fires: a mean over the past that forgets.

    ``v[t] = v[t-1] + (x[t] - v[t-1]) / tau``: it keeps ``1 - 1 / tau`` of itself, so that
    without an input it fades as ``(1 - 1 / tau)^t``.

    Args:
        x: ``[T, B, ...]``.
        tau: in steps, at least 1; a float or a 0-d tensor (may need a gradient). 1 keeps nothing.
        v0: potential before the first step, ``[B, ...]`` or one number; 0 if None. Pass
            ``trace.v[-1]`` to continue a sequence.

    Returns:
        Trace of s, h, v, each ``[T, B, ...]``; s is 0, and h is v.

    Raises:
        ValueError, TypeError: a wrong x, tau or v0.

    Source: arXiv 2201.10943, the membrane potential neuron; SpikingJelly's ``NonSpikingLIFNode``.

    >>> membrane_sequence(torch.tensor([[8.0], [0.0], [0.0]])).v.flatten().tolist()
    [4.0, 2.0, 1.0]
    """
    check_current(x)
    tau = check_number("tau", tau, 1.0)
    v0, decay, current = check_start(v0, x, carried(x.dtype)), 1 - 1 / tau, carry(x)
    v = leaky_sum(current / tau, decay)
    if v0 is not None:
        kept = powers(decay, len(x) + 1, v.dtype, v.device)[1:]
        v = v + kept.view(-1, *[1] * v0.ndim) * v0
    v = v.to(x.dtype)
    return Trace(torch.zeros_like(v), v, v)


class EVSNN(nn.Module):
    """Pictures from voxels: convolutions between spiking neurons, and membranes that draw.

    Every neuron charges as the membrane, ``h = v + (x - v) / tau``, fires strictly above 1 and is
    reset softly. The picture is ``v`` of :func:`membrane_sequence` on the last layer's spikes,
    weighed. No layer has a bias: without events nothing fires for long, and the picture fades as
    ``(1 - 1 / tau_out)^t``.

    Args:
        channels: of the head, and of each layer of the encoder, which halves width and height.
        tau: of the spiking neurons, in steps.
        tau_out: of the membranes that draw, in steps; 1 is a readout without memory.
        gain: by which torch's start of the weights is multiplied; at 1 hardly a neuron fires.

    >>> EVSNN()(torch.zeros(5, 2, 16, 16)).shape
    torch.Size([5, 2, 16, 16])
    """

    def __init__(
        self,
        channels: Sequence[int] = (8, 16),
        tau: float = 2.0,
        tau_out: float = 10.0,
        gain: float = 10.0,
    ):
        super().__init__()
        for each in tuple(channels) or (0,):
            check_whole("channels", each, 1, "each counts those of a layer")
        self.tau, self.tau_out = (
            check_number(n, value, 1.0) for n, value in (("tau", tau), ("tau_out", tau_out))
        )

        def layer(inputs: int, outputs: int, side: int = 3, stride: int = 1) -> nn.Conv2d:
            return nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)

        pairs = list(zip(channels[:-1], channels[1:], strict=True))
        self.head = layer(1, channels[0], 5)
        self.down = nn.ModuleList(layer(a, b, stride=2) for a, b in pairs)
        self.block = nn.ModuleList(layer(channels[-1], channels[-1]) for _ in range(2))
        self.up = nn.ModuleList(layer(a + b, a) for a, b in reversed(pairs))
        self.draw = layer(channels[0], 1)
        with torch.no_grad():
            for weight in self.parameters():
                weight.mul_(gain)

    def run(self, x: Tensor, state: Sequence[Tensor] = ()) -> tuple[Tensor, list[Tensor]]:
        """Pictures ``[T, B, H, W]`` of voxels of that shape, and all potentials at the end.

        Args:
            x: voxels, :func:`scaled`; each layer of the encoder halves height and width.
            state: the potentials at the end of the window before, to go on with it.

        Raises:
            ValueError, TypeError: voxels of another shape, potentials of other voxels.
        """
        check_voxels(x, 2 ** len(self.down))
        before, after, skips = iter(state), [], []

        def fire(current: Tensor) -> Tensor:
            settings = Settings(1 - 1 / self.tau, 1.0, "soft", "atan")
            trace = lif_sequence(current / self.tau, *settings, v0=next(before, None))
            after.append(trace.v[-1])
            return trace.s

        s = fire(per_step(self.head, x[:, :, None]))
        for layer in self.down:
            skips.append(s)
            s = fire(per_step(layer, s))
        first, second = self.block
        s = fire(per_step(second, fire(per_step(first, s))) + s)
        for layer in self.up:
            s = torch.cat((per_step(doubled, s), skips.pop()), 2)
            s = fire(per_step(layer, s))
        drawn = per_step(self.draw, s)[:, :, 0]
        picture = membrane_sequence(drawn, self.tau_out, next(before, None)).v
        return picture, [*after, picture[-1]]

    def forward(self, x: Tensor) -> Tensor:
        """Pictures ``[T, B, H, W]`` of voxels ``[T, B, H, W]``; their level is unknown."""
        return self.run(x)[0]


def doubled(x: Tensor) -> Tensor:
    """Pictures ``[N, C, H, W]`` twice as high and wide, linear in between."""
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def check_events(t, x, y, p, width: int, height: int) -> tuple[Tensor, Tensor, Tensor]:
    """(times, flat pixel numbers, signs) of events that are on the sensor."""
    t, x, y, p = (torch.as_tensor(each).double().flatten() for each in (t, x, y, p))
    if not len(t) == len(x) == len(y) == len(p):
        raise ValueError(
            f"t, x, y and p must hold one number for each event, got {len(t)}, {len(x)}, {len(y)} "
            f"and {len(p)}: pass the four arrays of one recording"
        )
    if not t.isfinite().all():
        raise ValueError("t must be finite times: leave out the events without one")
    for name, place, side in (("x", x, width), ("y", y, height)):
        on = (place >= 0) & (place < side) & (place == place.floor())
        if not on.all():
            raise ValueError(
                f"{name} must be whole numbers in [0, {side}) on a sensor {width} x {height}, got "
                f"{place[~on][0]:g}: is size (width, height)?"
            )
    if not ((p == 1) | (p == 0) | (p == -1)).all():
        raise ValueError("p must be 1 (brighter) or 0 or -1 (darker): see Recordings")
    return t, (y * width + x).long(), torch.where(p > 0, 1.0, -1.0).double()


def check_voxels(x: Tensor, multiple: int) -> None:
    """Refuse what is not ``[T, B, H, W]``, or cannot be halved as often as the encoder does."""
    check_current(x)
    if x.ndim != 4 or x.shape[2] % multiple or x.shape[3] % multiple:
        raise ValueError(
            f"x must be voxels [T, B, H, W] with H and W multiples of {multiple}, got shape "
            f"{tuple(x.shape)}: cut the sensor, or take fewer channels"
        )
