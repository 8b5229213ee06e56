"""What every neuron module is made of: its settings, learned or fixed, and their place in a state.

========= ==================== ==============================================================
setting   key where learned    key where fixed: a 0-d float64 tensor on the CPU, wherever the
                               module is, so that nobody waits for a GPU to read it
========= ==================== ==============================================================
decay     ``decay_logit``      ``fixed_decay``
threshold ``v_threshold``      ``fixed_threshold``
========= ==================== ==============================================================

Loading takes the saved settings over, also from a learned one to a fixed one and back.
"""

import math
import warnings

import torch
from torch import Tensor, nn

from ..core.checks import check_name, check_number
from ..core.dynamics import Settings, check_settings
from ..core.transforms import transformed
from .backends import BACKENDS


class Neuron(nn.Module):
    """The settings of a layer; decay and threshold are a float each, or learned."""

    def __init__(self, settings: Settings, learn_decay: bool, learn_threshold: bool, backend: str):
        super().__init__()
        check_name("backend", backend, BACKENDS)
        decay, v_threshold, self.reset, self.surrogate = check_settings(settings)
        self.backend, self._decay = backend, _fixed("decay", decay)
        v_threshold = _fixed("threshold", v_threshold)
        self.v_threshold = (
            nn.Parameter(torch.tensor(v_threshold)) if learn_threshold else v_threshold
        )
        if learn_decay:
            self.decay_logit = nn.Parameter(torch.tensor(_logit(self._decay)))

    @property
    def decay(self) -> float | Tensor:
        """The factor kept per step: a float, or the sigmoid of what is learned."""
        return torch.sigmoid(self.decay_logit) if self._learns("decay_logit") else self._decay

    @decay.setter
    def decay(self, value: float) -> None:
        self._decay = _read("decay", value, 0.0, 1.0)
        if self._learns("decay_logit"):
            with torch.no_grad():
                self.decay_logit.fill_(_logit(self._decay))

    @property
    def fixed_decay(self) -> Tensor:
        """The decay as a state has it, where it is not learned."""
        return torch.tensor(self._decay, dtype=torch.float64, device="cpu")

    @fixed_decay.setter
    def fixed_decay(self, value: Tensor) -> None:
        self._decay = _read("fixed_decay", value, 0.0, 1.0)

    @property
    def fixed_threshold(self) -> Tensor:
        """The threshold as a state has it, where it is not learned."""
        return torch.tensor(float(self.v_threshold), dtype=torch.float64, device="cpu")

    @fixed_threshold.setter
    def fixed_threshold(self, value: Tensor) -> None:
        self.v_threshold = _read("fixed_threshold", value)

    def _learns(self, name: str) -> bool:
        # a parameter, or what a parametrisation or a replica has put in its place
        return isinstance(getattr(self, name, None), Tensor)

    def _settings(self):
        names = ("decay", "v_threshold", "reset", "surrogate")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state):
        if "decay" in state:  # a pickle of version 0.2 or before
            state = {**state, "_decay": state["decay"]}
            del state["decay"]
        super().__setstate__(state)

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super()._save_to_state_dict(destination, prefix, keep_vars)
        for learned, fixed, *_ in KEYS:
            if not self._learns(learned):
                destination[prefix + fixed] = getattr(self, fixed)

    def _load_from_state_dict(self, state_dict, prefix, *more):
        state, errors, known = dict(state_dict), more[-1], True
        for learned, fixed, there, back in KEYS:
            value, parameter = (state.pop(prefix + name, None) for name in (fixed, learned))
            mine, saved = self._parameters.get(learned), value is not None or parameter is not None
            known &= saved or self._learns(learned)
            try:
                if mine is not None and saved:
                    if parameter is None:
                        parameter = torch.tensor(back(_read(fixed, value)))
                    state[prefix + learned] = parameter.to(mine.dtype)
                elif saved and self._learns(learned):
                    raise ValueError(f"{learned} is parametrised here: load it where it is not")
                elif saved:
                    setattr(self, fixed, there(parameter.double()) if value is None else value)
            except (TypeError, ValueError, NotImplementedError) as error:
                errors.append(f"{prefix}{fixed}: {error}")
        if not known:
            warnings.warn(
                "this state was saved before a neuron's decay and threshold were kept in it: the "
                f"neuron stays what it was made as, {self}; see that it was trained so",
                stacklevel=2,
            )
        super()._load_from_state_dict(state, prefix, *more)

    def extra_repr(self) -> str:
        values = Neuron._settings(self) | {"backend": self.backend}
        for name in ("decay", "v_threshold"):
            if isinstance(value := values[name], Tensor):
                values[name] = "unknown" if value.is_meta else value.item()
        return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _fixed(name: str, value: float | Tensor) -> float:
    if isinstance(value, Tensor) and value.requires_grad:
        raise ValueError(
            f"{name} must be a number, got a tensor that needs a gradient: give its value and "
            f"learn_{name}=True"
        )
    return float(value)


def _read(name: str, value, low: float = -math.inf, high: float = math.inf) -> float:
    """A number, of any kind and from any device, as a float."""
    if isinstance(value, Tensor) and (value.requires_grad or transformed(value)):
        raise ValueError(
            f"{name} must be a plain number, got a tensor that is differentiated or batched: a "
            "neuron made with learn_decay=True or learn_threshold=True has it as a parameter"
        )
    value = value.cpu() if isinstance(value, Tensor) else value
    return float(check_number(name, value, low, high))


def _logit(decay: float) -> float:
    if not 0 < decay < 1:
        raise ValueError(
            f"a decay that is learned must start between 0 and 1, got {decay!r}: it is the sigmoid "
            "of a parameter, which never reaches either end"
        )
    return math.log(decay / (1 - decay))


KEYS = (  # where learned, where fixed, and the way from the one to the other and back
    ("decay_logit", "fixed_decay", torch.sigmoid, _logit),
    ("v_threshold", "fixed_threshold", Tensor.clone, float),
)
