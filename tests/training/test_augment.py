"""Augmentation against slow loops: all steps alike, a draw for each sample."""

import pytest
import torch
from counts import changed, counts, luck
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from mpe_lib.training.augment import augment

SHAPES = st.tuples(*(st.integers(1, high) for high in (3, 4, 2, 7, 9)))  # T, B, C, H, W


def cut(sample, pad, y, x):
    """A crop as a loop would make it: sample [T, C, H, W], its corner at (y, x) of the padded."""
    steps, channels, height, width = sample.shape
    out = torch.zeros_like(sample)
    for r in range(height):
        for c in range(width):
            row, column = r + y - pad, c + x - pad
            if 0 <= row < height and 0 <= column < width:
                out[:, :, r, c] = sample[:, :, row, column]
    return out


def found(new, candidates):
    """For each sample, the names of the candidates that it equals at every step."""
    return [
        {name for name, make in candidates.items() if torch.equal(new[:, b], make(b))}
        for b in range(new.shape[1])
    ]


@settings(max_examples=40, deadline=None)
@given(shape=SHAPES, pad=st.integers(0, 3), seed=st.integers(0, 99))
def test_a_crop_is_what_a_loop_cuts_out(shape, pad, seed):
    frames = counts(shape, seed)
    new, _ = changed(frames, "crop", seed, pad=pad)
    corners = {
        (y, x): lambda b, y=y, x=x: cut(frames[:, b], pad, y, x)
        for y in range(2 * pad + 1)
        for x in range(2 * pad + 1)
    }
    assert all(found(new, corners))


@settings(max_examples=40, deadline=None)
@given(shape=SHAPES, roll=st.integers(0, 5), seed=st.integers(0, 99))
def test_a_roll_goes_round_and_loses_nothing(shape, roll, seed):
    frames = counts(shape, seed)
    new, _ = changed(frames, "roll", seed, roll=roll)
    span = range(-roll, roll + 1)
    moves = {
        (y, x): lambda b, y=y, x=x: frames[:, b].roll((y, x), (2, 3)) for y in span for x in span
    }
    assert all(found(new, moves))
    assert torch.equal(new.sum((2, 3, 4)), frames.sum((2, 3, 4)))


@pytest.mark.parametrize("word, reach", [("crop", 2), ("roll", 2), ("shift", 2)])
def test_every_move_within_reach_is_drawn_about_equally_often(word, reach):
    frames = counts((1, 1, 1, 9, 9), high=1000).expand(1, 5000, 1, 9, 9)
    name = {"crop": "pad"}.get(word, word)
    if word == "shift":
        frames = frames.flatten(2)
    new, _ = changed(frames, word, **{name: reach})
    _, times = torch.unique(new.flatten(2), dim=1, return_counts=True)
    kinds = (2 * reach + 1) ** (1 if word == "shift" else 2)
    assert len(times) == kinds
    expected = 5000 / kinds
    assert (times - expected).abs().max() < 5 * expected**0.5


def test_a_crop_with_the_settings_of_the_paper_stays_within_four_pixels():
    frames = torch.zeros(2, 400, 1, 21, 21)
    frames[:, :, :, 10, 10] = 1
    new, _ = changed(frames, "crop")
    _, _, _, y, x = new.nonzero(as_tuple=True)
    assert len(y) == 800 and {*y.tolist()} == {*x.tolist()} == set(range(6, 15))


def test_a_flip_turns_half_of_the_samples_all_steps_alike():
    frames = counts((3, 600, 2, 4, 5), high=1000)
    new, labels = changed(frames, "flip", dataset="cifar10-dvs")
    which = found(new, {"same": lambda b: frames[:, b], "turned": lambda b: frames[:, b].flip(-1)})
    assert all(which) and not labels.any()
    assert 240 < sum("turned" in each for each in which) < 360


def test_channels_of_sound_move_without_going_round():
    frames = counts((4, 30, 50), high=1000) + 1
    new, _ = changed(frames, "shift", shift=7)

    def moved(b, by):
        out = torch.zeros(4, 50)
        for channel in range(50):
            if 0 <= channel + by < 50:
                out[:, channel] = frames[:, b, channel + by]
        return out

    moves = {by: lambda b, by=by: moved(b, by) for by in range(-7, 8)}
    which = found(new, moves)
    assert all(len(each) == 1 for each in which) and len(set.union(*which)) > 5


@settings(max_examples=30, deadline=None)
@given(shape=SHAPES, share=st.floats(0, 1), seed=st.integers(0, 99))
def test_thinning_never_adds_an_event(shape, share, seed):
    frames = counts(shape, seed, high=30)
    new, _ = changed(frames, "drop", seed, drop=share)
    assert (new <= frames).all() and (new >= 0).all() and torch.equal(new, new.round())


def test_thinning_has_the_mean_and_the_spread_of_a_binomial():
    frames = torch.full((2, 50, 1, 30, 30), 8.0)
    for share in (0.1, 0.7):
        new, _ = changed(frames, "drop", drop=share)
        n, keep = frames.numel(), 1 - share
        spread = (8 * keep * share) ** 0.5
        assert abs(new.mean() - 8 * keep) < 5 * spread / n**0.5
        assert abs(new.std() - spread) < 0.02 * spread
    assert torch.equal(changed(frames, "drop", drop=0.0)[0], frames)
    assert not changed(frames, "drop", drop=1.0)[0].any()
    sound, _ = changed(counts((4, 30, 50)), "drop", drop=0.5)
    assert sound.any() and (sound != counts((4, 30, 50))).any()


def test_the_words_are_done_in_order_with_one_generator():
    frames, labels = counts((3, 8, 2, 12, 12)), torch.arange(8)
    words = ("crop", "flip", "roll", "drop")
    first, again = (augment(frames, labels, words, luck(4))[0] for _ in range(2))
    assert torch.equal(first, again)
    by_hand, generator = frames, luck(4)
    for word in words:
        by_hand, _ = augment(by_hand, labels, (word,), generator)
    assert torch.equal(first, by_hand)
    assert not torch.equal(first, augment(frames, labels, words, luck(5))[0])
    assert augment(frames, labels, (), luck())[0] is frames


IMAGES, SOUND = counts((2, 3, 2, 5, 5)), counts((2, 3, 10))


def change(frames, word, settings):
    labels = torch.zeros(frames.shape[1], dtype=torch.int64)
    augment(frames, labels, (word,), luck(), **settings)


test_what_cannot_be_done_is_refused = refused(change, [
    ((IMAGES, "spin", {}), "augment knows crop, flip, mirror, roll, shift, drop, got 'spin'"),
    ((SOUND, "crop", {}), r"'crop' does not fit frames of shape \(2, 3, 10\)"),
    ((IMAGES, "shift", {}), "'shift' does not fit"),
    ((IMAGES[0], "drop", {}), "'drop' does not fit"),
    ((IMAGES / 2, "drop", {}), "drop needs whole counts"),
    ((-IMAGES, "drop", {}), "drop needs whole counts"),
    ((IMAGES, "drop", {"drop": 1.5}), r"drop in \[0, 1\]"),
    ((IMAGES, "roll", {"roll": -1}), "expected pad, roll, shift >= 0"),
    ((IMAGES, "mirror", {}), "'mirror' is for the 11 classes of dvs-gesture, got None"),
    ((IMAGES, "mirror", {"dataset": "nmnist"}), "got nmnist"),
    ((IMAGES, "flip", {"dataset": "dvs-gesture"}), "'mirror' swaps the labels too"),
])  # fmt: skip
