"""Answers to notebook 01: right in different styles, and wrong."""

SOFT = """
def soft_gradient(h, w, decay):
    a, gradient = 0.0, []
    for h_t, w_t in zip(h[::-1], w[::-1]):
        f = max(0.0, 1 - abs(h_t - 1))
        g = {g}
        a = {a}
        gradient.append(g)
    return {end}
"""
RIGHT = {"g": "w_t * f + (1 - f) * a", "a": "decay * g", "end": "gradient[::-1]"}


def soft(**lines):
    return SOFT.format(**RIGHT | lines)


ANSWERS = {
    "ex01-lines": (
        [
            "spikes, last_h = (0, 0, 1, 0, 1), 1.13",
            "spikes, last_h = np.array([0, 0, 1, 0, 1], bool), np.float32(1.125)",
            "x = torch.tensor([0.5, 0.75, 0.75, 0.5, 0.875])[:, None]\n"
            "trace = lif_sequence(x, 0.5)\n"
            "spikes, last_h = trace.s[:, 0], trace.h[-1]",
        ],
        [
            "spikes, last_h = [0, 1, 0, 0, 1], 1.125",
            "spikes, last_h = [0, 0, 1, 0, 1], 0",
            "spikes, last_h = [0, 0, 1, 0, 1], 1.1875",
            "spikes, last_h = [0.5, 1, 1.25, 0.5, 1.125], 1.125",
        ],
    ),
    "ex01-third": (
        [
            "lowest, highest = 0.571, 0.667",
            "lowest, highest = np.float32(4 / 7), torch.tensor(2 / 3)",
            "lowest, highest = 1 / torch.tensor([1.75, 1.5])",
        ],
        [
            "lowest, highest = 0.5, 0.667",
            "lowest, highest = 1 / 3, 0.667",
            "lowest, highest = 0.571, 1",
        ],
    ),
    "ex01-soft": (
        [
            soft(),
            soft(end="np.array(gradient[::-1], 'float32')"),
            soft(end="torch.tensor(gradient).flip(0)"),
            """
def soft_gradient(h, w, decay):
    h, w = torch.tensor(h), torch.tensor(w)
    f = (1 - (h - 1).abs()).clamp(min=0)
    g = w * f
    for t in reversed(range(len(h) - 1)):
        g[t] = f[t] * w[t] + (1 - f[t]) * decay * g[t + 1]
    return g
""",
        ],
        [soft(end="gradient"), soft(a="g"), soft(g="w_t * f"), soft(g="w_t * f + a")],
    ),
}
