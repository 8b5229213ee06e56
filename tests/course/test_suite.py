"""The memory suite on the results page: what is stored, and no word of what is not."""

import re

import pytest

from mpe_lib.course import suite
from mpe_lib.studies import memory
from mpe_lib.studies.memory_tasks import DELAYS


def rows(tasks, seeds):
    return [
        {"neuron": neuron, "task": task, "seed": seed, "test": 0.5 + 0.1 * seed}
        for neuron in memory.neurons() for task in tasks for seed in range(seeds)
    ]  # fmt: skip


def stored(monkeypatch, **found):
    def read(name):
        if name not in found:
            raise FileNotFoundError(name)
        return {"rows": found[name]}

    monkeypatch.setattr(suite.store, "read", read)


def test_a_family_has_its_table_and_the_others_are_not_measured_yet(monkeypatch):
    stored(monkeypatch, memory_interval=rows(["interval"], 3))
    text = suite.section()
    assert "### Interval: how far apart are two pulses" in text
    assert "3 seeds, 95 % intervals" in text and "<img" not in text
    assert "| PSN | 60.0 [35.2, 84.8] |" in text and "| a guess | 12.5 |" in text
    for name in memory.FAMILIES.keys() - {"interval"}:
        assert f"{name} ({memory.WHAT[name]})" in text.partition("Not measured yet")[2]


def test_delays_have_curves_that_say_their_numbers(monkeypatch):
    stored(monkeypatch, memory_recall=rows([f"recall {d}" for d in DELAYS], 1))
    text = suite.section(["recall"])
    assert "one seed, so no interval" in text and "Not measured yet" not in text
    first, second = re.findall(r'<img alt="([^"]*)"', text)
    for name in suite.CURVES:
        assert f"{name} 50.0" in first
    assert all(f"{name} 50.0" in second for name in memory.neurons())
    line = next(line for line in text.splitlines() if line.startswith("| PSN |"))
    assert line == "| PSN |" + " 50.0 |" * 7  # six delays and the area
    assert "| a guess |" + " 12.5 |" * 7 in text


def test_the_names_of_real_tasks_are_those_of_the_rows(monkeypatch):
    stored(
        monkeypatch,
        memory_digits=rows(["digits by row", "digits by pixel"], 2),
        memory_spoken=rows(["order of spoken digits"], 2),
    )
    text = suite.section(["digits", "spoken"])
    assert "| neuron | digits by row | digits by pixel |" in text
    assert "| a guess | 10.0 | 10.0 |" in text and "| a guess | 50.0 |" in text


@pytest.mark.parametrize("name", ["recall", "xor"])
def test_what_is_stored_can_be_shown(name):
    if not (suite.store.FOLDER / f"memory_{name}.json").exists():
        pytest.skip(f"not measured yet: python -m mpe_lib.studies.memory {name}")
    assert suite.section([name]).count("<img") == 2
