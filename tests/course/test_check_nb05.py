import numpy as np
import torch.nn.functional as F
from hints import hints

from mpe_lib import tet_loss
from mpe_lib import tet_loss as hidden
from mpe_lib.course.check import nb05


def test_other_right_answers_pass(capsys):
    nb05.tet(lambda logits, y: F.cross_entropy(logits.flatten(0, 1), y.repeat(len(logits))))
    nb05.honest(lambda validation, test: test[int(np.argmax(validation))])
    assert capsys.readouterr().out.count("Right.") == 2


test_hints_of_tet = hints(nb05.tet, [
    (lambda logits, y: F.cross_entropy(logits.mean(0), y), "you average the votes and then"),
    (lambda logits, y: sum(F.cross_entropy(z, y) for z in logits), "longer recording"),
    (lambda logits, y: F.cross_entropy(logits[-1], y), "only the last step"),
    (lambda logits, y: sum(F.cross_entropy(z, y) for z in logits) / 4, "for four steps only"),
    (tet_loss, "write it without tet_loss"),
    (lambda logits, y: tet_loss(logits, y), "write it without tet_loss"),
    (lambda logits, y: hidden(logits, y), "write it without tet_loss"),
    (lambda logits, y: 0.0, "print the shapes"),
    (lambda logits, y: None, "should be one number, got NoneType"),
    (3.0, "without brackets"),
])  # fmt: skip

test_hints_of_honest = hints(nb05.honest, [
    (lambda validation, test: max(test), "looking at the test curve"),
    (lambda validation, test: max(validation), "that is the validation accuracy"),
    (lambda validation, test: test[-1], "the last epoch is honest too"),
    (lambda validation, test: float(np.mean(test)), "no accuracy of any one network"),
    (lambda validation, test: test[1], "one order of the epochs only"),
    (lambda validation, test: sorted(test)[1], "one order of the epochs only"),
    (lambda validation, test: 0.1, "choose the epoch with one curve"),
    (None, "without brackets"),
])  # fmt: skip

test_hints_of_relative = hints(nb05.relative, [
    ((0.4472, 0.7071, 3), "better should be 1 or 2"),
    ((0.2, 0.707, 1), "first_relative is a ratio of squares"),
    ((0.632, 0.707, 1), "first_relative: the distance alone"),
    ((2.236, 0.707, 1), "first_relative is upside down"),
    ((0.3162, 0.707, 1), "first_relative: you took the root of the distance only"),
    ((0.9, 0.707, 1), "rms is the root of the mean square"),
    ((0.4472, 0.5, 1), "second_relative is a ratio of squares"),
    ((0.4472, None, 1), "second_relative should be one number"),
    ((0.4472, 0.7071, 2), "the smaller distance, but also the smaller signal"),
    ((0.4472, 0.7071, "first"), "better, 1 or 2, should be one number, got str"),
])  # fmt: skip
