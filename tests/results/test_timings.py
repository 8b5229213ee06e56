"""Bytes per second and shares of a copy, from rows made by hand."""

import pytest

from mpe_lib.results.rows import NotMeasured
from mpe_lib.results.timings import achieved, ideal_bytes, of_copy, ratio

CELL = {"T": 4, "N": 250}
FORWARD, BOTH = CELL | {"pass": "forward"}, CELL | {"pass": "forward + backward"}


@pytest.mark.parametrize(
    ("row", "count"),
    [
        (FORWARD | {"neuron": "a"}, 8),
        (BOTH | {"neuron": "a"}, 20),
        (BOTH | {"neuron": "copy"}, 16),
        (FORWARD | {"neuron": "a", "dtype": "bfloat16"}, 4),
        (BOTH | {"neuron": "a", "dtype": "float64"}, 40),
    ],
)
def test_ideal_bytes_per_neuron_step(row, count):
    assert ideal_bytes(row) == 1000 * count
    assert achieved(row | {"median_ms": 0.5}) == 2000 * 1000 * count


def test_a_share_is_of_the_forward_copy_in_the_same_cell():
    rows = [
        FORWARD | {"neuron": "copy", "median_ms": 1.0},
        BOTH | {"neuron": "copy", "median_ms": 100.0},
        FORWARD | {"neuron": "copy", "median_ms": 7.0, "N": 500},
        BOTH | {"neuron": "a", "median_ms": 5.0},
        BOTH | {"neuron": "b", "median_ms": 2.5},
    ]
    assert of_copy(rows, "a", "forward + backward") == {(4, 250): 0.5}
    assert of_copy(rows, "copy", "forward") == {(4, 250): 1.0, (4, 500): 1.0}
    assert of_copy(rows, "a", "forward") == {}
    assert ratio(rows, "a", "b", "forward + backward") == {(4, 250): 2.0}
    with pytest.raises(NotMeasured, match="c was not timed, forward"):
        ratio(rows, "copy", "c", "forward")
    with pytest.raises(KeyError):
        of_copy(rows[1:], "a", "forward + backward")
