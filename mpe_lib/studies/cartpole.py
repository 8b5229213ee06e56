"""A pole on a cart: its physics, the best linear controller, and how long a policy holds it.

The equations are those of A. G. Barto, R. S. Sutton, C. W. Anderson, "Neuronlike adaptive elements
that can solve difficult learning control problems", IEEE Trans. SMC 13, 834 (1983), without
friction, with an Euler step of 20 ms; gymnasium's ``CartPole-v1`` takes the same steps, to the last
bit, but knows two forces only. A state is ``[x, v, angle, turning]`` in m, m/s, rad and rad/s, to
the right and clockwise; a pole that stands has angle 0.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_discrete_are

GRAVITY = 9.8  # m/s^2
CART, POLE = 1.0, 0.1  # kg
HALF = 0.5  # m, from the hinge to the middle of the pole
STEP = 0.02  # s
FORCE = 10.0  # N, the strongest push
TRACK, LEAN = 2.4, math.radians(12)  # m, rad: beyond them the pole counts as fallen

Policy = Callable[[np.ndarray], np.ndarray]


class Ride(NamedTuple):
    """states: ``[N + 1, B, 4]``.  forces: ``[N, B]`` in N.  held: steps until it fell, ``[B]``."""

    states: np.ndarray
    forces: np.ndarray
    held: np.ndarray


def advance(state: np.ndarray, force) -> np.ndarray:
    """The state one step of 20 ms later.

    ``push = (F + m l w^2 sin a) / M``;
    ``w' = (g sin a - cos a push) / (l (4/3 - m cos^2 a / M))``;  ``v' = push - m l w' cos a / M``,
    for the turning w, the angle a, the pole's mass m and half length l, and the mass M of both.

    Args:
        state: ``[..., 4]``, float64.
        force: in N, to the right; a number or ``[...]``.

    >>> advance(np.zeros(4), 10.0).round(3).tolist()
    [0.0, 0.195, 0.0, -0.293]
    """
    x, v, angle, turning = np.moveaxis(np.asarray(state, dtype=np.float64), -1, 0)
    sin, cos, both = np.sin(angle), np.cos(angle), CART + POLE
    push = (force + POLE * HALF * np.square(turning) * sin) / both
    spin = (GRAVITY * sin - cos * push) / (HALF * (4 / 3 - POLE * np.square(cos) / both))
    haste = push - POLE * HALF * spin * cos / both
    moves = ((x, v), (v, haste), (angle, turning), (turning, spin))
    return np.stack([now + STEP * rate for now, rate in moves], -1)


def up(state: np.ndarray) -> np.ndarray:
    """Does the pole stand, and the cart on its track? ``[..., 4]`` -> ``[...]``."""
    return (np.abs(state[..., 0]) <= TRACK) & (np.abs(state[..., 2]) <= LEAN)


def straightened() -> tuple[np.ndarray, np.ndarray]:
    """(A, B) of ``state' = A state + B force``, what is left of a step near the standing pole."""
    both = CART + POLE
    swing = HALF * (4 / 3 - POLE / both)
    share = POLE * HALF / both
    rates = np.array([
        [0, 1, 0, 0], [0, 0, -share * GRAVITY / swing, 0], [0, 0, 0, 1], [0, 0, GRAVITY / swing, 0]
    ])  # fmt: skip
    pushed = np.array([[0], [(1 + share / swing) / both], [0], [-1 / (both * swing)]])
    return np.eye(4) + STEP * rates, STEP * pushed


def lqr(state_cost=(1.0, 1.0, 1.0, 1.0), force_cost: float = 1.0) -> np.ndarray:
    """The gains K ``[4]`` of the best linear controller, ``F = -K state``.

    It makes the sum over all steps of ``state^T diag(state_cost) state + force_cost F^2`` least,
    near the standing pole, by the discrete Riccati equation.

    >>> lqr().round(2).tolist()
    [-0.91, -2.13, -30.59, -7.84]
    """
    a, b = straightened()
    p = solve_discrete_are(a, b, np.diag(state_cost), np.array([[force_cost]]))
    return np.linalg.solve(force_cost + b.T @ p @ b, b.T @ p @ a)[0]


def expert(state: np.ndarray) -> np.ndarray:
    """The force of the best linear controller, no stronger than 10 N: ``[..., 4]`` -> ``[...]``."""
    return np.clip(-state @ GAINS, -FORCE, FORCE)


GAINS = lqr()


def no_force(state: np.ndarray) -> np.ndarray:
    """The policy that knows nothing."""
    return np.zeros(state.shape[:-1])


def drawn_starts(draw: np.random.Generator, n: int, width) -> np.ndarray:
    """n states ``[n, 4]``, uniform within these distances ``[4]`` of the standing pole."""
    return draw.uniform(-1, 1, (n, 4)) * width


def ride(policy: Policy, start: np.ndarray, steps: int = 500) -> Ride:
    """Let a policy push the cart, at each step with a force for each of B poles.

    Args:
        policy: states ``[B, 4]`` -> forces ``[B]`` in N.
        start: ``[B, 4]``.
        steps: N, at most.

    Returns:
        Ride; ``held`` counts the steps after which a pole still stood, so N at most. A pole that
        fell stays where it fell, and is pushed no more.

    >>> ride(no_force, np.array([[0.0, 0.0, 0.1, 0.0]])).held.tolist()
    [18]
    """
    state, stands = start.astype(np.float64), up(start)
    states, forces, held = [state], [], np.zeros(len(start), dtype=int)
    for _ in range(steps):
        force = np.zeros(len(state))
        if stands.any():
            force[stands] = policy(state[stands])
        state = np.where(stands[:, None], advance(state, force), state)
        stands = up(state)
        held += stands
        states.append(state)
        forces.append(force)
    return Ride(np.stack(states), np.stack(forces), held)
