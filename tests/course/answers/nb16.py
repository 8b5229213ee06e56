"""Answers to notebook 16: right in different styles, and wrong."""

FELT = """
def felt(before, after, nudged):
    changed = [t for t in range(len(before)) if (before[t] != after[t]).any()]
    return {end}
"""
LEAKY = """
def leaky(x, decay):
    h, rows = 0 * x[0], []
    for x_t in x:
        h = {h}
        rows.append(h)
    return {end}
"""


def felt(end):
    return FELT.format(end=end)


def leaky(h="decay * h + x_t - (h > 1)", end="torch.stack(rows)"):
    return LEAKY.format(h=h.replace("(h > 1)", "(h > 1).to(x.dtype)"), end=end)


ANSWERS = {
    "ex16-charge": (
        [
            "def charge(v, x, tau):\n    return (1 - 1 / tau) * v + x / tau",
            "def charge(v, x, tau):\n    return torch.lerp(v.float(), x.float(), 1 / tau)",
            "def charge(v, x, tau):\n    v, x = v.numpy(), x.numpy()\n    return v + (x - v) / tau",
            "def charge(v, x, tau):\n"
            "    return [a + (b - a) / tau for a, b in zip(v.tolist(), x.tolist())]",
        ],
        [
            "def charge(v, x, tau):\n    return v + (x + v) / tau",
            "def charge(v, x, tau):\n    return v / tau + x / tau",
            "def charge(v, x, tau):\n    return v - v / tau + x",
            "def charge(v, x, tau):\n    return (v + x) / 2",
        ],
    ),
    "ex16-felt": (
        [
            felt("changed[-1] - nudged, changed[0] < nudged"),
            felt("[float(changed[-1] - nudged), np.bool_(changed[0] < nudged)]"),
            felt("torch.tensor(changed).max() - nudged, torch.tensor(changed).min() < nudged"),
            felt("np.array([changed[-1] - nudged, changed[0] < nudged])"),
        ],
        [
            felt("changed[-1], changed[0] < nudged"),
            felt("len(changed) - 1, changed[0] < nudged"),
            felt("changed[-1] - nudged, False"),
            felt("changed[-1] - nudged"),
        ],
    ),
    "ex16-count": (
        [
            "at_128, more_from = 16512, 64",
            "at_128, more_from = np.array([16512.0, 64.0], 'float32')",
            "at_128, more_from = torch.tensor(128 * 129), [64]",
        ],
        [
            "at_128, more_from = 16384, 64",
            "at_128, more_from = 16512, 65",
            "at_128, more_from = 64 * 16512, 64",
            "at_128, more_from = 16385, 64",
        ],
    ),
    "ex16-clock": (
        [
            "def gains(steps):\n    return list(range(steps, 0, -1))",
            "def gains(steps):\n    return np.exp(-np.arange(steps))",
            "def gains(steps):\n    return -torch.arange(steps)",
            "def gains(steps):\n    return (1 / (1 + t) for t in range(steps))",
        ],
        [
            "def gains(steps):\n    return torch.arange(steps)",
            "def gains(steps):\n    return torch.ones(steps)",
            "def gains(steps):\n    return [7, 6, 5, 4, 3, 2, 1]",
            "def gains(steps):\n    return [max(5 - t, 0) for t in range(steps)]",
        ],
    ),
    "ex16-leaky": (
        [
            leaky(),
            leaky(end="rows"),
            leaky(end="torch.stack(rows).float()"),
            "def leaky(x, decay):\n"
            "    x = x.numpy()\n"
            "    h = np.zeros_like(x)\n"
            "    for t in range(len(x)):\n"
            "        h[t] = x[t] + (decay * h[t - 1] - (h[t - 1] > 1) if t else 0)\n"
            "    return h",
        ],
        [
            leaky(h="decay * (h - (h > 1)) + x_t"),
            leaky(h="decay * h * (1 - (h > 1)) + x_t"),
            leaky(end="(torch.stack(rows) > 1).double()"),
            leaky(h="decay * h + x_t"),
        ],
    ),
}
