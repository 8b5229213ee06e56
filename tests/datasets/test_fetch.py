import hashlib
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mpe_lib.datasets.catalogue import Archive
from mpe_lib.datasets.fetch import check, fetch

BODY = bytes(range(256)) * 4000  # about a megabyte
HAND = "Fetch it by hand from PAGE into FOLDER."


class Server(ThreadingHTTPServer):
    """Serves BODY in the ways in which servers do, and notes what was asked."""

    ranges, body, cut, status, last, asked = True, BODY, None, 200, None, ()

    def handle_error(self, *_):
        """A connection that breaks is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, start = self.server, 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        server.asked += (wanted and int(wanted[1]),)
        if server.last is not None and len(server.asked) > server.last:  # it is gone
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if wanted and server.ranges:
            start = int(wanted[1])
            if start >= len(server.body):
                self.send_error(416)
                return
            self.send_response(206)
            total = len(server.body)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        else:
            self.send_response(server.status)
        data = server.body[start:]
        if server.cut != "no length":
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if isinstance(server.cut, int):  # the connection breaks after so many bytes, once
            data, server.cut = data[: server.cut], None
        self.wfile.write(data)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def server():
    made = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def archive(server):
    url = f"http://127.0.0.1:{server.server_port}/a.zip"
    return Archive("a.zip", "*.bin", url, hashlib.md5(BODY).hexdigest(), len(BODY))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("cut", [None, "no length"])
def test_fetches_and_checks(tmp_path, archive, server, cut):
    server.cut = cut
    fetch(archive, tmp_path / "a.zip", HAND)
    assert (tmp_path / "a.zip").read_bytes() == BODY and names(tmp_path) == ["a.zip"]


@pytest.mark.parametrize("ranges", [True, False])  # where a server cannot go on, it starts over
@pytest.mark.parametrize("kept", [300_000, len(BODY)])  # all of it is checked and used
def test_goes_on_where_it_stopped(tmp_path, archive, server, ranges, kept):
    server.ranges = ranges
    (tmp_path / "a.zip.part").write_bytes(BODY[:kept])
    fetch(archive, tmp_path / "a.zip", HAND)
    assert server.asked == (kept,) and (tmp_path / "a.zip").read_bytes() == BODY


@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_cut_halfway(tmp_path, archive, server, ranges):
    server.ranges, server.cut = ranges, 400_000
    fetch(archive, tmp_path / "a.zip", HAND)
    assert server.asked == (None, 400_000) and (tmp_path / "a.zip").read_bytes() == BODY


def test_what_came_before_a_broken_connection_is_kept(tmp_path, archive, server):
    server.cut, server.last = 400_000, 1
    with pytest.raises(ConnectionError, match="a.zip: .* after 400000 bytes .* kept .* by hand"):
        fetch(archive, tmp_path / "a.zip", HAND)
    assert names(tmp_path) == ["a.zip.part"]
    assert (tmp_path / "a.zip.part").read_bytes() == BODY[:400_000]
    server.last = None
    fetch(archive, tmp_path / "a.zip", HAND)
    assert server.asked == (None, 400_000, 400_000)
    assert (tmp_path / "a.zip").read_bytes() == BODY and names(tmp_path) == ["a.zip"]


@pytest.mark.parametrize("left", [b"x" * 300_000, b"x" * len(BODY), BODY + b"more"])
def test_a_part_of_another_file_is_not_used(tmp_path, archive, left):
    (tmp_path / "a.zip.part").write_bytes(left)
    fetch(archive, tmp_path / "a.zip", HAND)
    assert (tmp_path / "a.zip").read_bytes() == BODY and names(tmp_path) == ["a.zip"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", r"a.zip: got an empty file \(0 bytes\)"),
        (BODY[:-1], "a.zip: expected 1024000 bytes, got 1023999: truncated"),
        (BODY + b"!", "a.zip: expected 1024000 bytes, got 1024001: another file"),
        (b"!" + BODY[1:], r"a.zip: expected the checksum \(md5\) [0-9a-f]{32}, got [0-9a-f]{32}"),
        (b"<html>please log in</html>", "a.zip: expected 1024000 bytes, got 26: truncated"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_what_is_not_the_archive_is_refused_by_name(tmp_path, archive, server, body, words, known):
    server.body = body
    if not known:
        archive = Archive("a.zip", "*.bin", archive.url, archive.md5)
        words = words if not body else r"a.zip: expected the checksum \(md5\)"
    with pytest.raises(ValueError, match=f"{words}.*{HAND}"):
        fetch(archive, tmp_path / "a.zip", HAND)
    assert names(tmp_path) == []


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_server_that_refuses(tmp_path, archive, server, status):
    server.status = status
    with pytest.raises(ConnectionError, match=f"a.zip: HTTP Error {status}.* by hand"):
        fetch(archive, tmp_path / "a.zip", HAND)
    assert names(tmp_path) == []


def test_no_server(tmp_path, archive, server):
    gone = Archive("a.zip", "*.bin", "http://127.0.0.1:9/a.zip", archive.md5)
    with pytest.raises(ConnectionError, match="a.zip: .*refused.* by hand"):
        fetch(gone, tmp_path / "a.zip", HAND)


def test_a_full_disk_is_known_before(tmp_path, archive, ten_bytes_left):
    with pytest.raises(OSError, match="a.zip: 0.0 GB are to be fetched and .* make room"):
        fetch(archive, tmp_path / "a.zip", HAND)


def test_check_leaves_the_file(tmp_path, archive):
    (tmp_path / "a.zip").write_bytes(b"")
    with pytest.raises(ValueError, match="empty file"):
        check(archive, tmp_path / "a.zip", HAND)
    assert names(tmp_path) == ["a.zip"]
