"""Answers to notebook 11: right in different styles, and wrong."""

ANSWERS = {
    "ex11-spread": (
        [
            "points = 0.316",
            "points = np.float32(100 * np.sqrt(0.02 / 2000))",
            "points = torch.tensor([1e-5]).sqrt() * 100",
        ],
        ["points = 0.00316", "points = 0.447", "points = 1.13", "points = 1"],
    ),
    "ex11-sure": (
        [
            "from scipy.stats import norm\n"
            "def safe_lead(noise, chance):\n"
            "    return norm.isf(chance, scale=math.sqrt(2) * noise)",
            "from statistics import NormalDist\n"
            "def safe_lead(noise, chance):\n"
            "    return np.float32(NormalDist(0, 2**0.5 * noise).inv_cdf(1 - chance))",
            "def safe_lead(noise, chance):\n"
            "    return 2 * noise * torch.special.erfinv(torch.tensor(1 - 2 * chance))",
        ],
        [
            "from scipy.stats import norm\n"
            "def safe_lead(noise, chance):\n    return norm.isf(chance) * noise",
            "from scipy.stats import norm\n"
            "def safe_lead(noise, chance):\n    return norm.ppf(chance) * 2**0.5 * noise",
            "from scipy.stats import norm\n"
            "def safe_lead(noise, chance):\n    return norm.isf(chance / 2) * 2**0.5 * noise",
            "def safe_lead(noise, chance):\n    return 2.33 * 2**0.5 * noise",
        ],
    ),
    "ex11-damage": (
        [
            "def damage(table, rule):\n"
            "    return 100 * (mean(table[rule][rule]) - mean(table[rule]['exact LIF']))",
            "def damage(table, rule):\n"
            "    row = table[rule]\n"
            "    lost = np.array(row[rule], 'float32') - np.array(row['exact LIF'], 'float32')\n"
            "    return 100 * lost.mean()",
            "def damage(table, rule):\n"
            "    own, exact = (torch.tensor(table[rule][k]) for k in (rule, 'exact LIF'))\n"
            "    return ((own - exact) * 100).mean()",
        ],
        [
            "def damage(table, rule):\n"
            "    return mean(table[rule][rule]) - mean(table[rule]['exact LIF'])",
            "def damage(table, rule):\n"
            "    return 100 * (mean(table[rule]['exact LIF']) - mean(table[rule][rule]))",
            "def damage(table, rule):\n"
            "    return 100 * (table[rule][rule][0] - table[rule]['exact LIF'][0])",
            "def damage(table, rule):\n"
            "    return 100 * (mean(table[rule][rule]) - mean(table['exact LIF'][rule]))",
            "def damage(table, rule):\n"
            "    return 100 * sum(a - b for a, b in zip(table[rule][rule],\n"
            "                                           table[rule]['exact LIF'])) / 3",
        ],
    ),
}
