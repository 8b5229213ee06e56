"""How everything that is drawn looks; a colour never stands alone, a line or a marker goes with it.

What stands in one figure has colours that every reader can tell apart.
"""

from ..results.names import kinds, parse

EXACT = {"color": "#000000", "linestyle": "-", "linewidth": 1.6}
ESTIMATE = {"color": "#0072B2", "linestyle": "--", "linewidth": 1.6}
NOTHING = {"color": "#767676", "linestyle": "-.", "linewidth": 1.4}
SPIKE, RESIDUAL, GRID = "#D55E00", "#CC79A7", "#767676"
THRESHOLD = {"color": GRID, "linestyle": ":", "linewidth": 1.2}

# a neuron, by its name in results/names.py, looks so in every figure
RULE_STYLES = {
    "exact LIF": {"color": "#000000", "linestyle": "-", "marker": "o"},
    "bernoulli": {"color": "#0072B2", "linestyle": "--", "marker": "s"},
    "mean": {"color": "#009E73", "linestyle": (0, (5, 1, 1, 1)), "marker": "D"},
    "hard": {"color": "#D55E00", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "marker": "^"},
    "zero": {"color": "#767676", "linestyle": "-.", "marker": "v"},
}
BLACK, BLUE, GREEN, ORANGE, GREY = RULE_STYLES.values()  # the same for what has no look of its own
TURNS = (BLACK, BLUE, ORANGE, GREEN, GREY)
FURTHER_STYLES = RULE_STYLES | {
    "PSN-like": {"color": "#CC79A7", "linestyle": ":", "marker": "P"},
    "no shift": {"color": "#E69F00", "linestyle": (0, (1, 1)), "marker": "X"},
}
SPARE_STYLES = (  # for the neurons of systems/ that are not among these, in turn
    {"color": "#332288", "linestyle": (0, (4, 1)), "marker": "*"},
    {"color": "#56B4E9", "linestyle": (0, (6, 1, 2, 1)), "marker": "p"},
    {"color": "#8B4513", "linestyle": (0, (1, 3)), "marker": "h"},
)
# the contestants of the benchmark, by their names there, in three groups
DASHES = (0, (5, 1, 1, 1))
NEURON_STYLES = {
    "LIF as released": {"color": "#D55E00", "linestyle": "-.", "marker": "v"},
    "LIF, indexing": {"color": "#B8A400", "linestyle": ":", "marker": "x"},
    "LIF, fair": {"color": "#000000", "linestyle": "-", "marker": "o"},
    "MPE as released": {"color": "#CC79A7", "linestyle": (0, (1, 1)), "marker": "P"},
    "MPE bernoulli": {"color": "#0072B2", "linestyle": "--", "marker": "s"},
    "MPE mean": {"color": "#009E73", "linestyle": DASHES, "marker": "D"},
    "MPE hard": {"color": "#56B4E9", "linestyle": (0, (3, 1, 1, 1)), "marker": "^"},
    "copy": {"color": "#767676", "linestyle": ":", "marker": "."},
}
FUSED_STYLES = {
    "LIF, compiled": {"color": "#B8A400", "linestyle": "-", "marker": "*"},
    "MPE hard, compiled": {"color": "#0072B2", "linestyle": (0, (4, 1)), "marker": "<"},
    "MPE bernoulli, compiled": {"color": "#CC79A7", "linestyle": "-", "marker": "h"},
    "LIF, kernel": {"color": "#000000", "linestyle": ":", "marker": "p"},
    "MPE hard, kernel": {"color": "#D55E00", "linestyle": "--", "marker": ">"},
    "MPE bernoulli, kernel": {"color": "#009E73", "linestyle": "-.", "marker": "d"},
}
PEER_STYLES = {
    "SpikingJelly LIF": {"color": "#D55E00", "linestyle": "--", "marker": "1"},
    "SpikingJelly PSN": {"color": "#009E73", "linestyle": (0, (6, 1)), "marker": "+"},
    "SpikingJelly SlidingPSN": {"color": "#000000", "linestyle": "-.", "marker": "2"},
    "snnTorch Leaky": {"color": "#CC79A7", "linestyle": DASHES, "marker": "X"},
    "Norse LIFBox": {"color": "#B8A400", "linestyle": ":", "marker": "3"},
    "Norse LIFBox, compiled": {"color": "#56B4E9", "linestyle": (0, (3, 1, 1, 1)), "marker": "4"},
}
STEP_STYLES = {  # numbers of steps T, light to dark
    4: {"color": "#B8A400", "linestyle": ":", "marker": "v"},
    8: {"color": "#009E73", "linestyle": (0, (3, 1, 1, 1)), "marker": "^"},
    16: {"color": "#D55E00", "linestyle": "-.", "marker": "D"},
    32: {"color": "#0072B2", "linestyle": "--", "marker": "s"},
    64: {"color": "#000000", "linestyle": "-", "marker": "o"},
}
DECAY_STYLES = dict(zip((0.25, 0.5, 0.9, 0.99), (BLACK, BLUE, ORANGE, GREY), strict=True))
SLOPES = (  # of surrogates and decays, drawn over each other
    BLACK,
    BLUE,
    {"color": "#009E73", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "marker": "D"},
)
POLARITY = (  # drawn in this order; OFF first, as in the frames
    {"color": "#D55E00", "marker": "v", "label": "OFF (darker)"},
    {"color": "#0072B2", "marker": "^", "label": "ON (brighter)"},
)
QUESTION_STYLES = {"digit": BLUE, "order": {"color": "#D55E00", "linestyle": "-", "marker": "o"}}
PARTS = {  # of an error, from the floor up
    "no rule can know": {"color": "#BBBBBB", "hatch": ""},
    "bias": {"color": "#0072B2", "hatch": "//"},
    "draw": {"color": "#CC79A7", "hatch": ".."},
}
SILENT = {"color": RESIDUAL, "linestyle": ":", "marker": "x"}  # a neuron that never fires
BEST = {"color": RESIDUAL, "linestyle": ":", "marker": "P"}  # no rule: the best of x alone
SIMULATED = {"color": SPIKE, "linestyle": "", "marker": "o", "markerfacecolor": "none"}
MISSED = {"marker": "o", "color": SPIKE, "markerfacecolor": "none", "label": "missed"}
EXTRA = {"marker": "x", "color": "#0072B2", "label": "extra"}
SAME = {"marker": "|", "color": GRID, "label": "same spike"}


def style_of(name: str, other: dict | None = None) -> dict:
    """Colour, line style and marker of a neuron, whatever its sweeps and its scoring.

    Args:
        name: of a neuron as in ``results/names.py``, or of a contestant of the benchmark.
        other: the style of what is neither.

    Raises:
        ValueError: the name is neither, and no other style is given.

    >>> style_of("hard + 2") == style_of("hard") == RULE_STYLES["hard"]
    True
    """
    contestants = NEURON_STYLES | FUSED_STYLES | PEER_STYLES
    if name in contestants:
        return contestants[name]
    try:
        neuron = parse(name).neuron
    except ValueError:
        if other is None:
            raise
        return other
    if neuron in FURTHER_STYLES:
        return FURTHER_STYLES[neuron]
    turn = [each for each in kinds() if each not in FURTHER_STYLES].index(neuron)
    return SPARE_STYLES[turn % len(SPARE_STYLES)]
