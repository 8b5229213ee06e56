"""Train from the command line: ``python -m mpe_lib.training --dataset digit --neuron mpe``.

The same command under ``torchrun --nproc-per-node 8 -m mpe_lib.training ...`` or ``accelerate
launch -m mpe_lib.training ...`` uses several GPUs. Stopped or killed, it goes on where it was when
it is started again.
"""

import argparse
import os
import sys

import torch

from ..fast.backends import BACKENDS
from ..results.names import SHORT, kinds
from ..results.store import command_line
from .command import run
from .neurons import slug, with_sweeps
from .recipe import OPTIMISERS
from .report import table
from .tasks import DATASETS, NETWORKS, RECIPES

HELP = (
    f"{', '.join(kinds())}; lif and mpe are short for {SHORT['lif']} and {SHORT['mpe']}; ' + 2' "
    "behind a name that guesses refines the guess in 2 sweeps"
)


def arguments() -> argparse.ArgumentParser:
    """The command's arguments; what is left out is as the recipe says."""
    parser = argparse.ArgumentParser(prog="python -m mpe_lib.training", description=__doc__)
    add = parser.add_argument
    add("--dataset", required=True, choices=DATASETS, help="digit and order are built in")
    add("--neuron", default="mpe", metavar="NAME", help=HELP)
    add("--recipe", choices=tuple(RECIPES), help="paper where there is one, else small")
    add("--seeds", type=int, nargs="+", default=[0], help="one run for each")
    add("--out", help="folder of the results; runs/DATASET-NEURON-RECIPE")
    add("--root", help="folder with the recordings; MPE_DATA or the cache folder")
    add("--download", action="store_true", help="fetch the recordings if they are not there")
    add("--device", help="cpu or cuda; a GPU where there is one")
    add("--threads", type=int, help="CPU threads of each process")
    add("--sweeps", type=int, default=0, help="2 is short for ' + 2' behind the name")
    add("--backend", default="auto", choices=BACKENDS, help="who computes the neurons")
    add("--width", type=int, help="divides the channels of the paper's networks")
    add("--save-every", type=int, metavar="STEPS", help="checkpoints within an epoch too")
    add("--deterministic", action="store_true", help="repeatable on a GPU too; slower")
    plan = parser.add_argument_group("other than the recipe").add_argument
    plan("--steps", type=int, help="T")
    plan("--by", choices=("time", "count"), help="frames of equal time or of equal count")
    plan("--size", type=int, nargs=2, metavar=("HEIGHT", "WIDTH"), help="of the frames")
    plan("--decay", type=float, help="factor of the potential kept per step")
    plan("--network", choices=tuple(NETWORKS))
    plan("--learn-threshold", action=argparse.BooleanOptionalAction)
    plan("--epochs", type=int)
    plan("--batch-size", type=int, help="of all processes together")
    plan("--learning-rate", type=float)
    plan("--warm-up", type=int, metavar="EPOCHS", help="the learning rate grows over these")
    plan("--optimiser", choices=OPTIMISERS)
    plan("--momentum", type=float)
    plan("--weight-decay", type=float)
    plan("--membrane-weight", type=float, help="the paper's lambda")
    plan("--membrane-epochs", type=int, help="the membrane loss is dropped after these")
    plan("--clip", type=float, help="largest norm of the gradient")
    plan("--tet-regulariser", type=float)
    plan("--augment", nargs="*", help="words of mpe_lib.training.augment; none to switch it off")
    plan("--mixup", type=float, metavar="ALPHA", help="0 to switch it off")
    plan("--mixup-epochs", type=int)
    plan("--amp", action=argparse.BooleanOptionalAction, help="bfloat16 where it is safe")
    return parser


def main() -> None:
    options = vars(arguments().parse_args())
    if threads := options.pop("threads"):
        torch.set_num_threads(threads)
    options = {name: value for name, value in options.items() if value is not None}
    dataset = options["dataset"]
    options.setdefault("recipe", "paper" if dataset in RECIPES["paper"] else "small")
    if "size" in options:
        options["size"] = tuple(options["size"])
    options["seeds"] = tuple(options["seeds"])
    try:
        neuron = options["neuron"] = str(with_sweeps(options["neuron"], options.pop("sweeps")))
        options.setdefault("out", f"runs/{dataset}-{slug(neuron)}-{options['recipe']}")
        result = run(command=command_line(), **options)
    except (ValueError, FloatingPointError, ImportError, OSError) as error:
        words = getattr(error, "strerror", None) or error
        place = getattr(error, "filename", None)
        sys.exit(f"{type(error).__name__}: {words}" + (f": {place}" if place else ""))
    except KeyboardInterrupt:
        print("stopped: the same command goes on from the last checkpoint", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    if int(os.environ.get("RANK", 0)) == 0:
        print(table(result))  # noqa: T201
        print(f"wrote {options['out']}/result.json and curves.png")  # noqa: T201


if __name__ == "__main__":
    main()
