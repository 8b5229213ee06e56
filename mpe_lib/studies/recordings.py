"""Trained networks, every neuron: ``python -m mpe_lib.studies.recordings TASK``.

TASK is ``digits`` or ``patience`` (the built-in data), or one of ``spoken``, ``nmnist``,
``nmnist_large``, ``nmnist_small`` with ``--root FOLDER``; the result is
``data/measured/recordings_TASK.json``. ``cost`` times an epoch of each network, with the folder
that holds the other two. ``says`` prints what the stored results say: which differences between
neurons are larger than their spread, and which tasks cannot show any.
"""

from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from torch import Tensor

from ..results import store
from ..results.differences import sentences
from . import recordings_cost, tasks
from .study import Study, command

NMNIST = "test accuracy on N-MNIST recordings, 5-fold over root/Train, and on root/Test"
DIGITS = "test accuracy on the built-in data, digits in motion; split 60/20/20"
WHAT = {
    "digits": DIGITS,
    "patience": f"{DIGITS}; four times the epochs",
    "spoken": "test accuracy on spoken digits as 700 spike channels; 600 to train, 150 to test",
    "nmnist": NMNIST,
    "nmnist_large": f"{NMNIST}; a larger network, trained for longer",
    "nmnist_small": f"{NMNIST}; a smaller network, with the membrane loss too",
}
TITLES = {
    "digits": {"digit": "built-in data: digit", "order": "built-in data: order"},
    "patience": {"order": "built-in data: order, 40 epochs"},
    "spoken": {"spoken": "spoken digits"},
    "nmnist": {"nmnist": "N-MNIST"},
    "nmnist_large": {"nmnist": "N-MNIST, larger network"},
    "nmnist_small": {"nmnist": "N-MNIST, smaller network"},
}


def study(arguments: Namespace) -> Study:
    """The study of one task; the recordings are in ``arguments.root``, if any are needed."""
    task, root = arguments.study, arguments.root
    if task == "cost":
        return recordings_cost.study(root)
    return Study(
        name=f"recordings_{task}",
        what=WHAT[task],
        settings=tasks.SETTINGS[task],
        jobs=partial(jobs, task),
        run=partial(run, task=task, root=root),
        facts={"titles": TITLES[task]},
        data=partial(data, task, root),
    )


def jobs(task: str, seeds: int) -> Iterator[dict]:
    """What is to be run, seeds outermost: baselines once, then each neuron and each weight."""
    for seed in range(seeds):
        for question in TITLES[task]:
            plain = [{"neuron": name} for name in tasks.BASELINES[task]] if seed == 0 else []
            for case in (*plain, *tasks.cases_of(task)):
                for fold in tasks.folds_of(task):
                    yield {"question": question} | case | {"seed": seed, "fold": fold}


def run(job: dict, task: str, root: Path | None) -> dict:
    """What one job found."""
    settings, fold, seed = tasks.SETTINGS[task], job["fold"], job["seed"]
    if "membrane_weight" not in job:
        return tasks.baseline(job["question"], job["neuron"], root, fold, settings)
    parts = tasks.parts_of(job["question"], settings, root, fold)
    return tasks.run_case(parts, settings, job["neuron"], job["membrane_weight"], seed)[1]


def data(task: str, root: Path | None) -> list[Tensor]:
    """All frames and labels: the parts of any fold are all recordings."""
    found = [tasks.parts_of(question, tasks.SETTINGS[task], root, tasks.folds_of(task)[0])
             for question in TITLES[task]]  # fmt: skip
    return [tensor for parts in found for part in parts for tensor in part]


def says() -> str:
    """What the stored results say, question by question; what is missing is named."""
    lines, found = [], store.every()
    for task, titles in TITLES.items():
        if f"recordings_{task}" not in found:
            lines.append(f"{task}: not measured yet")
            continue
        rows = found[f"recordings_{task}"]["rows"]
        for question, title in titles.items():
            mine = [row for row in rows if row["question"] == question]
            lines.append(f"{title}:")
            for row in mine:
                if row["neuron"] in tasks.BASELINES[task]:
                    fold = "" if row["fold"] is None else f", fold {row['fold']}"
                    name = f"logistic regression on {row['neuron']}"
                    lines.append(f"  {name}{fold}: {100 * row['test']:.1f} %")
            plain = [row for row in mine if row.get("membrane_weight") == 0]
            if all("hits" in row for row in plain):
                names = tasks.neurons_of(task)
                lines += [f"  {line}" for line in sentences(plain, names)]
            else:
                lines.append("  hits of single recordings were not kept: nothing is compared")
    return "\n".join(lines)


def main() -> None:
    rooted = [task for task in (*TITLES, "cost") if task not in ("digits", "patience")]
    command(study, __doc__, (*TITLES, "cost"), rooted, {"says": says})


if __name__ == "__main__":
    main()
