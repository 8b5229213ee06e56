import re
import statistics
import subprocess
import sys

from mpe_lib.course import readme, readme_recordings
from mpe_lib.results import numbers, store
from mpe_lib.results.rows import select

README = readme.README.read_text(encoding="utf-8")


def test_made_parts_are_what_the_files_say():
    assert readme.filled(README) == README, "run: python -m mpe_lib.course.readme"


def test_the_rows_say_what_the_sentences_conclude():
    rows = store.read("digits")["rows"]
    neurons = [name for name in readme.NAMES if name != "counts"]
    means = {
        (label, name): statistics.mean(select(rows, neuron=name, label=label, membrane_weight=0.0))
        for label in ("digit", "order")
        for name in neurons
    }
    digit = [means["digit", name] for name in neurons]
    assert max(digit) - min(digit) < 0.04  # "the neurons hardly differ"
    error = (1 / 6 * 5 / 6 / 359) ** 0.5  # standard error of guessing on the 359 test recordings
    assert abs(means["order", "zero"] - 1 / 6) < 3 * error  # "stays at chance"
    others = [means["order", name] for name in neurons if name != "exact LIF"]
    assert means["order", "exact LIF"] > max(others)  # "exact LIF leads"


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


def test_a_run_on_a_gpu_takes_its_place_when_it_is_there(tmp_path):
    assert "not measured yet" in readme.speed("cuda", "GPU", tmp_path)
    stored = store.read("scaling_cpu")
    for row in stored["rows"]:
        row["neuron"] = row["neuron"].replace("compiled", "kernel")
        if (row["neuron"], row["T"], row["N"]) == ("SpikingJelly PSN", 4, 1024):
            row["median_ms"] = 1e-4
    store.write("scaling_cuda", stored, tmp_path)
    words = readme.speed("cuda", "GPU", tmp_path)
    assert words.startswith("- **Speed on a GPU** (") and "threads" not in words
    assert "LIF kernel, 1 of 20: T = 4 with 1024 neurons (SpikingJelly PSN)" in words


def test_what_was_not_recorded_yet_says_so(tmp_path):
    lines = readme_recordings.recorded(tmp_path)
    assert (
        sum("not measured yet.**" in line for line in lines) == len(readme_recordings.RECORDED) + 1
    )
    store.write("recordings_spoken", store.read("recordings_spoken"), tmp_path)
    lines = readme_recordings.recorded(tmp_path)
    assert sum("not measured yet.**" in line for line in lines) == len(readme_recordings.RECORDED)
    store.write("recordings_cost", store.read("recordings_cost"), tmp_path)
    lif = {row["task"]: row["epoch_s"] for row in store.read("recordings_cost")["rows"]
           if row["neuron"] == "exact LIF"}  # fmt: skip
    assert (
        f"spoken digits: exact LIF {lif['spoken']:.2f} s"
        in readme_recordings.recorded(tmp_path)[-1]
    )
    (told,) = (line for line in lines if line.startswith("- **spoken digits**, 150 test"))
    rows = store.read("recordings_spoken")["rows"]
    (row,) = (line for line in lines if line.startswith("| zero "))
    assert numbers.percent(select(rows, neuron="zero")) in row and "differences" in told
