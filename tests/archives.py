"""Archives as they are published, made of small trees; and good files with a few bytes changed."""

import hashlib
import io
import re
import tarfile
import zipfile
from dataclasses import replace

import trees
from hypothesis import given, settings
from hypothesis import strategies as st

from mpe_lib.datasets import CATALOGUE


def mutated(good, length, changes):
    data = bytearray(good)
    for place, value in changes:
        data[place] = value
    return data[:length] if length % 2 else data  # half of them keep their length


def mutations(good):
    """The bytes of a good file, cut somewhere, with a few of them changed."""
    change = st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255))
    return st.tuples(st.integers(0, len(good)), st.lists(change, max_size=6)).map(
        lambda how: bytes(mutated(good, *how))
    )


def fuzz(path, data, read, examples=400):
    """`read(data)` takes any data from the file or refuses it by its name; both must come up."""
    outcomes = set()

    @settings(max_examples=examples, deadline=None, derandomize=True, database=None)
    @given(data)
    def check(data):
        path.unlink(missing_ok=True)  # h5py may still hold the last one
        path.write_bytes(data)
        try:
            read(data)
        except ValueError as error:
            assert re.match(rf"{re.escape(str(path))}(: |, recording \d+: )", str(error))
            outcomes.add("refused")
        else:
            outcomes.add("read")

    check()
    assert outcomes == {"read", "refused"}


def zipped(path, files, mode=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if mode is not None:
                info.external_attr = mode << 16
            archive.writestr(info, data)
    return path


def tarred(path, files, **more):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in more.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return path


def published(name, tmp_path, monkeypatch, pack=None):
    """The archives of a dataset with small contents, and the catalogue that knows them."""
    tree, folder = trees.make(name, tmp_path / "tree"), tmp_path / "published"
    folder.mkdir(exist_ok=True)
    archives = []
    for archive in CATALOGUE[name].archives:
        top = archive.holds.split("/")[0]
        paths = [tree / top] if (tree / top).is_file() else sorted((tree / top).rglob("*.*"))
        files = {path.relative_to(tree).as_posix(): path.read_bytes() for path in paths}
        made = (tarred if archive.name.endswith("gz") else zipped)(folder / archive.name, files)
        data = made.read_bytes()
        md5 = hashlib.md5(data).hexdigest()
        archives.append(replace(archive, md5=md5, size=archive.size and len(data)))
    monkeypatch.setitem(CATALOGUE, name, replace(CATALOGUE[name], archives=tuple(archives)))
    return folder
