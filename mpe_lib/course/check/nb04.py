"""Checks of notebook 04, events to frames."""

import tempfile
from pathlib import Path

import numpy as np

from ...datasets import read_events_40bit
from ...datasets.events import dvs_events
from .base import called, exercise, need, right
from .compare import match, same
from .forms import number, numbers

RAISED = "your function raised {kind}: {error}"
# rise, fall, contrast: none near a whole number of contrasts, some with a fall below one contrast
TURNS = (
    (1.1, 0.55, 0.25),
    (0.9, 0.95, 0.2),
    (0.8, 0.1, 0.3),
    (1.0, 2.3, 0.35),
    (0.2, 0.75, 0.25),
    (1.65, 0.86, 0.3),
)


@exercise
def turn(function) -> None:
    """(ON, OFF) events of a pixel whose log intensity rises and then falls."""
    need(callable(function), "give the function itself, without brackets")
    given = [_pair(function, each) for each in TURNS]
    wanted = [_turned(*each) for each in TURNS]

    def all_off(rule):
        return [off for _, off in given] == [rule(*each) for each in TURNS]

    need(given != [(b, a) for a, b in wanted], "ON comes first: which of the two is the rise?")
    on_right = [on for on, _ in given] == [on for on, _ in wanted]
    need(
        on_right or [on for on, _ in given] != [round(r / c) for r, _, c in TURNS],
        "for the rise you round; a change that is nearly enough for one more event is not enough",
    )
    need(on_right, "begin with the rise alone: how many whole contrasts fit into it?")
    need(
        not all_off(lambda r, f, c: int(f / c)),
        "what does the pixel remember at the turn, the highest level or that of its last event?",
    )
    need(min(off for _, off in given) >= 0, "a number of events is never negative: try a tiny fall")
    need(
        not all_off(lambda r, f, c: int(r / c)),
        "ON and OFF are equal only if the light comes back to where it started",
    )
    tiny = [mine for (_, mine), (_, off) in zip(given, wanted, strict=True) if off == 0]
    need(not any(tiny), "a fall can also be too small for any event")
    need(
        given == wanted,
        "after the rise write down two numbers, the level that the pixel remembers and the level "
        "that there is after the fall: how many whole contrasts are between them?",
    )
    right("After a turn the light must first come back to the last event's level: a dead band.")


@exercise
def burst(first_edge, second_edge) -> None:
    """Where the frames by count end when 600 extra events come in the first 50 ms."""
    first, second = number(first_edge, "first_edge"), number(second_edge, "second_edge")
    need(second > first, "frame 1 ends later than frame 0: are the two edges swapped?")
    need(
        not (same(first, 100) and same(second, 200)),
        "those are the edges by time, and by count without the lamp; the lamp's events count too",
    )
    need(max(first, second) < 300, "the edges are times in ms within the recording")
    match(
        first,
        200 / 7,
        [
            (100 / 7, "200 events per frame? that leaves out the events of the lamp"),
            (50, "how many events have come when the lamp goes out? how many belong in a frame?"),
            (200, "the camera alone would need 200 ms for 400 events; who else sends some?"),
            (100 / 3, "in the first 50 ms the camera's own 2 events per ms come on top"),
            (100, "the lamp's events count too: how many come in each of the first ms?"),
        ],
        "how many events are there in all, how many in a frame, how many in each of the first ms?",
        tolerance=0.01,
    )
    match(
        second,
        100,
        [
            (200, "the lamp is off by then, but its events have been counted: the 800th is when?"),
            (400 / 7, "the lamp is off after 50 ms: from then on events come more slowly"),
            (50, "700 events have come by then; frame 1 ends with the 800th"),
            (250, "from 50 ms on you need 100 more events for the 800th, not 400"),
        ],
        "700 events have come after 50 ms; at which time comes the 800th, without the lamp?",
        tolerance=0.01,
    )
    right("The last frame holds the second and the third glance together: their order is lost.")


@exercise
def decode(function) -> None:
    """A function of five bytes that returns (t, x, y, p); against the library on a file."""
    need(callable(function), "give the function itself, without brackets")
    rng = np.random.default_rng(4)
    t = np.sort(np.r_[rng.integers(2**23, size=38), 5, 2**23 - 1])
    x, y, p = rng.integers(34, size=40), rng.integers(34, size=40), rng.integers(2, size=40)
    data = [
        (int(a) << 32 | int(b) << 24 | int(c) << 23 | int(d)).to_bytes(5, "big")
        for a, b, c, d in zip(x, y, p, t, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "00001.bin"
        path.write_bytes(b"".join(data))
        wanted = list(zip(*(e.tolist() for e in read_events_40bit(path, (34, 34))), strict=True))
    given = [_event(function, each) for each in data]
    columns = list(zip(given, wanted, data, strict=True))

    def every(rule):
        return all(got == rule(*event, raw) for got, event, raw in columns)

    need(
        not every(lambda t, x, y, p, _: (x, y, t, p))
        and not every(lambda t, x, y, p, _: (x, y, p, t)),
        "return them in the order t, x, y, p",
    )
    need(not every(lambda t, x, y, p, _: (t, y, x, p)), "x and y are swapped: x is the first byte")
    need(
        not all(g[0] == w[0] + (w[3] << 23) for g, w, _ in columns),
        "some times are 8388608 too large: whose bit is still in them?",
    )
    need(
        not all(g[0] in _little(raw) for g, _, raw in columns),
        "the bytes of the time are in the other order: big-endian means the largest part first",
    )
    need(
        not all(g[0] == w[0] % 65536 for g, w, _ in columns),
        "the time has 23 bits: seven of them are in the third byte",
    )
    need(
        all(g[3] in (0, 1) for g in given),
        "a polarity is 0 or 1: move its bit to the lowest place",
    )
    need(
        not all(g[3] == 1 - w[3] for g, w, _ in columns),
        "the polarity is the wrong way round: 1 is ON",
    )
    for place, name in enumerate(("t", "x", "y", "p")):
        wrong = sum(g[place] != w[place] for g, w, _ in columns)
        need(not wrong, f"{name} is wrong for {wrong} of 40 events: which bits does it take?")
    right("Forty events of a file, each as the library reads it.")


def _turned(rise: float, fall: float, contrast: float) -> tuple[int, int]:
    images = [np.array([level]) for level in (0.0, rise, rise - fall)]
    p = dvs_events(images, 1000, contrast)[2]
    return int((p == 1).sum()), int((p == 0).sum())


def _pair(function, values) -> tuple[int, int]:
    answer = called(RAISED, function, *values)
    pair = numbers(answer, "return two numbers, on and off", 2, "each of on, off")
    need(all(each == int(each) for each in pair), "a number of events is a whole number")
    return int(pair[0]), int(pair[1])


def _event(function, data: bytes) -> tuple[int, ...]:
    answer = called(RAISED, function, data)
    event = numbers(answer, "return four whole numbers, t, x, y, p", 4, "each of t, x, y, p")
    need(all(each == int(each) for each in event), "t, x, y and p are whole numbers")
    return tuple(int(each) for each in event)


def _little(raw: bytes) -> tuple[int, ...]:
    """The time with its bytes in the wrong order, the polarity bit left in or masked anywhere."""
    a, b, c = raw[2:]
    return a | b << 8 | c << 16, (a & 127) | b << 8 | c << 16, a | b << 8 | (c & 127) << 16
