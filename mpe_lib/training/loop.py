"""The training loop: one process or many, stopped and gone on with, or run through at once."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from ..core.losses import tet_loss
from ..datasets.events import Part
from . import processes
from .augment import augment, mixup
from .checkpoint import State, check_room
from .look import evaluate, on, probe
from .recipe import Recipe

LOOK = 512  # samples of the validation part whose rates and gaps are kept
APART = 1_000_003  # between the seeds of two processes' draws


class Run(NamedTuple):
    """One trained network: the network, one dict for each epoch, accuracy on the test part.

    `seconds` has the time of each epoch, its look at the validation part included; `made` says
    where and how it was made: more than once if it was resumed elsewhere or by other code.
    """

    network: nn.Module
    history: list[dict]
    test: float
    seconds: tuple[float, ...] = ()
    made: tuple[dict, ...] = ()


def train(
    build: Callable[[], nn.Module],
    training: Part,
    validation: Part,
    test: Part,
    recipe: Recipe | None = None,
    *,
    seed: int = 0,
    device: str | torch.device | None = None,
    progress: str = "training",
    checkpoint: Path | None = None,
    save_every: int | None = None,
    dataset: str = "",
    made: dict | None = None,
    **changes,
) -> Run:
    """Build a network and train it; the test part is scored once, at the end.

    ``loss = (1 - w) TET + (w / T) L_mem`` with w the membrane weight: L_mem here is T times
    the paper's, so that w is the paper's lambda. The learning rate falls to 0 along half a
    cosine; every sample of every epoch is used; the last weights are kept, so nothing is chosen
    on any part.

    Args:
        build: makes the network, which maps frames to (logits ``[T, B, classes]``, loss).
        training, validation, test: three parts that share no recording. Frames may be integers
            and mapped from a file: a batch is gathered, moved and made floating when its turn
            comes.
        recipe: how to train; ``Recipe()`` if None.
        seed: of the weights, the order of the samples and all draws. torch's own random state
            is left as it was.
        device: "cpu", "cuda", ...; a GPU where there is one if None.
        progress: words beside the progress bar (TQDM_DISABLE=1 hides it).
        checkpoint: a file; if it is there the run goes on from it, to the bit on one machine,
            and it is written after every epoch. Nothing is written if None.
        save_every: steps after which it is written within an epoch too.
        dataset: its name, for :func:`mpe_lib.training.augment.augment`: a gesture's mirror image is
            another gesture.
        made: where and how this is made, see :func:`mpe_lib.training.machine.made_here`; kept
            with the checkpoint. A run that goes on where anything of it is another is warned of.
        changes: fields of the recipe that are to be others.

    Returns:
        Run. The history has, for each epoch: task (the TET loss in nats), membrane (L_mem),
        validation (accuracy), and by layer, on the first 512 samples of the validation part: rate
        (spikes per neuron and step), gap (root mean square of v_hat - v over that of v, the rule
        of training; None for an exact neuron).

    Raises:
        ValueError: frames that are not finite, parts that do not fit, a wrong setting, a
            checkpoint of another run.
        OSError: the checkpoint cannot be written; said before the first step where it is known.
        FloatingPointError: the loss is not finite any more.
    """
    recipe = replace(recipe or Recipe(), **changes)
    for name, part in (("training", training), ("validation", validation), ("test", test)):
        _check(name, part)
    device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    samples = len(training.labels)
    batches = -(-samples // recipe.batch_size)
    facts = {"recipe": recipe.facts(), "seed": seed, "frames": list(training.frames.shape),
             "processes": processes.world(), "dataset": dataset,
             "data": _fingerprint(training, validation, test)}  # fmt: skip
    per_process = -(-recipe.batch_size // processes.world())
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = build().to(device)
        # its first call sizes the neurons that have a value for each channel: before the optimiser
        luck = {"dataset": dataset, "classes": _classes(network, training)}
        facts["network"] = repr(network)
        optimiser = recipe.optimiser_of(network)
        schedule = recipe.schedule_of(optimiser, batches)
        state = State(
            network, optimiser, schedule,
            order=torch.zeros(samples, dtype=torch.int64), totals=torch.zeros(2, device=device),
            made=[made or {}],
        )  # fmt: skip
        if processes.rank():  # each process has draws of its own
            torch.manual_seed(seed + APART * processes.rank())

        def save(state: State, first: bool = False) -> None:
            if checkpoint is not None:
                state.save(Path(checkpoint), facts)
                if first and processes.rank() == 0:
                    check_room(Path(checkpoint))

        if checkpoint is not None and Path(checkpoint).exists():
            state.resume(Path(checkpoint), facts)
        save(state, first=True)
        model = processes.parallel(network)
        quiet = {"disable": True} if processes.rank() else {}
        bar = tqdm(total=recipe.epochs * batches, initial=state.epoch * batches + state.batch,
                   desc=progress, unit="batch", **quiet)  # fmt: skip
        with bar:
            while state.epoch < recipe.epochs:
                task, membrane = _epoch(
                    model, state, training, batches, recipe, luck, save, save_every, bar
                )
                if not np.isfinite(task + membrane):
                    raise FloatingPointError(
                        f"the loss is not finite in epoch {state.epoch + 1} (task {task}, "
                        f"membrane {membrane}): lower the learning rate, "
                        f"{recipe.learning_rate} now"
                    )
                start = time.perf_counter()
                processes.from_first(list(network.buffers()))
                accuracy = evaluate(network, validation, per_process)
                look = probe(network, validation.frames[:, :LOOK], per_process)
                state.history.append(
                    {"task": task, "membrane": membrane, "validation": accuracy} | look
                )
                state.epoch, state.batch = state.epoch + 1, 0
                state.seconds[-1] += time.perf_counter() - start
                state.seconds.append(0.0)
                save(state)
                bar.set_postfix(
                    epoch=f"{state.epoch}/{recipe.epochs}", validation=f"{accuracy:.3f}"
                )
        score = evaluate(network, test, per_process)
        return Run(network, state.history, score, tuple(state.seconds[:-1]), tuple(state.made))


def _epoch(model, state, part, batches, recipe, luck, save, save_every, bar) -> tuple[float, float]:
    """What is left of one pass over the part: the mean task loss and the mean membrane loss."""
    network, optimiser, device = state.network, state.optimiser, state.totals.device
    network.train()
    if state.batch == 0:
        order = torch.randperm(len(part.labels)).to(device)
        processes.from_first([order])
        state.order.copy_(order)
        state.totals.zero_()
    weight, alpha = recipe.membrane_at(state.epoch), recipe.mixup_at(state.epoch)
    start = time.perf_counter()
    for these in state.order.tensor_split(batches)[state.batch :]:
        share, share_weight = processes.slice_of(these)
        frames, labels = _batch(part, share, network, recipe, alpha, **luck)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.amp):
            logits, membrane = model(frames)
        task = tet_loss(logits, labels, recipe.tet_regulariser)
        loss = (1 - weight) * task + weight / len(logits) * membrane if weight else task
        optimiser.zero_grad(set_to_none=True)
        (share_weight * loss).backward()
        if recipe.clip is not None:
            nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        optimiser.step()
        state.schedule.step()
        counted = len(share) if share_weight else 0
        state.totals += counted * torch.stack((task, membrane)).detach()
        state.batch += 1
        bar.update()
        if save_every and state.batch % save_every == 0 and state.batch < batches:
            state.seconds[-1] += time.perf_counter() - start
            save(state)
            start = time.perf_counter()
    means = processes.total(state.totals.clone()) / len(part.labels)
    state.seconds[-1] += time.perf_counter() - start
    return tuple(means.tolist())


def _batch(
    part: Part, share: Tensor, network, recipe, alpha, dataset: str, classes: int
) -> tuple[Tensor, Tensor]:
    """A batch as the network takes it: gathered, on its device, floating, changed at random."""
    share = share.to(part.frames.device)
    frames = on(network, part.frames[:, share])
    labels = part.labels[share.to(part.labels.device)].to(frames.device)
    if recipe.augment or alpha:
        seed = torch.randint(2**62, ()).item()  # so that torch's state holds all of a run's luck
        generator = torch.Generator(frames.device).manual_seed(seed)
        if recipe.augment:
            frames, labels = augment(frames, labels, recipe.augment, generator, dataset=dataset)
        if alpha:
            frames, labels = mixup(frames, labels, classes, alpha, generator)
    return frames, labels


@torch.no_grad()
def _classes(network: nn.Module, part: Part) -> int:
    """The number of classes that a network votes for."""
    with torch.random.fork_rng():
        return network.eval()(on(network, part.frames[:, :1]))[0].shape[-1]


def _fingerprint(*parts: Part) -> str:
    """Another one for other recordings: of all labels, and of the frames of the first few."""
    seen = hashlib.sha256()
    for part in parts:
        for tensor in (part.labels, part.frames[:, :4]):
            seen.update(tensor.cpu().contiguous().numpy().tobytes())
    return seen.hexdigest()[:16]


def _check(name: str, part: Part) -> None:
    if part.frames.ndim < 3 or part.frames.shape[1] != len(part.labels) or not len(part.labels):
        raise ValueError(
            f"the {name} part must hold frames [T, N, ...] and N labels, got "
            f"{tuple(part.frames.shape)} and {tuple(part.labels.shape)}: keep time first"
        )
    if part.frames.is_floating_point() and not torch.isfinite(part.frames).all():
        raise ValueError(
            f"the frames of the {name} part must be finite, got NaN or infinity: check how "
            "they were made"
        )
