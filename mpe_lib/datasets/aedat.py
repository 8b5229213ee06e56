"""The two AEDAT formats of a DVS128 camera: 2.0 (CIFAR10-DVS) and 3.1 (DVS128 Gesture)."""

import os
import struct
from pathlib import Path

import numpy as np

from .events import Events
from .recordings import STRAY, checked

SENSOR = (128, 128)
PACKET = struct.Struct("<HHIIIIII")  # type, source, size, time offset, overflow, three counts
POLARITY = 1  # the packet type of pixel events


def read_aedat2(path: str | os.PathLike) -> Events:
    """One AEDAT 2.0 recording of a DVS128 camera, as CIFAR10-DVS has them.

    Text lines that start with ``#``, then eight bytes for each event, big-endian: an address and
    a time in microseconds. Of the address bit 0 is the polarity (jAER: 1 is OFF), bits 1 to 7
    are the camera's x and bits 8 to 14 its y, both counted from jAER's bottom right; with a
    higher bit set it is not a pixel's (a signal at the camera's pin) and is left out.

    The camera lay on its side. Row 0 is the top of the picture here: the row is 127 - x and the
    column 127 - y, as in SpikingJelly, whose frames the field trains on. (events-tfds agrees on
    the row and has the column the other way round, which is a mirror image.) This was taken from
    the two programs; it was not checked on the official recordings.

    Old recordings of such cameras are known to hold a few times that step back, so up to 1 % of
    the events may: they are sorted by time, equal times staying in the order of the file. As many
    may be no pixel's.

    Args:
        path: the file.

    Returns:
        t (int64, microseconds), x, y, p (uint8), 1 for ON; on a 128 x 128 sensor.

    Raises:
        ValueError: another format, a truncated or empty file, or one whose addresses or times
            are not a recording's; the message names the file.

    Source: https://docs.inivation.com/software/software-advanced-usage/file-formats/aedat-2.0.html
    and aedat-1.0.html beside it (the bits); the class DVS128 of https://github.com/SensorsINI/jaer
    (polarity and flips).
    """
    data = Path(path).read_bytes()
    if not data.startswith(b"#!AER-DAT2"):
        raise ValueError(
            f"{path}: expected an AEDAT 2.0 file, which starts with #!AER-DAT2, got "
            f"{data[:12]!r}: fetch it again"
        )
    start = 0
    while data[start : start + 1] == b"#":  # an address starts with a zero byte
        start = (data.find(b"\n", start) + 1) or len(data)
    if (len(data) - start) % 8:
        raise ValueError(
            f"{path}: expected a whole number of 8-byte events, got {len(data) - start} bytes "
            "after the header: the file is truncated; fetch it again"
        )
    address, t = np.frombuffer(data, ">u4", offset=start).reshape(-1, 2).T
    pixel = address < 1 << 15
    if np.count_nonzero(~pixel) > STRAY * len(t):
        raise ValueError(
            f"{path}: expected addresses of 15 bits, got {address[~pixel][0]:#x} "
            f"({np.count_nonzero(~pixel)} such of {len(t)}): the file is damaged or of another "
            "camera"
        )
    address, t = address[pixel].astype(np.int64), t[pixel].astype(np.int64)
    x, y, p = 127 - (address >> 8 & 127), 127 - (address >> 1 & 127), 1 - (address & 1)
    return _small(checked(path, t, x, y, p, SENSOR, STRAY))


def read_aedat3(path: str | os.PathLike) -> Events:
    """One AEDAT 3.1 recording of a DVS128 camera, as DVS128 Gesture has them.

    Text lines to ``#!END-HEADER``, then packets, little-endian: 28 bytes that say what follows
    (type, bytes of an event, upper bits of the times, room, number), then the events. A pixel
    event is a word of bits (0: valid, 1: polarity, 2 to 16: y, 17 to 31: x; the origin is top
    left) and a time in microseconds. Packets of other types and events that are not valid are
    passed over. Times that step back, what is returned and what is refused: as in
    :func:`read_aedat2`.

    Source: https://docs.inivation.com/software/software-advanced-usage/file-formats/aedat-3.1.html
    """
    data = Path(path).read_bytes()
    end = data.find(b"#!END-HEADER")
    start = data.find(b"\n", end) + 1
    if not data.startswith(b"#!AER-DAT3.1") or end < 0 or not start:
        raise ValueError(
            f"{path}: expected an AEDAT 3.1 file, from #!AER-DAT3.1 to #!END-HEADER, got "
            f"{data[:12]!r}: fetch it again"
        )
    words, times = [np.zeros(0, "<u4")], [np.zeros(0, np.int64)]
    while start < len(data):
        events, upper, start = _packet(path, data, start)
        if events is not None:
            valid = events[:, 0] & 1 == 1
            words.append(events[valid, 0])
            times.append(events[valid, 1].astype(np.int64) + (upper << 31))
    word, t = np.concatenate(words).astype(np.int64), np.concatenate(times)
    x, y, p = word >> 17, word >> 2 & 0x7FFF, word >> 1 & 1
    return _small(checked(path, t, x, y, p, SENSOR, STRAY))


def _small(events: Events) -> Events:
    t, *rest = events
    return t, *(each.astype(np.uint8) for each in rest)


def _packet(path, data: bytes, start: int) -> tuple[np.ndarray | None, int, int]:
    """Pixel events ``[n, 2]`` (None in a packet of another type), upper bits of the times, end."""
    head = data[start : start + PACKET.size]
    kind, _, size, offset, upper, room, number, _ = (
        PACKET.unpack(head) if len(head) == PACKET.size else (0,) * 8
    )
    begin, end = start + PACKET.size, start + PACKET.size + size * room
    if len(head) < PACKET.size or end > len(data):
        raise ValueError(
            f"{path}: expected a whole packet at byte {start}, got {len(data) - start} bytes of "
            f"{max(end, begin) - start}: the file is truncated or damaged; fetch it again"
        )
    if number > room or (kind == POLARITY and (size != 8 or offset != 4 or upper >> 31)):
        raise ValueError(
            f"{path}: expected a packet of 8-byte pixel events at byte {start}, got {number} in "
            f"the room of {room}, {size} bytes each: the file is damaged; fetch it again"
        )
    if kind != POLARITY:
        return None, upper, end
    return np.frombuffer(data, "<u4", 2 * number, begin).reshape(-1, 2), upper, end
