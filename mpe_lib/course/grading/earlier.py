"""Notebooks from another day and from elsewhere, for a student's kernel alone.

A copy that was handed out then says ``from mpe_lib.plot import plot_trace``. Each such name is
looked for where its module has gone, and then in every file of the library.
"""

import re
import sys
from functools import partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

LIBRARY = Path(__file__).parents[2]
HERE = __name__.removeprefix("mpe_lib.")
MOVED = {
    "augment": "training.augment", "backends": "fast.backends", "book": "course.site",
    "benchmark": "studies.scaling results.timings", "budget": "course.many_gpus",
    "check": "course.check", "claims": "results.claims", "compiled": "fast.compiled",
    "digits": "datasets.digits", "draw": "core.draw", "dynamics": "core.dynamics",
    "energy": "networks.energy", "estimate": "core.estimate", "events": "datasets.events",
    "exact": "core.exact", "findings": "course.findings", "gesture": "networks.gesture",
    "experiments": f"{HERE} studies.tasks results.rows",
    "gradients": "fast.gradients", "grading": "course.grading", "kernels": "fast.kernels",
    "landscape": "studies.landscape results.widths", "ledger": "results.ledger",
    "losses": "core.losses", "measured": "results.store results.numbers results.rows",
    "networks": "networks.event training.neurons networks.base", "neurons": "fast.neurons",
    "recorded": "course.findings", "resnet": "networks.resnet19",
    "spikes": "fast.spikes", "spoken": "networks.spoken", "stationary": "studies.stationary",
    "studies.differences": "results.differences", "surrogate": "core.surrogate",
    "training.tasks": HERE, "verdicts": "results.claims results.rows results.numbers",
    "vgg": "networks.vgg", "walk": "course.walk", "widgets": "course.explorer",
}  # fmt: skip


# What went, or is another thing today: as lessons of before use it
NMNIST = {"steps": 10, "pool": 2, "epochs": 30, "batch_size": 64, "learning_rate": 0.02}


def digits_parts(label: str):
    """Training, validation and test part of the built-in data, of ``mpe_lib.experiments``."""
    from ...training.tasks import parts_of, plan_of

    return parts_of(label, plan_of(label, "small"))


def with_places(recordings):
    """Recordings that know their places, which those of today do."""
    return recordings


def neuron_of(name: str, sweeps: int = 0, learn_threshold: bool = False, **settings):
    """What made one spiking layer in ``mpe_lib.training.tasks``."""
    from ...training.neurons import maker

    return maker(
        f"{name} + {sweeps}" if sweeps else name, learn_threshold=learn_threshold, **settings
    )


def layer_of(name: str, sweeps: int = 0, decay: float = 0.9, steps: int = 0):
    """``neuron_of`` of ``mpe_lib.studies.order``: one spiking layer."""
    return neuron_of(name, sweeps, steps=steps, decay=decay)()


def show(figure, alt: str) -> None:
    """A figure as lessons showed it that had no caption yet."""
    from ...plot.show import show as show_with_caption

    show_with_caption(figure, alt, alt)


GONE = {  # not what another of that name is
    ("studies.order", "neuron_of"): layer_of,
    ("plot", "show"): show,
    ("plot.base", "show"): show,
}


def find(old: str, name: str):
    """What a name of an old module is today.

    Args:
        old: the module, without ``mpe_lib.``.
        name: in that module.

    Raises:
        AttributeError: it is nowhere.

    >>> find("experiments", "select").__module__
    'mpe_lib.results.rows'
    """
    if (old, name) in GONE:
        return GONE[old, name]
    inside = LIBRARY.joinpath(*old.split("."), name)
    if inside.is_dir() or inside.with_suffix(".py").is_file():  # a file of a room, not yet loaded
        return import_module(f"mpe_lib.{old}.{name}")
    if not name.startswith("_"):
        for place in [*places(old), *defining(name, first=old)]:
            module = loaded(place)
            if name in vars(module or object):
                return vars(module)[name]
            if hasattr(module, "__path__") and (inside := loaded(f"{place}.{name}")):
                return inside
    raise AttributeError(f"module mpe_lib.{old} has no {name}, nor has another of the library")


def places(old: str) -> list[str]:
    """The modules that took over what was in an old one, or in the folder that it was in."""
    room, _, rest = old.rpartition(".")
    if old in MOVED:
        return MOVED[old].split()
    return [f"{place}.{rest}" for place in MOVED.get(room, "").split()]


def defining(name: str, first: str) -> list[str]:
    """Files that define a name at their top, those of the folder `first` before all others."""
    word = re.compile(rf"^(def |class )?{re.escape(name)}\b(\(|:|.* = )", re.M)
    paths = [p for p in LIBRARY.rglob("*.py") if word.search(p.read_text(encoding="utf-8"))]
    found = [".".join(p.relative_to(LIBRARY).with_suffix("").parts) for p in sorted(paths)]
    return sorted(found, key=lambda module: not module.startswith(f"{first}."))


def loaded(module: str):
    """A module of the library, None where there is no such."""
    try:
        return import_module(f"mpe_lib.{module}")
    except ModuleNotFoundError as error:
        if f"mpe_lib.{module}".startswith(error.name or "-"):
            return None
        raise


class Earlier(MetaPathFinder, Loader):
    """Modules that are gone are found, and empty; in all of the library missing names are found."""

    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith("mpe_lib."):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None:
            gone = places(fullname.removeprefix("mpe_lib."))
            return ModuleSpec(fullname, self, is_package=True) if gone else None
        run = spec.loader.exec_module
        spec.loader.exec_module = lambda module: (run(module), self.exec_module(module))
        return spec

    def exec_module(self, module) -> None:
        module.__getattr__ = partial(find, module.__name__.removeprefix("mpe_lib."))


def drawn_anyhow(shell) -> None:
    """A backend that is not here ("%matplotlib widget" of a notebook from elsewhere) ends no cell:
    its pictures are drawn as any others."""
    enable = shell.enable_matplotlib

    def wanted(gui=None):
        try:
            return enable(gui)
        except (ImportError, RuntimeError, ValueError):
            return enable("inline")

    shell.enable_matplotlib = wanted


def install() -> None:
    """Let this process import what earlier copies of the lessons import."""
    finder = Earlier()
    sys.meta_path.insert(0, finder)
    for name, module in list(sys.modules.items()):
        if name.startswith("mpe_lib."):
            finder.exec_module(module)
    from IPython import get_ipython  # a process that only imports needs none

    if shell := get_ipython():
        drawn_anyhow(shell)
