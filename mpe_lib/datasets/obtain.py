"""Find a dataset on the disk, or the archives of it, or fetch them, or say how to get them."""

import errno
import os
from pathlib import Path, PurePosixPath

from filelock import FileLock

from ..files import cache_folder
from .catalogue import PARTS, Archive, Dataset
from .fetch import check, fetch
from .unpack import take_out, unpack

UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def obtain(dataset: Dataset, part: str, root: str | os.PathLike | None, download: bool) -> Path:
    """The folder in which the archives of a dataset are unpacked, as far as a part needs them.

    Nothing is fetched if the data is there, or unless `download` is set. Archives that lie in a
    folder where the data may be are checked and unpacked.

    Raises:
        FileNotFoundError: the data is not there; the message tells how to get it.
        ValueError, ConnectionError, FileExistsError, OSError: of :mod:`mpe_lib.datasets.fetch`
            and :mod:`mpe_lib.datasets.unpack`.
    """
    places = _places(dataset, root)
    if whole := next((each for each in places if not missing(dataset, part, each)), None):
        return whole
    folder = next((each for each in places if _offers(dataset, part, each)), home(dataset, root))
    if download or _offers(dataset, part, folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / ".mpe_lib.lock"):  # one of many processes does the work
                for archive in missing(dataset, part, folder):
                    _bring(dataset, part, archive, folder, root, download)
        except OSError as error:
            if error.errno not in UNWRITABLE:
                raise
            raise OSError(
                error.errno,
                f"{folder}: expected a folder with room, that can be written, to put "
                f"{dataset.title} in ({error}): choose another with MPE_CACHE or root",
            ) from error
    if missing(dataset, part, folder):
        raise FileNotFoundError(instructions(dataset, part, folder, root))
    return folder


def home(dataset: Dataset, root: str | os.PathLike | None) -> Path:
    """Where a dataset is put that is nowhere yet."""
    if root is None:
        return cache_folder() / "datasets" / dataset.name
    return Path(root).expanduser()


def missing(dataset: Dataset, part: str, folder: Path) -> list[Archive]:
    """The archives that a part needs and that are not unpacked in the folder."""
    needed = (archive for archive in dataset.archives if part in archive.parts)
    return [archive for archive in needed if not any(folder.glob(archive.holds))]


def instructions(
    dataset: Dataset, part: str, folder: Path, root: str | os.PathLike | None = None
) -> str:
    """All that a user needs to do to have a dataset, from nothing, and one part of it here."""
    lacking = [missing(dataset, each, folder) for each in PARTS]
    wanted = [a for a in dataset.archives if any(a in each for each in lacking)]
    call = f"load_dataset({dataset.name!r}, {part!r}"
    call += f", root={os.fspath(root)!r}" if root is not None else ""
    lines = [
        f"{dataset.title}, part {part!r}, is not on this machine. To have it:",
        f"1. fetch, in a browser, from {dataset.page}",
        *(f"       {archive.name} ({_size(archive)}md5 {archive.md5})" for archive in wanted),
        f"   ({dataset.space}; licence: {dataset.licence});",
        f"2. put {'it' if len(wanted) == 1 else 'them'} into the folder {folder}",
        "   as fetched: the next call checks and unpacks there;",
        f"3. call {call}) again.",
    ]
    if all(archive.url for archive in wanted):
        lines.append(f"Or let it be fetched: {call}, download=True).")
    else:
        lines.append("That page needs a browser, so download=True cannot fetch it.")
    if dataset.needs:
        lines.append(f"Reading it needs a package of its own: pip install {dataset.needs}.")
    lines.append(f"Unpacked elsewhere already? Pass that folder as root. Cite: {dataset.source}")
    return "\n".join(lines)


def _size(archive: Archive) -> str:
    return "" if archive.size is None else f"{archive.size / 1e6:.0f} MB, "


def _places(dataset: Dataset, root: str | os.PathLike | None) -> list[Path]:
    """Folders where the dataset may be unpacked, the likeliest first."""
    if root is not None:
        bases = [home(dataset, root)]
    else:
        given = [Path(os.environ["MPE_DATA"])] if os.environ.get("MPE_DATA") else []
        bases = [*given, home(dataset, None)]
    found = []
    for base in bases:
        found += [base, base / dataset.name, *(base / place for place in dataset.places)]
        tops = {PurePosixPath(archive.holds).parts[0] for archive in dataset.archives}
        if base.name in tops:  # root=".../Caltech101" itself
            found.append(base.parent)
    return found


def _offers(dataset: Dataset, part: str, folder: Path) -> bool:
    """Whether archives that the part needs lie in the folder."""
    return any(
        _file(folder, name) is not None
        for archive in missing(dataset, part, folder)
        for name in (archive.name, *archive.aliases, *dataset.bundles)
    )


def _file(folder: Path, name: str) -> Path | None:
    """The file of this name, however its letters are written (train.zip, Train.zip)."""
    if not folder.is_dir():
        return None
    same = (each for each in folder.iterdir() if each.name.lower() == name.lower())
    return next((each for each in sorted(same) if each.is_file()), None)


def _bring(dataset, part, archive, folder, root, download) -> None:
    """Unpack one archive into the folder, from a file that is there or fetched."""
    by_hand = (
        f"Fetch {archive.name} by hand from {dataset.page}, put it into the folder {folder} "
        "and call again: it is checked and unpacked there."
    )
    target = folder / archive.name
    there = next(filter(None, (_file(folder, n) for n in (archive.name, *archive.aliases))), None)
    bundle = next(filter(None, (_file(folder, name) for name in dataset.bundles)), None)
    made = there in (None, bundle) and bundle is not None and take_out(bundle, archive.name, target)
    try:
        if made or there is not None:
            there = target if made else there
            check(archive, there, f"The file is {bundle if made else there}. {by_hand}")
        elif not download:
            return
        elif archive.url is None:
            raise FileNotFoundError(instructions(dataset, part, folder, root))
        else:
            fetch(archive, target, by_hand)
            there, made = target, True
        unpack(there, folder)
    finally:
        if made:  # what the user put there stays
            target.unlink(missing_ok=True)
