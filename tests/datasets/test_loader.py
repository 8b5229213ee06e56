import numpy as np
import pytest
import torch
import trees
from refusals import refused

from mpe_lib import load_dataset
from mpe_lib.datasets import PARTS


def load(name="nmnist", **settings):
    return load_dataset(name, **settings)


test_settings_are_checked_before_the_data = refused(load, [
    ({"name": "mnist"}, "name must be one of nmnist, ncaltech101, .* got 'mnist'"),
    ({"part": "valid"}, "part must be one of train, validation, test, got 'valid'"),
    ({"steps": 0}, "frames need steps >= 1 .* got steps=0"),
    ({"steps": 2.5}, "got steps=2.5"),
    ({"steps": 5, "by": "number"}, "by='time' or 'count', got steps=5, by='number'"),
    ({"by": "count"}, "by and size are of frames: pass steps too"),
    ({"size": (8, 8)}, "by and size are of frames: pass steps too"),
    ({"steps": 5, "size": (35, 8)}, r"pixels up to \(34, 34\), got \(35, 8\)"),
    ({"steps": 5, "size": (0, 8)}, "size must be"),
    ({"steps": 5, "size": (8.5, 8)}, "size must be"),
    ({"steps": 5, "size": (8,)}, "size must be"),
    ({"name": "shd", "steps": 5, "size": (1, 8)}, "these have 700 channels: drop it"),
])  # fmt: skip


def test_a_recording_that_is_not_there(tmp_path):
    trees.nmnist(tmp_path)
    files = load_dataset("nmnist", "test", root=tmp_path)
    np.testing.assert_array_equal(files.events(-1)[0], files.events(5)[0])
    for i in (6, -7):
        with pytest.raises(IndexError, match=f"expected a recording in 0..5, got {i}"):
            files.events(i)


def test_real_nmnist(nmnist_root):
    parts = {part: load_dataset("nmnist", part, root=nmnist_root) for part in PARTS}
    lengths = {part: len(files) for part, files in parts.items()}
    assert lengths["train"] + lengths["validation"] == 700 and lengths["test"] == 50
    assert 65 <= lengths["validation"] <= 75
    names = {name for files in parts.values() for name in files.names}
    assert len(names) == 750
    validation = parts["validation"]
    sizes = [(nmnist_root / name).stat().st_size // 5 for name in validation.names]
    assert [len(validation.events(i)[0]) for i in range(len(sizes))] == sizes
    for by in ("time", "count"):
        for size in (None, (17, 17)):
            made = load_dataset(
                "nmnist", "validation", steps=10, by=by, size=size, root=nmnist_root
            )
            assert made.frames.dtype == torch.uint8
            assert made.frames.sum(dim=(0, 2, 3, 4)).tolist() == sizes


def test_real_spoken_recordings(real_spoken):
    import h5py

    lengths = {part: len(load_dataset("shd", part, root=real_spoken)) for part in PARTS}
    assert lengths == {"train": 540, "validation": 60, "test": 150}
    files = load_dataset("shd", "test", root=real_spoken)
    assert files.classes[:3] == ("zero", "one", "two")
    with h5py.File(real_spoken / "shd_test.h5") as file:
        sizes = [len(row) for row in file["spikes/units"][:]]
        np.testing.assert_array_equal(files.labels, file["labels"][:])
        channels = np.bincount(np.concatenate(file["spikes/units"][:]), minlength=700)
    for by in ("time", "count"):
        made = load_dataset("shd", "test", steps=10, by=by, root=real_spoken)
        assert made.frames.shape == (10, 150, 700)
        assert made.frames.sum(dim=(0, 2)).tolist() == sizes
        np.testing.assert_array_equal(made.frames.sum(dim=(0, 1)), channels)
