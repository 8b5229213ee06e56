import json
import sys

import pytest

from mpe_lib.results import numbers, store


def test_write_is_whole_or_not_there(tmp_path):
    path = store.write("a", {"rows": [1.5]}, tmp_path)
    assert store.read("a", tmp_path) == {"rows": [1.5]}
    with pytest.raises(ValueError):
        store.write("a", {"rows": [float("nan")]}, tmp_path)
    assert store.read("a", tmp_path) == {"rows": [1.5]}
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_missing_result_says_not_measured_yet(tmp_path):
    with pytest.raises(FileNotFoundError, match="not measured yet: expected .*b.json"):
        store.read("b", tmp_path)


def test_provenance_says_how_to_repeat_it():
    facts = store.provenance("as typed", threads=2)
    assert (
        facts["versions"]["torch"] and facts["versions"]["mpe_lib"] and facts["versions"]["scipy"]
    )
    assert (
        facts["device"]
        and facts["date"]
        and (facts["command"], facts["threads"]) == ("as typed", 2)
    )


def test_a_row_has_a_line_and_every_file_is_found(tmp_path):
    rows = [{"a": [1, 2]}, {"a": None}]
    path = store.write("b", {"what": "w", "settings": {}, "rows": rows, "more": []}, tmp_path)
    assert path.read_text().splitlines()[4:6] == ['  {"a": [1, 2]},', '  {"a": null}']
    store.write("a", {"rows": []}, tmp_path)
    (tmp_path / "b.jsonl").write_text("{}\n")
    found = store.every(tmp_path)
    assert list(found) == ["a", "b"] and found["b"]["rows"] == rows


def test_made_says_which_code_made_it():
    facts = {"command": "a", "device": "CPU", "date": "2026-11-25", "commit": "c", "versions": {}}
    assert store.made({"provenance": facts}) == (
        "Made with `a` (mpe_lib 0.1, commit c) on CPU, 2026-11-25."
    )
    later = [facts | {"command": "b"}, facts | {"commit": "d", "versions": {"mpe_lib": "0.2"}}]
    assert store.made({"provenance": facts, "later": later}) == (
        "Made with `a`, then `b` (mpe_lib 0.1, commit c), then `a` (mpe_lib 0.2, commit d), on "
        "CPU, 2026-11-25."
    )


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (["/x/mpe_lib/benchmark/__main__.py", "--budget", "2"], "mpe_lib.benchmark --budget 2"),
        (["/x/mpe_lib/studies/cone.py", "pulses"], "mpe_lib.studies.cone pulses"),
        (["/x/mpe_lib/studies/recordings.py", "nmnist", "--root", "../a/nm/"],
         "mpe_lib.studies.recordings nmnist --root nm"),
        (["/mpe_lib/v2/mpe_lib/course/walk.py", "html"], "mpe_lib.course.walk html"),
        (["/x/mpe_lib/benchmark/__main__.py", "--neurons", "LIF, fair"],
         "mpe_lib.benchmark --neurons 'LIF, fair'"),
    ],
)  # fmt: skip
def test_the_command_is_the_one_that_a_user_would_type(monkeypatch, argv, command):
    monkeypatch.setattr(sys, "argv", argv)
    assert store.command_line() == f"python -m {command}"


def test_within_the_stored_spread():
    assert numbers.within(0.905, [0.9, 0.9, 0.9]) and not numbers.within(0.93, [0.9, 0.9, 0.9])
    assert numbers.within(0.97, [0.86, 0.9, 0.94]) and not numbers.within(0.77, [0.86, 0.9, 0.94])


def test_every_stored_result_has_its_provenance():
    for path in store.FOLDER.glob("*.json"):
        result = json.loads(path.read_text())
        for facts in (result["provenance"], *result.get("later", [])):
            for field in ("command", "date", "device", "versions", "commit"):
                assert facts[field], f"{path.name}: {field}"
            assert "/" not in facts["command"] and "dirty" not in facts["commit"], path.name
