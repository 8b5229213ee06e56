"""The recordings of each dataset, in the folders to which its archives unpack."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from .aedat import SENSOR as DVS128
from .aedat import read_aedat2, read_aedat3
from .atis import read_events_40bit
from .catalogue import Dataset
from .events import Events
from .recordings import STRAY, EventFiles, checked
from .spikes import CHANNELS, SpikeFile
from .splits import chosen, nine_tenths, tenth


def listing(dataset: Dataset, folder: Path, part: str) -> EventFiles:
    """The recordings of one part of a dataset.

    Args:
        dataset: its entry in the catalogue.
        folder: where its archives are unpacked.
        part: "train", "validation" or "test".

    Raises:
        ValueError: the files in the folder are not the dataset's.
    """
    found = LISTINGS[dataset.name](dataset, folder, part)
    if not len(found):
        raise ValueError(
            f"{folder}: expected recordings for the part {part!r} of {dataset.title}, found none "
            f"among the files there: they are not all unpacked ({dataset.split})"
        )
    top = int(found.labels.max())
    if found.labels.min() < 0 or top >= len(found.classes):
        raise ValueError(
            f"{found.sources[0]}: expected labels of {len(found.classes)} classes, got {top}"
        )
    return found


def _select(files: EventFiles, places: np.ndarray) -> EventFiles:
    return replace(
        files,
        read=partial(_through, files.read, places),
        names=tuple(files.names[k] for k in places),
        labels=files.labels[places],
    )


def _through(read, places, i: int) -> Events:
    return read(int(places[i]))


def _one(read: Callable[[Path], Events], paths: Sequence[Path], i: int) -> Events:
    return read(paths[i])


def _of_files(dataset, folder, paths, classes, read) -> EventFiles:
    """One recording in each file, of the class that its folder is called."""
    number = {name: k for k, name in enumerate(classes)}
    return EventFiles(
        partial(_one, read, tuple(paths)),
        tuple(path.relative_to(folder).as_posix() for path in paths),
        np.array([number[path.parent.name] for path in paths], np.int64),
        tuple(classes),
        dataset.sensor_size,
        tuple(paths),
    )


def _kept(files: EventFiles, places: np.ndarray) -> EventFiles:
    """As :func:`_select` for recordings with a file each, whose files are selected too."""
    return replace(_select(files, places), sources=tuple(files.sources[k] for k in places))


def _of_training(files: EventFiles, part: str) -> np.ndarray:
    """The places of a part of an official training set: a tenth of each class validates."""
    held = tenth(files.labels)
    return chosen(part, held & False, held)


def _nmnist(dataset, folder, part):
    official = folder / ("Test" if part == "test" else "Train")
    paths = sorted(official.glob("[0-9]/*.bin"), key=lambda path: (path.stem, path.parent.name))
    read = partial(read_events_40bit, sensor_size=dataset.sensor_size, stray=STRAY)
    files = _of_files(dataset, folder, paths, dataset.classes, read)
    return files if part == "test" else _kept(files, _of_training(files, part))


def _ncaltech101(dataset, folder, part):
    paths = sorted((folder / "Caltech101").glob("*/*.bin"))
    classes = sorted({path.parent.name for path in paths})
    read = partial(read_events_40bit, sensor_size=dataset.sensor_size, stray=STRAY)
    files = _of_files(dataset, folder, paths, classes, read)
    first = nine_tenths(files.labels)
    held = np.zeros(len(files), bool)
    held[first] = tenth(files.labels[first])
    return _kept(files, chosen(part, ~first, held))


def _cifar10_dvs(dataset, folder, part):
    found = []
    for path in (p for name in dataset.classes for p in (folder / name).glob("*.aedat")):
        match = re.fullmatch(rf"cifar10_{path.parent.name}_(\d{{1,9}})\.aedat", path.name)
        if match is None:
            raise ValueError(
                f"{path}: expected a name like cifar10_{path.parent.name}_7.aedat, whose number "
                "says to which part it belongs: take the file out of the folder"
            )
        found.append((dataset.classes.index(path.parent.name), int(match[1]), path))
    found.sort()
    files = _of_files(dataset, folder, [row[2] for row in found], dataset.classes, read_aedat2)
    sample = np.array([row[1] for row in found], np.int64)
    return _kept(files, chosen(part, sample < 100, sample >= 900))


class _Trials:
    """Recordings cut out of longer ones; the last long one is remembered."""

    def __init__(self, cuts: list[tuple[Path, int, int]]):
        self.cuts, self._last = cuts, (None, None)

    def __call__(self, i: int) -> Events:
        path, start, stop = self.cuts[i]
        if self._last[0] != path:
            self._last = (None, None)  # let go of the old one before the new one is read
            self._last = (path, read_aedat3(path))
        t, *rest = self._last[1]
        span = slice(*np.searchsorted(t, (start, stop)))
        name = f"{path}, from {start} to {stop} us"
        return checked(name, t[span] - start, *(each[span] for each in rest), DVS128)

    def __getstate__(self):
        return {"cuts": self.cuts, "_last": (None, None)}


def _dvs_gesture(dataset, folder, part):
    base = folder / "DvsGesture"
    list_file = base / f"trials_to_{'test' if part == 'test' else 'train'}.txt"
    if not list_file.is_file():
        raise ValueError(f"{list_file}: expected the list of trials there: unpack all of it")
    cuts, names, labels, sources = [], [], [], [list_file]
    for trial in list_file.read_text().split():
        match = re.fullmatch(r"user(\d{1,3})_\w+\.aedat", trial)
        path, table = base / trial, base / f"{Path(trial).stem}_labels.csv"
        if match is None or not (path.is_file() and table.is_file()):
            raise ValueError(f"{list_file}: expected {trial} and {table.name} beside it")
        if part != "test" and (part == "validation") != (20 <= int(match[1]) <= 23):
            continue
        sources += [path, table]
        for row, (label, start, stop) in enumerate(_intervals(table, len(dataset.classes))):
            cuts.append((path, start, stop))
            names.append(f"{path.stem}, row {row}")
            labels.append(label)
    return EventFiles(
        _Trials(cuts),
        tuple(names),
        np.array(labels, np.int64),
        dataset.classes,
        dataset.sensor_size,
        tuple(sources),
    )


def _intervals(table: Path, classes: int) -> list[tuple[int, int, int]]:
    """(label from 0, start, stop) of each gesture, in microseconds."""
    found = []
    for line in table.read_text(encoding="utf-8", errors="replace").splitlines()[1:]:
        if not line.strip():
            continue
        match = re.fullmatch(r"\s*(\d{1,2})\s*,\s*(\d{1,15})\s*,\s*(\d{1,15})\s*", line, re.ASCII)
        label, start, stop = map(int, match.groups()) if match else (0, 0, 0)
        if not 1 <= label <= classes or start >= stop:
            raise ValueError(
                f"{table}: expected rows of class (1 to {classes}), start and stop in "
                f"microseconds, got {line[:60]!r}: fetch it again"
            )
        found.append((label - 1, start, stop))
    return found


def _spoken(dataset, folder, part):
    official = {"validation": "valid"}.get(part, part)
    if dataset.name == "shd" and part == "validation":
        official = "train"
    path = folder / f"{dataset.name}_{official}.h5"
    file = SpikeFile(path)
    files = EventFiles(
        file.events,
        tuple(f"{path.name}, recording {i}" for i in range(len(file.labels))),
        file.labels,
        file.classes,
        (CHANNELS, 1),
        (path,),
    )
    shared = dataset.name == "shd" and part != "test"
    return _select(files, _of_training(files, part)) if shared else files


LISTINGS = {
    "nmnist": _nmnist,
    "ncaltech101": _ncaltech101,
    "cifar10-dvs": _cifar10_dvs,
    "dvs-gesture": _dvs_gesture,
    "shd": _spoken,
    "ssc": _spoken,
}
