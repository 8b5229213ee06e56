"""From the words for a neuron to the neuron."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from torch import nn

from ..fast.neurons import LIF, MPE
from ..results.names import Name, kinds, parse


def maker(words: str | Name, steps: int = 0, **settings) -> Callable[[], nn.Module]:
    """What makes one spiking layer; pass it to a network.

    Args:
        words: a name of :mod:`mpe_lib.results.names`, such as "exact LIF" or "hard + 2".
        steps: T, for neurons whose weights belong to steps.
        settings: decay, v_threshold, backend, ...: of :class:`mpe_lib.LIF`; a neuron of
            ``systems/`` gets steps and decay.

    Raises:
        ValueError: an unknown name, or settings that this neuron does not have.

    >>> neuron = maker("hard + 2", decay=0.9)()
    >>> neuron.rule, neuron.eval_rule, neuron.sweeps, neuron.decay
    ('hard', 'hard', 2, 0.9)
    >>> maker("bernoulli")().eval_rule, maker("bernoulli, drawn")().eval_rule
    ('mean', 'bernoulli')
    """
    name = words if isinstance(words, Name) else parse(words)
    kind = kinds()[name.neuron]
    if kind.file:
        unknown = {k: v for k, v in settings.items() if k != "decay" and v not in (False, "auto")}
        if unknown:
            raise ValueError(f"{name} has no {', '.join(unknown)}: it takes steps and decay alone")
        make = import_module(f"mpe_lib.systems.{kind.file}").NEURONS[name.neuron]
        return partial(make, steps=steps, decay=settings.get("decay", 0.25))
    if name.neuron == "exact LIF":
        return partial(LIF, **settings)
    rule = "bernoulli" if kind.draws else name.neuron
    scored = "mean" if kind.draws and not name.drawn else rule
    settings["shift"] = name.neuron != "no shift"
    return partial(MPE, rule, scored, sweeps=name.sweeps, **settings)


# the neurons that the lessons compare
NEURONS = {name: maker(name) for name in ("exact LIF", "bernoulli", "mean", "hard", "zero")}
