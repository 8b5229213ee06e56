"""The pole's physics beside gymnasium's, its controller, and an actor that learns from it."""

import json
import math

import numpy as np
import pytest
import torch

from mpe_lib.results import store
from mpe_lib.studies import cartpole, pole

TINY = pole.SETTINGS | {
    "hidden": [32], "runs": 60, "run_steps": 40, "iterations": 120, "batch_size": 64,
    "rates": [0.02], "tests": 12, "test_steps": 120,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # an actor is small: two threads wait for each other
    yield
    torch.set_num_threads(before)


def test_each_step_is_gymnasiums_to_the_last_bit():
    gymnasium = pytest.importorskip("gymnasium")
    draw = np.random.default_rng(0)
    states = [cartpole.drawn_starts(draw, 8, (1, 1, 0.2, 1))]
    forces = draw.uniform(-10, 10, (300, 8))
    for force in forces:
        states.append(cartpole.advance(states[-1], force))
    theirs = gymnasium.make("CartPole-v1").unwrapped
    gymnasium.logger.min_level = gymnasium.logger.ERROR  # it goes on after the pole fell
    for b in range(8):
        theirs.reset(seed=0)
        theirs.state = states[0][b].copy()  # float64; what it gives out is rounded to float32
        for t in range(300):
            theirs.force_mag = forces[t, b]
            *_, fallen, _, _ = theirs.step(1)
            assert np.array_equal(theirs.state, states[t + 1][b])
            assert fallen == (not cartpole.up(states[t + 1][b]))


def test_the_straightened_step_is_the_steps_derivative():
    a, b = cartpole.straightened()
    small, still = 1e-6, np.zeros(4)
    slopes = (
        cartpole.advance(small * np.eye(4), 0.0) - cartpole.advance(-small * np.eye(4), 0.0)
    ).T / (2 * small)
    pushed = (cartpole.advance(still, small) - cartpole.advance(still, -small)) / (2 * small)
    np.testing.assert_allclose(a, slopes, atol=1e-9)
    np.testing.assert_allclose(b[:, 0], pushed, atol=1e-9)


def cost(gains):
    """What the controller is to make least, over 1000 steps of the straightened pole."""
    (a, b), state, total = cartpole.straightened(), np.array([0.5, 0, 0.1, 0]), 0.0
    for _ in range(1000):
        force = -gains @ state
        total += state @ state + force**2
        state = a @ state + b[:, 0] * force
    return total


def test_no_other_gains_near_the_controllers_cost_less():
    gains = cartpole.lqr()
    least, signs = cost(gains), np.vstack((np.eye(4), -np.eye(4)))
    assert least < min(cost(gains * (1 + 0.05 * each)) for each in signs)
    a, b = cartpole.straightened()
    assert np.abs(np.linalg.eigvals(a - b * gains)).max() < 1


def test_a_ride_counts_the_steps_that_a_pole_stands_and_leaves_it_where_it_fell():
    start = np.array([[0.0, 0.0, 0.1, 0.0], [0.0, 0.0, 0.0, 0.0], [2.39, 3.0, 0.0, 0.0]])
    found = cartpole.ride(cartpole.no_force, start, 40)
    assert found.held.tolist() == [18, 40, 0]
    stood = cartpole.up(found.states)  # [N + 1, B]
    assert (stood[1:].sum(0) == found.held).all()
    assert (found.states[20:, 0] == found.states[19, 0]).all()
    seen = []
    cartpole.ride(lambda state: seen.append(len(state)) or np.zeros(len(state)), start, 40)
    assert seen == [3] + 18 * [2] + 21 * [1]  # only poles that stand are shown


def test_parts_are_apart_and_a_seed_repeats_itself():
    parts = [pole.gathered(TINY, 0, part) for part in pole.PARTS]
    assert all(cartpole.up(part).all() and len(part) > 1000 for part in parts)
    assert not set(parts[0][:, 0]) & set(parts[2][:, 0])
    assert np.array_equal(parts[0], pole.gathered(TINY, 0, "training"))
    assert not np.array_equal(parts[0][:60], pole.gathered(TINY, 1, "training")[:60])


def test_an_actor_learns_to_hold_the_pole_and_one_that_sees_no_velocity_does_not():
    rows = {name: pole.run({"actor": name, "seed": 0}, TINY)
            for name in ("spiking actor", "no velocities", "untrained", *pole.OTHERS)}  # fmt: skip
    held = {name: row["held"] for name, row in rows.items()}
    assert held["LQR"] == 120 and rows["LQR"]["error"] == 0 and rows["LQR"]["sway"] < 3
    assert held["spiking actor"] > 0.9 * held["LQR"]
    assert max(held["no force"], held["untrained"]) < 30 < held["no velocities"] < 100
    assert rows["spiking actor"]["error"] < rows["no velocities"]["error"]
    assert json.loads(json.dumps(rows)) == rows and 0 < rows["spiking actor"]["used"] <= 10


def test_a_ride_that_was_watched_is_the_actors_own():
    actor = pole.clone(TINY, 0, 0.0, pole.gathered(TINY, 0, "training"))
    found = pole.watched(actor, steps=40)
    ridden = cartpole.ride(actor.push, np.array([pole.SHOWN[0]]), 40)
    steps = int(ridden.held[0]) + 1  # it fell in the last one
    assert len(found["pushes"]) == steps < 40
    np.testing.assert_allclose(found["states"], ridden.states[: steps + 1, 0], atol=1e-4)
    np.testing.assert_allclose(found["pushes"], ridden.forces[:steps, 0], atol=1e-3)
    spikes = pole.raster(found)
    assert spikes.shape == (5 * steps, 10)
    assert [np.flatnonzero(each).tolist() for each in spikes] == found["fired"]
    assert abs(found["alone"][-1][2]) > math.pi / 2 > abs(found["alone"][-2][2])
    few = pole.watched(actor, steps=3)
    assert few["fired"] == found["fired"][:15] and 0 < spikes.mean() < 1


def test_validation_chooses_the_rate():
    actor, row = pole.chosen(TINY | {"iterations": 15}, 0, [1e-5, 0.02])
    assert row["rate"] == 0.02 == min(row["validation"], key=lambda each: each[1])[0]
    assert actor.net.training and len(row["validation"]) == 2


def test_jobs_have_whole_seeds():
    jobs = list(pole.jobs(2))
    assert len(jobs) == 14 and [job["seed"] for job in jobs] == 7 * [0] + 7 * [1]
    assert pole.study().jobs is pole.jobs and json.dumps(pole.study().settings)


def test_stored_rows_hold_what_must_hold_and_lose_what_must_lose():
    try:
        rows = store.read("pole")["rows"]
    except FileNotFoundError:
        pytest.skip("no stored result yet: python -m mpe_lib.studies.pole")
    held = {}
    for row in rows:
        held.setdefault(row["actor"], {})[row["seed"]] = row["held"]
    assert set(held) == {*pole.SPIKING, *pole.OTHERS} and set(held["LQR"]) >= {0, 1, 2}
    for seed, best in held["LQR"].items():
        for name in ("spiking actor", "rate decoding", "no lateral"):
            assert held[name][seed] >= 0.9 * best
        assert held["no velocities"][seed] < 0.5 * best
        assert max(held["no force"][seed], held["untrained"][seed]) < 0.1 * best
