import numpy as np
import oracles
import pytest
import trees
from archives import fuzz, mutations
from here import REAL
from hypothesis import strategies as st

from mpe_lib.datasets import read_events_40bit

GOOD = trees.bits40([0, 5, 2**23 - 1], [0, 33, 7], [33, 0, 9], [1, 0, 1])


def test_reads_every_field_of_the_format(tmp_path):
    t, x, y, p = read_events_40bit(trees.put(tmp_path / "a.bin", GOOD), (34, 34))
    assert t.tolist() == [0, 5, 2**23 - 1] and p.tolist() == [1, 0, 1]
    assert x.tolist() == [0, 33, 7] and y.tolist() == [33, 0, 9]


def test_times_that_step_back_are_sorted_only_if_asked(tmp_path):
    t = np.arange(200)
    t[7], t[8] = 8, 7
    path = trees.put(tmp_path / "a.bin", trees.bits40(t, t % 30, t % 20, t % 2))
    with pytest.raises(ValueError, match="a.bin: expected times that do not decrease, got 7 us"):
        read_events_40bit(path, (34, 34))
    assert read_events_40bit(path, (34, 34), stray=0.01)[0].tolist() == list(range(200))


def tonic(monkeypatch):
    dtype, read = np.dtype([(name, int) for name in "xytp"]), oracles.tonic_io().read_mnist_file
    return lambda path: read(path, dtype)


def spikingjelly(monkeypatch):
    return oracles.spikingjelly(monkeypatch, "utils").load_ATIS_bin


@pytest.mark.parametrize("library", [tonic, spikingjelly])
def test_real_recordings_are_what_other_libraries_read(nmnist_root, monkeypatch, library):
    read = library(monkeypatch)
    for path in sorted(nmnist_root.glob("Test/*/*.bin")):
        theirs, ours = read(path), read_events_40bit(path, (34, 34))
        for name, each in zip("txyp", ours, strict=True):
            np.testing.assert_array_equal(each, theirs[name])


def test_a_real_gesture_in_this_format():
    path = REAL / "dvsgesture" / "native_bs2" / "1.bs2"
    if not path.is_file():
        pytest.skip("no real recordings: set MPE_TEST_DATA to the folder that holds dvsgesture/")
    events = read_events_40bit(path, (128, 128))
    assert len(events[0]) == path.stat().st_size // 5
    with np.load(REAL / "dvsgesture" / "dvsgesture_10clips.npz") as stored:
        for name, each in zip("txyp", events, strict=True):
            np.testing.assert_array_equal(each, stored[name][: stored["offsets"][1]])


def test_any_bytes_give_events_or_an_error_that_names_the_file(tmp_path):
    path = tmp_path / "fuzz.bin"

    def whole(data):
        t, x, y, p = read_events_40bit(path, (34, 34))
        assert len(t) == len(x) == len(y) == len(p) == len(data) // 5
        assert (np.diff(t) >= 0).all() and max(x.max(), y.max()) < 34 and p.max() <= 1

    fuzz(path, st.one_of(st.binary(max_size=60), mutations(GOOD)), whole)
