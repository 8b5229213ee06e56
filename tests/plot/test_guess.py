"""The figures of the estimate and its guess: labelled, unchanged data, and what they draw."""

import numpy as np
import torch
from figures import draw, every, explorer_says

from mpe_lib import lif_sequence
from mpe_lib.plot import estimate, guess

torch.manual_seed(0)
X = 0.5 + 0.5 * torch.randn(20, 60)
V = lif_sequence(X).v
LINE, TWO = torch.linspace(-1, 2, 21), (0.25, 0.9)
MAP = torch.eye(5)

FIGURES = {  # name -> (axes, function, arguments)
    "nudge": (2, estimate.plot_nudge,
        {"a": V[:, 0], "b": V[:, 1]}, {"a": V[:, 2], "b": V[:, 3]}, "t"),
    "before": (2, estimate.plot_before,
        LINE, {0.9: (LINE, LINE, LINE), 1.1: (LINE, LINE, LINE)}, "t"),
    "constant": (2, estimate.plot_constant,
        LINE, {d: {"exact LIF": LINE, "bernoulli": LINE / 2, "zero": LINE} for d in TWO}, "t"),
    "memory map": (3, estimate.plot_memory_map, {"a": MAP, "b": MAP}, "t"),
    "moments": (2, guess.plot_moments,
        LINE, {"mean": LINE, "spread": LINE}, {"mean": LINE, "spread": LINE}, "t"),
    "coin": (2, guess.plot_coin,
        LINE, torch.sigmoid(LINE), {d: (LINE, (LINE > 1).float()) for d in TWO}, "t"),
    "guesses": (2, guess.plot_guesses, {d: (X, V) for d in TWO}, "t"),
    "rms": (2, guess.plot_rms,
        LINE, {d: {"mean": LINE, "zero": LINE, "best of x": LINE} for d in TWO}, "t"),
    "explorer": (2, guess.draw_guess, 0, 0.5, 0.5, 0.25),
}  # fmt: skip
test_figure = every(FIGURES)


def test_nearby_mean_finds_the_function_and_what_it_leaves():
    torch.manual_seed(1)
    x = torch.randn(100, 400)
    v = x.clamp(min=0) + 0.1 * torch.randn_like(x)
    middles, means, rms = guess.nearby_mean(x, v, 100)
    assert middles.shape == means.shape == (400,)
    assert (middles[1:] > middles[:-1]).all()
    assert (means - middles.clamp(min=0)).abs().max() < 0.06  # 0.01 is one standard error
    assert abs(rms - 0.1) < 0.003


def test_nearby_mean_drops_what_fills_no_run():
    middles, means, _ = guess.nearby_mean(torch.arange(11.0), torch.ones(11), 5)
    assert middles.tolist() == [2, 7] and means.tolist() == [1, 1]


def test_the_coin_shades_both_kinds_of_error():
    figure = draw(FIGURES["coin"])
    areas = {each.get_label(): each for each in figure.axes[0].collections}
    often, seldom = (areas[f"{word} too {how}"].get_paths() for word, how in
                     (("resets", "often"), ("keeps", "often")))  # fmt: skip
    assert np.concatenate([path.vertices for path in often])[:, 0].max() <= 1.001
    assert np.concatenate([path.vertices for path in seldom])[:, 0].min() >= 1


def test_the_explorer_answers_in_words_and_repeats_itself():
    others = ((1, 0.5, 0.5, 0.25), (0, 1.5, 0.5, 0.25), (0, 0.5, 1.0, 0.25), (0, 0.5, 0.5, 0.9))
    first = explorer_says(guess.draw_guess, (0, 0.5, 0.5, 0.25), others)
    assert "worse than zero: none" in first
    assert "worse than zero: bernoulli" in guess.draw_guess(0, 1.5, 0.5, 0.25)[1]
