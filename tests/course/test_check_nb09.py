import torch
from hints import hints

from mpe_lib.course.check import nb09


def pairs(first, second):
    return ((first > second).double() + 0.5 * (first == second).double()).mean()


def test_other_right_answers_pass(capsys):
    nb09.reach(9.0, torch.tensor(5))
    nb09.pair_score(pairs)
    nb09.pair_score(lambda a, b: pairs(a, b).item())
    nb09.detector(1.1, -2)  # B forbids what comes after it
    assert capsys.readouterr().out.count("Right.") == 4


test_hints_of_reach = hints(nb09.reach, [
    ((5, 5), "do not add up"),
    ((6, 5), "before any sweep"),
    ((3, 5), "reach of one layer"),
    ((10, 5), "steps in the window"),
    ((7, 5), "three of them one after the other"),
    ((8, 5), "what does each further layer add"),
    ((None, 5), "furthest should be one number, got NoneType"),
    ((9, 6), "one too many"),
    ((9, 12), "steps to spare"),
    ((9, 11), "one layer would need so many"),
    ((9, 5.5), "12 steps apart"),
    ((9, 4), "frame 3, not frame 1"),
    ((9, 13), "count steps between frames"),
    ((9, 2), "solve L"),
    ((9, "five"), "sweeps should be one number"),
])  # fmt: skip

test_hints_of_pair_score = hints(nb09.pair_score, [
    (None, "should be a function"),
    (lambda a, b: None, "should be one number, got NoneType"),
    (lambda a, b: float("nan"), "finite"),
    (lambda a, b: a > b, "one number for all pairs"),
    (lambda a, b: (a >= b).double().mean(), "a tie counts as right"),
    (lambda a, b: (a > b).double().mean(), "a tie counts as wrong"),
    (lambda a, b: pairs(a, b) * 4, "a share is wanted"),
    (lambda a, b: ((a > b).double() + 1.5 * (a == b).double()).mean(), "counted twice"),
    (lambda a, b: 0.5, "compare each score"),
    (lambda a, b: torch.cat((a > 0, b <= 0)).double().mean(), "plain accuracy"),
    (lambda a, b: pairs(b, a), "the wrong way round"),
    (lambda a, b: 0.3, "one half for a tie"),
])  # fmt: skip

test_hints_of_detector = hints(nb09.detector, [
    ((None, 1), "w_a should be one number"),
    ((1, "x"), "w_b should be one number"),
    ((99, 1), "within 20"),
    ((0.1, 0.1), "never fires"),
    ((0.7, 0.7), "fires in both orders"),
    ((1.5, 1.5), "fires in both orders"),
    ((0.9, 0.15), "when B comes first"),
    ((-2, 1.1), "when B comes first"),
])  # fmt: skip
