"""Answers to notebook 20: right in different styles, and wrong."""

VOXELS = """
def voxels(place, p, bins):
    out = torch.zeros(bins{kind})
    for at, sign in zip(place.tolist(), p.tolist()):
        left = int(at)
        out[left] += {sign} * {near}
        if left + 1 < bins:
            out[left + 1] += {sign} * {far}
    return {end}
"""
DRAWN = """
def drawn(voxels, decay, before):
    pictures, v = [], {start}
    for x in voxels:
        v = {v}
        pictures.append(v)
    return {end}
"""


def voxels(kind="", sign="sign", near="(1 - at + left)", far="(at - left)", end="out"):
    return VOXELS.format(kind=kind, sign=sign, near=near, far=far, end=end)


def drawn(start="before", v="decay * v + x", end="torch.stack(pictures)"):
    return DRAWN.format(start=start, v=v, end=end)


ALIKE = "def alike(a, b):\n    "

ANSWERS = {
    "ex20-voxels": (
        [
            voxels(),
            voxels(kind=", dtype=torch.float64", end="out.tolist()"),
            "def voxels(place, p, bins):\n"
            "    gap = np.abs(np.arange(bins)[:, None] - place.numpy())\n"
            "    return np.clip(1 - gap, 0, None) @ p.numpy()",
        ],
        [
            voxels(near="1", far="0"),
            voxels(sign="1"),
            voxels(near="(at - left)", far="(1 - at + left)"),
            "def voxels(place, p, bins):\n"
            "    return (1 - (torch.arange(bins)[:, None] - place).abs()) @ p",
        ],
    ),
    "ex20-alike": (
        [
            ALIKE + "return np.corrcoef(a.flatten(), b.flatten())[0, 1]",
            ALIKE + "return torch.corrcoef(torch.stack([a.flatten(), b.flatten()]).float())[0, 1]",
            ALIKE + "a, b = a - a.mean(), b - b.mean()\n"
            "    return ((a * b).mean() / (a.square().mean() * b.square().mean()).sqrt()).item()",
        ],
        [
            ALIKE + "return (a * b).sum() / a.norm() / b.norm()",
            ALIKE + "return ((a - a.mean()) * (b - b.mean())).mean()",
            ALIKE + "return ((a - a.mean()) * (b - b.mean())).mean() / a.std() / b.std()",
            ALIKE + "return abs(np.corrcoef(a.flatten(), b.flatten())[0, 1])",
        ],
    ),
    "ex20-fading": (
        [
            "half, tau = 7, 10",
            "half, tau = np.int64(7), np.float32(10)",
            "half = torch.tensor([7])\ntau = 1 / (1 - 0.9)",
        ],
        ["half, tau = 6.58, 10", "half, tau = 5, 10", "half, tau = 7, 1.11"],
    ),
    "ex20-drawn": (
        [
            drawn(end="pictures"),
            drawn(end="np.array([each.numpy() for each in pictures], 'float32')"),
            "def drawn(voxels, decay, before):\n"
            "    out = voxels.clone()\n"
            "    out[0] += decay * before\n"
            "    for t in range(1, len(out)):\n"
            "        out[t] += decay * out[t - 1]\n"
            "    return out",
        ],
        [
            drawn(start="0 * before"),
            drawn(v="decay * v + (1 - decay) * x"),
            drawn(v="decay * (v + x)"),
            drawn(start="0 * before", end="torch.stack(pictures) + before"),
        ],
    ),
}
