"""One plain training loop, what it counts, and what it looks at on the way."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from .dynamics import Trace
from .events import Part
from .losses import tet_loss
from .neurons import MPE


class Run(NamedTuple):
    """One trained network: the network, one dict for each epoch, accuracy on the test part."""

    network: nn.Module
    history: list[dict]
    test: float


def train(
    build: Callable[[], nn.Module],
    training: Part,
    validation: Part,
    test: Part,
    epochs: int = 10,
    batch_size: int = 64,
    learning_rate: float = 0.01,
    membrane_weight: float = 0.0,
    seed: int = 0,
    device: str | torch.device | None = None,
    progress: str = "training",
) -> Run:
    """Build a network and train it; the test part is scored once, at the end.

    ``loss = (1 - w) TET + (w / T) L_mem`` with w the membrane weight: L_mem here is T times
    the paper's, so that w is the paper's lambda. Adam, the learning rate falling to 0 along
    half a cosine; every sample of every epoch is used; the last weights are kept, so nothing is
    chosen on any part.

    Args:
        build: makes the network, which maps frames to (logits ``[T, B, classes]``, loss).
        training, validation, test: three parts that share no recording.
        epochs, batch_size, learning_rate, membrane_weight: of the recipe; membrane_weight in
            [0, 1).
        seed: of the weights, the order of the samples and the neurons' draws. torch's own
            random state is left as it was.
        device: "cpu", "cuda", ...; a GPU where there is one if None.
        progress: words beside the progress bar (TQDM_DISABLE=1 hides it).

    Returns:
        Run. The history has, for each epoch: task (the TET loss in nats), membrane (L_mem),
        validation (accuracy), and by layer: rate (spikes per neuron and step), gap (root mean
        square of v_hat - v over that of v, the rule of training; None for an exact neuron).

    Raises:
        ValueError: frames that are not finite, parts that do not fit, a wrong setting.
        FloatingPointError: the loss is not finite any more.
    """
    _check(training, validation, test, epochs, batch_size, membrane_weight)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    parts = [Part(*(each.to(device) for each in part)) for part in (training, validation, test)]
    training, validation, test = parts
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = build().to(device)
        optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
        batches = -(-len(training.labels) // batch_size)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * batches)
        history = []
        with tqdm(total=epochs, desc=progress, unit="epoch") as bar:
            for _ in range(epochs):
                task, membrane = _epoch(
                    network, training, batches, optimiser, schedule, membrane_weight
                )
                if not np.isfinite(task + membrane):
                    raise FloatingPointError(
                        f"the loss is not finite in epoch {len(history) + 1} (task {task}, "
                        f"membrane {membrane}): lower the learning rate, {learning_rate} now"
                    )
                accuracy = evaluate(network, validation, batch_size)
                look = probe(network, validation.frames, batch_size)
                history.append({"task": task, "membrane": membrane, "validation": accuracy} | look)
                bar.set_postfix(validation=f"{accuracy:.3f}")
                bar.update()
        return Run(network, history, evaluate(network, test, batch_size))


def _epoch(network, part, batches, optimiser, schedule, weight) -> tuple[float, float]:
    """One pass over the part: the mean task loss and the mean membrane loss."""
    network.train()
    totals = torch.zeros(2, device=part.frames.device)
    order = torch.randperm(len(part.labels)).to(part.frames.device)
    for these in order.tensor_split(batches):
        logits, membrane = network(part.frames[:, these])
        task = tet_loss(logits, part.labels[these])
        loss = (1 - weight) * task + weight / len(logits) * membrane if weight else task
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        totals += len(these) * torch.stack((task, membrane)).detach()
    return tuple((totals / len(part.labels)).tolist())


@torch.no_grad()
def predict(network: nn.Module, frames: Tensor, batch_size: int = 256) -> Tensor:
    """The class that the mean vote over the steps picks, ``[N]``, in ``eval()``."""
    network.eval()
    votes = [network(batch)[0].mean(0) for batch in frames.split(batch_size, dim=1)]
    return torch.cat(votes).argmax(1)


def evaluate(network: nn.Module, part: Part, batch_size: int = 256) -> float:
    """Share of samples classified correctly; every sample counts once."""
    right = predict(network, part.frames, batch_size) == part.labels
    return right.double().mean().item()


@torch.no_grad()
def probe(network: nn.Module, frames: Tensor, batch_size: int = 256) -> dict[str, list]:
    """Firing rate and relative gap of v_hat from v, by layer, with the rule of training.

    The gap is ``rms(v_hat - v) / rms(v)``: 1 for the guess that is always 0.

    Args:
        network: with a method ``traces(frames)``.
        frames: ``[T, N, 2, H, W]``; every sample counts.
        batch_size: samples that are run at a time.

    Returns:
        {"rate": [...], "gap": [...]}; a gap is None where the neuron is exact.
    """
    network.eval()
    for module in network.modules():
        if isinstance(module, MPE):
            module.train()
    sums = 0.0  # [layers, 4]: spikes, neuron-steps, squares of the gap and of v
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for batch in frames.split(batch_size, dim=1):
            sums = sums + torch.stack([_sums(trace) for trace in network.traces(batch)])
    return {
        "rate": [row[0] / row[1] for row in sums.tolist()],
        "gap": [None if row[2] != row[2] else (row[2] / row[3]) ** 0.5 for row in sums.tolist()],
    }


def _sums(trace: Trace) -> Tensor:
    """Spikes, neuron-steps, sum of (v_hat - v)^2 (NaN if exact) and of v^2, in float64."""
    v = trace.v.double()
    gap = v.new_tensor(torch.nan) if trace.v_hat is None else (trace.v_hat - v).square().sum()
    count = v.new_tensor(float(v.numel()))
    return torch.stack((trace.s.double().sum(), count, gap, v.square().sum()))


def counts_baseline(training: Part, validation: Part, test: Part) -> float:
    """Test accuracy of a logistic regression on each pixel's total event counts.

    It knows nothing of time. Its penalty is chosen on the validation part.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def counts(part: Part) -> np.ndarray:
        return part.frames.sum(0).flatten(1).cpu().numpy()  # [N, 2 H W]

    def fitted(c: float):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=1000))
        return model.fit(counts(training), training.labels.cpu().numpy())

    models = [fitted(c) for c in (1e-3, 1e-2, 1e-1)]
    scores = [model.score(counts(validation), validation.labels.cpu().numpy()) for model in models]
    return float(models[int(np.argmax(scores))].score(counts(test), test.labels.cpu().numpy()))


def _check(training, validation, test, epochs, batch_size, weight) -> None:
    for name, part in (("training", training), ("validation", validation), ("test", test)):
        if part.frames.ndim < 3 or part.frames.shape[1] != len(part.labels) or not len(part.labels):
            raise ValueError(
                f"the {name} part must hold frames [T, N, ...] and N labels, got "
                f"{tuple(part.frames.shape)} and {tuple(part.labels.shape)}: keep time first"
            )
        if not torch.isfinite(part.frames).all():
            raise ValueError(
                f"the frames of the {name} part must be finite, got NaN or infinity: check how "
                "they were made"
            )
    if epochs < 1 or batch_size < 1 or not 0 <= weight < 1:
        raise ValueError(
            f"expected epochs >= 1, batch_size >= 1 and membrane_weight in [0, 1), got {epochs}, "
            f"{batch_size}, {weight}: see the help of train"
        )
