"""Digits told by one spike for each neuron: ``python -m mpe_lib.studies.latency``.

Writes ``data/measured/latency.json``: accuracy of a network of two layers of spike times, of the
same with a hidden layer that is not trained, and of what needs no spikes at all.
"""

from argparse import Namespace
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..systems.rel_psp import ReLPSP, latency_code
from .study import Study, command

SETTINGS = {
    "hidden": 100,
    "epochs": 24,
    "batch_size": 64,
    "t_max": 1.0,  # time of the spike of a blank pixel
    "unit": 0.2,  # time that makes a factor e in the softmax of the output times
    "last": 10.0,  # what a later spike, or none, counts as
    "least": 0.5,  # sum of weights that no neuron is to fall below
    "validation": 240,
    "test": 360,
    # chosen on the validation part, for each case and seed
    "spreads": [4.0, 8.0, 16.0],
    "learning_rates": [0.02, 0.05],
    "penalties": [0.01, 0.1, 1.0, 10.0, 100.0],
}
TRAINED, FROZEN, BASELINES = "all layers trained", "hidden layer frozen", "baselines"
FIRED = "only which hidden neurons fired"
Part = tuple[Tensor, Tensor]  # spike times [B, 64], labels [B]


@lru_cache
def digits() -> Part:
    """scikit-learn's 1797 digits: brightness of the pixels ``[B, 64]`` in [0, 1], and labels."""
    from sklearn.datasets import load_digits

    bundled = load_digits()
    return torch.from_numpy(bundled.data / 16).float(), torch.from_numpy(bundled.target)


def parts_of(seed: int, settings: dict = SETTINGS) -> list[Part]:
    """Training, validation and test part; the seed draws which digit is where."""
    from sklearn.model_selection import train_test_split

    x, labels = digits()
    t, rest, parts = latency_code(x, settings["t_max"]), list(range(len(labels))), []
    for name in ("test", "validation"):
        rest, part = train_test_split(
            rest, test_size=settings[name], random_state=seed, stratify=labels[rest]
        )
        parts.append(part)
    return [(t[part], labels[part]) for part in (rest, *reversed(parts))]


def fit(
    part: Part, frozen: bool, spread: float, learning_rate: float, seed: int, settings: dict
) -> tuple[nn.Sequential, list[float]]:
    """Train a network; (network, mean loss of every epoch).

    The loss is the cross-entropy of ``softmax(-t / unit)``, so that the first spike is the answer,
    and what :meth:`mpe_lib.systems.rel_psp.ReLPSP.silence` adds. torch's own random state is left
    as it was.
    """
    (t, labels), losses = part, []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers = (t.shape[1], settings["hidden"]), (settings["hidden"], 10)
        net = nn.Sequential(*(ReLPSP(*layer, spread=spread) for layer in layers))
        trained = net[1:] if frozen else net
        descent = torch.optim.Adam(trained.parameters(), lr=learning_rate)
        steps = settings["epochs"] * -(-len(t) // settings["batch_size"])
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(descent, steps)
        for _ in range(settings["epochs"]):
            seen = []
            for these in torch.randperm(len(t)).split(settings["batch_size"]):
                scores = -net(t[these]).clamp(max=settings["last"]) / settings["unit"]
                loss = F.cross_entropy(scores, labels[these])
                silence = sum(layer.silence(settings["least"]) for layer in net)
                descent.zero_grad()
                (loss + silence).backward()
                descent.step()
                schedule.step()
                seen.append(loss.detach())
            losses.append(torch.stack(seen).mean())
    return net.eval(), torch.stack(losses).tolist()


@torch.no_grad()
def look(net: nn.Sequential, part: Part, settings: dict) -> dict:
    """What a network does on a part.

    accuracy: the class whose neuron fires first is right.  fired: share of hidden neurons that
    fire at all.  before: share that has fired when the first output neuron does.  decided: the
    median of that time.
    """
    t, labels = part
    hidden = net[0](t)
    out = net[1](hidden).clamp(max=settings["last"])
    first = out.amin(1, keepdim=True)
    return {
        "accuracy": (out.argmin(1) == labels).double().mean().item(),
        "fired": hidden.isfinite().double().mean().item(),
        "before": (hidden < first).double().mean().item(),
        "decided": first.median().item(),
    }


def chosen(case: str, parts: list[Part], seed: int, settings: dict) -> tuple[nn.Sequential, dict]:
    """The network whose settings are best on the validation part, and its row."""
    tried, best = [], None
    for spread, rate in product(settings["spreads"], settings["learning_rates"]):
        net, losses = fit(parts[0], case == FROZEN, spread, rate, seed, settings)
        accuracy = look(net, parts[1], settings)["accuracy"]
        tried.append([spread, rate, round(accuracy, 4)])
        if best is None or accuracy > best[0]:
            best = accuracy, net, spread, rate, losses
    accuracy, net, spread, rate, losses = best
    found = look(net, parts[2], settings)
    row = {"spread": spread, "learning_rate": rate, "tried": tried}
    row |= {"training": look(net, parts[0], settings)["accuracy"], "validation": accuracy}
    row |= {"test": found.pop("accuracy")} | found
    return net, rounded(row) | {"loss": [round(loss, 4) for loss in losses]}


def regression(parts: list[Part], settings: dict) -> dict:
    """Logistic regression, its penalty chosen on the validation part: its row."""
    from sklearn.linear_model import LogisticRegression

    (training, validation, test), best = [[x.numpy() for x in part] for part in parts], None
    for penalty in settings["penalties"]:
        model = LogisticRegression(C=penalty, max_iter=5000).fit(*training)
        accuracy = model.score(*validation)
        if best is None or accuracy > best[0]:
            best = accuracy, penalty, model
    row = {"penalty": best[1], "validation": best[0], "test": best[2].score(*test)}
    return rounded(row | {"training": best[2].score(*training)})


def majority(parts: list[Part]) -> dict:
    """The most frequent class of the training part, whatever is shown: its row."""
    most = parts[0][1].mode().values
    names = ("training", "validation", "test")
    shares = ((labels == most).double().mean().item() for _, labels in parts)
    return rounded(dict(zip(names, shares, strict=True)))


def rounded(row: dict) -> dict:
    """Shares and times with four digits."""
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}


def jobs(seeds: int) -> Iterator[dict]:
    """Every case with one seed after the other."""
    for seed in range(seeds):
        yield from ({"case": case, "seed": seed} for case in (TRAINED, FROZEN, BASELINES))


def run(job: dict, settings: dict = SETTINGS) -> list[dict]:
    """The rows of one case; what else could have answered stands under ``answered_by``."""
    parts = parts_of(job["seed"], settings)
    if job["case"] == BASELINES:
        pixels = [(settings["t_max"] - t, labels) for t, labels in parts]
        return [
            {"answered_by": "the most frequent class"} | majority(parts),
            {"answered_by": "logistic regression on pixels"} | regression(pixels, settings),
        ]
    net, row = chosen(job["case"], parts, job["seed"], settings)
    with torch.no_grad():
        bits = [(net[0](t).isfinite().float(), labels) for t, labels in parts]
    return [
        {"answered_by": "the first output spike"} | row,
        {"answered_by": FIRED} | regression(bits, settings),
    ]


def study(arguments: Namespace) -> Study:
    """The study; it has no settings to choose."""
    return Study(
        name="latency",
        what="digits told by one spike for each neuron, with times in closed form",
        settings=SETTINGS,
        jobs=jobs,
        run=run,
        data=digits,
        seeds=3,
    )


if __name__ == "__main__":
    command(study, __doc__)
