"""Answers to notebook 19: right in different styles, and wrong."""

CODE = """
def code(o, mean, std, steps):
    a = {drive}
    a, v, spikes = {flat}, 0.0, []
    for _ in range(steps):
        h = v + a
        s = {s}
        v = {v}
        spikes.append(s)
    return {end}
"""
HEARD = """
def population(x, lateral):
    s = c = v = torch.zeros_like(x[0])
    spikes = []
    for x_t in x:
        c = {c}
        h = 0.75 * v + c
        s = (h > 0.5).to(x.dtype)
        v = {v}
        spikes.append(s)
    return {end}
"""
PUSH = """
from mpe_lib.studies.cartpole import STEP, expert
def push(now, before):
    speed = {speed}
    state = np.stack([now[:, 0], speed[:, 0], now[:, 1], speed[:, 1]], 1)
    return {end}
"""


def code(
    drive="torch.exp(-(((o[..., None] - mean) / std) ** 2) / 2)",
    flat="a.flatten(1)",
    s="(h > 0.999) * 1",
    v="h - 0.999 * s",
    end="torch.stack(spikes)",
):
    return CODE.format(drive=drive, flat=flat, s=s, v=v, end=end)


def heard(c="c / 2 + x_t + s @ lateral.T", v="(1 - s) * h", end="torch.stack(spikes)"):
    return HEARD.format(c=c, v=v, end=end)


def push(speed="(now - before) / STEP", end="expert(state)"):
    return PUSH.format(speed=speed, end=end)


ANSWERS = {
    "ex19-step": (
        [
            "turning, first, second = -0.293, 0, -0.00585",
            "turning, first = np.float32(-0.29268), np.float32(0)\nsecond = 0.02 * turning",
            "turning, first, second = torch.tensor([-0.29268, 0, -0.0058537])",
        ],
        [
            "turning, first, second = 0.293, 0, 0.00585",
            "turning, first, second = -0.293, -0.00585, -0.0117",
            "turning, first, second = -14.6, 0, -0.293",
        ],
    ),
    "ex19-code": (
        [
            code(),
            code(s="h > 0.999", v="h - 0.999 * s.float()", end="spikes"),
            code(
                drive="np.exp(-((o.numpy()[..., None] - mean.numpy()) / std.numpy()) ** 2 / 2)",
                flat="a.reshape(len(o), -1)",
                end="np.array(spikes)",
            ),
        ],
        [
            code(v="h * (1 - s)"),
            code(drive="torch.exp(-(((o[..., None] - mean) / std) ** 2))"),
            code(s="(h > 1) * 1", v="h - s"),
            code(flat="a.transpose(1, 2).flatten(1)"),
        ],
    ),
    "ex19-neighbours": (
        [
            heard(),
            heard(c="0.5 * c + x_t + torch.einsum('pq,bq->bp', lateral, s)", end="spikes"),
            heard(end="torch.stack(spikes).numpy() > 0"),
            heard(v="torch.where(s > 0, 0.0, h)", end="torch.stack(spikes).int()"),
        ],
        [
            heard(c="c / 2 + x_t + s @ lateral"),
            heard(c="c / 2 + x_t"),
            heard(v="h - 0.5 * s"),
            heard(c="c / 2 * (1 - s) + x_t + s @ lateral.T"),
        ],
    ),
    "ex19-levels": (
        [
            "rate, kept, leaky = 6, 6, 32",
            "rate, kept, leaky = np.array([6, 6, 32])",
            "rate, kept, leaky = torch.tensor([6.0, 6.0, 32.0])",
        ],
        [
            "rate, kept, leaky = 5, 5, 31",
            "rate, kept, leaky = 6, 32, 32",
            "rate, kept, leaky = 6, 6, 6",
        ],
    ),
    "ex19-remember": (
        [
            push(),
            push(speed="50 * (now - before)", end="expert(state).tolist()"),
            push(end="torch.tensor(expert(state), dtype=torch.float32)"),
        ],
        [
            push(speed="0 * now"),
            push(speed="now - before"),
            push(speed="(before - now) / STEP"),
            push(end="-expert(state)"),
        ],
    ),
}
