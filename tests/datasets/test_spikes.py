import pickle
import sys

import numpy as np
import pytest
from archives import fuzz, mutations
from hypothesis import strategies as st
from trees import put, spoken

from mpe_lib.datasets.spikes import SpikeFile

TIMES = [[0.0, 0.25, 0.25, 1.0], [0.5]]
UNITS = [[699, 0, 3, 5], [7]]


def test_reads_times_channels_and_labels(tmp_path):
    file = SpikeFile(spoken(tmp_path / "a.h5", TIMES, UNITS, [1, 0], ["null", "eins"]))
    assert file.labels.tolist() == [1, 0] and file.classes == ("null", "eins")
    t, x, y, p = file.events(0)
    assert t.tolist() == [0, 250_000, 250_000, 1_000_000] and t.dtype == np.int64
    assert x.tolist() == [699, 0, 3, 5]
    assert y.tolist() == [0] * 4 and p.tolist() == [1] * 4


def test_16_bit_times_are_rounded_not_cut(tmp_path):
    file = SpikeFile(spoken(tmp_path / "a.h5", [[0.1, 0.7]], [[1, 2]], [0]))
    exact = [float(np.float16(each)) * 1e6 for each in (0.1, 0.7)]
    assert np.abs(file.events(0)[0] - exact).max() <= 0.5


def test_without_names_the_classes_are_numbers(tmp_path):
    assert SpikeFile(spoken(tmp_path / "a.h5", TIMES, UNITS, [2, 0])).classes == ("0", "1", "2")


def test_it_may_be_sent_to_another_process(tmp_path):
    file = SpikeFile(spoken(tmp_path / "a.h5", TIMES, UNITS, [1, 0]))
    file.events(0)  # opens it
    assert pickle.loads(pickle.dumps(file)).events(1)[0].tolist() == [500_000]


@pytest.mark.parametrize(
    ("times", "units", "words"),
    [
        ([[], [0.5]], [[], [7]], "recording 0: expected events, got none"),
        ([[0.1, 0.2], [0.5]], [[1, 700], [7]], "recording 0: .* got x=700, y=0 at event 1"),
        ([[0.2, 0.1], [0.5]], [[1, 2], [7]], "recording 0: expected times that do not decrease"),
        ([[0.1, np.nan], [0.5]], [[1, 2], [7]], "recording 0: a time is not a number|not a number"),
        ([[0.1, np.inf], [0.5]], [[1, 2], [7]], "not a number"),
        ([[-0.1, 0.2], [0.5]], [[1, 2], [7]], "recording 0: expected times from 0 on"),
        ([[0.1], [0.5]], [[1, 2], [7]], r"recording 0: .*\(1,\) times for \(2,\) channels"),
    ],
)
def test_damaged_recordings_are_refused_by_name(tmp_path, times, units, words):
    file = SpikeFile(spoken(tmp_path / "a.h5", times, units, [0, 1]))
    with pytest.raises(ValueError, match=rf"a\.h5.*({words})|a\.h5, {words}"):
        file.events(0)
    assert file.events(1)[1].tolist() == [7]  # the others can be read


def test_a_few_times_that_step_back_are_sorted(tmp_path):
    times = np.arange(200) / 256  # exact in 16 bits
    times[7], times[8] = times[8], times[7]
    file = SpikeFile(spoken(tmp_path / "a.h5", [times], [np.arange(200)], [0]))
    t, x, *_ = file.events(0)
    assert (np.diff(t) >= 0).all() and x[7:9].tolist() == [8, 7]


@pytest.mark.parametrize("data", [b"", b"not HDF5 at all", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_what_is_no_hdf5_file_is_refused_by_name(tmp_path, data):
    pytest.importorskip("h5py")
    with pytest.raises(ValueError, match="a.h5: expected spikes in HDF5"):
        SpikeFile(put(tmp_path / "a.h5", data))


def test_a_heap_that_the_library_would_read_for_ever_is_refused(tmp_path):
    path = spoken(tmp_path / "a.h5", TIMES, UNITS, [1, 0])
    data = bytearray(path.read_bytes())
    first = data.index(b"GCOL") + 16
    data[first : first + 16] = bytes(16)  # free space of no bytes: the next object is itself
    with pytest.raises(ValueError, match="a.h5: .* a damaged heap at byte"):
        SpikeFile(put(path, bytes(data)))


def test_labels_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ValueError, match="a.h5: .* do not fit each other"):
        SpikeFile(spoken(tmp_path / "a.h5", TIMES, UNITS, [0, 1, 2]))
    with pytest.raises(ValueError, match="b.h5: .* 3 labels have only 2 names"):
        SpikeFile(spoken(tmp_path / "b.h5", TIMES, UNITS, [0, 2], ["a", "b"]))


def test_a_missing_h5py_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)  # as if it were not installed
    with pytest.raises(ModuleNotFoundError, match="needs h5py, .*: pip install h5py"):
        SpikeFile(put(tmp_path / "a.h5", b""))


def test_real_recordings(real_spoken):
    import h5py

    ours = SpikeFile(real_spoken / "shd_test.h5")
    with h5py.File(ours.path) as file:
        assert len(ours.labels) == len(file["labels"]) == 150
        for i in range(150):
            t, x, *_ = ours.events(i)
            np.testing.assert_array_equal(x, file["spikes/units"][i])
            seconds = file["spikes/times"][i].astype(float)
            np.testing.assert_allclose(t, seconds * 1e6, atol=0.5)


def test_any_bytes_give_events_or_an_error_that_names_the_file(tmp_path):
    good = spoken(tmp_path / "good.h5", TIMES, UNITS, [1, 0], ["a", "b"]).read_bytes()
    path = tmp_path / "fuzz.h5"

    def whole(_):
        file = SpikeFile(path)
        for t, x, _, _ in [file.events(i) for i in range(len(file.labels))]:
            assert 0 < len(t) == len(x) and (np.diff(t) >= 0).all() and x.max() < 700

    fuzz(path, st.one_of(st.binary(max_size=60), mutations(good)), whole, examples=300)
