"""Augmentation that changes labels too: mirrored gestures, mixed samples; and its random state."""

import pytest
import torch
from counts import changed, counts, luck
from refusals import refused

from mpe_lib import tet_loss
from mpe_lib.training.augment import GESTURES, NO_FLIP, augment, mixup


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


def test_torch_s_own_random_state_is_left_alone():
    state = torch.get_rng_state()
    frames = counts((3, 8, 2, 12, 12))
    mixup(*augment(frames, torch.arange(8), ("crop", "drop"), luck()), 8, 0.5, luck())
    assert torch.equal(torch.get_rng_state(), state)


IMAGES, THREE = counts((2, 3, 2, 5, 5)), torch.arange(3)


def change(labels, word, dataset):
    augment(IMAGES, labels, ("crop", word), luck(), dataset=dataset)


LABELS = "labels must be .B. or .B, classes. with B = 3"
MIRROR = "'mirror' is for the 11 classes"
test_labels_that_do_not_fit_are_refused = refused(change, [
    ((torch.zeros(2, dtype=torch.int64), "roll", None), LABELS),
    ((torch.tensor(0), "roll", None), LABELS),
    ((torch.tensor([0, 1, 11]), "mirror", "dvs-gesture"), MIRROR),
    ((torch.ones(3, 10), "mirror", "dvs-gesture"), MIRROR),
    *(((THREE, "flip", name), f"'flip' is not for {name}") for name in NO_FLIP),
])  # fmt: skip


def test_what_cannot_be_mixed_is_refused():
    with pytest.raises(ValueError, match="alpha must be above 0, got 0"):
        mixup(IMAGES, THREE, 3, 0, luck())
    with pytest.raises(ValueError, match=r"labels must be \[3\] or \[3, 4\]"):
        mixup(IMAGES, torch.ones(3, 5), 4, 1.0, luck())
    with pytest.raises(TypeError, match="mixup needs floating frames, got torch.int64"):
        mixup(IMAGES.long(), THREE, 3, 1.0, luck())


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
