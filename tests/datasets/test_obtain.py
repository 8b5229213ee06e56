import errno
import urllib.request
import zipfile
from dataclasses import replace

import pytest
import trees
from archives import published, zipped

from mpe_lib import load_dataset
from mpe_lib.datasets import CATALOGUE, NAMES, PARTS


@pytest.fixture(autouse=True)
def home(own_cache, monkeypatch):
    """Where the data sets go; and no network."""

    def refuse(*_, **__):
        raise AssertionError("the network was used")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    return own_cache / "datasets"


@pytest.mark.parametrize("name", NAMES)
def test_with_nothing_there_one_message_says_all(name, home):
    dataset = CATALOGUE[name]
    for part in PARTS:
        with pytest.raises(FileNotFoundError) as caught:
            load_dataset(name, part)
        words = str(caught.value)
        assert dataset.page in words and str(home / name) in words
        assert dataset.space in words and dataset.licence in words and dataset.source in words
        assert f"load_dataset({name!r}, {part!r}" in words
        for archive in dataset.archives:
            assert archive.name in words and archive.md5 in words
            assert archive.size is None or f"{archive.size / 1e6:.0f} MB" in words
            assert (archive.url is None) == ("cannot fetch it" in words)
        assert ("download=True)" in words) == (dataset.archives[0].url is not None)
        assert ("pip install h5py" in words) == (name in ("shd", "ssc"))
        assert not home.exists()  # nothing is made by asking


def test_the_folder_that_was_asked_for_is_named(tmp_path):
    folder = str(tmp_path / "mine")
    with pytest.raises(FileNotFoundError) as caught:
        load_dataset("shd", root=folder)
    assert f"into the folder {folder}\n" in str(caught.value)
    assert f"load_dataset('shd', 'train', root={folder!r})" in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_archives_put_there_by_hand_are_checked_and_unpacked(name, home, tmp_path, monkeypatch):
    published(name, tmp_path, monkeypatch).rename(tmp_path / "there")
    home.mkdir(parents=True)
    (tmp_path / "there").rename(home / name)
    for part in PARTS:
        again = load_dataset(name, part, root=tmp_path / "tree")
        assert load_dataset(name, part).names == again.names
    for archive in CATALOGUE[name].archives:
        assert (home / name / archive.name).is_file()  # what the user put there stays
    left = {path.name for path in (home / name).iterdir() if "part" in path.name}
    assert left == set()


@pytest.mark.parametrize("name", ["nmnist", "cifar10-dvs", "dvs-gesture"])
def test_a_wrong_archive_is_refused_by_name(name, home, tmp_path, monkeypatch):
    published(name, tmp_path, monkeypatch)
    archive = CATALOGUE[name].archives[0]
    path = home / name / archive.name
    good = (tmp_path / "published" / archive.name).read_bytes()
    for data, words in ((b"", "empty"), (good[:-9], "truncated"), (b"!" + good[1:], "damaged")):
        trees.put(path, data)
        with pytest.raises(ValueError, match=f"{archive.name}: .*{words}") as caught:
            load_dataset(name)
        assert CATALOGUE[name].page in str(caught.value) and str(path.parent) in str(caught.value)
        assert {each.name for each in path.parent.iterdir()} == {archive.name, ".mpe_lib.lock"}


def test_names_may_be_written_in_other_letters(home, tmp_path, monkeypatch):
    folder = published("nmnist", tmp_path, monkeypatch)
    trees.put(home / "nmnist" / "test.zip", (folder / "Test.zip").read_bytes())
    assert len(load_dataset("nmnist", "test")) == 6


@pytest.mark.parametrize(
    ("name", "bundle"),
    [("ncaltech101", "N-Caltech101-archive.zip"), ("nmnist", "468j46mzdv-1.zip")],
)
def test_an_archive_of_archives(name, bundle, home, tmp_path, monkeypatch):
    folder = published(name, tmp_path, monkeypatch)
    (home / name).mkdir(parents=True)
    with zipfile.ZipFile(home / name / bundle, "w") as outer:
        for path in folder.iterdir():
            outer.write(path, f"N/{path.name}")
        outer.writestr("N/ReadMe.txt", "hello")
    for part in PARTS:
        assert len(load_dataset(name, part))
    assert not [each for each in (home / name).iterdir() if each.name in ("Train.zip",)]
    assert (home / name / bundle).is_file()


def test_a_wrong_archive_in_an_archive_is_refused(home, tmp_path, monkeypatch):
    published("ncaltech101", tmp_path, monkeypatch)
    (home / "ncaltech101").mkdir(parents=True)
    bundle = home / "ncaltech101" / "N-Caltech101-archive.zip"
    zipped(bundle, {"Caltech101.zip": b"not it"})
    with pytest.raises(ValueError, match=r"Caltech101.zip: .*N-Caltech101-archive.zip"):
        load_dataset("ncaltech101")
    assert not (home / "ncaltech101" / "Caltech101.zip").exists()


def test_the_archive_under_the_name_of_the_outer_one(home, tmp_path, monkeypatch):
    folder = published("ncaltech101", tmp_path, monkeypatch)
    data = (folder / "Caltech101.zip").read_bytes()
    trees.put(home / "ncaltech101" / "N-Caltech101-archive.zip", data)
    assert len(load_dataset("ncaltech101"))


def test_download(home, tmp_path, monkeypatch):
    folder = published("nmnist", tmp_path, monkeypatch)
    monkeypatch.undo()
    monkeypatch.setenv("MPE_CACHE", str(home.parent))
    published("nmnist", tmp_path, monkeypatch)
    archives = [
        replace(archive, url=(folder / archive.name).as_uri())
        for archive in CATALOGUE["nmnist"].archives
    ]
    dataset = replace(CATALOGUE["nmnist"], archives=tuple(archives))
    monkeypatch.setitem(CATALOGUE, "nmnist", dataset)
    with pytest.raises(FileNotFoundError):
        load_dataset("nmnist", "test")
    assert len(load_dataset("nmnist", "test", download=True)) == 6
    names = {each.name for each in (home / "nmnist").iterdir()}
    assert names == {"Test", ".mpe_lib.lock"}  # only what the part needs; the archive is gone


def test_nothing_is_fetched_when_the_data_is_there(tmp_path):
    trees.nmnist(tmp_path)
    assert len(load_dataset("nmnist", "test", root=tmp_path, download=True)) == 6


def test_what_no_program_can_fetch_says_so(home):
    with pytest.raises(FileNotFoundError, match="needs a browser, so download=True cannot"):
        load_dataset("dvs-gesture", download=True)


def test_the_folder_of_the_environment(tmp_path, monkeypatch, home):
    monkeypatch.setenv("MPE_DATA", str(tmp_path / "mine"))
    trees.nmnist(tmp_path / "mine")
    assert len(load_dataset("nmnist", "test")) == 6
    trees.cifar10_dvs(tmp_path / "mine" / "cifar10-dvs")
    assert len(load_dataset("cifar10-dvs", "test")) == 30
    with pytest.raises(FileNotFoundError, match=str(home / "ncaltech101")):
        load_dataset("ncaltech101")


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC])
def test_a_folder_that_is_full_or_cannot_be_written(tmp_path, monkeypatch, number):
    folder = published("nmnist", tmp_path, monkeypatch)

    def refuse(*_, **__):
        raise OSError(number, "as the system says it")

    monkeypatch.setattr("mpe_lib.datasets.unpack.shutil.copyfileobj", refuse)
    with pytest.raises(OSError, match="expected a folder with room, that can be written") as caught:
        load_dataset("nmnist", root=folder)
    assert "as the system says it" in str(caught.value) and caught.value.errno == number
    assert not [each for each in folder.iterdir() if "part" in each.name or each.is_dir()]
