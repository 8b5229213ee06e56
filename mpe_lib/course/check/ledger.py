"""Checks of the ledger notebook."""

import copy

import torch

from ...results.ledger import results, table
from .base import called, exercise, need, right
from .compare import match
from .forms import number, truth


@exercise
def interval(half, decided) -> None:
    """Half-width of the 95 % interval of five differences in points, and whether it decides."""
    match(
        number(half, "half"),
        2.7764,
        [
            (1.96, "1.96 belongs to very many runs; five have four degrees of freedom: use t"),
            (2.0, "2 standard errors is a rule of thumb for many runs; for five look t up"),
            (2.2361, "that is the spread of single runs; an interval for the mean is narrower"),
            (6.2083, "you forgot to divide by the root of the number of runs"),
            (2.4833, "that spread divides by 5; five runs around their own mean have 4 free"),
            (2.5706, "the degrees of freedom are one fewer than the runs"),
            (2.1318, "that t leaves out 5 % on each side, so it is the interval of 90 %"),
            (5.5529, "that is the whole width; the question asks for one side"),
        ],
        "half = t(0.975, runs - 1) times the sample standard deviation over the root of runs",
    )
    need(
        not truth(decided, "decided"),
        "the mean is 2.0: lies 0 inside mean - half to mean + half, or outside?",
    )
    right("Four of five runs point up, and that is not enough.")


@exercise
def change_of_mind(found, changed) -> None:
    """Results in which one changed row turns the verdict of C2 to 'holds in part'."""
    stored = results()
    need(isinstance(found, dict) and isinstance(changed, dict), "found and changed are both dicts")
    need(
        found == stored,
        "the stored results were changed too: work on copy.deepcopy(found), and run the cell "
        "that reads them again",
    )
    need(set(changed) == set(stored), "changed should hold the same result files as found")
    others = [k for k in stored if k != "scaling_cpu" and changed[k] != stored[k]]
    need(not others, f"C2 does not read {', '.join(others)}: which file are the times in?")
    before = stored["scaling_cpu"]["rows"]
    after = changed["scaling_cpu"].get("rows", [])
    need(len(after) == len(before), "change a row; none should be added or taken away")
    different = [b for a, b in zip(before, after, strict=True) if a != b]
    need(bool(different), "nothing has changed yet: give some row another median_ms")
    need(len(different) == 1, f"{len(different)} rows differ; one is enough")
    need(
        different[0].get("pass") == "forward + backward",
        "the ratios are of forward + backward; this row is of the forward pass alone",
    )
    need(different[0]["median_ms"] > 0, "a time should be above 0")
    old, new = (
        {entry.claim: entry.verdict for entry in table(copy.deepcopy(each))}
        for each in (stored, changed)
    )
    need(
        new["C2"] != old["C2"],
        "the verdict of C2 is as before: at which T and N must a ratio be larger than at another?",
    )
    flipped = [claim for claim in old if old[claim] != new[claim]]
    need(flipped == ["C2"], f"the verdicts of {', '.join(flipped)} changed, not that of C2 alone")
    right("One number, one verdict. A table that could not change would not be a measurement.")


@exercise
def weighted(function) -> None:
    """A function of (kappa [T], square [T, B, ...]): the mean with the weights, for any layer."""
    need(callable(function), "give the function itself, without brackets")
    generator = torch.Generator().manual_seed(4)
    for shape in ((3, 2, 5), (4, 2, 3, 5, 5), (3, 2, 3)):  # in the last, T and N are equal
        square = torch.rand(shape, generator=generator) * torch.arange(1.0, shape[0] + 1).view(
            -1, *[1] * (len(shape) - 1)
        )
        kappa = torch.rand(shape[0], generator=generator)
        words = f"it stops for a layer of shape {shape}: {{error}}"
        got = called(words, function, kappa.clone(), square.clone())
        got = number(got, "what weighted returns")
        right_axes = kappa.view(-1, *[1] * (len(shape) - 1))
        mistakes = [
            (
                (kappa.mean() * square.mean()).item(),
                f"for shape {shape} every weight meets every step: how many axes has your product?",
            ),
            ((right_axes * square).sum().item(), "that is the sum; the loss is a mean"),
            (
                (right_axes * square).sum(0).mean().item(),
                "you add the steps up: divide by their number as well",
            ),
        ]
        if shape[-1] == shape[0]:
            last = (kappa * square).mean().item()
            mistakes += [(last, f"for shape {shape} the weights went to the last axis: no error, "
                                "since it happens to be as long as the first")]  # fmt: skip
        match(
            got,
            (right_axes * square).mean().item(),
            mistakes,
            "give kappa as many axes as square has, all of length 1 but the first",
        )
    right("One weight for each step, whatever the layer: the shape is made from the input's.")
