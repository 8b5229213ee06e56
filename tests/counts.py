"""Frames of whole counts, and what one word of augmentation makes of them."""

import torch

from mpe_lib.training.augment import augment


def luck(seed=0):
    return torch.Generator().manual_seed(seed)


def counts(shape, seed=0, high=6):
    """Frames of whole counts, hardly two samples or places alike."""
    return torch.randint(0, high, shape, generator=luck(seed)).float()


def changed(frames, word, seed=0, labels=None, **settings):
    labels = torch.zeros(frames.shape[1], dtype=torch.int64) if labels is None else labels
    before = frames.clone()
    new, labels = augment(frames, labels, (word,), luck(seed), **settings)
    assert torch.equal(frames, before) and new.shape == frames.shape and new.dtype == frames.dtype
    return new, labels
