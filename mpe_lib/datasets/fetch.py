"""Fetch one archive: go on where a download stopped, and trust nothing before it is checked."""

import hashlib
import http.client
import re
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from tqdm.auto import tqdm

from ..files import publish
from .catalogue import Archive

CHUNK = 1 << 20
TIMEOUT = 60  # seconds without a byte
ATTEMPTS = 5  # connections for one archive, as long as each of them brings something
BROKEN = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)


def fetch(archive: Archive, target: Path, by_hand: str) -> None:
    """Download an archive to `target`, checked.

    What has come so far lies in ``<name>.part`` and is continued by the next call, if the server
    can; a server that cannot sends all of it again.

    Args:
        archive: what to fetch.
        target: the file to make.
        by_hand: what the user can do instead, for the messages.

    Raises:
        ConnectionError: the server cannot be reached or broke off; what came is kept.
        ValueError: what came is empty, truncated or not the published file; it is deleted.
        OSError: the disk is full or cannot be written.
    """
    part = target.with_name(target.name + ".part")
    for resumed in (True, False) if part.exists() else (False,):
        _download(archive, part, by_hand)
        try:
            check(archive, part, by_hand)
            break
        except ValueError:
            part.unlink()
            if not resumed:  # else the beginning was another file's: all of it again
                raise
    publish(part, target)


def check(archive: Archive, path: Path, by_hand: str) -> None:
    """See whether a file is the published archive: its size, then its checksum.

    Raises:
        ValueError: it is not; the message says how it differs and what to do.
    """
    size = path.stat().st_size
    if not size:
        raise ValueError(f"{archive.name}: got an empty file (0 bytes). {by_hand}")
    if archive.size is not None and size != archive.size:
        state = "truncated" if size < archive.size else "another file"
        raise ValueError(
            f"{archive.name}: expected {archive.size} bytes, got {size}: {state}. {by_hand}"
        )
    seen = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file, _bar(f"checking {archive.name}", size) as bar:
        while chunk := file.read(CHUNK):
            seen.update(chunk)
            bar.update(len(chunk))
    if seen.hexdigest() != archive.md5:
        raise ValueError(
            f"{archive.name}: expected the checksum (md5) {archive.md5}, got {seen.hexdigest()} "
            f"for {size} bytes: truncated, damaged or another file. {by_hand}"
        )


def _bar(words: str, total: int | None, initial: int = 0) -> tqdm:
    return tqdm(
        desc=words, total=total, initial=initial, unit="B", unit_scale=True, unit_divisor=1000
    )


def _download(archive: Archive, part: Path, by_hand: str) -> None:
    for _ in range(ATTEMPTS):
        before = part.stat().st_size if part.exists() else 0
        try:
            total = _one_connection(archive, part, before)
            trouble = "the server broke off"
        except BROKEN as error:
            total, trouble = None, str(error)
        here = part.stat().st_size if part.exists() else 0
        if total is not None and here >= total:
            return
        if here <= before:
            break
    raise ConnectionError(
        f"{archive.name}: {trouble} after {here} bytes"
        f"{f' of {total}' if total is not None else ''} from {archive.url}; what came is kept "
        f"and the next call goes on from there. {by_hand}"
    )


def _one_connection(archive: Archive, part: Path, have: int) -> int:
    """Add to the part what one connection brings; how many bytes there are in all."""
    request = urllib.request.Request(archive.url, headers={"User-Agent": "mpe-lib"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != 416 or not have:  # 416: nothing from there on
            raise
        return have
    with answer:
        span = re.match(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range") or "")
        goes_on = answer.status == 206 and span is not None and int(span[1]) == have
        stated = answer.headers.get("Content-Length")
        total = int(span[2]) if goes_on else int(stated) if stated else None
        left, free = (total or 0) - have * goes_on, shutil.disk_usage(part.parent).free
        if left > free:
            raise OSError(
                f"{archive.name}: {left / 1e9:.1f} GB are to be fetched and {part.parent} has "
                f"{free / 1e9:.1f} GB free: make room, or choose another folder with MPE_CACHE"
            )
        with (
            part.open("ab" if goes_on else "wb") as file,
            _bar(f"fetching {archive.name}", total, have if goes_on else 0) as bar,
        ):
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                bar.update(len(chunk))
    return part.stat().st_size if total is None else total
