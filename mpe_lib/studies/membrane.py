"""The membrane loss, looked at closely: ``python -m mpe_lib.studies.membrane``.

Three questions on the order of the built-in data, each with several seeds: how large its
gradient is beside the task's, when a trained kappa turns negative, and what changes when v_hat
is compared with another potential.
"""

import math
from argparse import Namespace
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from ..core.dynamics import lif_sequence
from ..core.losses import membrane_loss, tet_loss
from ..fast.neurons import MPE
from ..networks.event import EventNet
from ..training import Part, train
from .study import Study, command
from .tasks import DIGITS, parts_of

T = DIGITS["steps"]
# what v_hat is compared with, and the weight of the loss
CASES = (("own", 0.0), ("own", 0.01), ("own", 0.5), ("held", 0.5), ("exact", 0.5))
# when does kappa turn negative: (optimiser, lambda, steps to follow it, its settings)
FOLLOWED = (
    ("Adam", 0.01, 100, {"lr": 1e-3}),
    ("SGD", 0.01, 900, {"lr": 0.05, "momentum": 0.9}),
    ("SGD", 0.01, 900, {"lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4}),
)


class TrainedKappa(MPE):
    """The paper's neuron with a trained kappa: for study only, the library refuses it."""

    def __init__(self, steps: int = T):
        super().__init__()
        self.kappa = nn.Parameter(torch.full((steps,), 1 / steps))

    def weights(self) -> Tensor:
        return self.kappa

    def with_loss(self, x, kappa=None, seed=None):
        trace = self.trace(x, seed)
        self.mse = (trace.v_hat - trace.v).square().flatten(1).mean(1)  # [T]
        return trace.s, self.weights() @ self.mse


class Against(MPE):
    """The paper's neuron with another mark in its loss: "own", "held" or "exact"."""

    def __init__(self, mark: str):
        super().__init__()
        self.mark = mark

    def with_loss(self, x, kappa=None, seed=None):
        trace = self.trace(x, seed)
        if self.mark == "own":
            return trace.s, membrane_loss(trace, kappa)
        v = trace.v if self.mark == "held" else lif_sequence(x, self.decay, self.v_threshold).v
        return trace.s, membrane_loss(trace, kappa, target=v.detach())


def follow(
    part: Part,
    optimiser: Callable,
    weight: float,
    steps: int,
    seed: int,
    neuron: Callable[[], nn.Module] = TrainedKappa,
    batch_size: int = 16,
    clamp: bool = False,
) -> tuple[Tensor, Tensor]:
    """Train with the loss of the paper's own normalisation; watch kappa and the squared distance.

    Args:
        optimiser: makes the optimiser from the network; it takes `steps` steps.
        weight: lambda.
        neuron: a TrainedKappa, or one like it.
        clamp: keep the whole membrane loss at 0 or above.

    Returns:
        (kappa after each step, squared distance before it), both ``[steps, layers, T]``.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = EventNet(int(part.labels.max()) + 1, neuron, part.frames.shape[-2:]).train()
        descent, batches, seen = optimiser(network), [], []
        for _ in range(steps):
            batches = batches or list(torch.randperm(len(part.labels)).split(batch_size))
            these = batches.pop()
            logits, membrane = network(part.frames[:, these])
            membrane = membrane.clamp(min=0) if clamp else membrane
            task = tet_loss(logits, part.labels[these])
            descent.zero_grad()
            ((1 - weight) * task + weight / len(logits) * membrane).backward()
            descent.step()
            neurons = [layer[1] for layer in network.layers]
            pair = [each.weights() for each in neurons], [each.mse for each in neurons]
            seen.append([torch.stack(each).detach() for each in pair])
    return tuple(torch.stack(each) for each in zip(*seen, strict=True))


def first_negative(kappa: Tensor) -> Tensor:
    """Number of the step after which each weight was first below 0; inf where it never was."""
    below = kappa < 0  # [steps, ...]
    step = below.int().argmax(0) + 1.0
    return torch.where(below.any(0), step, torch.inf)


def adam_steps(steps: int, lr: float) -> float:
    """Steps of Adam until a kappa that starts at 1/T is at 0: ``1 / (T lr)``."""
    return 1 / (steps * lr)


def sgd_steps(lr: float, weight: float, mse, momentum: float = 0.0, weight_decay: float = 0.0):
    """Steps of SGD until a kappa that starts at 1/T is at 0, if the squared distance stays.

    ``(1 - m) / (lr lambda mse) + m / (1 - m)``; with weight decay w the first term is
    ``(1 - m) / (lr w) ln(1 + w / (lambda mse))``. T cancels.
    """
    pull = weight * torch.as_tensor(mse)
    time = torch.log1p(weight_decay / pull) / weight_decay if weight_decay else 1 / pull
    return (1 - momentum) / lr * time + momentum / (1 - momentum)


def gradients(network: EventNet, part: Part, seed: int = 0) -> dict[str, float]:
    """Norms of the gradients of TET and of L_mem / T on the weights of the layers, their cosine.

    The readout is left out: the membrane loss does not depend on it.
    """
    weights = list(network.layers.parameters())
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        logits, membrane = network.train()(part.frames)
    losses = tet_loss(logits, part.labels), membrane / len(logits)
    pulls = [torch.autograd.grad(each, weights, retain_graph=True) for each in losses]
    task, loss = (torch.cat([g.flatten() for g in pull]) for pull in pulls)
    cosine = torch.cosine_similarity(task, loss, dim=0)
    return {"task": task.norm().item(), "membrane": loss.norm().item(), "cosine": cosine.item()}


@torch.no_grad()
def distances(network: EventNet, frames: Tensor, seed: int = 0) -> dict[str, list[float]]:
    """By layer, with the rule of training: mean squares of the input current, of v_hat - v and
    v_hat - v_exact (the same input), and the two relative distances."""
    found = {name: [] for name in ("input", "own", "exact", "own_relative", "exact_relative")}

    def fire(neuron: MPE, current: Tensor) -> Tensor:
        trace = neuron.train().trace(current)
        exact = lif_sequence(current, neuron.decay, neuron.v_threshold).v
        for name, v in (("own", trace.v), ("exact", exact)):
            square = (trace.v_hat - v).square().mean()
            found[name].append(square.item())
            found[f"{name}_relative"].append((square / v.square().mean()).sqrt().item())
        found["input"].append(current.square().mean().item())
        return trace.s

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network.eval().run(frames, fire)
    return found


def subset(part: Part, n: int) -> Part:
    """The first n samples."""
    return Part(part.frames[:, :n], part.labels[:n])


def jobs(seeds: int) -> Iterator[dict]:
    """All of the study, seeds outermost; the long runs of SGD with three seeds at most."""
    for seed in range(seeds):
        if seed < 3:
            yield {"kind": "kappa", "seed": seed}
        yield {"kind": "gradient", "when": "start", "seed": seed}
        yield from ({"mark": mark, "membrane_weight": w, "seed": seed} for mark, w in CASES)


def run(job: dict) -> list[dict]:
    """The rows of one job, their numbers with five digits."""
    training, validation, test = parts_of("order")
    few, seed = subset(training, 256), job["seed"]
    if "mark" in job:
        rows = target_rows(job, (training, validation, test), few)
    elif job["kind"] == "kappa":
        rows = kappa_rows(training, seed)
    else:
        torch.manual_seed(seed)
        rows = [gradients(EventNet(6, MPE, few.frames.shape[-2:]), few)]
    return [{key: rounded(value) for key, value in row.items()} for row in rows]


def target_rows(job: dict, parts: tuple[Part, Part, Part], few: Part) -> Iterator[dict]:
    """A network trained with one mark: its distances, and the pulls where the mark is its own."""
    recipe = {key: DIGITS[key] for key in ("epochs", "batch_size", "learning_rate")}
    found = train(
        lambda: EventNet(6, lambda: Against(job["mark"]), few.frames.shape[-2:]), *parts, **recipe,
        membrane_weight=job["membrane_weight"], seed=job["seed"], device="cpu", progress=str(job),
    )  # fmt: skip
    yield {"kind": "target", "test": found.test} | distances(found.network, parts[1].frames)
    if job["mark"] == "own":
        yield {"kind": "gradient", "when": "end"} | gradients(found.network, few)


def kappa_rows(part: Part, seed: int) -> Iterator[dict]:
    """The step at which each trained weight turns negative, and the squared distances there."""
    for name, weight, steps, settings in FOLLOWED:

        def optimiser(network, name=name, settings=settings):
            return getattr(torch.optim, name)(network.parameters(), **settings)

        kappa, mse = follow(part, optimiser, weight, steps, seed)
        words = {"optimiser": name, "weight": weight} | settings
        yield words | {
            "first_negative": first_negative(kappa).tolist(),
            "mse_at_first": mse[:10].mean(0).tolist(),
            "mse": mse.mean(0).tolist(),
        }


def rounded(value):
    """Five digits; a step that never came (inf) as None."""
    if isinstance(value, list):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value


def study(arguments: Namespace) -> Study:
    """The study; it has no settings to choose."""
    return Study(
        name="membrane",
        what="the membrane loss on the order of the built-in data: gradients, a trained kappa, "
        "and other potentials to compare with",
        settings=DIGITS,
        jobs=jobs,
        run=run,
    )


if __name__ == "__main__":
    command(study, __doc__)
