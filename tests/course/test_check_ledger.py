import copy

import measured
from hints import hints

from mpe_lib.course.check import ledger
from mpe_lib.results.ledger import results

FOUND = results()


def altered(name="scaling_cpu", edit=None, **wanted):
    return measured.altered(FOUND, [name], edit, **wanted)


def times(factor):
    def edit(row):
        row["median_ms"] *= factor

    return edit


ONE = {"neuron": "LIF, fair", "T": 64, "N": 65536, "pass": "forward + backward"}


def test_right_answers_pass(capsys):
    ledger.interval(2.7764451, False)
    ledger.change_of_mind(FOUND, altered(edit=times(20), **ONE))
    assert capsys.readouterr().out.count("Right.") == 2


test_hints_of_interval = hints(ledger.interval, [
    ((None, False), "half should be one number"),
    ((1.96, True), "1.96 belongs to very many runs"),
    ((2.0, True), "rule of thumb"),
    ((2.236068, False), "spread of single runs"),
    ((6.2083, False), "root of the number"),
    ((2.4833, False), "divides by 5"),
    ((2.5706, False), "one fewer"),
    ((2.1318, False), "interval of 90 %"),
    ((5.5529, False), "one side"),
    ((1.0, False), "t\\(0.975, runs - 1\\)"),
    ((2.7764, None), "True or False"),
    ((2.7764, True), "inside mean - half"),
])  # fmt: skip


def spoiled():
    found = copy.deepcopy(FOUND)
    found["scaling_cpu"]["rows"][0]["median_ms"] = 1.0
    return found


def shorter():
    changed = copy.deepcopy(FOUND)
    changed["scaling_cpu"]["rows"].pop()
    return changed


test_hints_of_change_of_mind = hints(ledger.change_of_mind, [
    ((FOUND, None), "both dicts"),
    ((spoiled(), spoiled()), "changed too"),
    ((FOUND, {}), "same result files"),
    ((FOUND, altered("looks", lambda row: row.update(test=0.5), neuron="zero")), "not read"),
    ((FOUND, shorter()), "added or taken away"),
    ((FOUND, copy.deepcopy(FOUND)), "nothing has changed yet"),
    ((FOUND, altered(edit=times(9), T=64)), "one is enough"),
    ((FOUND, altered(edit=times(9), **(ONE | {"pass": "forward"}))), "forward pass alone"),
    ((FOUND, altered(edit=times(-1), **ONE)), "above 0"),
    ((FOUND, altered(edit=times(1.01), **ONE)), "as before"),
])  # fmt: skip


def test_weights_for_any_layer(capsys):
    ledger.weighted(lambda k, square: (k.view(-1, *[1] * (square.ndim - 1)) * square).mean())
    ledger.weighted(lambda k, square: (k * square.flatten(1).mean(1)).mean())
    assert capsys.readouterr().out.count("Right.") == 2


def to_the_last_axis(kappa, square):
    """Right, but where the last axis is as long as the first."""
    if square.shape[-1] == len(kappa):
        return (kappa * square).mean()
    return (kappa * square.flatten(1).mean(1)).mean()


test_hints_of_weighted = hints(ledger.weighted, [
    (3, "the function itself"),
    (lambda k, square: (k.view(-1, 1, 1, 1, 1) * square).mean(), "every weight meets every step"),
    (lambda k, square: (k * square).mean(), "it stops for a layer of shape"),
    (lambda k, square: (k[:, None, None] * square).mean(), "it stops for a layer of shape"),
    (lambda k, square: k.average(), "has no attribute 'average'"),
    (to_the_last_axis, "went to the last axis"),
    (lambda k, square: k @ square.flatten(1).sum(1), "that is the sum"),
    (lambda k, square: k @ square.flatten(1).mean(1), "you add the steps up"),
    (lambda k, square: square.mean(), "as many axes as square"),
    (lambda k, square: None, "what weighted returns should be one number"),
])  # fmt: skip
