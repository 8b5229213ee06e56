"""The memory suite's rows, put together: shares by task, and the area under a reach curve."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from .numbers import mean_interval

Shares = dict[str, dict[str, list[float]]]  # neuron -> task -> share right, by seed


def shares(rows: Iterable[Mapping]) -> Shares:
    """What each neuron got right in each task, seed by seed.

    >>> rows = [{"neuron": "PSN", "task": "recall 1", "seed": s, "test": s / 2} for s in (1, 0)]
    >>> shares(rows)
    {'PSN': {'recall 1': [0.0, 0.5]}}
    """
    found: Shares = {}
    for row in sorted(rows, key=lambda row: row["seed"]):
        found.setdefault(row["neuron"], {}).setdefault(row["task"], []).append(row["test"])
    return found


def reach(found: Shares, neurons: Iterable[str]) -> dict[str, dict[int, list[float]]]:
    """The reach curves of some neurons: delay in steps -> share right, seed by seed.

    >>> reach({"PSN": {"recall 1": [1.0], "recall 2": [0.5]}}, ["PSN"])
    {'PSN': {1: [1.0], 2: [0.5]}}
    """
    return {
        neuron: {int(task.rsplit(" ", 1)[1]): each for task, each in found[neuron].items()}
        for neuron in neurons
    }


def ranked(areas: Mapping[str, Sequence[float]]) -> list[str]:
    """The neurons, the largest mean area first.

    >>> ranked({"zero": [0.1], "PSN": [0.9, 1.0]})
    ['PSN', 'zero']
    """
    return sorted(areas, key=lambda name: -mean(areas[name]))


def areas(found: Shares) -> dict[str, list[float]]:
    """The area under each neuron's reach curve, seed by seed: the mean over the delays.

    The delays double from one to the next, so it is the area over their logarithm; a neuron that
    is right at each delay has 1.

    Args:
        found: of one family whose tasks differ in their delay alone.

    >>> areas({"PSN": {"recall 1": [1.0, 0.8], "recall 2": [0.5, 0.4]}})
    {'PSN': [0.75, 0.6]}
    """
    return {
        neuron: [mean(each) for each in zip(*tasks.values(), strict=True)]
        for neuron, tasks in found.items()
    }


def written(values: Sequence[float]) -> str:
    """A mean in percent with its interval over the seeds, where there are several.

    >>> written([0.9, 0.92, 0.91]), written([0.99, 1.0]), written([0.9])
    ('91.0 [88.5, 93.5]', '99.5 [93.1, 100.0]', '90.0')
    """
    middle, low, high = mean_interval(values)
    if len(values) == 1:
        return f"{100 * middle:.1f}"
    return f"{100 * middle:.1f} [{100 * max(0, low):.1f}, {100 * min(1, high):.1f}]"


def table(found: Shares, chance: Mapping[str, float]) -> str:
    """Share right in percent, a row for each neuron and a column for each task, in Markdown.

    Args:
        found: of one family; where its tasks differ in their delay, the area stands last.
        chance: task -> share right of a guess; its tasks are the columns.

    >>> print(table({"PSN": {"interval": [0.9]}}, {"interval": 0.125}))
    | neuron | interval |
    |---|---|
    | PSN | 90.0 |
    | a guess | 12.5 |
    """
    whole = len(chance) > 2  # tasks at six delays
    names = [*chance, *(["area"] if whole else [])]
    lines = [f"| neuron | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    area = areas(found) if whole else {}
    for neuron, tasks in found.items():
        cells = [written(tasks[task]) for task in chance]
        cells += [written(area[neuron])] if whole else []
        lines.append(f"| {neuron} | {' | '.join(cells)} |")
    guess = [100 * share for share in chance.values()]
    guess += [mean(guess)] if whole else []
    lines.append(f"| a guess | {' | '.join(f'{share:.1f}' for share in guess)} |")
    return "\n".join(lines)
