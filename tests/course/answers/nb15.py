"""Answers to notebook 15: right in different styles, and wrong."""

PUT_BACK = """
def put_back(x, r, decay):
    h, rows = 0 * x[0], []
    for t in range(len(x)):
        h = {h}
        rows.append(h)
    return {end}
"""
SWEPT = """
def swept(x, decay, sweeps):
    r = torch.zeros_like(x)
    for _ in range({sweeps}):
        h, rows = torch.zeros_like(x[0]), []
        for x_t, before in zip(x, torch.cat((torch.zeros_like(x[:1]), r))):
            h = {h}
            rows.append(h)
        r = (torch.stack(rows) > 1){kind}
    return {end}
"""


def put_back(h="decay * (h - r[t - 1]) + x[t] if t else x[t]", end="torch.stack(rows)"):
    return PUT_BACK.format(h=h, end=end)


def swept(sweeps="sweeps + 1", h="decay * (h - before) + x_t", kind=".double()", end="r"):
    return SWEPT.format(sweeps=sweeps, h=h, kind=kind, end=end)


ANSWERS = {
    "ex15-taken": (
        [
            "charged, taken = (0.9, 1.35, 1.07), (0, 1, 1)",
            "charged, taken = np.array([0.9, 1.35, 1.075], 'float32'), np.array([0, 1, 1], bool)",
            "trace = lif_sequence(torch.full((3, 1), 0.9), 0.5, reset='soft')\n"
            "charged, taken = trace.h[:, 0], trace.s[:, 0]",
        ],
        [
            "charged, taken = [0.9, 1.35, 0.9], [0, 1, 0]",
            "charged, taken = [0.9, 1.35, 1.075], [0, 1.35, 1.075]",
            "charged, taken = [0.9, 1.8, 2.7], [0, 1, 1]",
        ],
    ),
    "ex15-equation": (
        [
            put_back(),
            put_back(end="rows"),
            "def put_back(x, r, decay):\n"
            "    A = leak_matrix(len(x), decay, x.dtype)\n"
            "    return A @ (x - r) + r",
            "def put_back(x, r, decay):\n"
            "    A = leak_matrix(len(x), decay, torch.float32)\n"
            "    return A @ x.float() - (A - torch.eye(len(x))) @ r.float()",
        ],
        [
            put_back(h="decay * h + x[t] - r[t]"),
            put_back(h="decay * h + x[t]"),
            put_back(h="decay * (h + r[t - 1]) + x[t] if t else x[t]"),
            put_back(end="torch.stack(rows).detach()"),
        ],
    ),
    "ex15-rest": (
        [
            "at_rest, largest = -2, 1 / 2",
            "at_rest, largest = np.float32(-2), torch.tensor(0.5)",
            "at_rest = -0.5 * (0.8 ** torch.arange(1, 200)).sum()\nlargest = [0.5]",
        ],
        [
            "at_rest, largest = 2, 0.5",
            "at_rest, largest = -2.5, 0.5",
            "at_rest, largest = -2, 1 / 3",
        ],
    ),
    "ex15-sweep": (
        [
            swept(),
            swept(kind=".int()", end="r.bool()"),
            swept(end="r.float().numpy()"),
            "def swept(x, decay, sweeps):\n"
            "    A, r = leak_matrix(len(x), decay, x.dtype).numpy(), np.zeros(x.shape)\n"
            "    for _ in range(sweeps + 1):\n"
            "        r = (A @ (x.numpy() - r) + r > 1).astype('float32')\n"
            "    return r.tolist()",
        ],
        [
            swept(sweeps="sweeps"),
            swept(sweeps="sweeps + 2"),
            swept(h="decay * h + x_t - before"),
            swept(end="torch.stack(rows)"),
            "def swept(x, decay, sweeps):\n    return lif_sequence(x, decay, reset='soft').s",
        ],
    ),
    "ex15-remainder": (
        [
            "def remainder(x):\n"
            "    c = x.relu().cumsum(0)\n"
            "    return torch.where(c > 0, c - c.ceil() + 1, 0.0)",
            "def remainder(x):\n"
            "    c = np.cumsum(np.maximum(x.numpy(), 0), 0)\n"
            "    return c - np.maximum(np.ceil(c) - 1, 0)",
            "def remainder(x):\n"
            "    v, rows = torch.zeros_like(x[0]), []\n"
            "    for x_t in x.float():\n"
            "        v = v + x_t.clamp(min=0)\n"
            "        while (v > 1).any():\n"
            "            v = v - (v > 1).float()\n"
            "        rows.append(v)\n"
            "    return rows",
        ],
        [
            "def remainder(x):\n    c = x.relu().cumsum(0)\n    return c - c.floor()",
            "def remainder(x):\n    return x.relu().cumsum(0)",
            "def remainder(x):\n    c = x.cumsum(0)\n    return c - (c.ceil() - 1).clamp(min=0)",
            "def remainder(x):\n    c = x.relu().cumsum(0)\n    return c - (c.ceil() - 1)",
        ],
    ),
}
