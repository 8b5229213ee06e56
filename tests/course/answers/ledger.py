"""Answers to the ledger: right in different styles, and wrong."""

CHANGED = """
import copy
changed = {copied}
for row in changed["scaling_cpu"]["rows"]:
    if (row["neuron"], row["T"], row["N"], row["pass"]) == ("LIF, fair", 64, 65536, {which}):
        row["median_ms"] {by}
"""


def change(copied="copy.deepcopy(found)", which='"forward + backward"', by="*= 20"):
    return CHANGED.format(copied=copied, which=which, by=by)


ANSWERS = {
    "ledger-interval": (
        [
            "half, decided = 2.78, False",
            "half, decided = np.float32(t.ppf(0.975, 4)), np.bool_(False)",
            "x = torch.tensor([1.0, 3, -1, 2, 5])\n"
            "half = 2.776 * x.std() / len(x) ** 0.5\n"
            "decided = x.mean().abs() > half",
        ],
        [
            "half, decided = 1.96, True",
            "half, decided = 2.78, True",
            "half, decided = 2.48, False",
            "half, decided = 5.55, False",
            "half, decided = 2.78, 'no'",
        ],
    ),
    "ledger-mind": (
        [
            change(),
            change(by="= np.float64(20 * row['median_ms'])"),
            change(copied="__import__('json').loads(__import__('json').dumps(found))"),
        ],
        [
            change(copied="dict(found)"),
            change(which='"forward"'),
            change(by="*= 1"),
            change(by="*= -20"),
        ],
    ),
    "ledger-weights": (
        [
            "def weighted(kappa, square):\n"
            "    return (kappa.view(-1, *[1] * (square.ndim - 1)) * square).mean()",
            "def weighted(kappa, square):\n"
            "    return np.mean([k * q.mean() for k, q in zip(kappa.numpy(), square.numpy())])",
            "def weighted(kappa, square):\n"
            "    return torch.einsum('t,t...->', kappa.double(), square.double()) / square.numel()",
        ],
        [
            "def weighted(kappa, square):\n    return kappa.mean() * square.mean()",
            "def weighted(kappa, square):\n    return (kappa * square).mean()",
            "def weighted(kappa, square):\n    return kappa @ square.flatten(1).mean(1)",
            "def weighted(kappa, square):\n    return (kappa.view(-1, 1, 1, 1, 1) * square).mean()",
        ],
    ),
}
