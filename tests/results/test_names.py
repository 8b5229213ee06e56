"""The words for a neuron: parsed, refused, and built as they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from mpe_lib import LIF, MPE
from mpe_lib.results import names
from mpe_lib.results.names import KINDS, Name, describe, kinds, parse
from mpe_lib.training.neurons import maker

EVERY = [
    str(Name(neuron, sweeps, drawn))
    for neuron, kind in kinds().items()
    for sweeps in ((0, 1, 4) if kind.sweeps else (0,))
    for drawn in ((False, True) if kind.draws else (False,))
]


@pytest.mark.parametrize("words", EVERY)
def test_a_name_is_its_parts_and_the_neuron_is_what_it_says(words):
    name = parse(words)
    assert str(name) == words and parse(str(name)) == name and describe(words)
    neuron = maker(words, steps=5, decay=0.5)()
    if words == "exact LIF":
        assert type(neuron) is LIF and neuron.decay == 0.5
    elif name.neuron in KINDS:
        rule = "bernoulli" if kinds()[name.neuron].draws else name.neuron
        assert type(neuron) is MPE and (neuron.rule, neuron.sweeps) == (rule, name.sweeps)
        assert neuron.eval_rule == ("mean" if rule == "bernoulli" and not name.drawn else rule)
        assert neuron.shift is (name.neuron != "no shift") and neuron.decay == 0.5


test_what_is_not_understood_is_refused = refused(parse, [
    ("exact LIF + 2", "guesses nothing that sweeps refine"),
    ("lif + 1", "guesses nothing"),
    ("hard, drawn", "draws nothing"),
    ("hard + two", "whole number above 0"),
    ("hard + 0", "whole number above 0"),
    ("hard + ²", "whole number above 0"),
    ("bernoulli, mean", "only 'drawn' can stand"),
    ("bernoulli, drawn, drawn", "only 'drawn' can stand"),
    ("harder", "must be one of"),
    ("", "must be one of"),
    (3, "must be a name"),
])  # fmt: skip


@given(st.text(max_size=30))
def test_any_text_is_a_name_or_is_refused_in_words(words):
    try:
        assert parse(str(parse(words))) == parse(words)
    except ValueError as error:
        assert "must be" in str(error) or "drop" in str(error) or "drawn" in str(error)


def test_short_words_are_for_typing_and_the_name_is_one():
    assert str(parse("lif")) == "exact LIF" and str(parse("mpe + 2")) == "bernoulli + 2"


def test_capitals_need_not_be_typed():
    assert str(parse("psn")) == "PSN" and str(parse("se-adlif")) == "SE-adLIF"
    assert str(parse("LIF")) == "exact LIF" and str(parse("Hard + 2")) == "hard + 2"


def test_a_file_of_systems_is_a_name_without_being_imported(tmp_path, monkeypatch):
    monkeypatch.setattr(names, "SYSTEMS", tmp_path)
    (tmp_path / "own.py").write_text('"""My neuron."""\nimport nowhere\nNEURONS = {"own": 1}\n')
    kinds.cache_clear()
    try:
        assert str(parse("own")) == "own" and describe("own") == "My neuron"
        assert kinds()["own"].file == "own"
        (tmp_path / "twin.py").write_text('NEURONS = {"hard": 1}\n')
        kinds.cache_clear()
        with pytest.raises(ValueError, match="twin.py: 'hard' is taken"):
            kinds()
        (tmp_path / "twin.py").write_text('SAYS = {"b": "Two."}\nNEURONS = {"b": 1}\n')
        (tmp_path / "net.py").write_text("class Net: ...\n")  # no neuron for every network
        kinds.cache_clear()
        assert describe("b") == "Two." and set(kinds()) == {*KINDS, "own", "b"}
        for text in ("NEURONS = dict(a=1)", "A = 'a'\nNEURONS = {A: 1}"):
            (tmp_path / "twin.py").write_text(text)
            kinds.cache_clear()
            with pytest.raises(ValueError, match="twin.py needs NEURONS = "):
                kinds()
    finally:
        kinds.cache_clear()


def test_settings_that_a_system_lacks_are_refused():
    assert maker("PSN-like", steps=4, decay=0.5, backend="auto", learn_threshold=False)().k == 4
    with pytest.raises(ValueError, match="PSN-like has no learn_threshold"):
        maker("PSN-like", steps=4, learn_threshold=True)


def test_a_system_that_no_network_could_run_is_refused_by_name(monkeypatch):
    from mpe_lib.systems import psn

    monkeypatch.setitem(psn.NEURONS, "PSN-like", lambda steps, decay: object())
    with pytest.raises(ValueError, match="PSN-like must have .* it lacks trace and with_loss"):
        maker("PSN-like", steps=4)()
