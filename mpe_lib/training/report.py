"""What is left of a run: one row for each seed, the result file, a table and a picture."""

import json
from pathlib import Path

from ..files import write
from ..plot.runs import plot_runs
from ..plot.show import png
from ..results import numbers
from .loop import Run


def row_of(run: Run, seed: int, samples: int) -> dict:
    """All that a result file keeps of one run: accuracies, curves, the time of each epoch."""
    row = {"seed": seed, "test": run.test, "test_samples": samples}
    row["parameters"] = sum(p.numel() for p in run.network.parameters())
    for name in run.history[0]:
        row[name] = [epoch[name] for epoch in run.history]
    row["epoch_seconds"] = [round(each, 3) for each in run.seconds]
    return row | {"made": list(run.made)}


def finish(folder: Path, facts: dict, rows: list[dict]) -> dict:
    """Write ``result.json`` and ``curves.png``; returns the result.

    Args:
        folder: of the runs.
        facts: what, settings and provenance.
        rows: of :func:`row_of`, one for each seed.
    """
    result = facts | {"rows": rows}
    text = json.dumps(result, indent=1, allow_nan=False) + "\n"
    write(folder / "result.json", text.encode())
    settings = facts["settings"]
    title = f"{settings['dataset']}, {settings['neuron']}"
    write(folder / "curves.png", png(plot_runs({settings["neuron"]: rows}, title)))
    return result


def table(result: dict) -> str:
    """The result in words: one line for each seed, then the mean and its spread.

    >>> rows = [{"seed": k, "test": 0.9 + k / 100, "test_samples": 50, "validation": [0.5, 0.9],
    ...          "task": [2.0, 0.1], "epoch_seconds": [1.0, 1.2]} for k in (0, 1)]
    >>> settings = {"dataset": "digit", "neuron": "hard + 2", "recipe": "small"}
    >>> print(table({"settings": settings, "rows": rows}))
    digit, hard + 2, recipe small: 2 seeds, 50 test samples
    seed  test     validation  last task loss  seconds per epoch
       0  90.0 %   90.0 %      0.100           1.1
       1  91.0 %   90.0 %      0.100           1.1
    test accuracy 90.5 % (sd 0.7), last epoch of each run
    """
    rows, settings = result["rows"], result["settings"]
    names = ", ".join(f"{settings[name]}" for name in ("dataset", "neuron"))
    seeds = f"{len(rows)} seed{'s' * (len(rows) > 1)}"
    lines = [
        f"{names}, recipe {settings['recipe']}: {seeds}, {rows[0]['test_samples']} test samples",
        "seed  test     validation  last task loss  seconds per epoch",
    ]
    for row in rows:
        seconds = sum(row["epoch_seconds"]) / len(row["epoch_seconds"])
        test, validation = (f"{100 * each:.1f} %" for each in (row["test"], row["validation"][-1]))
        lines.append(
            f"{row['seed']:4}  {test:7}  {validation:10}  {row['task'][-1]:<14.3f}  {seconds:.1f}"
        )
    scores = numbers.percent([row["test"] for row in rows])
    lines.append(f"test accuracy {scores}, last epoch of each run")
    return "\n".join(lines)
