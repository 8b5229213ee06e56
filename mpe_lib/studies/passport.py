"""One page about one neuron, made by measuring it: ``python -m mpe_lib.studies.passport hard``.

It writes ``passports/NAME.json`` and a figure beside it: which steps the neuron feels, whether it
sees the future or has a clock, its parameters, rate and residual, the order of two pulses, three
tasks of the memory suite (``--suite``: the whole of it, with its search), its gradient, and its
cost beside the LIF loop. Two controls stand beside it: a neuron without memory, and a clock.
A neuron of your own: ``... passport NAME --module package.file:Class``. ``... passport all``
makes ``data/measured/passport.json`` of every neuron of the library.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import torch

from .. import files
from ..plot.passport import plot_passport
from ..results import store
from ..results.names import describe, parse
from ..training.machine import made_here
from . import memory, own, probes
from . import memory_tasks as tasks
from .study import Study, complete

CONTROLS = ("zero", "clock")
SETTING = {"learning_rate": 5e-3, "decay": 0.9}
SETTINGS = memory.SETTINGS | SETTING | {"order_iterations": 200}
WHAT = "passports: what every neuron feels, needs, remembers and costs"


def asked() -> tuple[tasks.Task, ...]:
    """The tasks of the memory suite that every passport asks."""
    return tasks.recall(4), tasks.interval(), tasks.digits("row")


def remembered(make: probes.Make, seed: int = 0, settings: dict = SETTINGS) -> dict[str, float]:
    """Shares right on three tasks of the memory suite, at one setting, one seed."""
    return {
        task.name: memory.tested(task, make, SETTING, seed, settings)["test"] for task in asked()
    }


def control(make: probes.Make, settings: dict = SETTINGS) -> dict:
    """What a control is asked too: order and memory."""
    right = probes.order(make, settings["order_iterations"])
    return {"order": right, "suite": remembered(make, settings=settings)}


def passport(make: probes.Make, settings: dict = SETTINGS, budget: float = 1.0) -> dict:
    """All that is measured of one neuron.

    Args:
        make: (steps, decay) -> neuron.
        settings: of what is trained.
        budget: seconds for each time that is compared.
    """
    found = {"reach": probes.reach(make), "stationary": probes.stationary(make)}
    found |= probes.facts(make) | {"residual": probes.residuals(make)}
    found |= {"gradient": probes.gradient(make), "cost": probes.cost(make, budget)}
    return found | control(make, settings)


def whole_suite(
    make: probes.Make, has_decay: bool, seeds: int = 5, settings: dict = memory.SETTINGS
) -> list[dict]:
    """The memory suite for one neuron: nine trials a family, then its tasks at the best setting."""
    rows = []
    for family in memory.FAMILIES.keys() - {"spoken"}:
        every, one = memory.tasks_of(family, None)
        settings_tried = memory.trials(has_decay)
        trials = [each | memory.validated(one(), make, each, settings) for each in settings_tried]
        setting = memory.chosen(trials)
        for task in every:
            for seed in range(seeds):
                found = memory.tested(task(), make, setting, seed, settings)
                rows.append({"family": family, "task": task().name, "seed": seed} | found)
    return sorted(rows, key=lambda row: (row["family"], row["task"], row["seed"]))


def page(name: str, make: probes.Make, says: str = "", suite: bool = False, takes=True) -> dict:
    """The passport of one neuron with its controls and where it was made."""
    result = {
        "what": f"passport of {name}",
        "neuron": name,
        "says": says or name,
        "settings": SETTINGS,
        "chance": {task.name: 1 / task.classes for task in asked()},
        "provenance": made_here(store.command_line()),
        "passport": passport(make),
        "controls": {each: control(memory.made(each)) for each in CONTROLS},
    }
    if suite:
        result["suite"] = whole_suite(make, takes)
    return result


def job(each: dict) -> dict:
    """The passport of a neuron of the library, as a row."""
    return passport(memory.made(each["neuron"]))


def study() -> Study:
    """Every neuron of the suite."""
    jobs = [{"neuron": name} for name in memory.neurons()]
    return Study("passport", WHAT, SETTINGS, lambda _: jobs, job, timed=True)


def main(words: list[str] | None = None) -> None:
    """The command."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m mpe_lib.studies.passport", description=__doc__, formatter_class=about
    )
    parser.add_argument("neuron", help='a name such as "hard + 2", or "all"; with --module any')
    parser.add_argument("--module", help="package.file:Class of a neuron of your own")
    parser.add_argument("--suite", action="store_true", help="the whole memory suite: hours")
    parser.add_argument("--out", type=Path, default=Path("passports"), help="folder of the page")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    try:
        if arguments.neuron == "all" and not arguments.module:
            print(f"wrote {complete(study(), threads=arguments.threads)}")  # noqa: T201
            return
        if arguments.module:
            name, says, make = arguments.neuron, arguments.module, own.load(arguments.module)
            takes = own.takes_decay(arguments.module)
        else:
            name = str(parse(arguments.neuron))
            says, make, takes = describe(name), memory.made(name), name in memory.WITH_DECAY
        place = arguments.out / re.sub(r"[^\w+-]+", "-", name)
        arguments.out.mkdir(parents=True, exist_ok=True)  # before minutes of measuring
        found = page(name, make, says, arguments.suite, takes)
    except (ValueError, OSError) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    files.write(Path(f"{place}.json"), (json.dumps(found, indent=1) + "\n").encode())
    plot_passport(found).savefig(f"{place}.png", dpi=150)
    print(f"wrote {place}.json and {place}.png")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
