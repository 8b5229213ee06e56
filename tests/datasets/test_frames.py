import numpy as np
import pytest
import torch
import trees

from mpe_lib import load_dataset
from mpe_lib.datasets import NAMES, PARTS, frames

SIZES = {
    "nmnist": (17, 11),
    "ncaltech101": (45, 60),
    "cifar10-dvs": (48, 48),
    "dvs-gesture": (9, 8),
}


@pytest.mark.parametrize("by", ["time", "count"])
@pytest.mark.parametrize("name", NAMES)
def test_frames_are_the_events(name, by, tmp_path):
    trees.make(name, tmp_path / "data")
    for size in (None, SIZES.get(name)):
        for part in PARTS:
            files = load_dataset(name, part, root=tmp_path / "data")
            made = load_dataset(name, part, steps=7, by=by, size=size, root=tmp_path / "data")
            width, height = files.sensor_size
            rows = (2, *(size or (height, width))) if height > 1 else (width,)
            assert made.frames.shape == (7, len(files), *rows)
            assert made.frames.dtype == torch.uint8 and made.labels.dtype == torch.int64
            np.testing.assert_array_equal(made.labels, files.labels)
            total = sum(len(files.events(i)[0]) for i in range(len(files)))
            assert made.frames.sum() == total
            for i in range(0, len(files), 9):
                t, x, y, p = (each.astype(int) for each in files.events(i))
                span = t[-1] - t[0] + 1
                step = (t - t[0]) * 7 // span if by == "time" else np.arange(len(t)) * 7 // len(t)
                expected = np.zeros((7, *rows), int)
                for k in range(len(t)):
                    place = (x[k],)
                    if height > 1:
                        h, w = rows[1:]
                        place = (p[k], y[k] * h // height, x[k] * w // width)
                    expected[(step[k], *place)] += 1
                np.testing.assert_array_equal(made.frames[:, i], expected)


def test_frames_of_one_recording_by_hand():
    events = (np.array([0, 4, 5, 9]), np.array([0, 3, 3, 3]), np.array([1, 1, 1, 0]), [1, 0, 0, 1])
    events = tuple(map(np.asarray, events))
    made = frames.count(events, 2, "time", (4, 2), (1, 2))
    assert made.tolist() == [[[[0, 1]], [[1, 0]]], [[[0, 1]], [[0, 1]]]]
