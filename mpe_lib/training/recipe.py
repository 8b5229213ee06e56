"""How a network is trained: the settings of a run, and those of the paper."""

from dataclasses import asdict, dataclass, fields

import torch
from torch import nn

OPTIMISERS = ("adam", "adamw", "sgd")


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a network is trained, but its seed.

    Args:
        epochs: passes over the training part.
        batch_size: the most samples in a step of the optimiser, over all processes together; the
            samples of an epoch are cut evenly, so 24 with at most 23 are 12 and 12.
        learning_rate: at the start; it falls to 0 along half a cosine, a little at every step.
        warm_up: epochs over which it first grows to that, in a straight line; for large batches.
        optimiser: "adam", "adamw" or "sgd".
        momentum: of SGD.
        weight_decay: L2 (decoupled for "adamw").
        membrane_weight: the paper's lambda, in [0, 1): the loss is ``(1 - lambda) TET +
            (lambda / T) L_mem``, since L_mem here is T times the paper's.
        membrane_epochs: the membrane loss is part of the loss in the first so many epochs; in
            all if None.
        clip: the gradient's norm is cut down to this before each step; never if None.
        tet_regulariser: of :func:`mpe_lib.tet_loss`; the paper has 0.001.
        augment: words of :func:`mpe_lib.training.augment.augment`; nothing is changed if empty.
        mixup: alpha of the Beta distribution that mixes samples and their labels; 0 for none.
        mixup_epochs: samples are mixed in the first so many epochs; in all if None.
        amp: run the layers in bfloat16 where that is safe; weights and losses stay float32.

    Raises:
        ValueError: a setting out of its range.

    >>> Recipe(epochs=3, membrane_weight=0.01, membrane_epochs=2).membrane_at(2)
    0.0
    """

    epochs: int = 10
    batch_size: int = 64
    learning_rate: float = 0.01
    warm_up: int = 0
    optimiser: str = "adam"
    momentum: float = 0.9
    weight_decay: float = 0.0
    membrane_weight: float = 0.0
    membrane_epochs: int | None = None
    clip: float | None = None
    tet_regulariser: float = 0.0
    augment: tuple[str, ...] = ()
    mixup: float = 0.0
    mixup_epochs: int | None = None
    amp: bool = False

    def __post_init__(self):
        if self.epochs < 1 or self.batch_size < 1 or not 0 <= self.membrane_weight < 1:
            raise ValueError(
                "expected epochs >= 1, batch_size >= 1 and membrane_weight in [0, 1), got "
                f"{self.epochs}, {self.batch_size}, {self.membrane_weight}: see the help of Recipe"
            )
        if self.optimiser not in OPTIMISERS:
            raise ValueError(
                f"optimiser must be one of {OPTIMISERS}, got {self.optimiser!r}: choose a name"
            )
        for name in (
            "learning_rate",
            "warm_up",
            "momentum",
            "weight_decay",
            "tet_regulariser",
            "mixup",
        ):
            if not getattr(self, name) >= 0:
                raise ValueError(
                    f"{name} must be at least 0, got {getattr(self, name)}: see the help of Recipe"
                )
        for name in ("membrane_epochs", "mixup_epochs"):
            if getattr(self, name) is not None and getattr(self, name) < 0:
                raise ValueError(
                    f"{name} must be at least 0 or None, got {getattr(self, name)}: 0 is never"
                )
        if self.warm_up > self.epochs:
            raise ValueError(
                f"warm_up must be no longer than the {self.epochs} epochs, got {self.warm_up}"
            )
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip must be above 0 or None, got {self.clip}: leave it out")
        object.__setattr__(self, "augment", tuple(self.augment))

    def membrane_at(self, epoch: int) -> float:
        """Weight of the membrane loss in an epoch, counted from 0."""
        last = self.epochs if self.membrane_epochs is None else self.membrane_epochs
        return self.membrane_weight if epoch < last else 0.0

    def mixup_at(self, epoch: int) -> float:
        """alpha of the mixing in an epoch, counted from 0; 0 for none."""
        last = self.epochs if self.mixup_epochs is None else self.mixup_epochs
        return self.mixup if epoch < last else 0.0

    def optimiser_of(self, network: nn.Module) -> torch.optim.Optimizer:
        """The optimiser of all parameters of a network."""
        kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
        settings = {"lr": self.learning_rate, "weight_decay": self.weight_decay}
        if self.optimiser == "sgd":
            settings["momentum"] = self.momentum
        return kind[self.optimiser](network.parameters(), **settings)

    def schedule_of(
        self, optimiser: torch.optim.Optimizer, batches: int
    ) -> torch.optim.lr_scheduler.LRScheduler:
        """What sets the learning rate after each step, of which an epoch has `batches`."""
        lr = torch.optim.lr_scheduler
        if not self.warm_up:
            return lr.CosineAnnealingLR(optimiser, self.epochs * batches)
        steps = self.warm_up * batches
        grow = lr.LinearLR(optimiser, 1 / (steps + 1), total_iters=steps)
        return lr.ChainedScheduler([grow, lr.CosineAnnealingLR(optimiser, self.epochs * batches)])

    def facts(self) -> dict:
        """The settings as JSON can hold them."""
        return asdict(self) | {"augment": list(self.augment)}


FIELDS = tuple(field.name for field in fields(Recipe))
