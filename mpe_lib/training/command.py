"""The training command as a function: data, network, recipe and seeds in, a folder of results out.

The folder holds ``settings.json``, for each seed a checkpoint and, once it is done, its row, and at
the end ``result.json`` and ``curves.png``. Started again with the same settings, it goes on.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from ..files import write
from ..results.names import parse
from . import processes
from .augment import augment
from .checkpoint import differing
from .loop import train
from .machine import made_here
from .neurons import maker
from .recipe import FIELDS
from .report import finish, row_of
from .tasks import BUILT_IN, NETWORKS, network_of, parts_of, plan_of

FRAMING = ("steps", "by", "size", "network", "learn_threshold", "decay")


def run(
    dataset: str,
    neuron: str = "mpe",
    recipe: str = "small",
    seeds: tuple[int, ...] = (0,),
    out: str | Path = "runs",
    *,
    root: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    backend: str = "auto",
    width: int | None = None,
    save_every: int | None = None,
    deterministic: bool = False,
    command: str = "",
    **changes,
) -> dict:
    """Train one network for each seed; the test part is scored once for each, at the end.

    Args:
        dataset: "digit" or "order" (built in), or a name of :func:`mpe_lib.load_dataset`.
        neuron: a name of :mod:`mpe_lib.results.names`, such as "mpe", "hard + 2" or "PSN-like".
        backend: who computes the neurons, see :class:`mpe_lib.LIF`.
        recipe: "paper" or "small", see ``mpe_lib/training/tasks.py``.
        seeds: one run for each.
        out: the folder for the results.
        root, download: where the recordings are, see :func:`mpe_lib.load_dataset`.
        device: "cpu", "cuda", ...; a GPU where there is one if None.
        width: divides the channels of the paper's networks.
        save_every: steps between two checkpoints; one after each epoch if None.
        deterministic: let PyTorch use none but repeatable algorithms, so that a run on a GPU
            that was resumed is the uninterrupted one there too; slower. A CPU needs none of it.
        command: what was typed, for the result file.
        changes: fields of the recipe (epochs=3) or of the plan (steps=4, size=(32, 32)) that are
            to be others.

    Returns:
        The result, as written to ``out/result.json``.

    Raises:
        ValueError: unknown names or settings, a folder that holds runs with other settings.
        FileNotFoundError: the recordings are not there; the message says how to get them.
        OSError: the folder cannot be written, or is full.
    """
    folder = Path(out)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be different numbers, one or more, got {seeds}: try 0 1 2")
    plan = plan_of(dataset, recipe)
    unknown = changes.keys() - {*FIELDS, *FRAMING}
    if unknown:
        raise ValueError(
            f"expected fields of the recipe {FIELDS} or of the plan {FRAMING}, got "
            f"{sorted(unknown)}: check the spelling"
        )
    plan = plan._replace(
        recipe=replace(plan.recipe, **{k: v for k, v in changes.items() if k in FIELDS}),
        **{k: v for k, v in changes.items() if k in FRAMING},
    )
    if plan.network not in NETWORKS:
        raise ValueError(f"network must be one of {tuple(NETWORKS)}, got {plan.network!r}")
    shape = (2, *plan.size) if plan.size else (700,)
    one = torch.zeros(1, 1, *shape), torch.zeros(1, dtype=torch.int64)
    augment(*one, plan.recipe.augment, torch.Generator(), dataset=dataset)  # refuse wrong words now
    neuron = str(parse(neuron))
    make = maker(
        neuron, plan.steps, learn_threshold=plan.learn_threshold, decay=plan.decay, backend=backend
    )
    framing = {name: getattr(plan, name) for name in FRAMING}
    settings = {"dataset": dataset, "neuron": neuron, "recipe": recipe,
                "backend": backend, "width": width,
                "deterministic": deterministic, **framing, **plan.recipe.facts()}  # fmt: skip
    settings = json.loads(json.dumps(settings))
    with _repeatable(deterministic), processes.joined(device) as device:
        settings["processes"] = processes.world()
        facts = made_here(command, device)
        if processes.rank() == 0:
            _claim(folder, settings)
        processes.wait()
        options = {} if dataset in BUILT_IN else {"root": root, "download": download}
        parts = parts_of(dataset, plan, **options)
        build = network_of(plan, parts, make, **({} if width is None else {"width": width}))
        for seed in seeds:
            done = folder / f"seed-{seed}.json"
            if done.exists():
                continue
            found = train(
                build, *parts, plan.recipe, seed=seed, device=device, dataset=dataset,
                checkpoint=folder / f"seed-{seed}.safetensors", save_every=save_every,
                progress=f"{dataset}, {neuron}, seed {seed}", made=facts,
            )  # fmt: skip
            if processes.rank() == 0:
                row = row_of(found, seed, len(parts[2].labels))
                write(done, (json.dumps(row, indent=1, allow_nan=False) + "\n").encode())
            processes.wait()
        rows = [_read(path) for path in folder.glob("seed-*.json")]  # of earlier calls too
        rows.sort(key=lambda row: row["seed"])
        what = f"test accuracy on {dataset} with the {neuron} neuron, recipe {recipe}"
        result = {"what": what, "settings": settings, "provenance": facts}
        if processes.rank() == 0:
            finish(folder, result, rows)
        return result | {"rows": rows}


@contextmanager
def _repeatable(wanted: bool) -> Iterator[None]:
    """PyTorch's switch for repeatable algorithms, put back as it was."""
    before = torch.are_deterministic_algorithms_enabled()
    if wanted:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # asked for by cuBLAS
        torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def _claim(folder: Path, settings: dict) -> None:
    """Write the settings into a folder without runs; one with runs of others is refused."""
    path = folder / "settings.json"
    if not any(folder.glob("seed-*")):
        write(path, (json.dumps(settings, indent=1) + "\n").encode())
    elif other := differing(_read(path), settings):
        raise ValueError(
            f"{folder} holds runs with other settings ({other}): give these a folder of their own "
            "with --out, or delete that one"
        )


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{path} is damaged ({error}): delete it, or put a copy back; a row is made again from "
            "its checkpoint"
        ) from error
