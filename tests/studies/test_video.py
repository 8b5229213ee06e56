"""The scenes, the scores from their definitions, one job of each kind, and the stored result."""

import math

import numpy as np
import pytest
import torch

from mpe_lib.core.causal import leaky_sum
from mpe_lib.results import store
from mpe_lib.studies import video
from mpe_lib.studies.video import SETTINGS, aligned, correlation, ssim

TINY = SETTINGS | {
    "side": 8, "reach": 4.0, "steps": 6, "skip": 2, "iterations": 4, "every": 2, "batch": 2,
    "recordings": {"train": 4, "validation": 2, "test": 3},
    "net": {"channels": [2, 3], "tau": 2.0, "gain": 10.0},
}  # fmt: skip


def random(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def test_similarity_of_what_can_be_told_by_hand():
    a = random(2, 9, 10)
    torch.testing.assert_close(ssim(a, a, 1.0), torch.ones(2).double())
    for low, high in ((0.2, 0.7), (0.0, 1.0)):  # flat pictures: only their means count
        c = 0.01**2
        expected = (2 * low * high + c) / (low**2 + high**2 + c)
        flat = torch.full((7, 7), low), torch.full((7, 7), high)
        assert ssim(*flat, 1.0).item() == pytest.approx(expected, rel=1e-4)
    board = (torch.arange(49) % 2).float().view(7, 7)  # 25 zeros and 24 ones, and the other way
    m, n = 24 / 49, 25 / 49
    s, c, d = m * n, 0.01**2, 0.03**2
    expected = (2 * m * n + c) * (-2 * s + d) / ((m * m + n * n + c) * (2 * s + d))
    assert ssim(board, 1 - board, 1.0).item() == pytest.approx(expected, rel=1e-5)


def test_similarity_is_the_mean_over_windows_one_by_one():
    a, b, span, side = random(8, 9), random(8, 9, seed=1), 2.0, 3
    c, d, found = (0.01 * span) ** 2, (0.03 * span) ** 2, []
    for row in range(6):
        for column in range(7):
            u, v = (each[row : row + 3, column : column + 3].double() for each in (a, b))
            both = ((u - u.mean()) * (v - v.mean())).mean()
            means = (2 * u.mean() * v.mean() + c) / (u.mean() ** 2 + v.mean() ** 2 + c)
            spreads = (2 * both + d) / (u.var(correction=0) + v.var(correction=0) + d)
            found.append(means * spreads)
    assert ssim(a, b, span, side).item() == pytest.approx(sum(found).item() / 42, abs=1e-6)
    assert ssim(a.expand(2, 3, 8, 9), b.expand(2, 3, 8, 9), span).shape == (2, 3)


def test_correlation_is_numpys_and_blind_to_level_and_scale():
    a, b = random(3, 5, 6), random(3, 5, 6, seed=1)
    for k in range(3):
        expected = np.corrcoef(a[k].flatten(), b[k].flatten())[0, 1]
        assert correlation(a, b)[k].item() == pytest.approx(expected, abs=1e-5)
    torch.testing.assert_close(correlation(3 * a - 7, b), correlation(a, b))
    made = aligned(a, b)
    torch.testing.assert_close(made.mean((1, 2)), b.mean((1, 2)))
    torch.testing.assert_close(made.std((1, 2)), b.std((1, 2)))
    torch.testing.assert_close(correlation(made, a), torch.ones(3))
    torch.testing.assert_close(aligned(0 * a, b), b.mean((1, 2), keepdim=True).expand_as(b))


def test_scenes_repeat_themselves_move_and_keep_to_their_part_of_the_photographs():
    scene, again, other = (video.scenes("test", 3, seed, TINY) for seed in (0, 0, 1))
    assert scene.shape == (25, 3, 8, 8) and torch.equal(scene, again)
    assert not torch.equal(scene, other)
    assert (scene >= math.log(0.2)).all() and (scene <= math.log(1.2)).all()
    assert (scene[1:] != scene[:-1]).flatten(2).any(2).all()  # it never stands still
    ends = sorted(each for part in video.COLUMNS.values() for each in part)
    assert all(a[1] <= b[0] for a, b in zip(ends, ends[1:], strict=False))
    assert {picture.shape[1] for picture in video.photographs()} == {ends[-1][1]}


def test_a_part_sees_its_own_columns_only(monkeypatch):
    columns = torch.arange(640).float().expand(427, 640) / 640  # the light says where it is from
    stripes = 0.05 * (torch.arange(427) % 2)[:, None]  # so that no place is plain
    photograph = ((columns + stripes) / 1.05).numpy()
    monkeypatch.setattr(video, "photographs", lambda: (photograph,))
    fine = TINY | {"least": 0.0}
    for part, strips in video.COLUMNS.items():
        light = video.scenes(part, 8, 0, fine).exp() - 0.2
        for scene in (light * 1.05 * 640).unbind(1):  # the stripes add up to 32 columns
            first, last = scene.min().item() - 32, scene.max().item()
            assert any(a - 1 <= first + 32 and last - 32 <= b for a, b in strips)


def test_events_add_up_to_the_change_of_the_scene():
    scene = video.scenes("test", 3, 0, TINY)
    voxels, truth = video.recorded(scene, TINY)
    assert voxels.shape == truth.shape == (7, 3, 8, 8) and torch.equal(truth[1], scene[4])
    change = truth[-1] - truth[0]
    torch.testing.assert_close(0.2 * voxels.sum(0), change, rtol=0, atol=0.2001)
    assert correlation(voxels.sum(0), change).max() > 0.9
    one = video.recorded(
        scene[:, 1:2], TINY
    ).voxels  # a recording does not depend on its neighbours
    assert torch.equal(one[:, 0], voxels[:, 1])


def test_what_is_turned_keeps_its_voxels_beside_its_truth():
    x = random(3, 4, 5, 5)
    draw = torch.Generator().manual_seed(0)
    seen = set()
    for _ in range(30):
        a, b = video.turned(x, 2 * x, draw)
        assert torch.equal(b, 2 * a) and torch.equal(a.abs().flatten(2).sort().values,
                                                     x.flatten(2).sort().values)  # fmt: skip
        seen.add(tuple(a[0, 0].flatten().tolist()))
    assert len(seen) > 10  # of 16


@pytest.mark.parametrize("way", ["flat", "membrane", "EVSNN"])
def test_a_job_repeats_itself_and_keeps_what_the_file_needs(way):
    job = {"way": way, "decay": None if way == "flat" else 0.5, "seed": 0}
    row = video.run(job, TINY)
    assert row == video.run(job, TINY)
    assert {"validation", "correlation", "ssim"} <= set(row)
    assert ("rate" in row) == (way == "EVSNN") and (row["correlation"] == 0) == (way == "flat")
    assert set(row["validation"]) == {"correlation", "ssim"}


def test_the_test_part_is_touched_once(monkeypatch):
    asked, views = [], video.views
    monkeypatch.setattr(
        video, "views", lambda part, *more: asked.append(part) or views(part, *more)
    )
    video.run({"way": "EVSNN", "decay": 0.95, "seed": 1}, TINY)
    assert asked == ["validation", "train", "test"]


def test_a_membrane_without_memory_loses_and_forgetting_the_start_wins():
    views = video.recorded(video.scenes("validation", 12, 0))
    score = {d: video.judged(leaky_sum(views.voxels, d), views.truth) for d in (0.0, 0.5, 0.9, 1.0)}
    found = {decay: each["correlation"] for decay, each in score.items()}
    assert found[0.0] < found[0.5] - 0.1 < found[0.9] - 0.2 and found[0.0] < 0.25
    assert found[0.9] > found[1.0] > found[0.5]
    alike = {decay: each["ssim"] for decay, each in score.items()}
    assert alike[0.0] < alike[0.5] < alike[0.9]


def test_the_jobs_have_whole_seeds():
    made = list(video.jobs(2))
    assert [job["seed"] for job in made] == [0] * (len(made) // 2) + [1] * (len(made) // 2)
    assert len({tuple(job.items()) for job in made}) == len(made) == 18


def test_the_stored_result_says_what_the_pages_say():
    try:
        result = store.read("video")
    except FileNotFoundError:
        pytest.skip("not measured yet: python -m mpe_lib.studies.video")
    assert result["settings"] == SETTINGS
    rows = {(r["way"], r["decay"], r["seed"]): r["correlation"] for r in result["rows"]}
    seeds = {seed for _, _, seed in rows}
    assert seeds >= {0, 1, 2} and len(rows) == 9 * len(seeds)
    for seed in seeds:
        membrane = [rows["membrane", decay, seed] for decay in (0.0, 0.5, 0.8, 0.9)]
        assert membrane == sorted(membrane) and rows["membrane", 1.0, seed] < membrane[-1]
        assert rows["EVSNN", 0.0, seed] < rows["EVSNN", 0.95, seed]  # a readout without memory
