import pytest
import torch
from hints import hints

from mpe_lib import estimate_membrane, lif_sequence
from mpe_lib.core.draw import uniform_like
from mpe_lib.course.check import NotYet, nb02


def mine(x):
    return torch.where(x > 1, 0.0, (x + 0.3).clamp(max=0.4))


def test_right_answers_pass(capsys):
    nb02.moments(0.238, 0.42)
    nb02.moments(torch.tensor(0.2384), 0.41997)
    nb02.constant(0.67, 0.5, 0.31)
    nb02.constant(2 / 3, 1 / 2, 0.310)
    nb02.guess(mine)
    nb02.guess(lambda x: torch.where(x > 1, 0.0, 0.25 + 0.3 * x))
    assert capsys.readouterr().out.count("Right.") == 6


test_hints_of_moments = hints(nb02.moments, [
    ((1.762, 0.42), "the chance of a reset; when is the guess x"),
    ((0.119, 0.42), "what is kept then"),
    ((0.881, 0.42), "the question is about the potential"),
    ((0.269, 0.42), "mean at x = 1"),
    ((1, 0.42), "fair at x = 0 only"),
    ((2, 0.42), "how often does it"),
    ((0, 0.42), "likely, but not certain"),
    ((0.5, 0.42), "weight each with its probability"),
    ((0.238, 0.105), "variance of the coin"),
    ((0.238, 0.21), "what does a factor do"),
    ((0.238, 0.648), "standard deviation"),
    ((0.238, 0.477), "still to be taken off"),
    ((0.238, 1), "fair at x = 0 only"),
    ((0.238, 0.3), "the square of the mean"),
    ((None, 0.42), "mean_at_2 should be one number, got NoneType"),
    ((0.238, "a"), "variance_at_2 should be one number"),
    ((float("nan"), 0.42), "finite number"),
])  # fmt: skip

test_hints_of_constant = hints(nb02.constant, [
    ((0.5, 0.5, 0.31), "the exact neuron starts there"),
    ((1, 0.5, 0.31), "no memory starts"),
    ((1.5, 0.5, 0.31), "upside down"),
    ((2, 0.5, 0.31), "set it equal to the threshold"),
    ((0.8, 0.5, 0.31), "the largest h the estimate can have"),
    ((2 / 3, 1, 0.31), "is 0.8 above the threshold"),
    ((2 / 3, 0, 0.31), "0.8, then"),
    ((2 / 3, 2, 0.31), "a rate is spikes per step"),
    ((2 / 3, 1 / 3, 0.31), "does not need three steps"),
    ((2 / 3, 0.4, 0.31), "until it fires"),
    ((2 / 3, 0.5, 0.69), "the guess forgets"),
    ((2 / 3, 0.5, 0.5), "the coin would be fair"),
    ((2 / 3, 0.5, 1), "only if the guess is kept"),
    ((2 / 3, 0.5, 0), "is that above the threshold"),
    ((2 / 3, 0.5, 0.248), "mean of the guess"),
    ((2 / 3, 0.5, 0.4), "the guess before was kept"),
    ((None, 0.5, 0.31), "estimate_from should be one number"),
    ((2 / 3, "half", 0.31), "rate_exact should be one number"),
    ((2 / 3, 0.5, None), "rate_estimate should be one number"),
])  # fmt: skip

test_hints_of_guess = hints(nb02.guess, [
    (None, "function of x, got NoneType"),
    (0.4, "function of x, got float"),
    (lambda x: None, "a tensor shaped like x"),
    (lambda x: 0.3, "a tensor shaped like x"),
    (lambda x: x[0], "a tensor shaped like x"),
    (lambda x: x.nothing, "stopped with AttributeError"),
    (lambda: 0, "stopped with TypeError"),
    (lambda x: x / 0, "not finite"),
    (lambda x: estimate_membrane(x), "leave chance out"),
    (lambda x: lif_sequence(x, 0.9).v, "input of one step alone"),
    (lambda x: mine(x) + x.mean(0) - 0.5, "input of one step alone"),
    (lambda x: torch.full_like(x, 0.27), "let x say something"),
    (torch.zeros_like, "let x say something"),
    (lambda x: x, "above even that of the draw"),
    (lambda x: estimate_membrane(x, "mean"), "compare it with the black line"),
    (lambda x: estimate_membrane(x, "hard"), "compare it with the black line"),
    (lambda x: torch.where(x > 1, 0.0, 0.4), "close: its error is"),
])  # fmt: skip


def test_a_fixed_coin_is_no_guess():
    with pytest.raises(NotYet, match="Hint"):
        nb02.guess(lambda x: torch.where(uniform_like(x, 0) < torch.sigmoid(x), 0.0, x))


def test_the_answer_is_given_a_copy():
    def spoils(x):
        v_hat = mine(x)
        x.zero_()
        return v_hat

    nb02.guess(spoils)
