import torch
from hints import hints

from mpe_lib.course.check import nb01


def backward(h, w, decay, through="soft", carry=True, order=1, slope_of=None):
    """dL/dx by hand, with the slips that a reader may make."""
    a, gradient = 0.0, []
    for h_t, w_t in zip(reversed(h), reversed(w), strict=True):
        slope = max(0.0, 1 - abs(h_t - 1)) if slope_of is None else slope_of
        factor = {"soft": 1 - slope, "hard": float(h_t <= 1) - h_t * slope, "detached": 1.0}
        g = w_t * slope + factor.get(through, 0.0) * a
        a = decay * g if carry else g
        gradient.append(g)
    return gradient[::-order]


def test_other_right_answers_pass(capsys):
    nb01.three_lines((0.0, 0.0, 1.0, 0.0, 1.0), 1.125)
    nb01.three_lines([False, False, True, False, True], torch.tensor(1.125))
    nb01.every_third(0.5714, 0.6667)
    nb01.soft_gradient(backward)
    nb01.soft_gradient(lambda h, w, decay: torch.tensor(backward(h, w, decay)).double())
    assert capsys.readouterr().out.count("Right.") == 5


TRAIN = [0, 0, 1, 0, 1]


test_hints_of_three_lines = hints(nb01.three_lines, [
    ((None, 1.125), "list of five numbers"),
    (([0, 0, 1], 1.125), "list of five numbers"),
    (([0, 0, None, 0, 1], 1.125), "a spike should be one number"),
    (([0.5, 1, 1.25, 0.5, 1.125], 1.125), "0 or 1"),
    (([0, 1, 0, 0, 1], 1.125), "at step 1 the potential is exactly 1; does a neuron fire at"),
    (([0, 1, 0, 1, 0], 1.125), "leaks away"),
    (([0, 0, 0, 0, 0], 1.125), "h is not the input alone"),
    (([0, 0, 1, 1, 1], 1.4375), "the next step starts from there"),
    (([1, 0, 0, 0, 0], 1.125), "one line for each step"),
    ((TRAIN, None), "last_h should be one number"),
    ((TRAIN, 0), "that is v"),
    ((TRAIN, 0.875), "the last input"),
    ((TRAIN, 1.375), "leaks before"),
    ((TRAIN, 0.6875), "acts on v only"),
    ((TRAIN, 1.1875), "a hard reset keeps nothing"),
    ((TRAIN, 1.4375), "starts from there"),
    ((TRAIN, 7), "the spikes are right"),
])  # fmt: skip

test_hints_of_every_third = hints(nb01.every_third, [
    ((None, 0.6), "lowest should be one number"),
    ((0.57, "x"), "highest should be one number"),
    ((0.6, 0.6), "a whole range"),
    ((2 / 3, 4 / 7), "swap"),
    ((4 / 7, 0.5), "swap"),
    ((0.5, 2 / 3), "begins to fire at all"),
    ((1 / 3, 1 / 2), "without a leak"),
    ((1 / 1.875, 2 / 3), "a fourth step"),
    ((2 / 3, 1), "every second step"),
    ((0.875, 1), "solve for x"),
    ((0.1, 2 / 3), "above 1 on the third step"),
    ((4 / 7, 1), "between the right end and 1"),
    ((4 / 7, 0.75), "second step already fires"),
    ((4 / 7, 0.6), "must not fire sooner"),
])  # fmt: skip

test_hints_of_soft_gradient = hints(nb01.soft_gradient, [
    (None, "should be a function"),
    (lambda h: h, "called with a list h"),
    (lambda h, w, decay: h.mean(), "has no attribute 'mean'"),
    (lambda h, w, decay: None, "returns None"),
    (lambda h, w, decay: 3.0, "a list of numbers"),
    (lambda h, w, decay: [None] * 9, "a list of numbers"),
    (lambda h, w, decay: h[1:], "one for each step, got the shape"),
    (lambda h, w, decay: [float("nan")] * 9, "not finite"),
    (lambda h, w, decay: backward(h, w, decay, order=-1), "reverse order"),
    (lambda h, w, decay: backward(h, w, decay, "hard"), "slopes of the hard reset"),
    (lambda h, w, decay: backward(h, w, decay, "detached"), "in two ways"),
    (lambda h, w, decay: backward(h, w, decay, carry=False), "times decay"),
    (lambda h, w, decay: backward(h, w, decay, "nothing"), "each step alone"),
    (lambda h, w, decay: [0.0] * 9, "true slope of the step, 0, .* use the triangle"),
    (lambda h, w, decay: [0.0] * 8 + backward(h, w, decay)[8:], "the last step is right"),
    (lambda h, w, decay: h, "begin with the last step"),
])  # fmt: skip
