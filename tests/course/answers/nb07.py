"""Answers to notebook 07: right in different styles, and wrong."""

RULE = """
generator = torch.Generator().manual_seed(1)
x = torch.empty(150, 2000).exponential_(2, generator=generator)
x, v = x[50:].flatten(), lif_sequence(x, 0.9).v[50:].flatten()
bins = x.argsort().view({bins}, -1)
edges, best = x[bins].amax(1)[:-1], v[bins].{best}
def my_rule(x):
    return {rule}
"""
RIGHT = {"bins": 200, "best": "median(1).values", "rule": "best[torch.bucketize(x, edges)]"}


def rule(**lines):
    return RULE.format(**RIGHT | lines)


LAW = """
parts = error_split(stationary_law(1.1, 0.5, 0.25), 'bernoulli')
limit = (parts.bias + parts.unknowable) ** 0.5
"""

ANSWERS = {
    "ex07-interval": (
        [
            "mean_interval, rate = 3.5, 0.286",
            "mean_interval, rate = np.float32(3.5), np.float32(2 / 7)",
            "mean_interval = torch.tensor([3.5])\nrate = 1 / mean_interval",
        ],
        [
            "mean_interval, rate = 2, 0.5",
            "mean_interval, rate = 3.5, 0.35",
            "mean_interval, rate = 2 / 7, 3.5",
        ],
    ),
    "ex07-coins": (
        [
            LAW + "coins = 5",
            LAW + "coins, limit = np.int64(5), np.float32(limit)",
            LAW + "coins, limit = torch.tensor(5), round(limit, 3)",
        ],
        [LAW + "coins = 1", LAW + "coins = 6", LAW + "coins, limit = 5, 0", "coins, limit = 5, 1"],
    ),
    "ex07-rule": (
        [
            rule(bins=250),
            rule(rule="best.numpy()[np.searchsorted(edges.numpy(), x.numpy())]"),
            rule(rule="best.double()[torch.bucketize(x, edges)]"),
        ],
        [
            rule(best="mean(1)"),
            "def my_rule(x):\n    return 0 * x",
            "def my_rule(x):\n    return torch.where(x > 1, 0.0, x)",
            "def my_rule(x):\n    return lif_sequence(x, 0.9).v",
        ],
    ),
}
