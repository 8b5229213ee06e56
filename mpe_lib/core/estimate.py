"""The guess of the previous potential, and the neuron that runs all its steps at once from it."""

from collections.abc import Callable

import torch
from torch import Tensor

from .checks import check_current, check_name, check_number, check_whole
from .draw import uniform_like
from .dynamics import Settings, Trace, carry, check_neuron, lif_step
from .transforms import refuse_duals

Rule = str | Callable[[Tensor], Tensor]


def estimate_membrane(
    x: Tensor,
    rule: Rule = "bernoulli",
    v_threshold: float | Tensor = 1.0,
    seed: int | Tensor | None = None,
) -> Tensor:
    """Guess the potential after each step from the input of that step alone.

    - ``bernoulli`` (the paper): ``(1 - b) x`` with ``b = 1`` with probability ``sigmoid(x)``
    - ``mean``: its expectation, ``x sigmoid(-x)``
    - ``hard``: ``x`` where ``x <= v_threshold``, else 0 (one refinement sweep from zero)
    - ``zero``: 0, the guess that knows nothing
    - a function ``x -> v_hat`` of your own

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        rule: one of the names, or a callable that returns a tensor shaped like its input.
        v_threshold: used by ``hard`` alone.
        seed: of the draw in ``bernoulli``: an int, a 0-d int64 tensor, or None to take one from
            torch's random state. Element i of x draws the number that
            :func:`mpe_lib.core.draw.uniform` gives for (i, seed), on every backend and device.

    Returns:
        v_hat ``[T, B, ...]`` in the dtype of x. Its gradient takes the draw and the comparison
        in ``hard`` as given.

    Raises:
        ValueError, TypeError: wrong rank or dtype, unknown rule, a rule that changes the shape.

    Source: arXiv 2409.04978, section 3; ``sigmoid(x)`` is there "the probability of a spike".

    >>> x = torch.tensor([[0.5, 2.0, -1.0]])
    >>> estimate_membrane(x, "hard").tolist()
    [[0.5, 0.0, -1.0]]
    >>> estimate_membrane(x, "bernoulli", seed=7).tolist()
    [[0.5, 0.0, -1.0]]
    """
    check_current(x)
    v_threshold = check_number("v_threshold", v_threshold)
    check_rule(rule)
    refuse_duals(x, v_threshold)
    return _guess(carry(x), rule, v_threshold, seed).to(x.dtype)


def mpe_sequence(
    x: Tensor,
    rule: Rule = "bernoulli",
    decay: float | Tensor = 0.25,
    v_threshold: float | Tensor = 1.0,
    reset: str = "hard",
    sweeps: int = 0,
    shift: bool = True,
    seed: int | Tensor | None = None,
    surrogate: str = "triangle",
    v0: Tensor | None = None,
) -> Trace:
    """LIF with the previous potential replaced by a guess, so that all steps run at once.

    ``h[t] = decay v_hat[t-1] + x[t]``, then fire and reset as in the exact neuron. Each
    refinement sweep puts the v that came out in the place of v_hat and runs the lines again.

    Args:
        x: input current ``[T, B, ...]``, in units of the threshold.
        rule, seed: the guess, see :func:`estimate_membrane`.
        decay, v_threshold, reset, surrogate, v0: as in :func:`mpe_lib.lif_sequence`; v0 stands
            for v_hat before the first step, in every pass; ``[sweeps + 1, B, ...]`` has one for
            each, as :func:`mpe_lib.mpe_spikes` leaves it.
        sweeps: refinement passes, at least 0. After k sweeps v_hat (the last guess used) is
            exact on the first k steps, and s, h, v on the first k + 1; step t depends on the
            inputs t - k - 1 to t and on no others.
        shift: False is the variant released for DVS-Gesture, ``h[t] = decay v_hat[t] + x[t]``,
            which has no memory at all; for study only.

    Returns:
        Trace of s, h, v, v_hat, each ``[T, B, ...]``.

    Raises:
        ValueError, TypeError: as :func:`mpe_lib.lif_sequence` and :func:`estimate_membrane`;
            sweeps that are not a whole number >= 0; sweeps or v0 together with shift=False.

    Source: arXiv 2409.04978, section 3 (sweeps=0); the sweeps after FPT, arXiv 2506.12087.

    >>> x = torch.tensor([[0.9], [0.9], [0.9]])
    >>> [mpe_sequence(x, "zero", sweeps=k).s.flatten().tolist() for k in (0, 1, 2)]
    [[0.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 0.0]]
    """
    neuron = Settings(decay, v_threshold, reset, surrogate)
    neuron, sweeps, v0 = check_estimate(x, rule, neuron, sweeps, shift, v0)
    trace, _ = estimated(carry(x), rule, neuron, sweeps, shift, seed, v0)
    return Trace(*(each.to(x.dtype) for each in trace))


def estimated(x, rule: Rule, neuron: Settings, sweeps, shift, seed, v0, first: int = 0) -> tuple:
    """(trace, what each pass left after the last step), in the dtype of x, unchecked.

    v0: None or ``[sweeps + 1, B, ...]``, for each pass; first: the flat index of x[0] in the draw.
    """
    starts = [None] * (sweeps + 1) if v0 is None else v0.unbind(0)
    v_hat = _guess(x, rule, neuron.v_threshold, seed, first)  # [T, B, ...]
    left = [v_hat[-1]]
    for v_start in starts[:-1]:
        v_hat = lif_step(x, previous(v_hat, v_start), neuron)[2]
        left.append(v_hat[-1])
    u = previous(v_hat, starts[-1]) if shift else v_hat
    return Trace(*lif_step(x, u, neuron), v_hat), left


def _guess(x: Tensor, rule: Rule, v_threshold, seed, first: int = 0) -> Tensor:
    if isinstance(rule, str):
        return RULES[rule](x, v_threshold, seed, first)
    v_hat = rule(x)
    if not isinstance(v_hat, Tensor) or v_hat.shape != x.shape:
        got = tuple(v_hat.shape) if isinstance(v_hat, Tensor) else type(v_hat).__name__
        raise ValueError(
            f"rule must return a tensor shaped like its input {tuple(x.shape)}, got {got}: "
            "guess one potential for each step"
        )
    return v_hat


def _bernoulli(x: Tensor, _, seed: int | Tensor | None, first: int) -> Tensor:
    p_reset = torch.sigmoid(x.detach().double())  # in double: rounded alike by every backend
    return torch.where(uniform_like(x, seed, first) < p_reset, 0.0, x)


def _mean(x: Tensor, *_) -> Tensor:
    return (x.double() * torch.sigmoid(-x.double())).to(x.dtype)


# name -> v_hat from (x, v_threshold, seed, the flat index of x[0] in the draw)
RULES: dict[str, Callable[..., Tensor]] = {
    "bernoulli": _bernoulli,
    "mean": _mean,
    "hard": lambda x, v_threshold, *_: torch.where(x > v_threshold, 0.0, x),
    "zero": lambda x, *_: torch.zeros_like(x),
}


def check_rule(rule: Rule, kind: str = "rule", fix: str = "choose a name") -> None:
    """Refuse a rule that is neither a name in ``RULES`` nor a function."""
    if not callable(rule):
        check_name(kind, rule, RULES, " or a callable", fix)


def previous(v_hat: Tensor, v0: Tensor | None) -> Tensor:
    """v_hat one step later, v0 (or 0) in front: what each step takes for the potential before."""
    first = torch.zeros_like(v_hat[:1]) if v0 is None else v0.to(v_hat.dtype)[None]
    return torch.cat((first, v_hat[:-1]))


def check_estimate(x, rule: Rule, neuron: Settings, sweeps, shift: bool, v0) -> tuple:
    """(settings, sweeps, v0 for each pass) in the form that the lines take, or an error."""
    check_rule(rule)
    sweeps = check_sweeps(sweeps, shift, v0)
    neuron, v0 = check_neuron(x, neuron, v0, sweeps + 1)
    if v0 is not None and v0.ndim < x.ndim:
        v0 = v0.expand(sweeps + 1, *v0.shape)
    return neuron, sweeps, v0


def check_sweeps(sweeps, shift: bool, v0) -> int:
    sweeps = check_whole("sweeps", sweeps, 0, "0 is the paper's")
    if not shift and (sweeps or v0 is not None):
        raise ValueError(
            "shift=False takes the guess of the same step, so there is nothing to refine or to "
            f"start from; got sweeps={sweeps}, v0={'None' if v0 is None else 'a tensor'}: "
            "leave both out or use shift=True"
        )
    return sweeps
