"""Recordings changed at random in training: moved, mirrored, thinned, mixed; all steps alike."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

# DVS128 Gesture in the order of its labels, from 0: clap, right wave, left wave, right arm
# clockwise, right counter-clockwise, left clockwise, left counter-clockwise, roll, drums, guitar,
# other. A mirror makes the right arm a left one and turns the sense of its circle round.
GESTURES = (0, 2, 1, 6, 5, 4, 3, 7, 8, 9, 10)
_DIGITS = "a mirrored digit is no digit"
NO_FLIP = {
    "dvs-gesture": "its classes know left from right; 'mirror' swaps the labels too",
    "nmnist": _DIGITS,
    "digit": _DIGITS,
    "order": "its classes know left from right",
}


def augment(
    frames: Tensor,
    labels: Tensor,
    words: Sequence[str],
    generator: torch.Generator,
    *,
    dataset: str | None = None,
    pad: int = 4,
    roll: int = 5,
    shift: int = 20,
    drop: float = 0.1,
) -> tuple[Tensor, Tensor]:
    """Change each sample of a batch at random, in the order of the words.

    Each sample has a draw of its own, which holds for all of its steps.

    - "crop": zeros are put round the image, `pad` pixels wide, and an image of the old size is
      cut out anywhere; what leaves is lost.
    - "flip": left and right change places in half of the samples. Refused for the data sets whose
      classes do not allow it.
    - "mirror": the same for DVS128 Gesture, with the labels swapped as the mirror asks: right
      and left hand wave; right arm clockwise and left arm *counter*-clockwise; right arm
      counter-clockwise and left arm clockwise. (A mirror turns the sense of a circle round,
      whether it is named as the camera or as the person sees it.) Clapping stays, and so does the
      roll of the arms, which turn about an axis from left to right; so do drums, guitar and
      "other", whose names tell no side.
    - "roll": moved by up to `roll` pixels each way, round the border, so that no event is lost.
    - "shift": spoken channels moved up or down by up to `shift`; zeros come in at the end, since
      the highest and the lowest tone are no neighbours.
    - "drop": each event is dropped with probability `drop`, apart from all others. A count of n
      becomes a draw from the binomial distribution of n and 1 - drop.

    Args:
        frames: ``[T, B, C, H, W]``, or ``[T, B, channels]`` for spoken recordings.
        labels: class numbers ``[B]``, or probabilities ``[B, classes]``.
        words: of those above.
        generator: of all draws; the same state gives the same result. Quickest on the frames'
            own device.
        dataset: its name, for what it forbids; only "mirror" has to know it.
        pad, roll, shift: pixels or channels, >= 0.
        drop: in [0, 1].

    Returns:
        (frames, labels): new tensors where anything changed; the old are left as they were.

    Raises:
        ValueError: an unknown word, a word that does not fit the frames or the data set, counts
            that "drop" cannot thin because they are not whole, a setting out of range.

    >>> frames = torch.arange(4.0).reshape(1, 1, 1, 1, 4)
    >>> new, _ = augment(frames, torch.tensor([0]), ("roll",), torch.Generator().manual_seed(1))
    >>> new.flatten().tolist()
    [2.0, 3.0, 0.0, 1.0]
    """
    changes: dict[str, tuple[Callable, int, dict]] = {  # by word: the axes that it needs
        "crop": (_move, 5, {"reach": pad, "wrap": False}),
        "flip": (_flip, 5, {"swap": None}),
        "mirror": (_flip, 5, {"swap": GESTURES}),
        "roll": (_move, 5, {"reach": roll, "wrap": True}),
        "shift": (_move, 3, {"reach": shift, "wrap": False}),
        "drop": (_drop, 0, {"share": drop}),
    }
    for word in words:
        if word not in changes:
            raise ValueError(f"augment knows {', '.join(changes)}, got {word!r}: choose of these")
        if frames.ndim not in (3, 5) or changes[word][1] not in (0, frames.ndim):
            raise ValueError(
                f"{word!r} does not fit frames of shape {tuple(frames.shape)}: crop, flip, mirror "
                "and roll need [T, B, C, H, W], shift needs [T, B, channels]"
            )
    _check(frames, labels, words, dataset)
    if min(pad, roll, shift) < 0 or not 0 <= drop <= 1:
        raise ValueError(
            f"expected pad, roll, shift >= 0 and drop in [0, 1], got {pad}, {roll}, {shift}, {drop}"
        )
    for word in words:
        change, _, settings = changes[word]
        frames, labels = change(frames, labels, generator, **settings)
    return frames, labels


def mixup(
    frames: Tensor, labels: Tensor, classes: int, alpha: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Mix each sample with another of the batch, and their labels in the same shares.

    ``a x[i] + (1 - a) x[j]``, all steps alike; j is a random order of the batch and a a draw
    from Beta(alpha, alpha) for each sample. The labels stay mixed: :func:`mpe_lib.tet_loss`
    takes probabilities. "drop" comes before it, since mixed counts are not whole.

    Args:
        frames: ``[T, B, ...]``, floating.
        labels: class numbers ``[B]``, or probabilities ``[B, classes]``.
        classes: number of classes.
        alpha: > 0; small: most samples are nearly pure; 1: every share alike.
        generator: of all draws; the same state gives the same result.

    Returns:
        (frames, labels): as given, and ``[B, classes]``, each row summing to 1.

    Raises:
        ValueError: alpha not above 0; labels that do not fit.
        TypeError: frames of integers.

    Source: Zhang et al., "mixup", ICLR 2018, arXiv 1710.09412.

    >>> frames, labels = torch.eye(2).reshape(1, 2, 2), torch.tensor([0, 1])
    >>> new, soft = mixup(frames, labels, 2, 0.5, torch.Generator().manual_seed(1))
    >>> torch.equal(new[0], soft)  # the samples are the labels here, and mixed like them
    True
    """
    if not alpha > 0:
        raise ValueError(f"alpha must be above 0, got {alpha}: leave mixup out for none")
    if not frames.is_floating_point():
        raise TypeError(f"mixup needs floating frames, got {frames.dtype}: call .float() first")
    batch = frames.shape[1]
    if labels.shape not in ((batch,), (batch, classes)):
        raise ValueError(
            f"labels must be [{batch}] or [{batch}, {classes}] for frames "
            f"{tuple(frames.shape)}, got {tuple(labels.shape)}: one for each sample"
        )
    device = frames.device
    soft = labels if labels.ndim == 2 else F.one_hot(labels, classes)
    soft = soft.to(frames)
    other = torch.randperm(batch, generator=generator, device=generator.device).to(device)
    seed = torch.randint(2**62, (), generator=generator, device=generator.device).item()
    draws = np.random.default_rng(seed).beta(alpha, alpha, batch)  # torch's takes no generator
    share = torch.as_tensor(draws, dtype=frames.dtype, device=device)[:, None]  # [B, 1]
    apart = share.reshape(batch, *[1] * (frames.ndim - 2))
    mixed = apart * frames + (1 - apart) * frames[:, other]
    return mixed, share * soft + (1 - share) * soft[other]


def _draw(batch: int, low: int, high: int, generator: torch.Generator, like: Tensor) -> Tensor:
    """A whole number in low..high for each sample."""
    drawn = torch.randint(low, high + 1, (batch,), generator=generator, device=generator.device)
    return drawn.to(like.device)


def _move(frames, labels, generator, reach: int, wrap: bool):
    """Move each sample along its axes behind the channels, or along the channels of sound."""
    for axis in range(2 if frames.ndim == 3 else 3, frames.ndim):
        size = frames.shape[axis]
        by = _draw(frames.shape[1], -reach, reach, generator, frames)
        place = torch.arange(size, device=frames.device) + by[:, None]  # [B, size]: taken from
        shape = [1, len(by), *[1] * (frames.ndim - 2)]
        shape[axis] = size
        place = place.reshape(shape)
        frames = torch.take_along_dim(
            frames, place % size if wrap else place.clamp(0, size - 1), axis
        )
        if not wrap:
            frames = frames * ((place >= 0) & (place < size))
    return frames, labels


def _flip(frames, labels, generator, swap: Sequence[int] | None):
    """Change left and right in half of the samples, and their labels where they know it."""
    turned = _draw(frames.shape[1], 0, 1, generator, frames).bool()
    frames = torch.where(turned[:, None, None, None], frames.flip(-1), frames)
    if swap is not None:
        order = torch.tensor(swap, device=labels.device)  # its own inverse: fits both kinds
        here = turned.to(labels.device)
        if labels.ndim == 2:
            return frames, torch.where(here[:, None], labels[:, order], labels)
        return frames, torch.where(here, order[labels], labels)
    return frames, labels


def _drop(frames, labels, generator, share: float):
    """Thin whole counts: each event is kept with probability 1 - share."""
    counts = frames.to(generator.device, torch.float32)
    if (counts < 0).any() or (counts != counts.round()).any():
        raise ValueError(
            "drop needs whole counts of events, got others: put it before mixup and before any "
            "scaling"
        )
    kept = torch.binomial(counts, torch.full_like(counts, 1 - share), generator=generator)
    return kept.to(frames.device, frames.dtype), labels


def _check(frames: Tensor, labels: Tensor, words: Sequence[str], dataset: str | None) -> None:
    if labels.ndim not in (1, 2) or len(labels) != frames.shape[1]:
        raise ValueError(
            f"labels must be [B] or [B, classes] with B = {frames.shape[1]}, got "
            f"{tuple(labels.shape)}: one for each sample of frames {tuple(frames.shape)}"
        )
    if "flip" in words and dataset in NO_FLIP:
        raise ValueError(f"'flip' is not for {dataset}: {NO_FLIP[dataset]}; leave it out")
    if "mirror" in words:
        classes = labels.shape[1] if labels.ndim == 2 else len(GESTURES)
        fits = labels.ndim == 2 or (labels < classes).all()
        if dataset != "dvs-gesture" or classes != len(GESTURES) or not fits:
            raise ValueError(
                f"'mirror' is for the {len(GESTURES)} classes of dvs-gesture, got {dataset} and "
                f"labels {tuple(labels.shape)}: 'flip' is for data that knows no left and right"
            )
