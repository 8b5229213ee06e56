"""Answers to notebook 17: right in different styles, and wrong."""

ALIF = """
def alif(x, tau_m, tau_adp, b0, beta):
    A, P = math.exp(-1 / tau_m), math.exp(-1 / tau_adp)
    h = e = s = torch.zeros_like(x[0])
    spikes, thresholds = [], []
    for x_t in x:
        e = {e}
        theta = b0 + beta * e
        h = {h}
        s = (h > theta).to(x.dtype)
        spikes.append(s)
        thresholds.append(theta)
    return {end}
"""
ADLIF = """
def adlif(x, tau_u, tau_w, a, b, q, form):
    A, B = math.exp(-1 / tau_u), math.exp(-1 / tau_w)
    v = w = s = torch.zeros_like(x[0])
    spikes, slow = [], []
    for x_t in x:
        old = v, s
        h = {h}
        s = (h > 1).to(x.dtype)
        v = h * (1 - s)
        seen = old if form == "{early}" else (v, s)
        w = B * w + (1 - B) * {drive}
        spikes.append(s)
        slow.append(w)
    return {end}
"""
STACKED = "torch.stack(spikes), torch.stack({})"


def alif(e="P * e + (1 - P) * s", h="A * h + (1 - A) * x_t - theta * s", end=""):
    return ALIF.format(e=e, h=h, end=end or STACKED.format("thresholds"))


def adlif(h="A * v + (1 - A) * (x_t - w)", early="euler", drive="", end=""):
    drive = drive or "q * (a * seen[0] + b * seen[1])"
    return ADLIF.format(h=h, early=early, drive=drive, end=end or STACKED.format("slow"))


LIMIT = """
def euler_limit(tau_u, tau_w, a):
    A, B = {exp}(-1 / tau_u), {exp}(-1 / tau_w)
    return {end}
"""


def limit(end="(1 - A * B) / ((1 - A) * (1 - B) * a)", exp="math.exp"):
    return LIMIT.format(end=end, exp=exp)


ANSWERS = {
    "ex17-left": (
        [
            "jump, left = 0.0179, 0.607",
            "jump, left = np.float32(1.8 * (1 - np.exp(-0.01))), np.float32(np.exp(-0.5))",
            "left = torch.exp(torch.tensor([-0.5]))\n"
            "jump = -1.8 * torch.expm1(torch.tensor(-0.01))",
        ],
        [
            "jump, left = 1.8, 0.607",
            "jump, left = 0.018, 0.607",
            "jump, left = 0.0179, 0.5",
            "jump, left = 0.0179, 0.00674",
        ],
    ),
    "ex17-alif": (
        [
            alif(end="spikes, thresholds"),
            alif(end="torch.stack(spikes).bool(), torch.stack(thresholds).float()"),
            alif(end="[torch.stack(each).numpy() for each in (spikes, thresholds)]"),
            alif(end="torch.stack([torch.stack(spikes), torch.stack(thresholds)])"),
        ],
        [
            alif(h="A * h + (1 - A) * x_t - b0 * s"),
            alif(e="P * e + s"),
            alif(h="A * h * (1 - s) + (1 - A) * x_t"),
            alif(h="A * (h - theta * s) + (1 - A) * x_t"),
            alif(end="torch.stack(spikes)"),
        ],
    ),
    "ex17-adlif": (
        [
            adlif(end="spikes, slow"),
            adlif(end="np.array([torch.stack(spikes).numpy(), torch.stack(slow).numpy()])"),
            adlif(end="[torch.stack(spikes).int(), torch.stack(slow).float()]"),
        ],
        [
            adlif(early="symplectic"),
            adlif(h="A * v + x_t - w"),
            adlif(drive="(q * a * seen[0] + b * seen[1])"),
            adlif(drive="q * (a * h + b * seen[1])"),
        ],
    ),
    "ex17-limit": (
        [
            limit(),
            limit(exp="np.exp", end="np.float32((1 - A * B) / (1 - A) / (1 - B) / a)"),
            limit(end="torch.tensor((1 - A * B) / ((1 - A) * (1 - B))) / a"),
            "def euler_limit(tau_u, tau_w, a):\n"
            "    return (1 / np.tanh(0.5 / tau_u) + 1 / np.tanh(0.5 / tau_w)) / 2 / a",
        ],
        [
            "def euler_limit(tau_u, tau_w, a):\n    return (tau_u + tau_w) / a",
            limit(end="(1 + A) * (1 + B) / ((1 - A) * (1 - B) * a)"),
            limit(end="1 / ((1 - A) * (1 - B) * a)"),
            limit(end="(1 - A * B) / ((1 - A) * (1 - B)) * a"),
        ],
    ),
    "ex17-recall": (
        [
            "def recalled(s):\n    return s[60:].mean(0).argmin(-1)",
            "def recalled(s):\n    return np.argmin(s.numpy()[-10:].sum(0), 1)",
            "def recalled(s):\n"
            "    return [min(range(4), key=c.__getitem__) for c in s[-10:].sum(0).tolist()]",
        ],
        [
            "def recalled(s):\n    return s[-10:].sum(0).argmax(1)",
            "def recalled(s):\n    return s.sum(0).argmin(1)",
            "def recalled(s):\n    return s[:10].sum(0).argmax(1)",
            "def recalled(s):\n    return s[-1].argmin(1)",
            "def recalled(s):\n    return s[-10:].sum(0)",
        ],
    ),
}
