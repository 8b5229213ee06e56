"""Answers to notebook 14: right in different styles, and wrong."""

LEAKED = """
def leaked(training, test):
    training, test = ({{name.split('_')[0] for name in part}} for part in (training, test))
    return {end}
"""
SHARES = """
def shares(samples, processes):
    counts = [len(part) for part in torch.arange(samples).tensor_split(processes)]
    return {end}
"""

ANSWERS = {
    "ex14-leak": (
        [
            LEAKED.format(end="sorted(training & test)"),
            LEAKED.format(end="tuple(sorted(p for p in test if p in training))"),
            LEAKED.format(end="np.intersect1d(sorted(training), sorted(test))"),
            "def leaked(training, test):\n"
            "    found = []\n"
            "    training.sort()\n"
            "    for name in training:\n"
            "        person = name[: name.index('_')]\n"
            "        if person not in found and any(t.startswith(person + '_') for t in test):\n"
            "            found.append(person)\n"
            "    return (person for person in found)",
        ],
        [
            LEAKED.format(end="training & test"),
            LEAKED.format(end="sorted(training & test, reverse=True)"),
            LEAKED.format(end="sorted(training | test)"),
            LEAKED.format(end="['user07', 'user11']"),
            "def leaked(training, test):\n    return sorted(set(training) & set(test))",
        ],
    ),
    "ex14-shares": (
        [
            SHARES.format(end="[[n, n / (samples / processes)] for n in counts]"),
            SHARES.format(end="[(n, round(n * processes / samples, 3)) for n in counts[::-1]]"),
            SHARES.format(end="np.array([[n, n * processes / samples] for n in counts])"),
            SHARES.format(end="torch.tensor([[n, n * processes / samples] for n in counts])"),
            SHARES.format(end="zip(counts, np.array(counts, 'float32') * processes / samples)"),
        ],
        [
            SHARES.format(end="[(n, 1.0) for n in counts]"),
            SHARES.format(end="[(n, n / samples) for n in counts]"),
            SHARES.format(end="[(samples // processes, 1.0)] * processes"),
            SHARES.format(end="[(n, n * 8 / 30) for n in counts]"),
        ],
    ),
}
