"""Thin modules over the functions: input current in, spikes out. No mathematics of their own."""

import torch
from torch import Tensor, nn

from ..core.dynamics import Settings, Trace, check_settings, lif_sequence
from ..core.estimate import Rule, check_rule, check_sweeps, mpe_sequence
from ..core.losses import Kappa
from .backends import check_backend
from .spikes import lif_spikes, mpe_spikes


class _Neuron(nn.Module):
    """The settings that every neuron has."""

    def __init__(self, decay, v_threshold, reset, surrogate, learn_threshold, backend):
        super().__init__()
        check_backend(backend)
        check_settings(Settings(decay, v_threshold, reset, surrogate))
        self.decay, self.reset, self.surrogate, self.backend = decay, reset, surrogate, backend
        threshold = torch.as_tensor(v_threshold, dtype=torch.get_default_dtype())
        self.v_threshold = nn.Parameter(threshold.clone()) if learn_threshold else v_threshold

    def _settings(self):
        names = ("decay", "v_threshold", "reset", "surrogate")
        return {name: getattr(self, name) for name in names}

    def extra_repr(self) -> str:
        values = _Neuron._settings(self)
        values["v_threshold"] = float(torch.as_tensor(self.v_threshold).detach())
        values["backend"] = self.backend
        return ", ".join(f"{name}={value!r}" for name, value in values.items())


class LIF(_Neuron):
    """Exact LIF as a layer; see :func:`mpe_lib.lif_sequence` for its equations.

    Args:
        decay, v_threshold, reset, surrogate: as :func:`mpe_lib.lif_sequence`.
        learn_threshold: make the threshold a parameter (one for the layer).
        backend: who computes the spikes, see :mod:`mpe_lib.fast.backends`.

    Raises:
        ValueError, TypeError: as :func:`mpe_lib.lif_sequence`.

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
    ):
        super().__init__(decay, v_threshold, reset, surrogate, learn_threshold, backend)

    def forward(self, x: Tensor) -> Tensor:
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        return lif_spikes(x, **self._settings(), backend=self.backend)

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(spikes, 0): an exact neuron guesses nothing, so a network may add it up all the same."""
        return self(x), torch.zeros((), device=x.device)

    def trace(self, x: Tensor) -> Trace:
        """Everything the neuron did, for pictures and analysis."""
        return lif_sequence(x, **self._settings())


class MPE(_Neuron):
    """MPE-PSN as a layer; see :func:`mpe_lib.mpe_sequence` for its equations.

    Args:
        rule: the guess in training, see :func:`mpe_lib.estimate_membrane`.
        eval_rule: the guess in ``eval()``. The default, the expectation of the paper's draw,
            makes evaluation repeatable; give "bernoulli" to draw there too, and the rule itself
            for the others: ``MPE("hard", eval_rule="hard")``.
        sweeps, shift: as :func:`mpe_lib.mpe_sequence`.
        decay, v_threshold, reset, surrogate, learn_threshold, backend: as :class:`LIF`.

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
    ):
        super().__init__(decay, v_threshold, reset, surrogate, learn_threshold, backend)
        for each in (rule, eval_rule):
            check_rule(each)
        check_sweeps(sweeps, shift, None)
        self.rule, self.eval_rule, self.sweeps, self.shift = rule, eval_rule, sweeps, shift

    def forward(self, x: Tensor, seed: int | Tensor | None = None) -> Tensor:
        """Spikes ``[T, B, ...]`` of the current ``[T, B, ...]``."""
        options = {"seed": seed, "with_loss": False, "backend": self.backend}
        return mpe_spikes(x, **self._settings(), **options)[0]

    def with_loss(
        self, x: Tensor, kappa: Kappa = None, seed: int | Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(spikes, membrane loss in float32); kappa as in :func:`mpe_lib.membrane_loss`."""
        options = {"seed": seed, "kappa": kappa, "backend": self.backend}
        s, loss = mpe_spikes(x, **self._settings(), **options)
        return s, loss.float()

    def trace(self, x: Tensor, seed: int | Tensor | None = None) -> Trace:
        """Everything the neuron did, for pictures and analysis."""
        return mpe_sequence(x, **self._settings(), seed=seed)

    def _settings(self):
        rule = self.rule if self.training else self.eval_rule
        return super()._settings() | {"rule": rule, "sweeps": self.sweeps, "shift": self.shift}

    def extra_repr(self) -> str:
        names = ("rule", "eval_rule", "sweeps", "shift")
        own = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{own}, {super().extra_repr()}"
