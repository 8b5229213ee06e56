"""The memory suite as a section of the results page: for each family its table and figures."""

from ..plot.show import picture
from ..plot.suite import plot_areas, plot_reach
from ..results import store
from ..results.suite import areas, ranked, reach, shares, table, written
from ..studies import memory

CURVES = ("exact LIF", "hard", "hard + 2", "sliding PSN", "PSN", "zero")


def section(families=memory.FAMILIES) -> str:
    """The Markdown of all families; one that has no rows is named as not measured yet."""
    parts, missing = [], []
    for name in families:
        try:
            result = store.read(f"memory_{name}")
        except FileNotFoundError:
            missing.append(f"{name} ({memory.WHAT[name]})")
            continue
        parts.append(family(name, result))
    if missing:
        parts.append(f"**Not measured yet:** {'; '.join(missing)}.")
    return "\n\n".join(parts)


def family(name: str, result: dict) -> str:
    """What is known of one family: its table, and where its tasks differ in delay the curves."""
    made = [each() for each in memory.FAMILIES[name][0] if name != "spoken"]
    chance = {task.name: 1 / task.classes for task in made} or {"order of spoken digits": 1 / 2}
    found = shares(result["rows"])
    seeds = len({row["seed"] for row in result["rows"]})
    count = (
        "one seed, so no interval" if seeds == 1 else f"{seeds} seeds, 95 % intervals of the mean"
    )
    what = memory.WHAT[name]
    lines = [f"### {name.capitalize()}: {what}", f"Share right [%], {count}.", table(found, chance)]
    if len(made) > 2:
        lines[2:2] = _curves(name, found, next(iter(chance.values())))
    return "\n\n".join(lines)


def _curves(name: str, found: dict, chance: float) -> list[str]:
    area = areas(found)
    words = "; ".join(f"{each} {written(area[each])}" for each in CURVES)
    curves = plot_reach(reach(found, CURVES), chance, f"{name}: how far six neurons remember")
    every = plot_areas(area, chance, f"{name}: the area under the reach curve")
    all_words = "; ".join(f"{each} {written(area[each])}" for each in ranked(area))
    return [
        picture(curves, f"Share right over the delay; means over the delays [%]: {words}."),
        picture(every, f"Mean share right over the delays [%], the largest first: {all_words}."),
    ]
