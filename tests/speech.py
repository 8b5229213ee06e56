"""Made-up recordings in the layout of the spoken digits."""

from pathlib import Path

import numpy as np
import pytest


def make_spoken(root: Path) -> Path:
    """A folder with 100 + 20 recordings, in which a digit is a band of channels."""
    h5py = pytest.importorskip("h5py")
    rng = np.random.default_rng(0)
    root.mkdir()
    for name, n in (("shd_train.h5", 100), ("shd_test.h5", 20)):
        labels = np.arange(n) % 10
        with h5py.File(root / name, "w") as file:
            kinds = {"times": np.float32, "units": np.uint16}
            made = {k: file.create_dataset(f"spikes/{k}", n, h5py.vlen_dtype(kind))
                    for k, kind in kinds.items()}  # fmt: skip
            for i, label in enumerate(labels):
                made["times"][i] = np.sort(rng.uniform(0, 0.3, 60))
                made["units"][i] = rng.integers(70 * label, 70 * label + 70, 60)
            file["labels"] = labels
    return root
