"""A network without batch statistics, dropout or draws, trained by one process or by several:
``torchrun --nproc-per-node 2 tests/plain_net.py OUT``."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from mpe_lib import MPE
from mpe_lib.datasets.events import Part
from mpe_lib.training import processes, train


class PlainNet(nn.Module):
    """linear -> hard rule -> linear -> hard rule -> linear, on frames [T, B, 2, H, W].

    In float64: rounding, which depends on how a batch is cut, then flips no spike.
    """

    def __init__(self, rule="hard"):
        super().__init__()
        self.first, self.second = nn.Linear(128, 12), nn.Linear(12, 8)
        self.readout = nn.Linear(8, 3)
        evaluated = "mean" if rule == "bernoulli" else rule
        self.neurons = nn.ModuleList(MPE(rule, evaluated) for _ in "ab")
        self.double()

    def forward(self, frames):
        s, first = self.neurons[0].with_loss(self.first(frames.double().flatten(2)))
        s, second = self.neurons[1].with_loss(self.second(s))
        return self.readout(s), first + second

    def traces(self, frames):
        first = self.neurons[0].trace(self.first(frames.double().flatten(2)))
        return [first, self.neurons[1].trace(self.second(first.s))]


def parts(n=66):
    """Three classes told apart by where the events are; 4 steps of 8 x 8 frames of integers."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(n) % 3
    frames = torch.poisson(torch.full((4, n, 2, 8, 8), 0.4), generator)
    for k in range(3):
        frames[:, labels == k, :, 2 * k : 2 * k + 3] += 1
    cut = [slice(0, n - 26), slice(n - 26, n - 13), slice(n - 13, n)]
    return tuple(Part(frames[:, part].to(torch.uint8), labels[part]) for part in cut)


SHARED = {"learning_rate": 0.05, "membrane_weight": 0.3, "clip": 1.0, "seed": 3, "device": "cpu"}
CASES = {  # samples in all and settings
    "odd": (69, {"epochs": 4, "batch_size": 9}),  # 43 in batches of 9 and 8: shares of 5 and 4
    "single": (31, {"epochs": 3, "batch_size": 1}),  # one of the two processes has none
}


def main():
    torch.set_num_threads(1)
    with processes.joined("cpu"):
        for name, (n, settings) in CASES.items():
            found = train(PlainNet, *parts(n), **SHARED, **settings)
            if processes.rank() == 0:
                out = Path(sys.argv[1])
                save_file(found.network.state_dict(), out / f"{name}.safetensors")
                told = {"history": found.history, "test": found.test, "world": processes.world()}
                (out / f"{name}.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
