"""Small datasets, laid out as each archive unpacks, from encoders of the formats.

The encoders are written for the tests from the formats' descriptions and share nothing with the
readers.
"""

import struct
from pathlib import Path

import numpy as np
import pytest


def bits40(t, x, y, p) -> bytes:
    """N-MNIST and N-Caltech101: x, y, polarity with time, five bytes."""
    words = [
        (int(xi) << 32) | (int(yi) << 24) | (int(pi) << 23) | int(ti)
        for ti, xi, yi, pi in zip(t, x, y, p, strict=True)
    ]
    return b"".join(word.to_bytes(5, "big") for word in words)


def aedat2(t, x, y, p) -> bytes:
    """CIFAR10-DVS: x from the left, y from the top, as the picture is seen; 1 is ON."""
    head = b"#!AER-DAT2.0\r\n# This is a raw AE data file - do not edit\r\n#a line without end\n"
    return head + b"".join(
        struct.pack(">II", ((127 - int(xi)) << 8) | ((127 - int(yi)) << 1) | (0 if pi else 1), ti)
        for ti, xi, yi, pi in zip(t, x, y, p, strict=True)
    )


AEDAT3_HEAD = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n"


def packet3(t, x, y, p, valid=None, kind=1, overflow=0, spare=0) -> bytes:
    """One packet of AEDAT 3.1 pixel events."""
    valid = [1] * len(t) if valid is None else valid
    body = b"".join(
        struct.pack("<II", (int(xi) << 17) | (int(yi) << 2) | (int(pi) << 1) | int(vi), int(ti))
        for ti, xi, yi, pi, vi in zip(t, x, y, p, valid, strict=True)
    )
    room = len(t) + spare
    head = struct.pack("<HHIIIIII", kind, 1, 8, 4, overflow, room, len(t), sum(valid))
    return head + body + bytes(8 * spare)


def some(rng, n: int, width: int, height: int, length: int = 300_000):
    """n events at random."""
    t = np.sort(rng.integers(length, size=n))
    return t, rng.integers(width, size=n), rng.integers(height, size=n), rng.integers(2, size=n)


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def nmnist(root: Path, train: int = 40, test: int = 6, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    for folder, n in (("Train", train), ("Test", test)):
        for k in range(n):
            data = bits40(*some(rng, 20 + k, 34, 34))
            put(root / folder / str(k % 2) / f"{k + 1:05d}.bin", data)


def ncaltech101(root: Path, seed: int = 0) -> dict[str, int]:
    rng, sizes = np.random.default_rng(seed), {"BACKGROUND_Google": 21, "Leopards": 30, "ant": 11}
    for name, n in sizes.items():
        for k in range(n):
            data = bits40(*some(rng, 30, 240, 180))
            put(root / "Caltech101" / name / f"image_{k + 1:04d}.bin", data)
    return sizes


CIFAR = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
CIFAR_SAMPLES = (0, 7, 99, 100, 250, 899, 900, 999)


def cifar10_dvs(root: Path, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    for name in CIFAR:
        for k in CIFAR_SAMPLES:
            data = aedat2(*some(rng, 40, 128, 128))
            put(root / name / f"cifar10_{name}_{k}.aedat", data)


GESTURE_ROWS = ((1, 1000, 4000), (11, 5000, 9000), (11, 8000, 9500))  # the last two overlap


def dvs_gesture(root: Path, seed: int = 0) -> None:
    base, rng = root / "DvsGesture", np.random.default_rng(seed)
    trials = {
        "train": ["user01_lab", "user19_fluorescent_led", "user20_led", "user23_natural"],
        "test": ["user24_lab", "user29_natural"],
    }
    for part, names in trials.items():
        put(base / f"trials_to_{part}.txt", "".join(f"{name}.aedat\n" for name in names).encode())
        for name in names:
            first, second = some(rng, 300, 128, 128, 5000), some(rng, 300, 128, 128, 5000)
            other = packet3([1], [500], [500], [1], kind=7)  # of another type: passed over
            late = packet3(second[0] + 5000, *second[1:])
            put(base / f"{name}.aedat", AEDAT3_HEAD + packet3(*first) + other + late)
            rows = "".join(f"{c},{a},{b}\n" for c, a, b in GESTURE_ROWS)
            table = f"class,startTime_usec,endTime_usec\n{rows}".encode()
            put(base / f"{name}_labels.csv", table)


def spoken(path: Path, times, units, labels, keys=None) -> Path:
    h5py = pytest.importorskip("h5py")
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, rows, dtype in (("times", times, np.float16), ("units", units, np.uint16)):
            data = file.create_dataset(f"spikes/{name}", (len(rows),), h5py.vlen_dtype(dtype))
            for k, row in enumerate(rows):
                data[k] = np.asarray(row, dtype)
        file["labels"] = np.asarray(labels, np.uint16)
        if keys is not None:
            file["extra/keys"] = np.array(keys, "S8")
    return path


def heidelberg(root: Path, name: str, officials, seed: int = 0) -> None:
    """SHD or SSC, 40 recordings in each file."""
    rng = np.random.default_rng(seed)
    for official in officials:
        times = [np.sort(rng.uniform(0, 1.2, 25)).astype(np.float16) for _ in range(40)]
        units = [rng.integers(700, size=25) for _ in range(40)]
        spoken(root / f"{name}_{official}.h5", times, units, np.arange(40) % 4, list("abcd"))


def make(name: str, root: Path) -> Path:
    """The tree of a dataset by its name."""
    if name in ("shd", "ssc"):
        heidelberg(root, name, ("train", "test") if name == "shd" else ("train", "valid", "test"))
    else:
        {"nmnist": nmnist, "ncaltech101": ncaltech101, "cifar10-dvs": cifar10_dvs,
         "dvs-gesture": dvs_gesture}[name](root)  # fmt: skip
    return root
