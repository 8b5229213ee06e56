"""Answers to notebook 12: right in different styles, and wrong."""

SHARE = "def share(first, second):\n    a, b = np.ravel(first), np.ravel(second)\n    return "

ANSWERS = {
    "ex12-normalised": (
        [
            "def normalised(weight, noise):\n"
            "    return torch.stack([n * w.norm() / n.norm() for w, n in zip(weight, noise)])",
            "def normalised(weight, noise):\n"
            "    return [n / n.norm() * w.norm() for w, n in zip(weight, noise)]",
            "def normalised(weight, noise):\n"
            "    w, n = weight.double().numpy(), noise.double().numpy()\n"
            "    axes = tuple(range(1, w.ndim))\n"
            "    size = np.sqrt((w**2).sum(axes, keepdims=True))\n"
            "    return n * size / np.sqrt((n**2).sum(axes, keepdims=True))",
        ],
        [
            "def normalised(weight, noise):\n    return noise * weight.norm() / noise.norm()",
            "def normalised(weight, noise):\n    return noise",
            "def normalised(weight, noise):\n    return torch.stack([n / n.norm() for n in noise])",
            "def normalised(weight, noise):\n    return noise * weight.abs()",
        ],
    ),
    "ex12-share": (
        [
            SHARE + "(a[:, None] > b).mean()",
            SHARE + "np.float32(np.mean([x > y for x in a for y in b]))",
            "def share(first, second):\n"
            "    a, b = torch.tensor(first).flatten(), torch.tensor(second).flatten()\n"
            "    return (a[:, None] > b).float().mean()",
        ],
        [
            SHARE + "(a > b).mean()",
            SHARE + "(a[:, None] >= b).mean()",
            SHARE + "(a[:, None] < b).mean()",
            SHARE + "float(a.mean() > b.mean())",
            SHARE + "(a[:, None] > b).sum() / 36",
        ],
    ),
    "ex12-seeds": (
        [
            "seeds = 32",
            "seeds = np.float32(2 * (0.06 / 0.015) ** 2)",
            "seeds = torch.tensor([32])",
        ],
        ["seeds = 16", "seeds = 6.4", "seeds = 160", "seeds = 64"],
    ),
}
