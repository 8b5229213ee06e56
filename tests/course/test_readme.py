import copy
import re
import statistics
import subprocess
import sys

import measured
import pytest

from mpe_lib.course import findings, readme
from mpe_lib.results import store
from mpe_lib.results.rows import Found, pooled, runs
from mpe_lib.results.timings import LIBRARIES

README = readme.README.read_text(encoding="utf-8")


def test_made_parts_are_what_the_files_say():
    assert readme.filled(README) == README, "run: python -m mpe_lib.course.readme"


def means(name, question):
    """Mean accuracy of each neuron on a question; nothing where it was not measured."""
    rows = store.every().get(name, {"rows": []})["rows"]
    rows = [row for row in rows if row["question"] == question]
    return {
        neuron: statistics.mean(share for share, _ in pooled(list(runs(rows, neuron).values())))
        for neuron in findings.networks(rows)
    }


def test_the_rows_say_what_the_sentences_conclude():
    if "recordings_digits" not in store.every():
        pytest.skip("not measured")
    digit, order = (means("recordings_digits", question) for question in ("digit", "order"))
    assert max(digit.values()) - min(digit.values()) < 0.04  # "the neurons hardly differ"
    error = (1 / 6 * 5 / 6 / 359) ** 0.5  # standard error of guessing on the 359 test recordings
    for found in filter(None, (order, means("recordings_patience", "order"))):
        assert abs(found["zero"] - 1 / 6) < 3 * error  # "stays at chance", "the epochs too"
        others = [share for name, share in found.items() if "+" not in name]
        assert found["exact LIF"] == max(others)  # "above every guess without sweeps"


def test_picture_is_there():
    assert readme.PICTURE.read_bytes()[:4] == b"\x89PNG"
    assert f"]({readme.PICTURE.relative_to(readme.walk.ROOT)})" in README


def test_the_ten_lines_run_as_they_stand():
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(program.strip().splitlines()) <= 12
    subprocess.run([sys.executable, "-c", program], check=True)


def test_every_command_is_in_the_makefile():
    makefile = (readme.walk.ROOT / "Makefile").read_text()
    for target in re.findall(r"`?make (\w[\w-]*)", README):
        if target not in ("it",):
            assert re.search(rf"(?m)^{target}:", makefile), target


def test_a_run_on_a_gpu_takes_its_place_when_it_is_there():
    assert "not measured yet" in findings.bullet("Speed", findings.cost, Found())
    stored = store.read("scaling_cpu")
    for row in stored["rows"]:
        row["neuron"] = row["neuron"].replace("compiled", "kernel")
        if (row["neuron"], row["T"], row["N"]) == ("SpikingJelly PSN", 4, 1024):
            row["median_ms"] = 1e-4
    words = findings.speed(Found(scaling_cuda=stored), "cuda")
    assert "forward and backward" in words and "threads" not in words
    assert "LIF kernel, 1 of 20: T = 4 with 1024 neurons (SpikingJelly PSN)" in words


def test_times_without_other_libraries_are_told_all_the_same():
    stored = store.read("scaling_cpu")
    stored["rows"] = [row for row in stored["rows"] if not row["neuron"].startswith(LIBRARIES)]
    words = findings.speed(Found(scaling_cpu=stored), "cpu")
    assert words.endswith("No other library was there to be timed.")


def test_a_sweep_of_other_sizes_is_told_by_its_own():
    stored = store.read("scaling_cpu")
    stored["rows"] = [r for r in stored["rows"] if r["T"] < 64 and r["N"] > 2**10]
    steps, sizes = max(r["T"] for r in stored["rows"]), {r["N"] for r in stored["rows"]}
    words = findings.speed(Found(scaling_cpu=stored), "cpu")
    assert f"with {min(sizes)} neurons and T = {steps}," in words
    assert f"times with {max(sizes)}," in words


@pytest.fixture
def lines(tmp_path):
    """What the findings say of some files, line by line."""

    def told(files):
        for name, result in files.items():
            store.write(name, {"provenance": measured.FACTS} | result, tmp_path)
        return findings.findings(tmp_path).splitlines()

    return told


def test_without_a_file_everything_is_not_measured_yet(lines):
    assert sum("not measured yet" in line for line in lines({})) == 6


def test_every_file_of_the_study_is_a_column_with_its_title(lines):
    more = measured.RIGHT | {("hard + 2", 0.0): 30, ("hard", 0.0): 20}
    new = {"recordings_new": measured.recordings({"new": "new words"}, more)}
    said = lines(measured.FILES | new | {"other": {"study": "other", "rows": []}})
    (head,) = (line for line in said if line.startswith("| network"))
    titles = ["new words", "N-MNIST", "N-MNIST, smaller", "built-in data: digit", "the order"]
    assert head == f"| network | {' | '.join(titles)} |"
    names = [line.split(" | ")[0][2:].split(" (")[0] for line in said if line.startswith("| ")]
    assert names[1:] == ["counts", "exact LIF", "bernoulli", "hard", "hard + 2", "zero"]
    (row,) = (line for line in said if line.startswith("| zero"))
    assert row.endswith(f"for 0) {5 * '| 20.8 % (sd 1.4) '}|")  # 8, 9 and 8 of 40
    (row,) = (line for line in said if line.startswith("| hard + 2 (MPE, hard rule, 2 sweeps)"))
    assert row.endswith("| 75.8 % (sd 1.4) |  |  |  |  |")


def test_differences_are_told_where_each_answer_was_kept(lines):
    files = copy.deepcopy(measured.FILES)
    for row in files["recordings_nmnist"]["rows"]:
        row.pop("hits", None)
    said = lines(files)
    (kept,) = (line for line in said if line.startswith("- **the order**, 40 test recordings: "))
    assert "exact LIF is above zero by 70.0 points" in kept and "who has it" in kept
    (lost,) = (line for line in said if line.startswith("- **N-MNIST**, 80 test recordings: "))
    assert "no difference is judged" in lost


def test_the_cost_is_that_of_the_stored_rows():
    stored = store.read("recordings_cost")
    lif = {row["task"]: row["epoch_s"] for row in stored["rows"] if row["neuron"] == "exact LIF"}
    named = {"titles": {"spoken": "words"}}
    words = findings.cost(Found(recordings_cost=stored, recordings_spoken=named))
    assert f"words: exact LIF {lif['spoken']:.2f} s" in words
