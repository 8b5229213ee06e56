import numpy as np
import torch
from hints import hints

from mpe_lib.course.check import nb19
from mpe_lib.studies.cartpole import STEP, advance, expert
from mpe_lib.systems.ilc_san import cuba_sequence, population_code


def coded(half=0.5, square=True, reset="soft", threshold=0.999):
    """The code, or one with a mistake."""

    def code(o, mean, std, steps):
        off = (o[..., None] - mean).square() / (std.square() if square else std)
        a = torch.exp(-half * off).flatten(1)
        v, spikes = torch.zeros_like(a), []
        for _ in range(steps):
            h = v + a
            s = (h > threshold).to(o.dtype)
            v = {"soft": h - threshold * s, "hard": (1 - s) * h, "none": h, "no": 0 * h}[reset]
            spikes.append(s)
        return torch.stack(spikes)

    return code


def crossed(o, mean, std, steps):
    s = population_code(o, mean, std, steps)
    return s.unflatten(2, tuple(mean.shape)).transpose(2, 3).flatten(2)


def heard(x, lateral, where="c", reset="hard", wait=0):
    """A population, or one with a mistake."""
    c = v = torch.zeros_like(x[0])
    spikes = [torch.zeros_like(c)] * (wait + 1)
    for x_t in x.unbind(0):
        extra = spikes[-1 - wait] @ lateral.T
        c = 0.5 * c + x_t + extra * (where == "c")
        h = 0.75 * v + c + extra * (where == "h")
        s = (h > 0.5).to(x.dtype)
        v = h - 0.5 * s if reset == "soft" else (1 - s) * h
        c = (1 - s) * c if reset == "both" else c
        spikes.append(s)
    return torch.stack(spikes[wait + 1 :])


def wrong(**mistake):
    return lambda x, lateral: heard(x, lateral, **mistake)


def steered(velocities, sign=1):
    """A policy of the places now, with these velocities of (now, before)."""

    def push(now, before):
        speed = velocities(now, before)
        return sign * expert(np.stack([now[:, 0], speed[:, 0], now[:, 1], speed[:, 1]], 1))

    return push


held = steered(lambda now, before: (now - before) / STEP)


def test_other_right_answers_pass(capsys):
    after = advance(np.zeros(4), 10.0)
    nb19.step(after[3], after[2], torch.tensor(advance(after, 10.0)[2]))
    nb19.code(population_code)
    nb19.neighbours(lambda x, lateral: cuba_sequence(x, lateral=lateral[None]).s)
    nb19.levels(6.0, np.int64(6), torch.tensor(32))
    nb19.remember(held)
    nb19.remember(lambda now, before: held(now, before).tolist())
    nb19.remember(lambda now, before: torch.from_numpy(1.1 * held(now, before)))
    assert capsys.readouterr().out.count("Right.") == 7


test_hints_of_step = hints(nb19.step, [
    ((0.29268, 0, 0), "from under the pole"),
    ((-14.634, 0, 0), "a step is 20 ms"),
    ((-0.32195, 0, 0), "moves both masses"),
    ((-0.272727, 0, 0), "where is m / M"),
    ((-0.146341, 0, 0), "half of it is 0.5 m"),
    ((-0.585366, 0, 0), "asks for the first"),
    ((1.0, 0, 0), "what is left of the equation"),
    (("left", 0, 0), "turning should be one number"),
    ((-0.292683, -0.00585366, -0.01756), "before the step"),
    ((-0.292683, 0.00585366, -0.01756), "before the step"),
    ((-0.292683, 0.1, 0), "how fast did the pole turn before"),
    ((-0.292683, 0, 0.00585366), "look at the sign"),
    ((-0.292683, 0, -0.292683), "how long is a step"),
    ((-0.292683, 0, -0.01170732), "that the first one left"),
    ((-0.292683, 0, -0.01756098), "a step further"),
    ((-0.292683, 0, 0), "it turns by now"),
    ((-0.292683, 0, -0.33539), "asks for radians"),
    ((-0.292683, 0, float("nan")), "second should be a finite number"),
    ((-0.292683, 0, 0.7), "20 ms of the turning"),
])  # fmt: skip

test_hints_of_code = hints(nb19.code, [
    (None, "code should be a function"),
    (lambda o: o, "code raised TypeError"),
    (lambda o, mean, std, steps: None, "got NoneType"),
    (lambda o, mean, std, steps: coded()(o, mean, std, steps).flatten(1), r"\[T, B, D P\], here"),
    (lambda o, mean, std, steps: 0.5 + coded()(o, mean, std, steps), "0 or 1"),
    (coded(half=1.0), "where is the half"),
    (coded(half=0.25), "half stands in front of the square once"),
    (coded(square=False), "the width is inside the square"),
    (coded(reset="hard"), "the reset is soft"),
    (coded(reset="none"), "nothing was taken away"),
    (coded(reset="no"), "adds up from step to step"),
    (coded(threshold=1.0), "look at the threshold"),
    (crossed, "stand beside each other"),
    (lambda o, mean, std, steps: 0 * coded()(o, mean, std, steps), "the equations again"),
])  # fmt: skip

test_hints_of_neighbours = hints(nb19.neighbours, [
    (3, "population should be a function"),
    (lambda x: x, "population raised TypeError"),
    (lambda x, lateral: x[0], "shaped like x"),
    (lambda x, lateral: x, "0 or 1"),
    (wrong(where=""), "where is L"),
    (lambda x, lateral: heard(x, lateral.T), "yours leads from p to q"),
    (wrong(where="h"), "goes into the current"),
    (wrong(reset="both"), "the current goes on"),
    (wrong(reset="soft"), "the reset is hard"),
    (lambda x, lateral: heard(x, lateral - torch.diag(lateral.diag())), "hears itself too"),
    (wrong(wait=1), "one step later, not two"),
    (lambda x, lateral: torch.ones_like(x), "the function of the text"),
])  # fmt: skip

test_hints_of_levels = hints(nb19.levels, [
    ((5, 6, 32), "may also be silent"),
    ((32, 6, 32), "does a sum see the order"),
    ((25, 6, 32), "not steps times spikes"),
    ((7, 6, 32), "different numbers of spikes"),
    ((6, 30, 32), "another scale"),
    ((6, 32, 32), "does a sum see the order"),
    ((6, 12, 32), "end in the same sum"),
    ((6, 6, 6), "the order counts"),
    ((6, 6, 5), "worth in the end"),
    ((6, 6, 31), "the silent train"),
    ((6, 6, 10), "whatever the others do"),
    ((6, 6, 25), "whatever the others do"),
    ((6, 6, 120), "one or none"),
    ((6, 6, 64), "which sums of those"),
    ((6, 6, "many"), "leaky should be one number"),
])  # fmt: skip

test_hints_of_remember = hints(nb19.remember, [
    (1.0, "push should be a function"),
    (lambda now: now, "push raised TypeError"),
    (lambda now, before: "left", "should return one force for each cart"),
    (lambda now, before: now, "one force for each cart"),
    (lambda now, before: 0.0, "one force for each cart"),
    (lambda now, before: np.full(len(now), np.nan), "not finite"),
    (lambda now, before: np.zeros(len(now)), "What does the LQR see"),
    (steered(lambda now, before: 0 * now), "the velocities are missing"),
    (steered(lambda now, before: (before - now) / STEP), "point backwards"),
    (steered(lambda now, before: now - before), "not yet a velocity"),
    (steered(lambda now, before: (now - before) / STEP, -1), "sign of the force"),
])  # fmt: skip
