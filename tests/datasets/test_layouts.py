import numpy as np
import pytest
import trees

from mpe_lib import load_dataset
from mpe_lib.datasets import CATALOGUE, NAMES, PARTS


def parts_of(name, root):
    return {part: load_dataset(name, part, root=root) for part in PARTS}


@pytest.mark.parametrize("name", NAMES)
def test_parts_share_nothing_and_lack_nothing(name, tmp_path):
    parts = parts_of(name, trees.make(name, tmp_path))
    names = [each for part in parts.values() for each in part.names]
    assert len(set(names)) == len(names) == sum(map(len, parts.values()))
    patterns = [archive.holds for archive in CATALOGUE[name].archives]
    files = sum(len(list(tmp_path.glob(pattern))) for pattern in patterns)
    rows = {"dvs-gesture": len(trees.GESTURE_ROWS), "shd": 40, "ssc": 40}.get(name, 1)
    assert len(names) == files * rows
    for part in parts.values():
        assert part.labels.dtype == np.int64 and len(part.labels) == len(part)
        assert part.labels.min() >= 0 and part.labels.max() < len(part.classes)
        assert {path.is_file() for path in part.sources} == {True}


@pytest.mark.parametrize("name", NAMES)
def test_the_split_is_the_same_each_time(name, tmp_path):
    first = parts_of(name, trees.make(name, tmp_path / "a"))
    again = parts_of(name, trees.make(name, tmp_path / "b"))
    for part in PARTS:
        assert first[part].names == again[part].names
        np.testing.assert_array_equal(first[part].labels, again[part].labels)


def test_nmnist_holds_out_a_tenth_of_each_class(tmp_path):
    trees.nmnist(tmp_path)
    parts = parts_of("nmnist", tmp_path)
    assert np.bincount(parts["validation"].labels).tolist() == [2, 2]
    assert np.bincount(parts["train"].labels).tolist() == [18, 18]
    assert all(name.startswith("Test/") for name in parts["test"].names)
    assert parts["test"].names[:2] == ("Test/0/00001.bin", "Test/1/00002.bin")


def test_nmnist_of_which_one_archive_is_there(tmp_path):
    trees.nmnist(tmp_path, train=0)
    assert len(load_dataset("nmnist", "test", root=tmp_path)) == 6
    with pytest.raises(FileNotFoundError, match="Train.zip"):
        load_dataset("nmnist", "train", root=tmp_path)


def test_ncaltech101_tests_on_the_last_of_each_class(tmp_path):
    sizes = trees.ncaltech101(tmp_path)
    parts = parts_of("ncaltech101", tmp_path)
    assert parts["test"].classes == tuple(sizes)  # capitals first, as the names are sorted
    for label, (name, n) in enumerate(sizes.items()):
        last = [f"Caltech101/{name}/image_{k:04d}.bin" for k in range(-(-9 * n // 10) + 1, n + 1)]
        mine = [each for each in parts["test"].names if each.split("/")[1] == name]
        assert mine == last
        train = -(-9 * n // 10)
        assert (parts["validation"].labels == label).sum() == round(train / 10)
    assert load_dataset("ncaltech101", root=tmp_path / "Caltech101").names == parts["train"].names


def test_cifar10_dvs_splits_by_the_number_of_the_sample(tmp_path):
    trees.cifar10_dvs(tmp_path)
    parts = parts_of("cifar10-dvs", tmp_path)
    numbers = {
        part: {int(name.rpartition("_")[2][:-6]) for name in files.names}
        for part, files in parts.items()
    }
    assert numbers == {"test": {0, 7, 99}, "validation": {900, 999}, "train": {100, 250, 899}}
    assert parts["test"].names[1] == "airplane/cifar10_airplane_7.aedat"
    (tmp_path / "cat" / "other.aedat").write_bytes(b"")
    with pytest.raises(ValueError, match="other.aedat: expected a name like cifar10_cat_7.aedat"):
        load_dataset("cifar10-dvs", root=tmp_path)


def test_dvs_gesture_splits_by_user_and_cuts_by_the_table(tmp_path):
    trees.dvs_gesture(tmp_path)
    parts = parts_of("dvs-gesture", tmp_path)
    users = {part: {int(each[4:6]) for each in files.names} for part, files in parts.items()}
    assert users == {"train": {1, 19}, "validation": {20, 23}, "test": {24, 29}}
    train = parts["train"]
    assert train.labels.tolist() == [0, 10, 10] * 2 and len(train.classes) == 11
    rng = np.random.default_rng(0)  # the first trial of the tree
    first, second = trees.some(rng, 300, 128, 128, 5000), trees.some(rng, 300, 128, 128, 5000)
    t = np.concatenate([first[0], second[0] + 5000])
    for i, (_, start, stop) in enumerate(trees.GESTURE_ROWS):
        inside = (t >= start) & (t < stop)
        events = train.events(i)
        np.testing.assert_array_equal(events[0], t[inside] - start)
        for k in (1, 2, 3):
            both = np.concatenate([first[k], second[k]])
            np.testing.assert_array_equal(events[k], both[inside])


@pytest.mark.parametrize(
    "row",
    ["12,5,9", "1,9,9", "0,1,2", "1,2", "a,b,c", "1,-5,9", "1,5," + "9" * 40, "\0,\0", "1,5,9,9"],
)
def test_a_damaged_table_of_gestures_is_named(tmp_path, row):
    trees.dvs_gesture(tmp_path)
    table = tmp_path / "DvsGesture" / "user19_fluorescent_led_labels.csv"
    table.write_text(f"class,startTime_usec,endTime_usec\n{row}\n")
    with pytest.raises(ValueError, match="user19_fluorescent_led_labels.csv: expected rows of"):
        load_dataset("dvs-gesture", root=tmp_path)


def test_a_gesture_without_events_is_named(tmp_path):
    trees.dvs_gesture(tmp_path)
    table = tmp_path / "DvsGesture" / "user01_lab_labels.csv"
    table.write_text("class,startTime_usec,endTime_usec\n3,90000,95000\n")
    files = load_dataset("dvs-gesture", root=tmp_path)
    with pytest.raises(ValueError, match="user01_lab.aedat, from 90000 to 95000 us: .* got none"):
        files.events(0)


def test_a_list_of_trials_that_names_a_missing_file(tmp_path):
    trees.dvs_gesture(tmp_path)
    (tmp_path / "DvsGesture" / "user29_natural_labels.csv").unlink()
    with pytest.raises(ValueError, match="trials_to_test.txt: expected user29_natural.aedat and"):
        load_dataset("dvs-gesture", "test", root=tmp_path)
    (tmp_path / "DvsGesture" / "trials_to_test.txt").write_text("../../etc/passwd\n")
    with pytest.raises(ValueError, match="trials_to_test.txt: expected ../../etc/passwd"):
        load_dataset("dvs-gesture", "test", root=tmp_path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", [0, -1, "own"])
def test_where_other_libraries_unpack(name, place, tmp_path):
    places = CATALOGUE[name].places
    below = name if place == "own" else places[place]
    parts = parts_of(name, trees.make(name, tmp_path / below).parent)
    assert all(map(len, parts.values()))


def test_a_folder_with_too_little_says_so(tmp_path):
    trees.put(tmp_path / "Train" / "3" / "00001.bin", trees.bits40([1], [1], [1], [1]))
    with pytest.raises(ValueError, match="for the part 'validation' of N-MNIST, found none"):
        load_dataset("nmnist", "validation", root=tmp_path)
