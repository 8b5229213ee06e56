"""What is read from the rows of a sweep: ratios of times, and bytes per second against a copy."""

from .rows import NotMeasured

LIBRARIES = ("SpikingJelly", "snnTorch", "Norse")
PASSES = ("forward", "forward + backward")
BYTES = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}


def _times(rows: list[dict], direction: str) -> dict[tuple[str, int, int], float]:
    """Median time by (neuron, T, N)."""
    return {(r["neuron"], r["T"], r["N"]): r["median_ms"] for r in rows if r["pass"] == direction}


def ratio(rows: list[dict], top: str, bottom: str, direction: str) -> dict[tuple[int, int], float]:
    """Median time of one neuron over that of another, by (T, N).

    Raises:
        NotMeasured: one of them was not timed.
    """
    times = _times(rows, direction)
    for neuron in (top, bottom):
        if not any(name == neuron for name, _, _ in times):
            raise NotMeasured(f"{neuron} was not timed, {direction}")
    return {(t, n): times[top, t, n] / times[bottom, t, n] for name, t, n in times if name == top}


def ideal_bytes(row: dict) -> int:
    """Bytes that must go through the memory: the least for this row, whatever the neuron does.

    Forward reads x and writes s; backward reads the gradient of s and x, and writes the gradient
    of x. In float32 that is 8 and 8 + 12 bytes for each neuron and step. A copy does not need x
    in backward: 8 + 8.

    >>> ideal_bytes({"T": 4, "N": 1000, "pass": "forward + backward"})
    80000
    """
    backward = 2 if row.get("neuron") == "copy" else 3
    tensors = 2 if row["pass"] == "forward" else 2 + backward
    return tensors * BYTES[row.get("dtype", "float32")] * row["T"] * row["N"]


def achieved(row: dict) -> float:
    """Bytes per second, counting the ideal bytes alone: a neuron that moves more looks slower.

    >>> achieved({"T": 4, "N": 1000, "pass": "forward", "median_ms": 1.0})
    32000000.0
    """
    return ideal_bytes(row) / (1e-3 * row["median_ms"])


def of_copy(rows: list[dict], neuron: str, direction: str) -> dict[tuple[int, int], float]:
    """A neuron's bytes per second as a share of those of a plain copy of x, by (T, N).

    The copy is the forward pass of "copy" in the same rows, so from the same run; it reads x and
    writes as much.

    Args:
        rows: of :func:`mpe_lib.studies.scaling.harness.sweep`, all of one dtype.
        neuron: the contestant's name.
        direction: "forward" or "forward + backward".

    Raises:
        KeyError: no copy was measured in a cell.

    >>> cell = {"T": 4, "N": 1000, "pass": "forward"}
    >>> rows = [cell | {"neuron": "copy", "median_ms": 1.0}, cell | {"neuron": "a", "median_ms": 4}]
    >>> of_copy(rows, "a", "forward")
    {(4, 1000): 0.25}
    """
    copies = {
        (row["T"], row["N"]): achieved(row)
        for row in rows
        if row["neuron"] == "copy" and row["pass"] == "forward"
    }
    return {
        (row["T"], row["N"]): achieved(row) / copies[row["T"], row["N"]]
        for row in rows
        if row["neuron"] == neuron and row["pass"] == direction
    }


def beaten(rows: list[dict], name: str, direction: str) -> dict[tuple[int, int], str]:
    """The cells (T, N) in which a neuron of another library was faster, and which one it was.

    >>> cell = {"T": 4, "N": 1000, "pass": "forward"}
    >>> rows = [cell | {"neuron": "LIF, fair", "median_ms": 2.0}]
    >>> rows += [cell | {"neuron": "snnTorch Leaky", "median_ms": each} for each in (1.0,)]
    >>> beaten(rows, "LIF, fair", "forward")
    {(4, 1000): 'snnTorch Leaky'}
    """
    times = _times(rows, direction)
    names = {each for each, _, _ in times if each.startswith(LIBRARIES)}
    lost = {}
    for t, n in sorted((t, n) for each, t, n in times if each == name):
        best = min(names, key=lambda peer: times[peer, t, n])
        if times[best, t, n] < times[name, t, n]:
            lost[t, n] = best
    return lost
