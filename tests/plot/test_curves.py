"""The explorer of the stored training curves: what it draws, what it says, what is not there."""

import pytest
from figures import every

from mpe_lib.plot import curves
from mpe_lib.results import numbers, store
from mpe_lib.results.rows import select

test_figure = every({  # name -> (axes, function, arguments)
    f"{network}, {question}": (2, curves.draw_curves, 0, network, question)
    for network in curves.NETWORKS for question in curves.QUESTIONS
})  # fmt: skip


def test_every_stored_network_can_be_chosen():
    for name in {file for file, _, _ in curves.QUESTIONS.values()}:
        stored = {(row["neuron"], row["membrane_weight"])
                  for row in store.read(name)["rows"] if "validation" in row}  # fmt: skip
        assert stored <= set(curves.NETWORKS.values())


def test_the_curves_are_those_of_the_runs():
    figure, words = curves.draw_curves(0, "hard", "which order?")
    rows = store.read("digits")["rows"]
    runs = select(rows, "validation", neuron="hard", membrane_weight=0.0, label="order")
    lines = figure.axes[0].lines[: len(runs)]
    for line, run in zip(lines, runs, strict=True):
        assert list(line.get_ydata()) == pytest.approx([100 * each for each in run])
    last = numbers.percent([run[-1] for run in runs])
    assert f"hard {100 * sum(run[0] for run in runs) / len(runs):.1f} % after the first" in words
    assert f"{last} after epoch 10 (5 runs" in words and "; zero " in words


def test_what_was_not_measured_says_so_in_words_and_in_the_picture():
    figure, words = curves.draw_curves(0, "bernoulli, w = 0.5", "which order? 40 epochs")
    assert "w = 0.5 not measured yet" in words and "; zero 1" in words
    assert "bernoulli, w = 0.5: not measured yet" in [t.get_text() for t in figure.axes[0].texts]
    figure, words = curves.draw_curves(0, "hard", "which order? 40 epochs")
    assert "not measured" not in words and len(figure.axes[0].texts) == 1


def test_zero_stands_alone_when_it_is_chosen():
    words = curves.draw_curves(0, "zero", "which digit?")[1]
    assert words.count("zero") == 1
