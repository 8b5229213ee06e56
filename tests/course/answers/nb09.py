"""Answers to notebook 09: right in different styles, and wrong."""

ANSWERS = {
    "ex09-reach": (
        [
            "furthest, sweeps = 9, 5",
            "furthest, sweeps = 9.0, np.int64(5)",
            "furthest, sweeps = torch.tensor([9, 5])",
        ],
        ["furthest, sweeps = 6, 5", "furthest, sweeps = 9, 6", "furthest, sweeps = 9, 12"],
    ),
    "ex09-pair-score": (
        [
            "def pair_score(first, second):\n"
            "    return np.mean((np.sign(first.numpy() - second.numpy()) + 1) / 2)",
            "def pair_score(first, second):\n"
            "    won = sum(a > b for a, b in zip(first.tolist(), second.tolist()))\n"
            "    tied = sum(a == b for a, b in zip(first.tolist(), second.tolist()))\n"
            "    return (won + tied / 2) / len(first)",
            "def pair_score(first, second):\n"
            "    return (torch.sign(first - second).float().mean(0, keepdim=True) + 1) / 2",
        ],
        [
            "def pair_score(first, second):\n    return (first > second).float().mean()",
            "def pair_score(first, second):\n    return (first >= second).float().mean()",
            "def pair_score(first, second):\n"
            "    return ((first > 0).float().mean() + (second <= 0).float().mean()) / 2",
            "def pair_score(first, second):\n    return first > second",
            "def pair_score(first, second):\n    return 0.5",
        ],
    ),
    "ex09-detector": (
        [
            "w_a, w_b = 0.15, 0.9",
            "w_a, w_b = np.array([0.14, 0.92], 'float32')",
            "w_a, w_b = torch.tensor([0.16, 0.9])",
        ],
        ["w_a, w_b = 0.9, 0.15", "w_a, w_b = 0.6, 0.6", "w_a, w_b = 0.1, 0.1", "w_a, w_b = 2, 2"],
    ),
}
