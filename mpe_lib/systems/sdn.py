"""SDN: a network of 153 weights guesses the potential that the exact neuron is left with.

S. Shen, C. Wang, R. Huang, Y. Zhong, Q. Guo, Z. Lu, J. Zhang, L. Leng, "SpikingSSMs: Learning Long
Sequences with Sparse and Parallel Spiking State Space Models", AAAI 2025, arXiv 2408.14909: the
surrogate dynamic network. What was read is its abstract, the authors' description of their files
(N(0, 1) inputs, targets from a LIF with hard reset) and, second hand, the released module: it
takes the guess as given in backward, and its file is named for 8 features, 8 taps and
``c3(relu(c2(c1(x)) + c1(x)))``. That the first layer alone is wide in time, the mean square error
and the training are a reconstruction; under 200 weights leave room for one wide layer of three.

The closest relation of MPE-PSN: the same three lines with another guess, learned instead of
drawn, from the last k inputs instead of one. What it learned holds near what it was trained on:
on N(0, 1) it errs on a half to a third as many steps as the guess from one input, and at decay .9
on inputs of mean .25 and spread .5 on as many.

Nothing is stored: the network is trained when a neuron is first made, a second on a CPU, for the
decay and the reset that are asked for, and kept for the next one. The seed fixes it on one
machine; another may round differently, so the weights are buffers and are saved with a network.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.checks import check_current, check_name, check_number, check_whole
from ..core.dynamics import RESETS, Trace, carry, fire, lif_sequence
from ..core.estimate import previous
from ..core.surrogate import SLOPES
from .parts import Unit

FEATURES, STEPS, ROWS = 8, 64, 64  # of the network; of the inputs that it is trained on
ITERATIONS, BATCH, RATE = 1000, 512, 0.05
WEIGHTS = ("wide", "wide_bias", "mix", "mix_bias", "out", "out_bias")


def sdn_guess(x: Tensor, weights: tuple[Tensor, ...]) -> Tensor:
    """The guess of the potential after each step, from the last k inputs.

    ``a = c1(x)``;  ``v_hat = c3(relu(c2(a) + a))``: c1 is a causal convolution of k taps, c2 and
    c3 see one step; before the first step x is 0.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        weights: as :func:`train_sdn` gives them.

    Returns:
        v_hat ``[T, B, ...]``, in units of the threshold.

    >>> taps, one, none = torch.tensor([[0.5, 1.0]]), torch.ones(1, 1), torch.zeros(1)
    >>> weights = (taps, none, torch.zeros(1, 1), none, one, none)  # of one feature
    >>> sdn_guess(torch.tensor([[1.0], [0.0], [-1.0]]), weights).flatten().tolist()
    [1.0, 0.5, 0.0]
    """
    weights = tuple(each.to(x.dtype) for each in weights)
    return read(windows(x, weights[0].shape[1]), weights).T.reshape(x.shape)


def windows(x: Tensor, k: int) -> Tensor:
    """The last k inputs at each step, oldest first, 0 before the first: ``[N, T, k]``."""
    return F.pad(x.flatten(1).T, (k - 1, 0)).unfold(1, k, 1)


def read(seen: Tensor, weights: tuple[Tensor, ...]) -> Tensor:
    """The network on windows ``[..., k]``: one guess for each, ``[...]``."""
    wide, wide_bias, mix, mix_bias, out, out_bias = weights
    a = F.linear(seen, wide, wide_bias)  # [..., features]
    return F.linear(torch.relu(F.linear(a, mix, mix_bias) + a), out, out_bias)[..., 0]


def train_sdn(
    decay: float = 0.5, reset: str = "hard", k: int = 8, seed: int = 0
) -> tuple[Tensor, ...]:
    """Fit the network to the exact LIF: the mean of ``(v_hat - v)^2`` over N(0, 1) inputs.

    Args:
        decay, reset: of the neuron that is imitated; its threshold is 1.
        k: taps, at least 1; up to 13 there are fewer than 200 weights.
        seed: of the inputs, the start and the batches. torch's own random state is left alone.

    Returns:
        Weights and bias of c1 ``[8, k]``, ``[8]``, of c2 ``[8, 8]``, ``[8]`` and of c3 ``[1, 8]``,
        ``[1]``; float32. The second call with the same arguments trains nothing.

    Raises:
        ValueError, TypeError: a decay, a reset or a k that no neuron has.

    >>> sum(each.numel() for each in train_sdn(0.5))
    153
    """
    decay = float(check_number("decay", decay, 0.0, 1.0))
    check_name("reset", reset, RESETS)
    k = check_whole("k", k, 1, "it counts the inputs that the guess reads")
    return tuple(each.clone() for each in _trained(decay, reset, k, seed))


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread of torch: operations this small wait for a second one longer than it saves.

    It also adds in one order, so that the sums do not depend on the machine's cores.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@cache
def _trained(decay: float, reset: str, k: int, seed: int) -> tuple[Tensor, ...]:
    draw, single = torch.Generator().manual_seed(seed), {"dtype": torch.float32}
    with one_thread(), torch.inference_mode(False), torch.enable_grad(), torch.device("cpu"):
        x = torch.randn(STEPS, ROWS, generator=draw, **single)
        seen = windows(x, k).flatten(0, 1)  # [ROWS * STEPS, k]
        v = lif_sequence(x, decay, reset=reset).v.T.flatten()
        weights = []
        for outputs, inputs in ((FEATURES, k), (FEATURES, FEATURES), (1, FEATURES)):
            start = torch.randn(outputs, inputs, generator=draw, **single) / inputs**0.5
            weights += [start.requires_grad_(), torch.zeros(outputs, **single).requires_grad_()]
        adam = torch.optim.Adam(weights, RATE, fused=True)
        falling = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, ITERATIONS)
        for _ in range(ITERATIONS):
            few = torch.randint(len(seen), (BATCH,), generator=draw)
            adam.zero_grad()
            (read(seen[few], weights) - v[few]).square().mean().backward()
            adam.step()
            falling.step()
    return tuple(each.detach() for each in weights)


def sdn_sequence(
    x: Tensor,
    weights: tuple[Tensor, ...],
    decay: float | Tensor = 0.5,
    v_threshold: float | Tensor = 1.0,
    reset: str = "hard",
    surrogate: str = "atan",
) -> Trace:
    """LIF with the previous potential replaced by the network's guess, all steps at once.

    ``h[t] = decay v_hat[t-1] + x[t]``, then fire and reset as in the exact neuron;
    ``v_hat = v_threshold net(x / v_threshold)``, for potentials scale with the threshold.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        weights: of :func:`train_sdn`, for the same decay and reset.
        decay: factor kept per step, in [0, 1].
        v_threshold: a number or a 0-d tensor, above 0; may need a gradient.
        reset: as :func:`mpe_lib.lif_sequence`; the guess knows the one it was trained for.
        surrogate: as :func:`mpe_lib.core.surrogate.step`; backward takes v_hat as given, so that
            no gradient passes from one step to another.

    Returns:
        Trace of s, h, v, v_hat, each ``[T, B, ...]``. Step t depends on the inputs t - k to t.

    Raises:
        ValueError, TypeError: a wrong x, decay, threshold, reset or surrogate.

    Source: arXiv 2408.14909, as far as the top of the file says.

    >>> x = torch.tensor([[1.5], [0.9], [0.9]])
    >>> sdn_sequence(x, train_sdn(0.5)).s.flatten().tolist()
    [1.0, 0.0, 1.0]
    """
    check_current(x)
    current, decay = carry(x), check_number("decay", decay, 0.0, 1.0)
    v_threshold = check_number("v_threshold", v_threshold, 1e-6)
    check_name("reset", reset, RESETS)
    check_name("surrogate", surrogate, SLOPES)
    with torch.no_grad():
        v_hat = v_threshold * sdn_guess(current / v_threshold, weights)
    h = current + decay * previous(v_hat, None)
    s, v = fire(h, v_threshold, reset, surrogate)
    return Trace(*(each.to(x.dtype) for each in (s, h, v, v_hat)))


class SDN(Unit):
    """The neuron of :func:`sdn_sequence`, its network trained and frozen.

    Args:
        decay, v_threshold, reset, surrogate: as :func:`sdn_sequence`.
        k, seed: as :func:`train_sdn`.

    >>> neuron = SDN(0.5)
    >>> len(list(neuron.parameters())), sum(each.numel() for each in neuron.buffers())
    (0, 153)
    """

    def __init__(
        self,
        decay: float = 0.5,
        v_threshold: float = 1.0,
        reset: str = "hard",
        k: int = 8,
        seed: int = 0,
        surrogate: str = "atan",
    ):
        super().__init__()
        self.decay = float(check_number("decay", decay, 0.0, 1.0))
        self.v_threshold, self.reset, self.surrogate = v_threshold, reset, surrogate
        for name, weight in zip(WEIGHTS, train_sdn(self.decay, reset, k, seed), strict=True):
            self.register_buffer(name, weight)

    def trace(self, x: Tensor) -> Trace:
        """s, h, v, v_hat ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        weights = tuple(getattr(self, name) for name in WEIGHTS)
        neuron = (self.decay, self.v_threshold, self.reset, self.surrogate)
        return sdn_sequence(x, weights, *neuron)

    def extra_repr(self) -> str:
        return f"decay={self.decay}, v_threshold={self.v_threshold}, reset={self.reset!r}"


NEURONS = {"SDN": lambda steps, decay: SDN(decay)}
