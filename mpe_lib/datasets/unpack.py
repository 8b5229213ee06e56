"""Unpack an archive without trusting it: nothing leaves the folder, nothing is half there."""

import os
import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tqdm.auto import tqdm

from ..files import whole


def unpack(archive: str | os.PathLike, folder: str | os.PathLike) -> None:
    """Unpack a zip or tar.gz archive into a folder.

    All of it goes into a new folder inside first; what the archive holds at its top is then moved
    up, so that a run that is stopped leaves nothing that looks whole. The caller sees to it that
    one process at a time unpacks into a folder.

    Args:
        archive: the file.
        folder: where to; it is there already.

    Raises:
        ValueError: the archive is damaged, or a name in it leads out of the folder, or it holds a
            link or a device; nothing is unpacked.
        FileExistsError: something of the same name is in the folder.
        OSError: the disk is full or cannot be written.
    """
    archive, folder = Path(archive), Path(folder)
    new = folder / "unpacking.part"
    shutil.rmtree(new, ignore_errors=True)  # left by a run that was stopped
    new.mkdir()
    try:
        try:
            _extract(archive, new)
        except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
            raise ValueError(f"{archive}: damaged ({error}): fetch it again") from error
        for entry in sorted(new.iterdir()):
            if (folder / entry.name).exists():
                raise FileExistsError(
                    f"{folder / entry.name} is there already, but is not all of it: move it away "
                    f"or delete it, so that {archive.name} can be unpacked"
                )
        for entry in sorted(new.iterdir()):
            entry.rename(folder / entry.name)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def take_out(bundle: Path, name: str, target: Path) -> bool:
    """Copy the one file of this name out of a zip that holds other archives; whether it has it."""
    if not zipfile.is_zipfile(bundle):
        return False
    with zipfile.ZipFile(bundle) as file:
        for info in file.infolist():
            if PurePosixPath(info.filename).name == name:
                try:
                    with (
                        whole(target, alone=True) as part,
                        file.open(info) as source,
                        part.open("wb") as copy,
                    ):
                        shutil.copyfileobj(source, copy, 1 << 20)
                except (zipfile.BadZipFile, EOFError, zlib.error) as error:
                    raise ValueError(f"{bundle}: damaged ({error}): fetch it again") from error
                return True
    return False


def _extract(archive: Path, new: Path) -> None:
    with archive.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    with (zipfile.ZipFile if is_zip else tarfile.open)(archive) as opened:
        if is_zip:
            _room(archive, new, sum(info.file_size for info in opened.infolist()))
        members = _zip_members(opened) if is_zip else _tar_members(opened)
        for name, refused, source in tqdm(members, desc=f"unpacking {archive.name}", unit=" files"):
            inside = _inside(name)
            if refused or inside is None:
                raise ValueError(
                    f"{archive}: refused, because it holds {name!r}, which is a link, a device or "
                    "a path out of the folder: it is not the published archive"
                )
            if inside.parts[:1] == ("__MACOSX",):
                continue
            target = new.joinpath(*inside.parts)
            if source is None:
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with source() as data, target.open("xb") as out:
                shutil.copyfileobj(data, out, 1 << 20)


def _zip_members(opened: zipfile.ZipFile) -> Iterator[tuple[str, bool, object]]:
    for info in opened.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        refused = kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        source = None if info.is_dir() else lambda info=info: opened.open(info)
        yield info.filename, refused, source


def _tar_members(opened: tarfile.TarFile) -> Iterator[tuple[str, bool, object]]:
    for info in opened:
        refused = not (info.isreg() or info.isdir())
        source = None if info.isdir() else lambda info=info: opened.extractfile(info)
        yield info.name, refused, source


def _inside(name: str) -> PurePosixPath | None:
    """The path, if it stays inside the folder on every system."""
    path = PurePosixPath(name)
    outside = path.is_absolute() or ".." in path.parts or "\\" in name or re.match(r"\w:", name)
    return None if outside or "\0" in name else path


def _room(archive: Path, folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            f"{archive.name} needs {size / 1e9:.1f} GB unpacked, and {folder.parent} has "
            f"{free / 1e9:.1f} GB free: make room, or choose another folder with MPE_CACHE"
        )
