"""What a kernel holds beside its own memory, what it says by itself, and who sees it in time."""

import mmap
import os
import time
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from classroom import answered, given, limits

from mpe_lib.course.grading.examine import examine
from mpe_lib.course.grading.restore import restore
from mpe_lib.course.grading.session import Session, Stopped
from mpe_lib.course.grading.watcher import crowded, memory_of, opened

LINUX = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="this is no Linux")


@LINUX
def test_the_tables_of_its_pages_are_memory_of_a_process():
    """A page that is only read is the system's one page of zeros: 4 kB of tables for each 2 MB."""
    me = psutil.Process()
    before = memory_of(me)
    with mmap.mmap(-1, 2**35, flags=0x4002, prot=mmap.PROT_READ) as pages:  # reserved for none
        for place in range(0, 2**35, 2**21):
            pages[place]
        assert memory_of(me) - before > 2**25


@LINUX
def test_a_file_without_a_name_is_seen(tmp_path):
    disk = tmp_path.stat().st_dev
    count, size = opened(psutil.Process(), disk)
    with (tmp_path / "x").open("wb") as file:
        file.write(bytes(2**20))
        file.flush()
        assert opened(psutil.Process(), disk) == (count + 1, size)
        (tmp_path / "x").unlink()
        assert opened(psutil.Process(), disk) == (count + 1, size + 2**20)
        assert opened(psutil.Process(), None) == (count + 1, 0)


def test_a_folder_that_was_locked_is_crowded(tmp_path, monkeypatch):
    """The watcher's thread used to end there, and nobody looked at the memory any more."""

    def locked(folder):
        raise PermissionError(folder)

    assert not crowded(tmp_path)
    monkeypatch.setattr(os, "scandir", locked)
    assert crowded(tmp_path)


def test_a_kernel_that_says_what_no_kernel_says_is_stopped():
    def execute(cell, index):
        raise KeyError("name")

    client = SimpleNamespace(execute_cell=execute)
    session = Session(client, limits(), time.monotonic() + 9, SimpleNamespace(reason=""))
    with pytest.raises(Stopped, match=r"sent what cannot be read \(KeyError\)"):
        session.run(nbformat.v4.new_code_cell("1"))


@pytest.mark.slow
def test_it_costs_that_cell_and_no_other(tmp_path):
    says = ("k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'stream', content={}, "
            "parent=k.get_parent(), ident=b'stream')")  # fmt: skip
    notebook = answered(f"shape = (100, 8, 32)\n{says}")
    restore(notebook, given())
    _, notes = examine(notebook, limits(), tmp_path)
    assert "sent what cannot be read" in notes["ex00-shape-check"]
    assert notes["ex00-decay-check"] == ""
