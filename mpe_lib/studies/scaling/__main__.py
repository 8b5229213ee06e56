"""The command: ``python -m mpe_lib.benchmark``; ``--help`` lists what can be chosen."""

import argparse
import sys

import torch

from ...results import store
from ...results.timings import BYTES, PASSES, of_copy
from ...training.machine import made_here
from . import check, peers
from .contestants import lineup, pick
from .harness import SIZES, STEPS, sweep

LARGE = (2**20, 2**22)  # sizes for a GPU as well: with T = 64 the last is a GiB in float32


def main() -> None:
    args = _arguments()
    torch.set_num_threads(args.threads)
    if args.check:
        words, passed = check.report(args.device)
        print(words)  # noqa: T201
        sys.exit(0 if passed else 1)
    facts = made_here(store.command_line(), args.device)  # of the code in memory
    dtype, made, left_out = getattr(torch, args.dtype), {}, {}
    for steps in args.steps:
        found, reasons = lineup(steps, args.device, dtype)
        try:
            made[steps] = pick(found, args.neurons)
        except ValueError as error:
            sys.exit(f"--neurons: {error}")
        left_out |= reasons
    for name, reason in left_out.items():
        print(f"left out: {name} ({reason})")  # noqa: T201
    rows = list(
        sweep(args.steps, args.sizes, args.device, args.budget, made.get, dtype, memory=True)
    )
    result = {
        "what": "milliseconds of a spiking layer's forward, and forward + backward; x [T, 1, N]",
        "provenance": facts,
        "left_out": left_out,
        "chosen": peers.chosen(args.device),  # how SpikingJelly runs is its own choice
        "rows": rows,
    }
    print(table(rows, args.steps[-1], args.sizes[-1]))  # noqa: T201
    print(f"wrote {store.write(args.out, result)}")  # noqa: T201


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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mpe_lib.benchmark",
        description="Time spiking neurons side by side and write data/measured/NAME.json.",
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--steps", type=int, nargs="+", default=list(STEPS), help="values of T")
    parser.add_argument("--sizes", type=int, nargs="+", help="values of N")
    parser.add_argument("--dtype", choices=tuple(BYTES), default="float32")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds for each cell")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--neurons", nargs="+", metavar="WORD", help="those with it in their name")
    parser.add_argument("--out", metavar="NAME", help="of the result; scaling_cpu or scaling_cuda")
    parser.add_argument("--check", action="store_true", help="can the harness itself be trusted?")
    args = parser.parse_args()
    kind = torch.device(args.device).type
    args.sizes = args.sizes or [*SIZES, *(LARGE if kind == "cuda" else ())]
    args.out = args.out or f"scaling_{kind}"
    return args


if __name__ == "__main__":
    main()
