"""Heartbeats: the parts share nothing, and what is no such file is refused in words."""

import io
import pickle
import zipfile

import numpy as np
import pytest
import torch
from here import REAL

from mpe_lib.datasets.ecg import FILE, UNMARKED, load_ecg, validation


def arrays(train=30, test=4, steps=12):
    draw, made = np.random.default_rng(0), {}
    for half, n in (("train", train), ("test", test)):
        made[f"{half}_x"] = draw.integers(0, 2, (n, steps, 4)).astype(np.int8)
        made[f"{half}_x"][:, -1, 0] = -1
        made[f"{half}_x"][:, 0, :] = 0
        made[f"{half}_x"][:, 0, 1] = np.arange(n) % 2
        made[f"{half}_y"] = draw.choice([0, 1, 2, 3, 4, 5, UNMARKED], (n, steps)).astype(np.uint8)
    return made


def write(folder, **changed):
    made = arrays() | changed
    np.savez_compressed(folder / FILE, **{k: v for k, v in made.items() if v is not None})
    return folder


def header(shape, dtype="|i1"):
    file = io.BytesIO()
    fields = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, fields)
    return file.getvalue()


def write_raw(folder, name, content):
    """The good file, but for the bytes of one array."""
    with zipfile.ZipFile(folder / FILE, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in arrays().items():
            file = io.BytesIO()
            np.save(file, value)
            archive.writestr(f"{key}.npy", content if key == name else file.getvalue())
    return folder


def test_three_parts_time_first_that_share_no_sequence(tmp_path):
    made, root = arrays(), write(tmp_path)
    train, held, test = (load_ecg(root, part) for part in ("train", "validation", "test"))
    assert [each.spikes.shape for each in (train, held, test)] == [
        (12, 27, 4), (12, 3, 4), (12, 4, 4)
    ]  # fmt: skip
    assert train.spikes.dtype == torch.float32 and train.waves.dtype == torch.int64
    for n, part, half in ((26, train, "train"), (2, test, "test")):
        assert np.array_equal(part.spikes[:, n].numpy(), made[f"{half}_x"][n])
        assert np.array_equal(part.waves[:, n].numpy(), made[f"{half}_y"][n])
    assert np.array_equal(held.waves.numpy(), made["train_y"][27:].T)


def test_at_least_one_sequence_is_held_back():
    assert validation(3).tolist() == [False, False, True] and validation(618).sum() == 61


def test_a_folder_without_the_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"expected heartbeats at .*{FILE}.*as root"):
        load_ecg(tmp_path)
    with pytest.raises(ValueError, match="part must be one of 'train', 'validation', 'test'"):
        load_ecg(tmp_path, "all")


GOOD = arrays()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"train_y": None}, "train_y.npy"),
        ({"train_x": GOOD["train_x"].astype(float)}, r"train_x.npy of float64 \(30, 12, 4\)"),
        ({"train_x": GOOD["train_x"][..., 0]}, r"train_x.npy of int8 \(30, 12\)"),
        ({"train_x": GOOD["train_x"][..., :3]}, r"train_x of \(30, 12, 3\) beside"),
        ({"train_x": GOOD["train_x"][:9]}, r"train_x of \(9, 12, 4\) beside train_y of \(30, 12\)"),
        ({"train_x": GOOD["train_x"][:0], "train_y": GOOD["train_y"][:0]}, r"\(0, 12, 4\)"),
        ({"train_x": 2 * GOOD["train_x"]}, "from -2 to 2, not in -1, 0, 1"),
        ({"train_y": np.full((30, 12), 6, np.uint8)}, "train_y with 6, which is no wave"),
        ({"train_y": np.full((30, 12), None)}, "train_y.npy of object"),
    ],
)
def test_arrays_of_another_form_are_refused(tmp_path, changed, words):
    with pytest.raises(ValueError, match=f"{words}.*fetch it again"):
        load_ecg(write(tmp_path, **changed))


def test_a_damaged_file_is_refused_and_named(tmp_path):
    path = write(tmp_path) / FILE
    whole = path.read_bytes()
    for content in (b"", b"no archive", whole[: len(whole) // 2], whole[:200] + whole[300:]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"{FILE}: expected spikes train_x .*fetch it again"):
            load_ecg(tmp_path)
    middle = len(whole) // 8
    path.write_bytes(whole[:middle] + bytes(40) + whole[middle + 40 :])
    with pytest.raises(ValueError, match="fetch it again"):
        load_ecg(tmp_path)


class Trap:
    """Unpickled, it would say so."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Trap()),
        header((1,), "|O") + pickle.dumps(Trap()),
        header((10**12, 12, 4)),
        header((2**40, 2**40, 4)),
        header((30, 12, 4)) + bytes(10),
        b"\x93NUMPY\x07\x00" + bytes(50),
        header((30, 12, 4)) + bytes(10**7),
    ],
)
def test_a_hostile_file_is_refused_before_it_is_unpacked(tmp_path, content):
    with pytest.raises(ValueError, match="fetch it again"):
        load_ecg(write_raw(tmp_path, "train_x", content))


def test_a_file_that_claims_more_than_it_can_hold_is_refused(tmp_path):
    path = write(tmp_path) / FILE
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"train_x.npy"))  # its central entry
    content[at + 24 : at + 28] = (2**31).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(ValueError, match="train_x.npy of 2147483648 bytes in a file of"):
        load_ecg(tmp_path)


def test_the_real_file():
    if not (REAL / "qtdb" / FILE).is_file():
        pytest.skip("no real heartbeats: set MPE_TEST_DATA to the folder that holds qtdb/")
    parts = [load_ecg(REAL / "qtdb", part) for part in ("train", "validation", "test")]
    assert [each.waves.shape for each in parts] == [(1301, 557), (1301, 61), (1301, 81)]
    for spikes, waves in parts:
        assert spikes.shape == (*waves.shape, 4) and (spikes[:-1] >= 0).all()
        assert 0.05 < spikes.mean() < 0.1 and waves.unique().tolist() == [0, 1, 2, 3, 4, 5, 255]
        shares = [(waves == wave).double().mean().item() for wave in range(6)]
        assert min(shares[4:]) > 0.25 and max(shares[:4]) < 0.15
        assert 0.05 < (waves == UNMARKED).double().mean() < 0.12
    rows = [{each.numpy().tobytes() for each in spikes.transpose(0, 1)} for spikes, _ in parts]
    assert len(set.union(*rows)) == sum(map(len, rows)) == 699
