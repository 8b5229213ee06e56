"""Files and folders: whole, or as they were before."""

import os

import pytest

from mpe_lib import files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("alone", [False, True])
def test_an_error_leaves_the_older_one_and_no_part(tmp_path, alone):
    old = tmp_path / "old.txt"
    old.write_text("old")
    with pytest.raises(KeyboardInterrupt), files.whole(old, alone) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert names(tmp_path) == ["old.txt"] and old.read_text() == "old"
    with files.whole(old, alone) as part:
        part.write_text("new")
        assert old.read_text() == "old"
    assert names(tmp_path) == ["old.txt"] and old.read_text() == "new"


def test_a_folder_takes_the_place_of_a_folder(tmp_path):
    for text in ("first", "second"):
        (tmp_path / "made.part").mkdir()  # as a killed process leaves it
        with files.whole(tmp_path / "made", alone=True) as part:
            part.mkdir()
            (part / text).touch()
    assert names(tmp_path) == ["made"] and names(tmp_path / "made") == ["second"]


def test_a_full_disk_is_said_and_leaves_the_older_file(tmp_path, monkeypatch):
    files.write(tmp_path / "deep" / "a", b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="a could not be written .No space left.*takes 1,000 bytes"):
        files.write(tmp_path / "deep" / "a", bytes(1000))
    assert names(tmp_path / "deep") == ["a"]
    assert (tmp_path / "deep" / "a").read_bytes() == b"old"


def test_two_at_once_do_not_share_a_part(tmp_path):
    with files.whole(tmp_path / "a") as one, files.whole(tmp_path / "a") as two:
        one.write_text("one")
        two.write_text("two")
    assert names(tmp_path) == ["a"] and (tmp_path / "a").read_text() == "one"


def test_the_clone_is_found_or_missed_in_one_line(tmp_path, monkeypatch):
    assert (files.clone() / "pyproject.toml").exists()
    monkeypatch.setattr(files, "ROOT", tmp_path)
    with pytest.raises(ImportError, match="^this needs the clone of the project.*make lab.*$"):
        files.clone()
