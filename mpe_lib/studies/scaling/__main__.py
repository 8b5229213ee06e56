"""Time spiking neurons side by side: ``python -m mpe_lib.benchmark``.

A run that was stopped goes on with the cell that it was timing."""

import argparse
import sys

import torch

from ...results import store
from ...results.timings import BYTES, PASSES, of_copy
from ..study import Study, command
from . import check, peers
from .contestants import lineup, pick
from .harness import SIZES, STEPS, cell, cells

LARGE = (2**20, 2**22)  # sizes for a GPU as well: with T = 64 the last is a GiB in float32


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--steps", type=int, nargs="+", default=list(STEPS), help="values of T")
    parser.add_argument("--sizes", type=int, nargs="+", help="values of N")
    parser.add_argument("--dtype", choices=tuple(BYTES), default="float32")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for each cell")
    parser.add_argument("--neurons", nargs="+", metavar="WORD", help="those with it in their name")
    parser.add_argument("--out", metavar="NAME", help="of the result; scaling_cpu or scaling_cuda")
    parser.add_argument("--check", action="store_true", help="can the harness itself be trusted?")
    parser.set_defaults(threads=2)
    done = command(study, __doc__, parser=parser)
    rows = store.read(done.name)["rows"]
    print(table(rows, rows[-1]["T"], rows[-1]["N"]))  # noqa: T201


def study(arguments: argparse.Namespace) -> Study:
    """Every cell is a job; the contestants of each T are made once."""
    device, words = arguments.device, arguments.neurons
    dtype, kind = getattr(torch, arguments.dtype), torch.device(device).type
    if arguments.check:
        torch.set_num_threads(arguments.threads)
        said, passed = check.report(device)
        print(said)  # noqa: T201
        sys.exit(0 if passed else 1)
    made, left_out = {}, {}
    for steps in arguments.steps:
        found, reasons = lineup(steps, device, dtype)
        try:
            made[steps] = pick(found, words)
        except ValueError as error:
            raise ValueError(f"--neurons: {error}") from error
        left_out |= reasons
    for name, reason in left_out.items():
        print(f"left out: {name} ({reason})")  # noqa: T201
    sizes = arguments.sizes or [*SIZES, *(LARGE if kind == "cuda" else ())]
    return Study(
        name=arguments.out or f"scaling_{kind}",
        what="milliseconds of a spiking layer's forward, and forward + backward; x [T, 1, N]",
        settings={"budget": arguments.budget, "dtype": arguments.dtype, "neurons": words},
        jobs=lambda seeds: cells(arguments.steps, sizes),
        run=lambda job: cell(job, made[job["T"]], device, arguments.budget, dtype),
        # how SpikingJelly runs is its own choice
        facts={"left_out": left_out, "chosen": peers.chosen(device)},
        device=device,
        timed=True,
    )


def table(rows: list[dict], steps: int, neurons: int) -> str:
    """The largest cell of a sweep, a line for each contestant."""
    lines = [f"T = {steps}, N = {neurons}: ms, share of a copy's bytes per second, peak bytes"]
    for direction in PASSES:
        for row in rows:
            if (row["T"], row["N"], row["pass"]) != (steps, neurons, direction):
                continue
            share = of_copy(rows, row["neuron"], direction)[steps, neurons]
            peak = row["peak_bytes"] / steps / neurons
            lines.append(
                f"{direction:18} {row['neuron']:36} {row['median_ms']:10.4f} ms "
                f"{100 * share:6.1f} % {peak:6.1f} bytes per neuron-step"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
