"""Weighted sums over the steps so far, all at once: what a neuron without reset does."""

import torch
from torch import Tensor

from .checks import check_current, check_number, check_whole
from .dynamics import carry

DENSE = 200  # steps up to which a T x T matrix is quicker than anything else


def leak_matrix(
    steps: int, decay: float | Tensor, dtype: torch.dtype | None = None, device=None
) -> Tensor:
    """What a leak makes of an input: ``A[t, u] = decay^(t - u)`` for u <= t, else 0.

    Args:
        steps: T, at least 1.
        decay: factor kept per step, in [0, 1]; a float or a 0-d tensor (may need a gradient).
        dtype, device: of the matrix; those of a tensor decay, else torch's defaults.

    Returns:
        A ``[T, T]``; ``A x`` is the potential of a neuron that leaks and is never reset.

    Raises:
        ValueError: steps below 1, a decay outside [0, 1].

    >>> leak_matrix(3, 0.5).tolist()
    [[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.25, 0.5, 1.0]]
    """
    steps = check_whole("steps", steps, 1, "it counts the rows")
    decay = check_number("decay", decay, 0.0, 1.0)
    if isinstance(decay, Tensor):
        dtype, device = dtype or decay.dtype, decay.device if device is None else device
    return toeplitz(powers(decay, steps, dtype, device), steps)


def powers(decay, steps: int, dtype=None, device=None) -> Tensor:
    """``decay^0, ..., decay^(T - 1)`` on a first axis; the gradient is finite at decay 0 too."""
    like = {"device": decay.device} if isinstance(decay, Tensor) else {"device": device}
    decay = torch.as_tensor(decay, dtype=dtype, **like)
    steps_of = torch.ones((steps, *decay.shape), dtype=decay.dtype, device=decay.device)
    steps_of[1:] = decay
    return steps_of.cumprod(0)


def later_powers(decay, steps: int, dtype=None, device=None) -> Tensor:
    """The same with 0 in the first place: what acts from the next step on, as a reset does."""
    kernel = powers(decay, steps, dtype, device)
    return torch.cat((torch.zeros_like(kernel[:1]), kernel[1:]))


def toeplitz(kernel: Tensor, steps: int) -> Tensor:
    """The matrix of a causal convolution: ``[T, T]``, ``kernel[t - u]`` at (t, u), 0 for u > t.

    A kernel ``[K]`` or ``[K, C]`` that ends before T weighs what is older with 0; with C channels
    the matrix is ``[T, T, C]``.
    """
    at = torch.arange(steps, device=kernel.device)
    lag = at[:, None] - at
    there = (lag >= 0) & (lag < len(kernel))
    found = kernel[lag.clamp(0, len(kernel) - 1)]  # [T, T] or [T, T, C]
    return torch.where(there.view(steps, steps, *[1] * (kernel.ndim - 1)), found, 0)


def causal(x: Tensor, kernel: Tensor, dilation: int = 1) -> Tensor:
    """Each step's weighted sum of the inputs so far: ``h[t] = sum of kernel[t - u] x[u], u <= t``.

    Few taps are added up one by one, up to 200 steps are one matrix product, and more go through
    a Fourier transform of twice the length: a shorter one would wrap the end round to the start.
    A NaN or an infinity in x reaches every step of its sequence, earlier ones too.

    Args:
        x: ``[T, B, ...]``, float32 or float64.
        kernel: ``[K]``, newest first; or ``[K, C]``, one for each channel of x ``[T, B, C, ...]``.
        dilation: steps from one weight of the kernel to the next; above 1 they are added up one by
            one, however many.

    Returns:
        h ``[T, B, ...]``, in the dtype of x.

    >>> causal(torch.tensor([[1.0], [0.0], [2.0]]), torch.tensor([1.0, 0.5])).flatten().tolist()
    [1.0, 0.5, 2.0]
    """
    steps, one = len(x), _beside(kernel, x)
    kernel = kernel[: -(-steps // dilation)]  # what would look before the first step
    if len(kernel) <= 16 or dilation > 1:
        wide = kernel.view(len(kernel), *one)
        total = wide[0] * x
        for k in range(1, len(kernel)):
            late, lag = torch.zeros_like(x), k * dilation
            late[lag:] = wide[k] * x[:-lag]
            total = total + late
        return total
    if steps <= DENSE:
        matrix = toeplitz(kernel, steps)
        if kernel.ndim == 1:
            return torch.tensordot(matrix, x, 1)
        return torch.einsum("tuc,ubc...->tbc...", matrix, x)
    n = 2 * steps
    wide = torch.fft.rfft(kernel, n, 0)
    wide = wide.view(len(wide), *one)
    return torch.fft.irfft(wide * torch.fft.rfft(x, n, 0), n, 0)[:steps]


def leaky_sum(x: Tensor, decay: float | Tensor) -> Tensor:
    """``A x``: the potential of a neuron that leaks and is never reset, ``[T, B, ...]``.

    Args:
        x: ``[T, B, ...]``; half precision is computed, and given back, in float32.
        decay: factor kept per step, in [0, 1]; a float or a 0-d tensor (may need a gradient).

    >>> leaky_sum(torch.ones(3, 1), 0.5).flatten().tolist()
    [1.0, 1.5, 1.75]
    """
    check_current(x)
    x, decay = carry(x), check_number("decay", decay, 0.0, 1.0)
    return causal(x, powers(decay, len(x), x.dtype, x.device))


def _beside(kernel: Tensor, x: Tensor) -> list[int]:
    """The shape of one tap beside ``x[t]``: [1, C, 1, ...], or ones."""
    if kernel.ndim == 1:
        return [1] * (x.ndim - 1)
    if x.ndim < 3 or kernel.shape[1] != x.shape[2]:
        raise ValueError(
            f"x must be [T, B, {kernel.shape[1]}, ...], a channel for each kernel, got shape "
            f"{tuple(x.shape)}: make the neuron for as many channels"
        )
    return [1, kernel.shape[1], *[1] * (x.ndim - 3)]
