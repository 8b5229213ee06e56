"""Answers to notebook 06: right in different styles, and wrong."""

ANSWERS = {
    "ex06-bytes": (
        [
            "indexing, unbind = 2**28, 2**22",
            "indexing, unbind = np.float32(268435456), torch.tensor(4194304)",
            "indexing, unbind = 2.68e8, 4.19e6",
            "x = torch.zeros(64, 2**14)\n"
            "unbind = x.numel() * x.element_size()\n"
            "indexing = np.array([len(x) * unbind])",
        ],
        [
            "indexing, unbind = 2**26, 2**20",
            "indexing, unbind = 2**22, 2**22",
            "indexing, unbind = 2**28, 2**16",
            "indexing, unbind = 2**29, 2**22",
        ],
    ),
    "ex06-crossover": (
        [
            "crossover, limit = 9062.5, 0.5",
            "crossover, limit = 9.06e3, torch.tensor(0.5)",
            "crossover, limit = np.float32(580 / 0.064), np.float32(0.5)",
        ],
        [
            "crossover, limit = 10000, 0.5",
            "crossover, limit = 9062.5, 2",
            "crossover, limit = 9.0625, 0.5",
        ],
    ),
    "ex06-speedup": (
        [
            "def speedup(slow, fast):\n    return np.median(slow) / np.median(fast)",
            "def speedup(slow, fast):\n    return min(slow) / min(fast)",
            "def speedup(slow, fast):\n"
            "    slow, fast = (sorted(each[1:])[1:-1] for each in (slow, fast))\n"
            "    return sum(slow) / sum(fast)",
            "def speedup(slow, fast):\n"
            "    return torch.tensor(slow).median() / torch.tensor(fast).median()",
            "def speedup(slow, fast):\n    return np.median(np.array(slow) / np.array(fast))",
            "def speedup(slow, fast):\n"
            "    return np.float32(np.quantile(slow, 0.25) / np.quantile(fast, 0.25))",
            "def speedup(slow, fast):\n"
            "    slow.sort()\n"
            "    fast.sort()\n"
            "    return [sum(slow[:3]) / sum(fast[:3])]",
        ],
        [
            "def speedup(slow, fast):\n    return 5.0",
            "def speedup(slow, fast):\n    return mean(slow) / mean(fast)",
            "def speedup(slow, fast):\n    return mean(slow[1:]) / mean(fast[1:])",
            "def speedup(slow, fast):\n    return slow[1] / fast[1]",
            "def speedup(slow, fast):\n    return np.median(fast) / np.median(slow)",
            "def speedup(slow, fast):\n    return max(slow) / max(fast)",
        ],
    ),
}
