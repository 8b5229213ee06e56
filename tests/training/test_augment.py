"""Augmentation against slow loops: all steps alike, a draw for each sample, labels that follow."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mpe_lib import tet_loss
from mpe_lib.training.augment import GESTURES, NO_FLIP, augment, mixup

SHAPES = st.tuples(*(st.integers(1, high) for high in (3, 4, 2, 7, 9)))  # T, B, C, H, W


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


@pytest.mark.parametrize("soft", [False, True])
def test_a_mirror_twice_gives_frames_and_labels_back(soft):
    frames, labels = counts((2, 300, 2, 4, 5), high=1000), torch.arange(300) % 11
    if soft:
        labels = torch.rand(300, 11, generator=luck(1)).softmax(1)
    once = changed(frames, "mirror", 3, labels, dataset="dvs-gesture")
    turned = (once[0] != frames).flatten(2).any(2).any(0)
    told = (once[1] != labels).any(1) if soft else once[1] != labels
    asked = torch.ones(300, dtype=bool) if soft else torch.tensor(GESTURES)[labels] != labels
    assert torch.equal(told, turned & asked) and 100 < turned.sum() < 200
    twice = augment(*once, ("mirror",), luck(3), dataset="dvs-gesture")
    assert torch.equal(twice[0], frames) and torch.equal(twice[1], labels)


def test_the_mirror_s_labels_follow_from_what_is_seen():
    """A circle is drawn; its mirror image must be the circle that the swapped label names."""
    arms = [
        f"{side} arm {sense}" for side in ("right", "left") for sense in ("clockwise", "counter")
    ]
    names = ["clap", "right wave", "left wave", *arms, "roll", "drums", "guitar", "other"]

    def seen(side, sense):
        """[T, 1, 1, 9, 18]: a dot on a circle in one half of the image."""
        frames = torch.zeros(8, 1, 1, 9, 18)
        for t in range(8):
            angle = torch.tensor(2 * torch.pi * t / 8 * (1 if sense == "clockwise" else -1))
            x = 4 + 3 * angle.cos() + (9 if side == "right" else 0)  # rows are counted downward:
            y = 4 + 3 * angle.sin()  # a growing angle goes clockwise
            frames[t, 0, 0, round(y.item()), round(x.item())] = 1
        return frames

    def name_of(frames):
        place = frames.flatten(1).argmax(1)
        y, x = place // 18, place % 18
        cross = (x[:-1] - x[:1] + 0.0) * (y[1:] - y[:1]) - (y[:-1] - y[:1]) * (x[1:] - x[:1] + 0.0)
        side, sense = x.float().mean() > 8.5, cross.sum() > 0
        return f"{'right' if side else 'left'} arm {'clockwise' if sense else 'counter'}"

    for arm in arms:
        side, _, sense = arm.split()
        assert name_of(seen(side, sense)) == arm
        assert name_of(seen(side, sense).flip(-1)) == names[GESTURES[names.index(arm)]]
    assert GESTURES[names.index("right wave")] == names.index("left wave")
    still = [names[k] for k in range(11) if GESTURES[k] == k]
    assert still == ["clap", "roll", "drums", "guitar", "other"]


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


def test_torch_s_own_random_state_is_left_alone():
    state = torch.get_rng_state()
    frames = counts((3, 8, 2, 12, 12))
    mixup(*augment(frames, torch.arange(8), ("crop", "drop"), luck()), 8, 0.5, luck())
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("soft", [False, True])
def test_mixed_labels_are_the_shares_of_the_mixed_samples(soft):
    batch, classes = 40, 5
    labels = torch.arange(batch) % classes
    frames = torch.eye(batch).expand(3, batch, batch)  # sample i is a one at place i
    given_labels = torch.nn.functional.one_hot(labels, classes).float() if soft else labels
    mixed, target = mixup(frames, given_labels, classes, 1.0, luck(2))
    assert torch.equal(mixed[0], mixed[1]) and torch.equal(mixed[0], mixed[2])
    torch.testing.assert_close(mixed[0].sum(1), torch.ones(batch))
    assert (mixed[0] > 0).sum(1).max() == 2 and mixed[0].diagonal().std() > 0.1
    expected = torch.stack([mixed[0][:, labels == k].sum(1) for k in range(classes)], 1)
    torch.testing.assert_close(target, expected)
    assert tet_loss(torch.zeros(3, batch, classes), target).isfinite()


def test_the_shares_are_those_of_a_beta_distribution():
    frames = torch.eye(2000)[None]
    for alpha in (0.2, 1.0):
        own = mixup(frames, torch.zeros(2000, dtype=torch.int64), 1, alpha, luck())[0][0].diagonal()
        assert abs(own.mean() - 0.5) < 0.04
        assert abs(own.var() - 1 / (4 * (2 * alpha + 1))) < 0.02


IMAGES, SOUND = counts((2, 3, 2, 5, 5)), counts((2, 3, 10))


@pytest.mark.parametrize(
    "frames, word, settings, message",
    [
        (IMAGES, "spin", {}, "augment knows crop, flip, mirror, roll, shift, drop, got 'spin'"),
        (SOUND, "crop", {}, r"'crop' does not fit frames of shape \(2, 3, 10\)"),
        (IMAGES, "shift", {}, "'shift' does not fit"),
        (IMAGES[0], "drop", {}, "'drop' does not fit"),
        (IMAGES / 2, "drop", {}, "drop needs whole counts"),
        (-IMAGES, "drop", {}, "drop needs whole counts"),
        (IMAGES, "drop", {"drop": 1.5}, r"drop in \[0, 1\]"),
        (IMAGES, "roll", {"roll": -1}, "expected pad, roll, shift >= 0"),
        (IMAGES, "mirror", {}, "'mirror' is for the 11 classes of dvs-gesture, got None"),
        (IMAGES, "mirror", {"dataset": "nmnist"}, "got nmnist"),
        (IMAGES, "flip", {"dataset": "dvs-gesture"}, "'mirror' swaps the labels too"),
    ],
)
def test_what_cannot_be_done_is_refused(frames, word, settings, message):
    labels = torch.zeros(frames.shape[1], dtype=torch.int64)
    with pytest.raises(ValueError, match=message):
        augment(frames, labels, (word,), luck(), **settings)


def test_labels_that_do_not_fit_are_refused():
    for labels in (torch.zeros(2, dtype=torch.int64), torch.tensor(0)):
        with pytest.raises(ValueError, match="labels must be .B. or .B, classes. with B = 3"):
            augment(IMAGES, labels, ("roll",), luck())
    for labels in (torch.tensor([0, 1, 11]), torch.ones(3, 10)):
        with pytest.raises(ValueError, match="'mirror' is for the 11 classes"):
            augment(IMAGES, labels, ("mirror",), luck(), dataset="dvs-gesture")
    for dataset in NO_FLIP:
        with pytest.raises(ValueError, match=f"'flip' is not for {dataset}"):
            augment(IMAGES, torch.arange(3), ("crop", "flip"), luck(), dataset=dataset)
    with pytest.raises(ValueError, match="alpha must be above 0, got 0"):
        mixup(IMAGES, torch.arange(3), 3, 0, luck())
    with pytest.raises(ValueError, match=r"labels must be \[3\] or \[3, 4\]"):
        mixup(IMAGES, torch.ones(3, 5), 4, 1.0, luck())
    with pytest.raises(TypeError, match="mixup needs floating frames, got torch.int64"):
        mixup(IMAGES.long(), torch.arange(3), 3, 1.0, luck())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_gpu_s_frames_and_generator_work_and_a_cpu_generator_gives_the_cpu_s_result():
    frames, labels = counts((3, 8, 2, 12, 12)), torch.arange(8)
    words = ("crop", "mirror", "roll", "drop")
    there = augment(frames.cuda(), labels.cuda(), words, luck(4), dataset="dvs-gesture")
    here = augment(frames, labels, words, luck(4), dataset="dvs-gesture")
    assert torch.equal(there[0].cpu(), here[0]) and torch.equal(there[1].cpu(), here[1])
    generator = torch.Generator("cuda").manual_seed(4)
    mixed, soft = mixup(
        *augment(frames.cuda(), labels.cuda(), words, generator, dataset="dvs-gesture"),
        11, 0.5, generator,
    )  # fmt: skip
    assert mixed.is_cuda and soft.is_cuda and mixed.isfinite().all()
