"""The four questions that the recordings study asks: parts, networks, and simple baselines."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.dynamics import Trace
from ..datasets import load_nmnist
from ..networks.event import EventNet
from ..networks.spoken import SpokenNet
from ..training import Part, counts_baseline
from .experiments import DIGITS, FOLDS, digits_parts, nmnist_parts, part_of, with_places
from .order import neuron_of
from .pairs import binned, read_spoken

NEURONS = ("exact LIF", "bernoulli", "mean", "hard", "zero", "hard + 2", "bernoulli + 2")
FEW = ("exact LIF", "hard", "zero")  # of the larger network
CNN = "plain CNN"  # of N-MNIST only: the same layers, one step, ReLU for the neuron
COMMON = {"membrane_weight": 0.0, "decay": 0.25}
# Chosen on recordings of the training parts alone; what was tried is in data/README.md.
SETTINGS = {
    "spoken": COMMON | {"steps": 30, "pool": 5, "decay": 0.9, "hidden": [128, 128], "dropout": 0.3,
                        "epochs": 60, "batch_size": 32, "learning_rate": 0.01},
    "nmnist": COMMON | {"steps": 5, "pool": 2, "channels": [16, 32], "shift": 1,
                        "epochs": 40, "batch_size": 32, "learning_rate": 0.01},
    "digits": COMMON | DIGITS,
}  # fmt: skip
SETTINGS["nmnist_large"] = SETTINGS["nmnist"] | {"channels": [24, 48], "epochs": 60}
QUESTIONS = {
    "spoken": ("spoken",),
    "nmnist": ("nmnist",),
    "nmnist_large": ("nmnist",),
    "digits": ("digit", "order"),
}
BASELINES = {
    "spoken": {"counts": 1, "ten bins": 10, "ten stretched bins": 10},
    "nmnist": ("counts",),
    "nmnist_large": (),
    "digits": ("counts",),
}
PENALTIES = (1e-2, 1e-1, 1.0, 10.0, 100.0)  # of the logistic regressions of spoken digits


def folds_of(task: str) -> list[int | None]:
    """The folds of a task; [None] where the test part is given."""
    return list(range(FOLDS)) if task.startswith("nmnist") else [None]


def neurons_of(task: str) -> tuple[str, ...]:
    """The networks that a task compares, by the name of their neuron."""
    return {"nmnist": (*NEURONS, CNN), "nmnist_large": FEW}.get(task, NEURONS)


@lru_cache(maxsize=5)
def _parts(question: str, root: Path | None, fold: int | None, frames: tuple) -> tuple[Part, ...]:
    settings = dict(frames)
    if question == "spoken":
        return spoken_parts(root, settings)
    if question == "nmnist":
        return (*nmnist_parts(with_places(load_nmnist(root)), fold, settings),
                part_of(load_nmnist(root, train=False), settings))  # fmt: skip
    return digits_parts(question, settings)


def parts_of(question: str, root: Path | None, fold: int | None, settings: dict):
    """Training, validation and test part of a question, of N-MNIST also the official test part."""
    return _parts(question, root, fold, tuple((k, settings[k]) for k in ("steps", "pool")))


def spoken_parts(root: Path, settings: dict) -> tuple[Part, Part, Part]:
    """Every recording stretched to the same bins; a tenth of the training part validates.

    The networks see the square roots of the counts, of which the largest are far above the rest.
    """
    from sklearn.model_selection import train_test_split

    whole = []
    for train in (True, False):
        times, units, labels = read_spoken(root, train)
        pairs = zip(times, units, strict=True)
        frames = [binned(t, u, settings["steps"], settings["pool"]) for t, u in pairs]
        whole.append(Part(torch.stack(frames, 1).sqrt(), torch.as_tensor(labels.astype(np.int64))))
    labels = whole[0].labels.numpy()
    places = np.arange(len(labels))
    split = train_test_split(places, test_size=0.1, stratify=labels, random_state=0)
    training, validation = (Part(whole[0].frames[:, i], whole[0].labels[i]) for i in split)
    return training, validation, whole[1]


def network_of(neuron: str, training: Part, settings: dict) -> nn.Module:
    """A new network for one neuron, as the settings of its task say."""
    classes = int(training.labels.max()) + 1
    if "hidden" in settings:
        return SpokenNet(
            classes,
            lambda: neuron_of_name(neuron, settings["decay"]),
            training.frames.shape[2],
            settings["hidden"],
            settings["dropout"],
        )
    network = EventNet(
        classes,
        lambda: neuron_of_name(neuron, settings["decay"]),
        training.frames.shape[-2:],
        settings.get("channels", (12, 24)),
    )
    if "shift" in settings:
        network = Shifted(network, settings["shift"])
    return SummedFrames(network) if neuron == CNN else network


def neuron_of_name(name: str, decay: float) -> nn.Module:
    """One layer by the name in the results; "hard + 2" is the rule hard with two sweeps.

    >>> neuron_of_name("hard + 2", 0.9).sweeps, neuron_of_name("bernoulli", 0.9).eval_rule
    (2, 'mean')
    """
    if name == CNN:
        return ReLU()
    rule, _, sweeps = name.partition(" + ")
    return neuron_of(rule, int(sweeps or 0), decay)


class ReLU(nn.Module):
    """What a plain network has for a neuron: no spikes, no time, and nothing guessed."""

    def with_loss(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(activation, 0)."""
        return x.relu(), torch.zeros((), device=x.device)

    def trace(self, x: Tensor) -> Trace:
        """The activation in the place of spikes, so that the training loop can look at it."""
        return Trace(x.relu(), x, x)


class Wrapped(nn.Module):
    """A network that sees its frames through :meth:`view`."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def view(self, frames: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """What the network makes of the frames it sees."""
        return self.network(self.view(frames))

    def traces(self, frames: Tensor) -> list[Trace]:
        """What the neurons of each layer did."""
        return self.network.traces(self.view(frames))


class SummedFrames(Wrapped):
    """A network that gets the sum over the steps as its only step."""

    def view(self, frames: Tensor) -> Tensor:
        """``[T, B, ...] -> [1, B, ...]``."""
        return frames.sum(0, keepdim=True)


class Shifted(Wrapped):
    """A network that in training sees each recording up to `by` pixels off, all steps alike."""

    def __init__(self, network: nn.Module, by: int):
        super().__init__(network)
        self.by = by

    def view(self, frames: Tensor) -> Tensor:
        """``[T, B, 2, H, W]``; what is shifted in is empty."""
        if not self.training or not self.by:
            return frames
        n, (height, width), device = frames.shape[1], frames.shape[-2:], frames.device
        wide = F.pad(frames, (self.by,) * 4).permute(1, 3, 4, 0, 2)  # [B, H, W, T, 2]
        start = torch.randint(2 * self.by + 1, (2, n, 1, 1), device=device)
        rows = start[0] + torch.arange(height, device=device)[:, None]
        columns = start[1] + torch.arange(width, device=device)
        seen = wide[torch.arange(n, device=device)[:, None, None], rows, columns]
        return seen.permute(3, 0, 4, 1, 2).contiguous()


def baseline(question: str, name: str, root: Path | None, fold: int | None, settings: dict) -> dict:
    """A logistic regression on counts: its row's accuracy, and the penalty where one was chosen."""
    if question != "spoken":
        parts = parts_of(question, root, fold, settings)[:3]
        return {"test": round(counts_baseline(*parts), 5), "n": len(parts[2].labels)}
    (x, y), (test_x, test_y) = _spoken_counts(root, name)
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    search = GridSearchCV(model, {"logisticregression__C": PENALTIES}, cv=5).fit(x, y)
    return {
        "test": round(float(search.score(test_x, test_y)), 5),
        "n": len(test_y),
        "penalty": search.best_params_["logisticregression__C"],
        "cross_validation": round(float(search.best_score_), 5),
    }


def _spoken_counts(root: Path, name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Counts of all 700 channels, flat, and labels: of the training part and of the test part."""
    steps, found, window = BASELINES["spoken"][name], [], None
    for train in (True, False):
        times, units, labels = read_spoken(root, train)
        if train and "stretched" not in name:
            window = (0.0, max(float(each.max()) for each in times))
        pairs = zip(times, units, strict=True)
        rows = [binned(t, u, steps, 1, window).flatten().numpy() for t, u in pairs]
        found.append((np.stack(rows), labels.astype(np.int64)))
    return found
