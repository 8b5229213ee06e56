"""What can be trained by name: data sets with their parts, networks and recipes."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import nn

from ..datasets import NAMES, load_dataset
from ..datasets.digits import SENSOR, digits_in_motion
from ..datasets.events import Part
from ..networks.event import EventNet
from ..networks.gesture import GestureNet
from ..networks.resnet19 import ResNet19
from ..networks.spoken import SpokenNet
from ..networks.vgg import VGG
from .recipe import Recipe

BUILT_IN = ("digit", "order")
DATASETS = (*BUILT_IN, *NAMES)
NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "event": EventNet,
    "vgg": VGG,
    "gesture": GestureNet,
    "resnet19": ResNet19,
    "spoken": SpokenNet,
}


class Plan(NamedTuple):
    """How a data set is framed and which network it is given to.

    Args:
        recipe: of the training.
        steps: T.
        by: "time" or "count", of the frames.
        size: (height, width) of the frames; None for channels.
        network: a name of NETWORKS.
        learn_threshold: one trained threshold for each layer.
        decay: factor kept per step.
    """

    recipe: Recipe
    steps: int
    by: str
    size: tuple[int, int] | None
    network: str
    learn_threshold: bool = False
    decay: float = 0.25


_SGD = {"optimiser": "sgd", "weight_decay": 5e-4, "tet_regulariser": 0.001, "epochs": 230}
# arXiv 2409.04978, section 4, and the scripts released with it; data/README.md lists what differs
PAPER = {
    "cifar10-dvs": Plan(
        Recipe(batch_size=32, learning_rate=0.05, membrane_weight=0.01, membrane_epochs=150,
               augment=("crop", "flip"), **_SGD),
        10, "count", (48, 48), "vgg", learn_threshold=True,
    ),
    "dvs-gesture": Plan(
        Recipe(batch_size=8, learning_rate=0.05, membrane_weight=0.001, membrane_epochs=150,
               augment=("crop",), mixup=0.5, mixup_epochs=141, amp=True, **_SGD),
        16, "count", (64, 64), "gesture", learn_threshold=True,
    ),
    "ncaltech101": Plan(
        Recipe(batch_size=8, learning_rate=0.01, membrane_weight=0.001, membrane_epochs=75,
               augment=("crop", "flip"), mixup=0.5, mixup_epochs=141, amp=True, **_SGD),
        10, "count", (128, 128), "gesture", learn_threshold=True,
    ),
}  # fmt: skip
# chosen on validation parts of small data, see data/README.md; for shd and ssc, on other speech
_SPOKEN = Plan(Recipe(60, 32, 0.01), 30, "time", None, "spoken", decay=0.9)
SMALL = {
    "digit": Plan(Recipe(10, 64, 0.02), 12, "time", (10, 10), "event"),
    "order": Plan(Recipe(40, 64, 0.02), 12, "time", (10, 10), "event"),
    "nmnist": Plan(Recipe(30, 64, 0.02), 10, "time", (17, 17), "event"),
    "shd": _SPOKEN,
    "ssc": _SPOKEN,
}
RECIPES = {"paper": PAPER, "small": SMALL}


def plan_of(dataset: str, recipe: str) -> Plan:
    """The plan of a data set.

    Raises:
        ValueError: unknown names, or no such recipe for this data set.

    >>> plan_of("cifar10-dvs", "paper").recipe.membrane_weight
    0.01
    """
    if dataset not in DATASETS:
        raise ValueError(f"dataset must be one of {DATASETS}, got {dataset!r}: choose a name")
    found = [name for name, plans in RECIPES.items() if dataset in plans]
    if recipe not in found:
        others = ", ".join(RECIPES.get(recipe, ())) or "no data set"
        raise ValueError(
            f"{dataset} has the recipes {', '.join(found) or 'none'}, got {recipe!r}, which is "
            f"there for {others}: choose one that is there"
        )
    return RECIPES[recipe][dataset]


def parts_of(dataset: str, plan: Plan, **options) -> tuple[Part, Part, Part]:
    """Training, validation and test part of a data set, framed as the plan says.

    Args:
        dataset: a name of DATASETS.
        plan: of :func:`plan_of`.
        options: root, download: of :func:`mpe_lib.load_dataset`.

    Raises:
        ValueError: a size that the built-in data cannot have.
    """
    if dataset in BUILT_IN:
        pools = {(SENSOR // pool,) * 2: pool for pool in (1, 2, 4, 5)}
        size = tuple(plan.size or ())
        if size not in pools:
            raise ValueError(
                f"size must be one of {', '.join(map(str, pools))} for {dataset}, got {plan.size}: "
                "whole squares of its pixels are counted together"
            )
        found = []
        for recordings in digits_in_motion(dataset).split(0.6, 0.2, 0.2):
            labels = torch.as_tensor(recordings.labels, dtype=torch.int64)
            frames = recordings.frames(plan.steps, plan.by, pools[size])
            found.append(Part(frames, labels))
        return tuple(found)
    framing = {"steps": plan.steps, "by": plan.by, "size": plan.size}
    names = ("train", "validation", "test")
    return tuple(load_dataset(dataset, part, **framing, **options) for part in names)


def network_of(
    plan: Plan, parts: tuple[Part, Part, Part], neuron: Callable[[], nn.Module], **options
) -> Callable[[], nn.Module]:
    """What makes the network of a plan.

    Args:
        plan: names the network.
        parts: their labels tell the number of classes, the frames their size.
        neuron: makes one spiking layer.
        options: more arguments of the network (width, dropout, ...).
    """
    classes = 1 + max(int(part.labels.max()) for part in parts)
    shape = parts[0].frames.shape[2:]
    size = {"size": tuple(shape[-2:])} if len(shape) == 3 else {"inputs": shape[0]}
    return partial(NETWORKS[plan.network], classes, neuron, **size, **options)
