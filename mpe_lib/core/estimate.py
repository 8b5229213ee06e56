"""The guess of the previous potential, and the neuron that runs all its steps at once from it."""

from collections.abc import Callable

import torch
from torch import Tensor

from .draw import uniform_like
from .dynamics import Settings, Trace, carry, check_current, check_neuron, check_scalar, lif_step

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
    check_scalar("v_threshold", v_threshold, -torch.inf, torch.inf)
    check_rule(rule)
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
            for v_hat before the first step.
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
    check_neuron(x, neuron, v0)
    check_rule(rule)
    check_sweeps(sweeps, shift, v0)
    trace = estimated(carry(x), rule, neuron, sweeps, shift, seed, v0)
    return Trace(*(each.to(x.dtype) for each in trace))


def estimated(x, rule: Rule, neuron: Settings, sweeps, shift, seed, v0) -> Trace:
    """The trace in the dtype that potentials are carried in, unchecked."""
    v_hat = _guess(x, rule, neuron.v_threshold, seed)  # [T, B, ...]
    for _ in range(sweeps):
        v_hat = lif_step(x, previous(v_hat, v0), neuron)[2]
    u = previous(v_hat, v0) if shift else v_hat
    return Trace(*lif_step(x, u, neuron), v_hat)


def _guess(x: Tensor, rule: Rule, v_threshold: float | Tensor, seed: int | Tensor | None) -> Tensor:
    if isinstance(rule, str):
        return RULES[rule](x, v_threshold, seed)
    v_hat = rule(x)
    if not isinstance(v_hat, Tensor) or v_hat.shape != x.shape:
        got = tuple(v_hat.shape) if isinstance(v_hat, Tensor) else type(v_hat).__name__
        raise ValueError(
            f"rule must return a tensor shaped like its input {tuple(x.shape)}, got {got}: "
            "guess one potential for each step"
        )
    return v_hat


def _bernoulli(x: Tensor, _, seed: int | Tensor | None) -> Tensor:
    p_reset = torch.sigmoid(x.detach().double())  # in double: rounded alike by every backend
    return torch.where(uniform_like(x, seed) < p_reset, 0.0, x)


def _mean(x: Tensor, *_) -> Tensor:
    return (x.double() * torch.sigmoid(-x.double())).to(x.dtype)


# name -> v_hat from (x, v_threshold, seed)
RULES: dict[str, Callable[[Tensor, float | Tensor, int | Tensor | None], Tensor]] = {
    "bernoulli": _bernoulli,
    "mean": _mean,
    "hard": lambda x, v_threshold, _: torch.where(x > v_threshold, 0.0, x),
    "zero": lambda x, *_: torch.zeros_like(x),
}


def check_rule(rule: Rule) -> None:
    """Refuse a rule that is neither a name in ``RULES`` nor a function."""
    if not callable(rule) and not (isinstance(rule, str) and rule in RULES):
        names = ", ".join(repr(name) for name in RULES)
        raise ValueError(f"rule must be one of {names} or a callable, got {rule!r}: choose a name")


def previous(v_hat: Tensor, v0: Tensor | None) -> Tensor:
    """v_hat one step later, v0 (or 0) in front: what each step takes for the potential before."""
    first = torch.zeros_like(v_hat[:1]) if v0 is None else v0.to(v_hat.dtype)[None]
    return torch.cat((first, v_hat[:-1]))


def check_sweeps(sweeps: int, shift: bool, v0: Tensor | None) -> None:
    if isinstance(sweeps, bool) or not isinstance(sweeps, int) or sweeps < 0:
        raise ValueError(f"sweeps must be a whole number >= 0, got {sweeps!r}: 0 is the paper's")
    if not shift and (sweeps or v0 is not None):
        raise ValueError(
            "shift=False takes the guess of the same step, so there is nothing to refine or to "
            f"start from; got sweeps={sweeps}, v0={'None' if v0 is None else 'a tensor'}: "
            "leave both out or use shift=True"
        )
