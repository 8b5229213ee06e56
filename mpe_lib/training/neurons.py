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
        return partial(_system, make, str(name), steps, settings.get("decay", 0.25))
    if name.neuron == "exact LIF":
        return partial(LIF, **settings)
    rule = "bernoulli" if kind.draws else name.neuron
    scored = "mean" if kind.draws and not name.drawn else rule
    settings["shift"] = name.neuron != "no shift"
    return partial(MPE, rule, scored, sweeps=name.sweeps, **settings)


def with_sweeps(words: str, sweeps: int = 0) -> Name:
    """A name with its sweeps given apart, as the training command takes them.

    Raises:
        ValueError: sweeps both in the words and apart, or of a neuron that guesses nothing.

    >>> str(with_sweeps("mpe", 2))
    'bernoulli + 2'
    """
    name = parse(words)
    if not sweeps:
        return name
    if name.sweeps:
        raise ValueError(f"{words!r} has its sweeps, got sweeps={sweeps} besides: leave these out")
    return parse(str(name._replace(sweeps=sweeps)))


def slug(words: str | Name) -> str:
    """A name as a part of a file's or folder's name: no spaces, no commas.

    >>> slug("bernoulli + 2, drawn"), slug("exact LIF")
    ('bernoulli+2-drawn', 'exact-LIF')
    """
    return str(words).replace(" + ", "+").replace(", ", "-").replace(" ", "-")


def _system(make: Callable[..., nn.Module], name: str, steps: int, decay: float) -> nn.Module:
    """A neuron of ``systems/``, refused if it lacks what every network asks of one."""
    neuron = make(steps=steps, decay=decay)
    if lacks := [each for each in ("trace", "with_loss") if not hasattr(neuron, each)]:
        raise ValueError(
            f"{name} must have trace(x) -> Trace and with_loss(x) -> (s, loss), it lacks "
            f"{' and '.join(lacks)}: give it these"
        )
    return neuron


# the neurons that the lessons compare
NEURONS = {name: maker(name) for name in ("exact LIF", "bernoulli", "mean", "hard", "zero")}
