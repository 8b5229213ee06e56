"""Checkpoints: one file with all that a run needs to go on as if it had never stopped.

Tensors and text only (safetensors), so that loading one runs no code. Written under a temporary
name, forced to the disk and renamed, so that there is always one whole checkpoint.
"""

import json
import os
import shutil
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from safetensors.torch import save as serialised
from torch import Tensor, nn

from ..files import write
from . import processes

FORMAT = 1  # of the file; another one is refused
KEPT = ("epoch", "batch", "history", "seconds", "made")


@dataclass
class State:
    """A run at one moment: between two steps of the optimiser.

    Args:
        network, optimiser, schedule: as they are.
        epoch, batch: how many are done, of the run and of the epoch.
        order: ``[N]`` the order of the samples in this epoch.
        totals: ``[2]`` of this epoch, the sums of the task loss and of the membrane loss.
        history: one dict for each epoch that is done.
        seconds: of each epoch that is done; the last entry is of the one that is not.
        made: where and how; one entry more for each time it went on with something else.
    """

    network: nn.Module
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    order: Tensor
    totals: Tensor
    epoch: int = 0
    batch: int = 0
    history: list[dict] = field(default_factory=list)
    seconds: list[float] = field(default_factory=lambda: [0.0])
    made: list[dict] = field(default_factory=list)

    def save(self, path: Path, facts: dict) -> None:
        """Write the checkpoint. With several processes all must call this; the first one writes.

        Args:
            path: of the file.
            facts: what the run is (JSON), compared when it is resumed.

        Raises:
            OSError: the disk is full, the folder cannot be written; the last one is still there.
        """
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        optimiser = self.optimiser.state_dict()
        for k, values in optimiser["state"].items():
            tensors |= {f"optimiser.{k}.{n}": v for n, v in values.items() if v is not None}
        tensors |= {"order": self.order, "totals": processes.of_all(self.totals.cpu())}
        tensors |= {f"random.{k}": processes.of_all(v) for k, v in random_states().items()}
        if processes.rank() == 0:
            text = {
                "format": FORMAT,
                "facts": facts,
                "groups": optimiser["param_groups"],
                "schedule": self.schedule.state_dict(),
            } | {name: getattr(self, name) for name in KEPT}
            whole = {k: v.detach().cpu().contiguous() for k, v in tensors.items()}
            write(path, serialised(whole, {"state": json.dumps(text, allow_nan=False)}))

    def resume(self, path: Path, facts: dict) -> None:
        """Become the state that a checkpoint holds, torch's random states included.

        Raises:
            ValueError: a damaged file, or one of another run; the message says what differs.
        """
        tensors, text = read(path)
        other = differing(text["facts"], json.loads(json.dumps(facts)))
        if other:
            raise ValueError(
                f"{path} is of another run ({other}): give this one a folder of its own, or go on "
                "with the settings of that one"
            )
        self.network.load_state_dict(_below("network.", tensors))
        found: dict[int, dict] = {}
        for name, value in _below("optimiser.", tensors).items():
            k, key = name.split(".", 1)
            found.setdefault(int(k), {})[key] = value
        self.optimiser.load_state_dict({"state": found, "param_groups": text["groups"]})
        self.schedule.load_state_dict(text["schedule"])
        self.order.copy_(tensors["order"])
        self.totals.copy_(tensors["totals"][processes.rank()])
        here = json.loads(json.dumps(self.made[-1])) if self.made else {}
        for name in KEPT:
            setattr(self, name, text[name])
        last = self.made[-1] if self.made else {}
        other = differing(*({k: v for k, v in each.items() if k not in ("date", "command")}
                            for each in (last, here)))  # fmt: skip
        if other:
            self.made.append(here)
            if self.epoch or self.batch:
                warnings.warn(
                    f"{path} was begun elsewhere or by other code ({other}): it goes on, and may "
                    "differ from an uninterrupted run",
                    stacklevel=3,
                )
        set_random_states({k: v[processes.rank()] for k, v in _below("random.", tensors).items()})


def differing(there: dict, here: dict) -> str:
    """What differs between two sets of facts, in words; long ones are only named."""
    words = []
    for name in sorted(there.keys() | here.keys()):
        a, b = there.get(name), here.get(name)
        if a != b:
            short = max(len(str(a)), len(str(b))) <= 400
            words.append(f"{name}: {a} there, {b} here" if short else f"another {name}")
    return "; ".join(words)


def random_states() -> dict[str, Tensor]:
    """torch's random states, of the CPU and of this process's GPU if there is one."""
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def set_random_states(states: dict[str, Tensor]) -> None:
    """Set what :func:`random_states` gave; a GPU's is left out where there is none."""
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])


def check_room(path: Path) -> None:
    """Is there room for a second checkpoint beside the one at `path`, as each new one needs?

    Raises:
        OSError: there is not.
    """
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < size:
        raise OSError(
            f"{path.parent} has {free:,} bytes left, and a checkpoint takes {size:,} beside the "
            "last one: make room before training"
        )


def read(path: Path) -> tuple[dict[str, Tensor], dict]:
    """The tensors of a checkpoint and the rest of it.

    The file is opened once: a run that goes on meanwhile puts the next one in its place.

    Raises:
        ValueError: the file is damaged, or of another format.
    """
    data = path.read_bytes()
    try:
        tensors = load(data)
        size = int.from_bytes(data[:8], "little")  # of the header, as the format has it
        header = json.loads(data[8 : 8 + size])
        text = json.loads(header.get("__metadata__", {}).get("state", "{}"))
    except (SafetensorError, ValueError) as error:
        raise ValueError(
            f"{path} is no whole checkpoint ({error}): delete it to start over, or put a copy back"
        ) from error
    if text.get("format") != FORMAT:
        raise ValueError(
            f"{path}: expected a checkpoint of format {FORMAT}, got {text.get('format')}: it was "
            "written by another version, or by something else"
        )
    return tensors, text


def weights(path: str | os.PathLike) -> dict[str, Tensor]:
    """The network's weights in a checkpoint, for ``network.load_state_dict``."""
    return _below("network.", read(Path(path))[0])


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
