"""Answers to notebook 02: right in different styles, and wrong."""

ANSWERS = {
    "ex02-moments": (
        [
            "mean_at_2, variance_at_2 = 0.238, 0.42",
            "mean_at_2, variance_at_2 = np.float32(0.2384), torch.tensor(0.42)",
            "keep = torch.sigmoid(torch.tensor(-2.0))\n"
            "mean_at_2, variance_at_2 = 2 * keep, [4 * keep * (1 - keep)]",
        ],
        [
            "mean_at_2, variance_at_2 = 1.76, 0.42",
            "mean_at_2, variance_at_2 = 0.238, 0.105",
            "mean_at_2, variance_at_2 = 0.269, 0.42",
        ],
    ),
    "ex02-constant": (
        [
            "estimate_from, rate_exact, rate_estimate = 0.67, 0.5, 0.31",
            "estimate_from, rate_exact, rate_estimate = np.array([2 / 3, 0.5, 0.31], 'float32')",
            "estimate_from, rate_exact = torch.tensor([2 / 3, 0.5])\n"
            "rate_estimate = torch.sigmoid(torch.tensor(-0.8))",
        ],
        [
            "estimate_from, rate_exact, rate_estimate = 0.5, 0.5, 0.31",
            "estimate_from, rate_exact, rate_estimate = 1.5, 0.5, 0.31",
            "estimate_from, rate_exact, rate_estimate = 0.67, 0.5, 0.69",
        ],
    ),
    "ex02-guess": (
        [
            "def my_guess(x):\n    return (x + 0.3).clamp(max=0.4) * (x <= 1)",
            "def my_guess(x):\n    return np.where(x > 1, 0, np.minimum(x + 0.3, 0.4))",
            "def my_guess(x):\n"
            "    g = x.double() + 0.3\n"
            "    g[g > 0.4] = 0.4\n"
            "    g[x > 1] = 0\n"
            "    return g",
            "def my_guess(x):\n"
            "    return [[0 if e > 1 else min(e + 0.3, 0.4) for e in row] for row in x.tolist()]",
        ],
        [
            "def my_guess(x):\n    return x",
            "def my_guess(x):\n    return 0.2",
            "def my_guess(x):\n    return torch.full_like(x, 0.2)",
            "def my_guess(x):\n    return x * torch.bernoulli(torch.sigmoid(-x))",
            "def my_guess(x):\n    return lif_sequence(x, 0.9).v",
        ],
    ),
}
