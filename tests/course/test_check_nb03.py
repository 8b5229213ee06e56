from hints import hints

from mpe_lib.course.check import nb03


def test_other_right_answers_pass(capsys):
    nb03.accumulation(" Missed ", 10.0)
    nb03.worse_than_nothing(1.1, 0.2)
    assert capsys.readouterr().out.count("Right.") == 2


test_hints_of_agreement = hints(nb03.agreement, [
    ((7, 2, 1), "those are counts"),
    ((0.7, 0.1, 0.2), "swapped"),
    ((0.2, 0.2, 0.1), "only the steps on which both fire; silence together"),
    ((0.3, 0.2, 0.1), "share of unequal steps"),
    ((0.5, 0.2, 0.1), "agreement counts all steps"),
    ((0.6, 0.2, 0.1), "on how many of the ten"),
    ((0.7, 0.5, 0.1), "share of the exact spikes"),
    ((0.7, 0.1, 0.1), "which list is the reference"),
    ((0.7, 0.3, 0.1), "the exact neuron fires and the estimate does not"),
    ((0.7, 0.2, 0.25), "share of the exact spikes"),
    ((0.7, 0.2, 1 / 3), "share of the estimate's spikes"),
    ((0.7, 0.2, 0.0), "the estimate fires and the exact neuron does not"),
    ((None, 0.2, 0.1), "equal should be one number, got NoneType"),
    ((0.7, None, 0.1), "missed should be one number"),
    ((0.7, 0.2, "a"), "extra should be one number"),
])  # fmt: skip

test_hints_of_accumulation = hints(nb03.accumulation, [
    ((None, 10), "kind should be a word"),
    (("both", 10), 'kind should be "missed" or "extra"'),
    (("extra", 10), "how high can the estimate's h be"),
    (("missed", 0), "more than two inputs"),
    (("missed", 0.25), "share of steps"),
    (("missed", 40), "from reset to spike"),
    (("missed", 30), "both are silent"),
    (("missed", 12), "without a leak"),
    (("missed", 13), "after three steps"),
    (("missed", 8), "no pause"),
    (("missed", 9), "last step of the forty"),
    (("missed", 5), "step by step until it fires"),
    (("missed", None), "missed_spikes should be one number"),
])  # fmt: skip

test_hints_of_worse_than_nothing = hints(nb03.worse_than_nothing, [
    ((None, 0.5), "mean should be one number"),
    ((1.0, None), "spread should be one number"),
    ((1.0, 0), "standard deviation"),
    ((50, 0.5), "within 5 thresholds"),
    ((1.5, 0.5), "measured that point already"),
    ((1.01, 0.1), "measured that point already"),
    ((1.45, 0.55), "measured that point already"),
    ((-1.0, 0.2), "hardly ever fires"),
    ((2.0, 0.1), "all three neurons fire"),
    ((0.75, 0.6), "too close to call"),
    ((0.5, 0.5), "here the guess helps"),
])  # fmt: skip
