"""What a hostile hand-in tries. Text of a cell: GIVEN stands above it, FOUND is its answer."""
# ruff: noqa: F821, SIM115, PTH

import contextlib
import ctypes
import fcntl
import json
import os
import socket

LIBC = ctypes.CDLL(None, use_errno=True)


def tried(action):
    try:
        value = action()
    except (OSError, ValueError, KeyError, MemoryError) as error:
        return "refused" if not isinstance(error, ValueError) else str(error)
    return "refused" if value in (None, "", []) else str(value)[:200]


def call(*words):
    result = LIBC.syscall(*words)
    return None if result < 0 else result


def reached(family, address):
    with socket.socket(family) as one:
        one.settimeout(3)
        one.connect(address)
        return "connected"


def filled(folder):
    """Bytes that go into a folder, where they are more than half of a gigabyte; and it is left."""
    total, names = 0, []
    with contextlib.suppress(OSError):
        while total < 2**30:
            names.append(f"{folder}/fill{len(names)}")
            with open(names[-1], "wb") as file:
                for _ in range(32):
                    total += file.write(bytes(2**22))
    for name in names:
        with contextlib.suppress(OSError):
            os.remove(name)
    return total if total > 2**29 else None


def typed():
    with open(GIVEN["TERMINAL"], "w") as file:
        return file.write("boo")


FOUND = {
    name: tried(lambda name=name: open(GIVEN[name]).read())
    for name in ("KEY", "EXAM", "SOLUTIONS", "OTHER", "OWN", "CLONE")
} | {
    "shadow": tried(lambda: open("/etc/shadow").read()),
    "accounts": tried(lambda: open("/etc/passwd").read().splitlines()[1:]),
    "homes": tried(lambda: [n for n in os.listdir("/home") if n != "student"]),
    "root": tried(lambda: [n for n in os.listdir("/root") if not n.startswith(".pyenv")]),
    "run": tried(lambda: os.listdir("/run")),
    "kernel": tried(lambda: os.listdir("/sys")),
    "own hand-in": tried(lambda: open(GIVEN["OWN"], "a")),
    "library": tried(lambda: open(GIVEN["LIBRARY"], "a")),
    "its library": tried(lambda: open("/student/lib/mpe_lib/__init__.py", "a")),
    "python": tried(lambda: open(os.__file__, "a")),
    "new file": tried(lambda: open("/here", "w")),
    "device": tried(lambda: open("/dev/here", "w")),
    "door": tried(lambda: reached(socket.AF_UNIX, GIVEN["DOOR"])),
    "nameless door": tried(lambda: reached(socket.AF_UNIX, GIVEN["NAMELESS"])),
    "network": tried(lambda: reached(socket.AF_INET, ("127.0.0.1", GIVEN["PORT"]))),
    "host of a machine": tried(lambda: socket.socket(40, socket.SOCK_STREAM)),
    "terminal": tried(typed),
    "our terminal": tried(lambda: open("/dev/tty", "w")),
    "put into it": tried(lambda: fcntl.ioctl(0, 0x5412, b"x")),
    "secret": tried(lambda: os.environ["MPE_SECRET"]),
    "others": tried(lambda: [p for p in os.listdir("/proc") if p.isdigit() and int(p) > 99]),
    "the grader": tried(lambda: os.kill(GIVEN["PID"], 0) or "there"),
    "nameless file": tried(lambda: os.memfd_create("x")),
    "secret memory": tried(lambda: call(447, 0)),
    "old shared memory": tried(lambda: call(29, 0, 2**26, 0o1600)),
    "keys": tried(lambda: call(250, 0, -4, 1)),
    "namespace": tried(lambda: call(272, 0x10000000)),
    "clone": tried(lambda: call(56, 0x10000000 | 17, 0, 0, 0, 0)),
    "mount": tried(lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, 0)),
    "ring": tried(lambda: call(425, 8, 0)),
    "become root": tried(lambda: os.setuid(0) or "root"),
    "new root": tried(lambda: os.chroot("/tmp") or "changed"),
    "node": tried(lambda: os.mknod("/tmp/sda", 0o60666, os.makedev(8, 0)) or "made"),
} | {f"fill {each}": tried(lambda each=each: filled(each))
     for each in ("/tmp", "/dev/shm", "/student/work", "/student/home")}  # fmt: skip
print("FOUND", json.dumps(FOUND), "END")
