import stat
import tarfile

import pytest
from archives import tarred, zipped

from mpe_lib.datasets.unpack import take_out, unpack

FILES = {"Train/3/00001.bin": b"abc", "Train/4/00002.bin": b"", "notes.txt": b"x" * 70_000}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def everything(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_what_was_packed_is_unpacked(tmp_path, folder, pack):
    unpack(pack(tmp_path / "a", FILES), folder)
    assert everything(folder) == FILES


OUTSIDE = ["../evil", "a/../../evil", "/tmp/mpe_evil", "..\\evil", "C:\\evil", "C:/evil", "a\\b"]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", OUTSIDE)
def test_paths_out_of_the_folder_are_refused(tmp_path, folder, pack, name):
    archive = pack(tmp_path / "a", {"Train/3/00001.bin": b"abc", name: b"evil"})
    with pytest.raises(ValueError, match="refused, because it holds"):
        unpack(archive, folder)
    assert not list(folder.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "in"]


def test_links_and_devices_are_refused(tmp_path, folder):
    link = {"Train": b"/tmp"}
    archives = [zipped(tmp_path / "z", link, stat.S_IFLNK | 0o777)]
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        archives.append(
            tarred(tmp_path / f"t{kind}", {"Train": b""}, type=kind, linkname="/etc/passwd")
        )
    for archive in archives:
        with pytest.raises(ValueError, match="refused, because it holds 'Train', which is a link"):
            unpack(archive, folder)
        assert not list(folder.iterdir())


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_damaged_archive_leaves_nothing(tmp_path, folder, pack):
    data = bytearray(pack(tmp_path / "a", FILES).read_bytes())
    for broken in (data[: len(data) // 2], data[:30] + b"\0" * 30 + data[60:], b"PK", b"hello"):
        (tmp_path / "b").write_bytes(broken)
        with pytest.raises(ValueError, match="b: damaged"):
            unpack(tmp_path / "b", folder)
        assert not list(folder.iterdir())


def test_what_is_there_is_not_written_over(tmp_path, folder):
    (folder / "Train").mkdir()
    (folder / "Train" / "mine.txt").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="Train is there already"):
        unpack(zipped(tmp_path / "a", FILES), folder)
    assert everything(folder) == {"Train/mine.txt": b"mine"}


def test_what_a_stopped_run_left_is_cleared(tmp_path, folder):
    (folder / "unpacking.part" / "Train").mkdir(parents=True)
    (folder / "unpacking.part" / "Train" / "half.bin").write_bytes(b"h")
    unpack(zipped(tmp_path / "a", FILES), folder)
    assert everything(folder) == FILES


def test_an_archive_that_does_not_fit_the_disk_is_refused_before(tmp_path, folder, ten_bytes_left):
    with pytest.raises(OSError, match="a needs 0.0 GB unpacked, and .* make room"):
        unpack(zipped(tmp_path / "a", FILES), folder)
    assert not list(folder.iterdir())


def test_folders_of_macos_are_left_out(tmp_path, folder):
    unpack(zipped(tmp_path / "a", FILES | {"__MACOSX/._x": b"junk"}), folder)
    assert everything(folder) == FILES


def test_an_archive_in_an_archive_is_taken_out(tmp_path):
    inner = zipped(tmp_path / "Caltech101.zip", FILES).read_bytes()
    outer = zipped(tmp_path / "outer.zip", {"some folder/Caltech101.zip": inner, "ReadMe.txt": b""})
    assert take_out(outer, "Caltech101.zip", tmp_path / "taken.zip")
    assert (tmp_path / "taken.zip").read_bytes() == inner
    assert not take_out(outer, "Other.zip", tmp_path / "other.zip")
    assert not (tmp_path / "other.zip").exists()
