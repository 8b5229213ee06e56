import torch
from hints import hints

from mpe_lib.course.check import nb13


def anytime(votes, labels):
    return (votes.cumsum(0).argmax(-1) == labels).double().mean(1)


def test_other_right_answers_pass(capsys):
    nb13.anytime(anytime)
    nb13.anytime(
        lambda v, y: [sum(v[: t + 1].sum(0).argmax(1) == y) / len(y) for t in range(len(v))]
    )
    assert capsys.readouterr().out.count("Right.") == 2


test_hints_of_read_matrix = hints(nb13.read_matrix, [
    ((1, 18 / 23, 0.5), "what became of c"),
    ((0.15, 18 / 23, 0.5), "not of all recordings"),
    ((0.4, 18 / 23, 0.5), "that were missed"),
    ((0.5, 18 / 23, 0.5), "stay in the row"),
    ((0.6, 0.9, 0.5), "about the answers a"),
    ((0.6, 0.45, 0.5), "of the answers a, not"),
    ((0.6, 5 / 23, 0.5), "the wrong ones"),
    ((0.6, 0.1, 0.5), "stay in the column"),
    ((0.6, 18 / 23, 1 / 3), "not equally frequent"),
    ((0.6, 18 / 23, 23 / 40), "how often this network says a"),
    ((0.6, 18 / 23, 33 / 40), "this network's accuracy"),
    ((0.6, 18 / 23, 0.2), "which single answer"),
    ((None, 18 / 23, 0.2), "recall_c should be one number"),
])  # fmt: skip

test_hints_of_anytime = hints(nb13.anytime, [
    (lambda v, y: (v.argmax(-1) == y).double().mean(1), "step t alone decides in yours"),
    (lambda v, y: anytime(v.flip(0), y).flip(0), "still to come"),
    (lambda v, y: 100 * anytime(v, y), "percent"),
    (lambda v, y: 40 * anytime(v, y), "counts; divide"),
    (lambda v, y: anytime(v, y)[-1:].expand(5), "the answer at the end"),
    (lambda v, y: anytime(v, y)[-1:], "there are 5 steps"),
    (lambda v, y: torch.zeros(5), "take the largest, compare"),
    (lambda v, y: 0.5, "the shares should be a list"),
    (0.5, "without brackets"),
])  # fmt: skip

test_hints_of_layer = hints(nb13.layer, [
    ((50 * 9 * 24, 1), "hangs over the edge"),
    ((50 * 24, 1), "several pixels"),
    ((382, 1), "a kernel of its own"),
    ((25 * 9 * 24, 1), "only spikes cost"),
    ((9168 * 12, 1), "one input channel"),
    ((1, 1), "a corner under 4"),
    ((9168, 9168 * 4.6), "no multiplication is left"),
    ((9168, 8.2512), "nanojoules"),
    ((9168, 9168), "each addition takes"),
    ((9168, 3), "times what one addition takes"),
    (("many", 3), "operations should be one number"),
])  # fmt: skip
