import numpy as np
import pytest
from trees import bits40, put

from mpe_lib import load_nmnist


def file(root, label, number):
    return root / "Train" / str(label) / f"{number:05d}.bin"


GOOD = bits40([0, 5, 2**23 - 1], [0, 33, 7], [33, 0, 9], [1, 0, 1])


def test_loads_the_layout_in_the_order_of_the_numbers(tmp_path):
    for label, number in ((3, 2), (0, 7), (9, 1)):
        put(file(tmp_path, label, number), GOOD)
    data = load_nmnist(tmp_path)
    assert data.labels.tolist() == [9, 3, 0]
    assert data.facts["number"].tolist() == ["00001", "00002", "00007"]
    assert len(load_nmnist(tmp_path, limit=2)) == 2
    with pytest.raises(ValueError, match="limit must be at least 1"):
        load_nmnist(tmp_path, limit=0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "00004.bin: .* got 0 bytes: the file is empty; fetch it again"),
        (GOOD[:-1], "00004.bin: .* got 14 bytes: the file is truncated"),
        (
            bits40([0, 1], [3, 34], [1, 1], [0, 0]),
            "inside the 34 x 34 sensor, got x=34, y=1 at",
        ),
        (bits40([0, 1], [3, 3], [1, 240], [0, 0]), "got x=3, y=240"),
        (bits40([9, 8], [3, 3], [1, 1], [0, 0]), "got 8 us after 9 us at event 1"),
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path, data, words):
    put(file(tmp_path, 1, 3), GOOD)
    put(file(tmp_path, 1, 4), data)
    with pytest.raises(ValueError, match=words):
        load_nmnist(tmp_path)


def test_missing_recordings_say_where_to_put_them(tmp_path):
    for root in (tmp_path, tmp_path / "nowhere", str(tmp_path)):
        with pytest.raises(
            FileNotFoundError, match=r"Test.* found none: unpack Test.zip from http"
        ):
            load_nmnist(root, train=False)


def test_real_recordings(nmnist_root):
    train, test = load_nmnist(nmnist_root), load_nmnist(nmnist_root, train=False)
    assert (len(train), len(test)) == (700, 50)
    files = sorted(nmnist_root.glob("Train/*/*.bin"), key=lambda path: path.stem)
    sizes = [path.stat().st_size // 5 for path in files]
    np.testing.assert_array_equal(np.diff(train.offsets), sizes)
    assert train.labels.tolist() == [int(path.parent.name) for path in files]
    assert 0.3 < train.p.mean() < 0.7 and train.t.max() < 400_000
    few = train.select(range(20))
    for by in ("time", "count"):
        assert few.frames(10, by).sum() == len(few.t)
