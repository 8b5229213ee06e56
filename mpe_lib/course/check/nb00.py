"""Checks of notebook 00, start here."""

from .base import exercise, need, right
from .compare import match
from .forms import number, numbers


@exercise
def shape(answer) -> None:
    """The shape of an input current: time, batch, neurons."""
    answer = tuple(numbers(answer, "a shape is a tuple of whole numbers, like (2, 3)"))
    need(len(answer) == 3, f"three axes are needed, you gave {len(answer)}: read [T, B, ...]")
    need(sorted(answer) == [8, 32, 100], "use each of the three numbers in the question once")
    need(answer[0] != 8, "the batch comes second here; which axis is always the first?")
    need(answer[0] == 100, "which axis is always the first?")
    need(answer == (100, 8, 32), "the neurons of the layer come last; what stands before them?")
    right("Time first, then the batch, then whatever the layer is made of.")


@exercise
def decay(of_tau, of_beta) -> None:
    """SpikingJelly's tau = 2 and snnTorch's beta = 0.9 as a decay."""
    of_tau, of_beta = number(of_tau, "decay_of_tau_2"), number(of_beta, "decay_of_beta_09")
    match(of_tau, 0.5, [
        (2.0, "that is tau itself; a decay is a factor between 0 and 1"),
        (0.607, "exp(-1/tau) is another convention; SpikingJelly's own is in the table"),
    ], "look up the SpikingJelly column of the table, in the row of decay")  # fmt: skip
    match(
        of_beta,
        0.9,
        [(0.1, "that is the share that is lost; the decay is the share that is kept")],
        "look up the snnTorch column of the table, in the row of decay",
    )
    right("tau, beta and decay name one thing; only the letters differ.")
