"""Thin modules over the functions: input current in, spikes out. No mathematics of their own."""

import torch
from torch import Tensor

from ..core.dynamics import Settings, Trace, lif_sequence
from ..core.estimate import Rule, check_rule, check_sweeps, mpe_sequence
from ..core.losses import Kappa
from .module import Neuron
from .spikes import lif_spikes, mpe_spikes


class LIF(Neuron):
    """Exact LIF as a layer; see :func:`mpe_lib.lif_sequence` for its equations.

    Args:
        decay, v_threshold, reset, surrogate: as :func:`mpe_lib.lif_sequence`.
        learn_threshold: make the threshold a parameter (one for the layer).
        backend: who computes the spikes, see :mod:`mpe_lib.fast.backends`.
        learn_decay: make the decay a parameter (one for the layer), kept in [0, 1]: it is the
            sigmoid of ``decay_logit``, so weight decay pulls it to 0.5.

    Decay and threshold, learned or not, are in ``state_dict()``, and loading one takes them over.

    Raises:
        ValueError, TypeError: as :func:`mpe_lib.lif_sequence`; a decay of 0 or 1 to be learned.

    >>> LIF(decay=0.5)(torch.tensor([[0.9], [0.9]])).flatten().tolist()
    [0.0, 1.0]
    """

    def __init__(
        self,
        decay: float = 0.25,
        v_threshold: float = 1.0,
        reset: str = "hard",
        surrogate: str = "triangle",
        learn_threshold: bool = False,
        backend: str = "auto",
        learn_decay: bool = False,
    ):
        settings = Settings(decay, v_threshold, reset, surrogate)
        super().__init__(settings, learn_decay, learn_threshold, backend)

    def forward(self, x: Tensor, v0: Tensor | None = None, *, with_last: bool = False):
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``; with_last, the potential to go on
        from too, as :func:`mpe_lib.lif_spikes`."""
        options = {"v0": v0, "with_last": with_last, "backend": self.backend}
        return lif_spikes(x, **self._settings(), **options)

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, 0): an exact neuron guesses nothing, so a network may add it up all the same."""
        return self(x), torch.zeros((), device=x.device)

    def trace(self, x: Tensor, v0: Tensor | None = None) -> Trace:
        """Everything the neuron did, for pictures and analysis."""
        return lif_sequence(x, **self._settings(), v0=v0)


class MPE(Neuron):
    """MPE-PSN as a layer; see :func:`mpe_lib.mpe_sequence` for its equations.

    Args:
        rule: the guess in training, see :func:`mpe_lib.estimate_membrane`.
        eval_rule: the guess in ``eval()``. The default, the expectation of the paper's draw,
            makes evaluation repeatable; give "bernoulli" to draw there too, and the rule itself
            for the others: ``MPE("hard", eval_rule="hard")``.
        sweeps, shift: as :func:`mpe_lib.mpe_sequence`.
        decay, v_threshold, reset, surrogate, learn_threshold, learn_decay, backend: as
            :class:`LIF`.

    Raises:
        ValueError, TypeError: as :func:`mpe_lib.mpe_sequence`; what a rule of your own returns is
            looked at when it is called.

    >>> neuron = MPE(rule="zero", eval_rule="zero")
    >>> s, loss = neuron.with_loss(torch.tensor([[0.9], [1.1]]))
    >>> s.flatten().tolist(), round(loss.item(), 3)
    ([0.0, 1.0], 0.405)
    """

    def __init__(
        self,
        rule: Rule = "bernoulli",
        eval_rule: Rule = "mean",
        sweeps: int = 0,
        decay: float = 0.25,
        v_threshold: float = 1.0,
        learn_threshold: bool = False,
        reset: str = "hard",
        shift: bool = True,
        surrogate: str = "triangle",
        backend: str = "auto",
        learn_decay: bool = False,
    ):
        settings = Settings(decay, v_threshold, reset, surrogate)
        super().__init__(settings, learn_decay, learn_threshold, backend)
        for each in (rule, eval_rule):
            check_rule(each)
        sweeps = check_sweeps(sweeps, shift, None)
        self.rule, self.eval_rule, self.sweeps, self.shift = rule, eval_rule, sweeps, shift

    def forward(
        self, x: Tensor, seed: int | Tensor | None = None, v0=None, *, with_last: bool = False
    ):
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``; with_last, the potentials to go on
        from too, as :func:`mpe_lib.mpe_spikes`."""
        options = {"seed": seed, "v0": v0, "with_last": with_last, "backend": self.backend}
        s, _, *last = mpe_spikes(x, **self._settings(), with_loss=False, **options)
        return (s, *last) if with_last else s

    def with_loss(
        self, x: Tensor, kappa: Kappa = None, seed: int | Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(spikes, membrane loss in float32); kappa as in :func:`mpe_lib.membrane_loss`."""
        options = {"seed": seed, "kappa": kappa, "backend": self.backend}
        s, loss = mpe_spikes(x, **self._settings(), **options)
        return s, loss.float()

    def trace(self, x: Tensor, seed: int | Tensor | None = None, v0=None) -> Trace:
        """Everything the neuron did, for pictures and analysis."""
        return mpe_sequence(x, **self._settings(), seed=seed, v0=v0)

    def _settings(self):
        rule = self.rule if self.training else self.eval_rule
        return super()._settings() | {"rule": rule, "sweeps": self.sweeps, "shift": self.shift}

    def extra_repr(self) -> str:
        names = ("rule", "eval_rule", "sweeps", "shift")
        own = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{own}, {super().extra_repr()}"
