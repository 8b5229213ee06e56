import numpy as np
import oracles
import pytest
import trees
from archives import fuzz, mutations
from hypothesis import strategies as st

from mpe_lib.datasets.aedat import read_aedat2, read_aedat3

EVENTS = trees.some(np.random.default_rng(0), 200, 128, 128)
GOOD2 = trees.aedat2(*EVENTS)
GOOD3 = trees.AEDAT3_HEAD + trees.packet3(*EVENTS)
START2 = len(GOOD2) - 8 * 200


def same(events, expected):
    for ours, theirs in zip(events, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_reads_every_field(tmp_path):
    for read, data in ((read_aedat2, GOOD2), (read_aedat3, GOOD3)):
        events = read(trees.put(tmp_path / "a.aedat", data))
        same(events, EVENTS)
        assert [each.dtype for each in events] == [np.int64, np.uint8, np.uint8, np.uint8]


def test_aedat2_is_what_spikingjelly_reads(tmp_path, monkeypatch):
    path = trees.put(tmp_path / "a.aedat", GOOD2)
    theirs = oracles.spikingjelly(monkeypatch, "cifar10_dvs")._load_origin_data(path)
    same(read_aedat2(path), [theirs[name] for name in "txyp"])


def test_aedat3_is_what_spikingjelly_reads(tmp_path, monkeypatch):
    more = trees.some(np.random.default_rng(1), 50, 128, 128)
    other = trees.packet3([9], [400], [400], [0], kind=7)
    path = trees.put(tmp_path / "a.aedat", GOOD3 + other + trees.packet3(*more, overflow=2))
    theirs = oracles.spikingjelly(monkeypatch, "utils").load_aedat_v3(path)
    same(read_aedat3(path), [theirs[name] for name in "txyp"])
    assert read_aedat3(path)[0][-1] == more[0][-1] + 2 * 2**31


def test_events_that_are_not_valid_are_passed_over(tmp_path):
    valid = np.arange(200) % 3 > 0
    data = trees.AEDAT3_HEAD + trees.packet3(*EVENTS, valid=valid.astype(int), spare=3)
    same(read_aedat3(trees.put(tmp_path / "a.aedat", data)), [each[valid] for each in EVENTS])


def test_signals_at_the_pin_are_left_out(tmp_path):
    signal = (1 << 15).to_bytes(4, "big") + (5).to_bytes(4, "big")
    path = trees.put(tmp_path / "a.aedat", GOOD2 + signal)
    same(read_aedat2(path), EVENTS)
    path.write_bytes(GOOD2 + 3 * signal)
    with pytest.raises(ValueError, match="a.aedat: expected addresses of 15 bits, got 0x8000"):
        read_aedat2(path)


@pytest.mark.parametrize("read", [read_aedat2, read_aedat3])
def test_a_few_times_that_step_back_are_sorted(tmp_path, read):
    t, x, y, p = (each.copy() for each in EVENTS)
    t[:] = np.arange(200) * 10
    t[100], t[101] = t[101], t[100]

    def write(t):
        packets = trees.AEDAT3_HEAD + trees.packet3(t, x, y, p)
        data = trees.aedat2(t, x, y, p) if read is read_aedat2 else packets
        return trees.put(tmp_path / "a.aedat", data)

    order = np.argsort(t, kind="stable")
    same(read(write(t)), [each[order] for each in (t, x, y, p)])
    t[150:154] = t[153:149:-1]
    with pytest.raises(ValueError, match="a.aedat: expected times that do not decrease, got 1000"):
        read(write(t))


EMPTY = trees.AEDAT3_HEAD + trees.packet3([], [], [], [])
LATE = trees.AEDAT3_HEAD + trees.packet3(*EVENTS, overflow=2**31)
OFF = trees.AEDAT3_HEAD + trees.packet3([1, 2], [3, 128], [4, 5], [0, 1])


@pytest.mark.parametrize(
    ("read", "data", "words"),
    [
        (read_aedat2, b"", "expected an AEDAT 2.0 file"),
        (read_aedat2, GOOD3, "expected an AEDAT 2.0 file, .* got b'#!AER-DAT3.1'"),
        (read_aedat2, GOOD2[:-1], "1599 bytes after the header: the file is truncated"),
        (read_aedat2, GOOD2[:START2], "expected events, got none"),
        (read_aedat2, b"#!AER-DAT2.0", "expected events, got none"),
        (read_aedat3, b"", "expected an AEDAT 3.1 file"),
        (read_aedat3, GOOD2, "expected an AEDAT 3.1 file, .* got b'#!AER-DAT2.0'"),
        (read_aedat3, GOOD3.replace(b"#!END", b"#!AND"), "from #!AER-DAT3.1 to #!END-HEADER"),
        (read_aedat3, GOOD3[:-1], "expected a whole packet at byte .* got 1627 bytes of 1628"),
        (read_aedat3, GOOD3 + b"12345", "expected a whole packet at byte .* got 5 bytes of 28"),
        (read_aedat3, trees.AEDAT3_HEAD, "expected events, got none"),
        (read_aedat3, EMPTY, "expected events, got none"),
        (read_aedat3, OFF, "inside the 128 x 128 sensor, got x=128, y=5 at event 1"),
        (read_aedat3, LATE, "packet of 8-byte pixel"),
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path, read, data, words):
    with pytest.raises(ValueError, match=rf"a\.aedat: .*{words}"):
        read(trees.put(tmp_path / "a.aedat", data))


@pytest.mark.parametrize(("read", "good"), [(read_aedat2, GOOD2), (read_aedat3, GOOD3)])
def test_any_bytes_give_events_or_an_error_that_names_the_file(tmp_path, read, good):
    path, anything = tmp_path / "fuzz.aedat", st.binary(max_size=300)
    head = good[: good.index(b"\n") + 1]

    def whole(data):
        t, x, y, p = read(path)
        assert 0 < len(t) == len(x) == len(y) == len(p) <= len(data) // 8
        assert (np.diff(t) >= 0).all() and max(x.max(), y.max()) < 128 and p.max() <= 1

    fuzz(path, st.one_of(anything, anything.map(lambda tail: head + tail), mutations(good)), whole)
