"""Answers to notebook 13: right in different styles, and wrong."""

ANSWERS = {
    "ex13-matrix": (
        [
            "recall_c, precision_a, guess = 0.6, 0.783, 0.5",
            "recall_c, precision_a, guess = np.array([0.6, 18 / 23, 0.5], 'float32')",
            "m = torch.tensor([[18.0, 2, 0], [1, 9, 0], [4, 0, 6]])\n"
            "recall_c = m[2, 2] / m[2].sum()\n"
            "precision_a = m[0, 0] / m[:, 0].sum()\n"
            "guess = m.sum(1).max() / m.sum()",
        ],
        [
            "recall_c, precision_a, guess = 1, 0.783, 0.5",
            "recall_c, precision_a, guess = 0.6, 0.9, 0.5",
            "recall_c, precision_a, guess = 0.6, 0.783, 1 / 3",
            "recall_c, precision_a, guess = 0.6, 0.783, 0.825",
        ],
    ),
    "ex13-anytime": (
        [
            "def anytime(votes, labels):\n"
            "    return [(votes[: t + 1].mean(0).argmax(1) == labels).float().mean()\n"
            "            for t in range(len(votes))]",
            "def anytime(votes, labels):\n"
            "    answers = votes.numpy().cumsum(0).argmax(-1)\n"
            "    return (answers == labels.numpy()).mean(1)",
            "def anytime(votes, labels):\n"
            "    total, shares = 0, []\n"
            "    for vote in votes:\n"
            "        total = total + vote\n"
            "        right = total.argmax(1) == labels\n"
            "        shares.append(round(right.sum().item() / len(labels), 3))\n"
            "    return tuple(shares)",
            "def anytime(votes, labels):\n"
            "    answers = votes.cumsum(0).argmax(-1)\n"
            "    return ((a == labels).float().mean().item() for a in answers)",
        ],
        [
            "def anytime(votes, labels):\n    return (votes.argmax(-1) == labels).float().mean(1)",
            "def anytime(votes, labels):\n"
            "    return (votes.cumsum(0).argmax(-1) == labels).sum(1) / 40",
            "def anytime(votes, labels):\n"
            "    return (votes.sum(0).argmax(-1) == labels).float().mean().expand(len(votes))",
            "def anytime(votes, labels):\n"
            "    return (votes.cumsum(0).argmax(-1) == labels).float().mean()",
        ],
    ),
    "ex13-layer": (
        [
            "operations, picojoules = 9168, 8250",
            "operations, picojoules = np.float32(9168), torch.tensor(8251.2)",
            "inner = torch.tensor([30, 16, 4]) @ torch.tensor([9, 6, 4])\n"
            "operations = 24 * inner\n"
            "picojoules = operations * 0.9",
        ],
        [
            "operations, picojoules = 10800, 9720",
            "operations, picojoules = 382, 343.8",
            "operations, picojoules = 9168, 42173",
            "operations, picojoules = 9168, 8.25",
        ],
    ),
}
