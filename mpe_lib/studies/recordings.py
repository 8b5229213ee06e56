"""Real recordings, every neuron: ``python -m mpe_lib.studies.recordings TASK --root FOLDER``.

TASK is ``spoken``, ``nmnist``, ``nmnist_large`` or ``digits`` (the built-in data, no folder
needed), and the result ``data/measured/recordings_TASK.json``; ``cost`` times an epoch of each.
A run that was stopped goes on where it was: each row is kept when it comes, and a larger
``--seeds`` adds to the rows that are there. ``says`` prints what the stored results say: which
differences between neurons are larger than their spread, and which tasks cannot show any.
"""

import argparse
import copy
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from ..fast.neurons import MPE
from ..results import store
from ..results.differences import sentences
from ..training import Part, evaluate, predict, train
from . import recordings_cost, tasks

KEY = ("question", "neuron", "seed", "fold")
WHAT = {
    "spoken": "test accuracy on spoken digits as 700 spike channels; 600 to train, 150 to test",
    "nmnist": "test accuracy on N-MNIST recordings, 5-fold over root/Train, and on root/Test",
    "nmnist_large": "the same with a larger network, trained for longer: test accuracy on N-MNIST",
    "digits": "test accuracy on the built-in data, digits in motion; split 60/20/20",
}


def jobs(task: str, seeds: int) -> Iterator[dict]:
    """What is to be run, seeds outermost: baselines, then each neuron."""
    for seed in range(seeds):
        for question in tasks.QUESTIONS[task]:
            names = (*tasks.BASELINES[task],) if seed == 0 else ()
            for neuron in (*names, *tasks.neurons_of(task)):
                for fold in tasks.folds_of(task):
                    yield dict(zip(KEY, (question, neuron, seed, fold), strict=True))


def run(job: dict, task: str, root: Path | None, settings: dict) -> dict:
    """The row of one job."""
    torch.set_num_threads(1)
    question, neuron, seed, fold = (job[name] for name in KEY)
    if neuron in tasks.BASELINES[task]:
        return job | tasks.baseline(question, neuron, root, fold, settings)
    parts = tasks.parts_of(question, root, fold, settings)
    batch_size = settings["batch_size"]
    done = train(
        lambda: tasks.network_of(neuron, parts[0], settings),
        *parts[:3],
        epochs=settings["epochs"],
        batch_size=batch_size,
        learning_rate=settings["learning_rate"],
        membrane_weight=settings["membrane_weight"],
        seed=seed,
        device="cpu",  # several processes, a thread each: the networks are small
        progress=" ".join(str(each) for each in job.values()),
    )
    network, test = done.network, parts[2]
    hits = predict(network, test.frames, batch_size) == test.labels
    row = job | {"test": round(hits.double().mean().item(), 5), "n": len(hits)}
    row["hits"] = "".join(str(int(hit)) for hit in hits)
    row["weights"] = sum(each.numel() for each in network.parameters())
    if neuron.startswith("bernoulli"):
        row["drawn"] = round(drawn(network, test, seed), 5)
    if len(parts) > 3:
        row["official_test"] = round(evaluate(network, parts[3], batch_size), 5)
    for name in ("validation", "task"):
        row[name] = [round(epoch[name], 4) for epoch in done.history]
    if neuron != tasks.CNN:
        row["rate"] = [round(rate, 4) for rate in done.history[-1]["rate"]]
        row["gap"] = [gap and round(gap, 4) for gap in done.history[-1]["gap"]]
    return row


def drawn(network: nn.Module, part: Part, seed: int) -> float:
    """Accuracy of one run with the draw of training in the place of its expectation."""
    other = copy.deepcopy(network)
    for module in other.modules():
        if isinstance(module, MPE):
            module.eval_rule = module.rule
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return evaluate(other, part)


def collect(task: str, seeds: int, root: Path | None, processes: int) -> dict:
    """Run what is missing and return the whole result; each row is kept as it comes.

    Raises:
        ValueError: rows of other settings are there.
    """
    settings, facts = tasks.SETTINGS[task], store.provenance(store.command_line())
    name = f"recordings_{task}"
    kept = store.FOLDER / f"{name}.jsonl"
    head, rows = _before(name, kept, {"settings": settings, "provenance": facts})
    if head["settings"] != settings:
        raise ValueError(
            f"the rows of {name} were made with other settings, expected {settings}, got "
            f"{head['settings']}: move data/measured/{name}.json and .jsonl away to start over"
        )
    done = {tuple(row[k] for k in KEY) for row in rows}
    wanted = list(jobs(task, seeds))
    missing = [job for job in wanted if tuple(job.values()) not in done]
    runs = [head["provenance"], *head.get("later", [])]
    known = [(each["commit"], each["command"]) for each in runs]
    if missing and (facts["commit"], facts["command"]) not in known:
        head["later"] = [*head.get("later", []), facts]
    _keep(kept, head, rows)
    with kept.open("a", encoding="utf-8") as file, ProcessPoolExecutor(processes) as pool:
        futures = [pool.submit(run, job, task, root, settings) for job in missing]
        try:
            for future in tqdm(as_completed(futures), total=len(futures), unit="run"):
                rows.append(future.result())
                file.write(json.dumps(rows[-1], allow_nan=False) + "\n")
                file.flush()
        except BaseException:  # do not run the rest first
            pool.shutdown(cancel_futures=True)
            raise
    place = {tuple(job.values()): k for k, job in enumerate(wanted)}
    rows.sort(key=lambda row: place.get(tuple(row[k] for k in KEY), len(place)))
    return {"what": WHAT[task]} | head | {"rows": rows}


def _keep(kept: Path, head: dict, rows: list[dict]) -> None:
    """Start the file of what is there: whole, or as it was before."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    lines = [json.dumps(each, allow_nan=False) + "\n" for each in (head, *rows)]
    part.write_text("".join(lines), encoding="utf-8")
    os.replace(part, kept)


def _before(name: str, kept: Path, head: dict) -> tuple[dict, list[dict]]:
    """What is there already: the head of the first run, and the rows of all."""
    if kept.exists():
        lines = kept.read_text(encoding="utf-8").split("\n")
        found = [json.loads(line) for line in lines[:-1]]  # a line without an end was cut short
        return (found[0], found[1:]) if found else (head, [])
    try:
        whole = store.read(name)
    except FileNotFoundError:
        return head, []
    rows = whole.pop("rows")
    return {name: value for name, value in whole.items() if name != "what"}, rows


def statement() -> list[str]:
    """What the stored results say, question by question; what is missing is named."""
    lines = []
    for task in tasks.SETTINGS:
        try:
            rows = store.read(f"recordings_{task}")["rows"]
        except FileNotFoundError:
            lines.append(f"{task}: not measured yet")
            continue
        for question in tasks.QUESTIONS[task]:
            mine = [row for row in rows if row["question"] == question]
            lines.append(f"{task}, {question}:" if question != task else f"{task}:")
            for row in mine:
                if row["neuron"] in tasks.BASELINES[task]:
                    fold = "" if row["fold"] is None else f", fold {row['fold']}"
                    name = f"logistic regression on {row['neuron']}"
                    lines.append(f"  {name}{fold}: {100 * row['test']:.1f} %")
            lines += [f"  {line}" for line in sentences(mine, tasks.neurons_of(task))]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.studies.recordings")
    parser.add_argument("task", choices=(*tasks.SETTINGS, "cost", "says"))
    parser.add_argument(
        "--root", type=Path, help="the folder of the recordings; see data/README.md"
    )
    parser.add_argument("--seeds", type=int, default=5, help="seeds for each neuron and fold")
    parser.add_argument("--processes", type=int, default=2, help="runs at a time, a thread each")
    args = parser.parse_args()
    torch.set_num_threads(1)
    if args.task == "says":
        print("\n".join(statement()))  # noqa: T201
        return
    if args.task != "digits" and args.root is None:
        parser.error(f"{args.task} needs --root, the folder of the recordings")
    if args.task == "cost":
        result, name = recordings_cost.study(args.root), "recordings_cost"
    else:
        result = collect(args.task, args.seeds, args.root, args.processes)
        name = f"recordings_{args.task}"
    print(f"wrote {store.write(name, result)}: {len(result['rows'])} rows")  # noqa: T201
    (store.FOLDER / f"{name}.jsonl").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
