import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from mpe_lib.datasets.digits import ORDERS, camera_path, digits_in_motion
from mpe_lib.datasets.events import Recordings, dvs_events


def some(n=3, seed=0, per=40, duration=1000, **changes):
    rng = np.random.default_rng(seed)
    t = np.sort(rng.integers(0, 1000, (n, per)), axis=1).ravel()
    fields = {
        "t": t,
        "x": rng.integers(0, 6, n * per).astype(np.uint8),
        "y": rng.integers(0, 5, n * per).astype(np.uint8),
        "p": rng.integers(0, 2, n * per).astype(np.uint8),
        "offsets": np.arange(0, n * per + 1, per),
        "labels": np.arange(n) % 2,
        "classes": ("a", "b"),
        "sensor_size": (6, 5),
        "duration": duration,
    }
    return Recordings(**fields | changes)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 13), st.sampled_from(("time", "count")), st.integers(1, 4), st.booleans())
def test_frames_equal_a_loop_over_the_events(steps, by, pool, fixed):
    data = some(duration=1000 if fixed else None)
    frames = data.frames(steps, by, pool)
    expected = np.zeros_like(frames.numpy())
    for i in range(len(data)):
        t, x, y, p = data.events(i)
        for k in range(len(t)):
            first, last = (0, 999) if fixed else (t[0], t[-1])
            bin_of = {
                "time": (t[k] - first) * steps // (last - first + 1),
                "count": k * steps // 40,
            }
            expected[bin_of[by], i, p[k], y[k] // pool, x[k] // pool] += 1
    np.testing.assert_array_equal(frames.numpy(), expected)
    assert frames.sum() == len(data.t)


def test_equal_count_bins_hold_equal_counts():
    counts = some(per=43).frames(5, "count").sum((2, 3, 4))
    assert counts.max() - counts.min() <= 1


def test_a_recording_without_events_is_blank():
    flat = {name: np.delete(getattr(some(), name), range(40, 80)) for name in "txyp"}
    for duration in (1000, None):
        data = some(offsets=np.array([0, 40, 40, 80]), duration=duration, **flat)
        for by in ("time", "count"):
            assert data.frames(4, by).sum((0, 2, 3, 4)).tolist() == [40, 0, 40]


test_wrong_frame_settings_are_refused = refused(some().frames, [
    (settings, "frames needs steps >= 1")
    for settings in [(0, "time", 1), (4, "space", 1), (4, "time", 0)]
])  # fmt: skip


def test_select_and_split_lose_and_repeat_nothing():
    data = some(20, facts={"place": np.arange(20)})
    two = data.select([7, 3])
    assert two.facts["place"].tolist() == [7, 3]
    for new, old in ((0, 7), (1, 3)):
        for a, b in zip(two.events(new), data.events(old), strict=True):
            np.testing.assert_array_equal(a, b)
    parts = data.split(0.5, 0.3, 0.2, seed=1)
    assert [len(part) for part in parts] == [10, 6, 4]
    assert sorted(i for part in parts for i in part.facts["place"]) == list(range(20))
    assert all(part.labels.mean() == 0.5 for part in parts)
    again = data.split(0.5, 0.3, 0.2, seed=1)[0].facts["place"]
    np.testing.assert_array_equal(parts[0].facts["place"], again)
    with pytest.raises(ValueError, match="must be positive and sum to 1"):
        data.split(0.5, 0.3)


@pytest.mark.parametrize(
    ("field", "place", "value", "words"),
    [
        ("x", 119, 6, "inside the 6 x 5 sensor, got x=6"),
        ("t", 80, -1, r"in \[0, duration\), got -1"),
        ("t", 119, 1000, r"in \[0, duration\), got 1000"),
        ("p", 119, 2, "polarity 0 or 1, got 2"),
    ],
)
def test_damaged_events_are_refused_by_place(field, place, value, words):
    data = some()
    changed = getattr(data, field).copy()
    changed[place] = value
    with pytest.raises(ValueError, match=f"recording 2: .*{words}"):
        dataclasses.replace(data, **{field: changed})


def test_times_running_backwards_and_misfits_are_refused():
    with pytest.raises(ValueError, match="recording 0: expected times that do not decrease"):
        some(t=some().t[::-1].copy())
    with pytest.raises(ValueError, match="must fit"):
        some(labels=np.zeros(2))


def test_pixel_counts_the_contrast_steps():
    """From log intensity a to b a pixel sends floor(|b - a| / contrast) events, evenly spaced."""
    images = [np.array([0.0, 0.0, 0.0]), np.array([1.01, -0.63, 0.19])]
    t, pixel, p = dvs_events(images, 10_000, contrast=0.2)
    assert [np.sum(pixel == k) for k in range(3)] == [5, 3, 0]
    assert p[pixel == 0].all() and not p[pixel == 1].any()
    np.testing.assert_allclose(t[pixel == 0], np.arange(1, 6) * 0.2 / 1.01 * 10_000, atol=1)


def test_pixel_equals_a_fine_grained_simulation():
    """Against a pixel that is looked at every microsecond."""
    rng = np.random.default_rng(0)
    images = rng.normal(0, 0.5, (8, 1)).cumsum(0)
    interval, contrast = 500, 0.3
    fine = np.interp(np.arange(7 * interval + 1), np.arange(8) * interval, images[:, 0])
    memory, expected = fine[0], []
    for t, level in enumerate(fine):
        while abs(level - memory) >= contrast:
            on = level > memory
            memory += contrast if on else -contrast
            expected.append((t, int(on)))
    t, _, p = dvs_events(images, interval, contrast)
    assert p.tolist() == [on for _, on in expected]
    assert np.abs(t - [t for t, _ in expected]).max() <= 2


def test_refractory_pixels_are_deaf_and_noise_has_its_rate():
    blank = [np.zeros(400)] * 11
    t, pixel, p = dvs_events(blank, 10_000, noise_rate=100.0, seed=1)
    assert len(t) == pytest.approx(400 * 0.1 * 100, abs=5 * 4000**0.5)
    assert p.mean() == pytest.approx(0.5, abs=0.05)
    deaf = dvs_events(blank, 10_000, noise_rate=100.0, refractory=3_000, seed=1)
    gaps = np.diff(deaf[0])[np.diff(deaf[1]) == 0]
    assert gaps.min() >= 3_000
    kept = set(zip(deaf[0], deaf[1], strict=True))
    last = {}
    for when, where in zip(t, pixel, strict=True):  # the rule, one event after the other
        hears = when - last.get(where, -3_000) >= 3_000
        assert ((when, where) in kept) == hears
        if hears:
            last[where] = when


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield digits_in_motion("order", n=300)


def test_digits_have_both_labels_and_one_set_of_events(small, monkeypatch, tmp_path):
    monkeypatch.setenv("MPE_CACHE", str(tmp_path))
    digit = digits_in_motion("digit", n=300)
    np.testing.assert_array_equal(digit.t, small.t)
    assert digit.classes == tuple("0123456789") and len(small.classes) == 6
    assert np.bincount(small.labels, minlength=6).min() > 30
    np.testing.assert_array_equal(digit.labels, small.facts["digit"])


def test_counts_hardly_tell_the_order_but_time_does(small):
    """Each pixel's total barely depends on the order; the first third of the frames does."""
    frames = small.frames(3).flatten(2).numpy()  # [3, N, pixels]
    total = frames.sum(0)

    def between(values):  # variance of the class means over that expected by chance
        groups = [values[small.labels == k] for k in range(6)]
        means = np.array([g.mean(0) for g in groups])
        chance = np.mean([g.var(0, ddof=1) / len(g) for g in groups], axis=0)
        return means.var(0, ddof=1).sum() / chance.sum()

    assert between(total) < 1.5
    assert between(frames[0]) > 10


def test_camera_glances_out_and_back_in_every_order():
    for k, order in enumerate(ORDERS):
        path = camera_path(k)
        assert np.abs(path[[0, 20, 40, 60]]).max() < 1e-12
        peaks = path[[10, 30, 50]]
        np.testing.assert_allclose(np.hypot(*peaks.T), 2, rtol=0.01)
        assert (peaks[order.index(0)] == [0, -2]).all()  # up
        assert peaks[order.index(1), 0] < 0 < peaks[order.index(2), 0]  # left, right


def test_digits_are_seeded_cached_and_remade_when_damaged(tmp_path, monkeypatch):
    monkeypatch.setenv("MPE_CACHE", str(tmp_path / "new" / "folder"))
    first = digits_in_motion(n=6)
    (file,) = (tmp_path / "new" / "folder").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    again = digits_in_motion(n=6)
    np.testing.assert_array_equal(first.t, again.t)
    assert not np.array_equal(first.t, digits_in_motion(n=6, seed=1).t)
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 2  # and no .part left


def test_cache_that_cannot_be_written_warns_and_goes_on(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MPE_CACHE", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="point MPE_CACHE at a folder"):
        assert len(digits_in_motion(n=6)) == 6


test_wrong_digit_settings_are_refused = refused(digits_in_motion, [
    ({"label": "letter"}, "label must be"),
    ({"n": 0}, "expected contrast"),
    ({"n": 1798}, "expected contrast"),
    ({"contrast": 0}, "expected contrast"),
    ({"reach": 3}, "expected contrast"),
])  # fmt: skip
