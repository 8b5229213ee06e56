"""What a network does: its votes, its accuracy, its rates; and a model that knows no time."""

import numpy as np
import torch
from torch import Tensor, nn

from ..core.dynamics import Trace
from ..datasets.events import Part
from ..fast.neurons import MPE
from . import processes


def on(network: nn.Module, frames: Tensor) -> Tensor:
    """A batch of frames as the network takes it: floating, on its device."""
    device = next(network.parameters()).device
    frames = frames.to(device, non_blocking=True)
    return frames if frames.is_floating_point() else frames.float()


@torch.no_grad()
def predict(network: nn.Module, frames: Tensor, batch_size: int = 256) -> Tensor:
    """The class that the mean vote over the steps picks, ``[N]``, in ``eval()``."""
    network.eval()
    batches = frames.split(batch_size, dim=1)
    votes = [network(on(network, batch))[0].float().mean(0) for batch in batches]
    return torch.cat(votes).argmax(1)


def evaluate(network: nn.Module, part: Part, batch_size: int = 256) -> float:
    """Share of samples classified correctly; every sample counts once.

    With several processes each of them sees its share of the samples, and all must call this.
    """
    share, weight = processes.slice_of(torch.arange(len(part.labels)))
    mine = slice(int(share[0]), int(share[-1]) + 1)
    found = predict(network, part.frames[:, mine], batch_size)
    right = (found == part.labels[mine].to(found.device)).sum().double()
    return processes.total(right * (weight > 0)).item() / len(part.labels)


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
            traces = network.traces(on(network, batch))
            sums = sums + torch.stack([_sums(trace) for trace in traces])
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
        return part.frames.sum(0).flatten(1).float().cpu().numpy()  # [N, 2 H W]

    def fitted(c: float):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=1000))
        return model.fit(counts(training), training.labels.cpu().numpy())

    models = [fitted(c) for c in (1e-3, 1e-2, 1e-1)]
    scores = [model.score(counts(validation), validation.labels.cpu().numpy()) for model in models]
    return float(models[int(np.argmax(scores))].score(counts(test), test.labels.cpu().numpy()))
