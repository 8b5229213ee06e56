"""Shut a process in, then become the command: ``python confine.py PLAN COMMAND ...``.

Runs before any student code and imports nothing but the standard library. `PLAN` is JSON:
memory and file (bytes), and where Linux namespaces are to be used, the folder that stays
writable (keep) and the folders that are hidden (hide). Called under ``unshare`` it

- makes every file system read-only but the folder to keep,
- covers the folders to hide with empty ones,
- gives up all capabilities, so that nothing of this can be undone.
"""

import ctypes
import json
import os
import resource
import sys

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_BIND = 1, 2, 4, 4096
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
LIBC = ctypes.CDLL(None, use_errno=True)


class Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]


def main() -> None:
    plan, command = json.loads(sys.argv[1]), sys.argv[2:]
    if plan.get("keep"):
        shut_in(plan["keep"], plan["hide"])
    limit("RLIMIT_DATA", plan["memory"])  # not RLIMIT_AS: torch reserves far more than it uses
    limit("RLIMIT_FSIZE", plan["file"])
    limit("RLIMIT_CORE", 0)
    os.environ.pop("JPY_PARENT_PID", None)  # the parent's number means nothing in here
    os.execv(command[0], command)


def limit(name: str, value: int) -> None:
    which = getattr(resource, name)
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def shut_in(keep: str, hide: list[str]) -> None:
    inside = os.open(keep, os.O_PATH)
    for folder in hide:
        if os.path.isdir(folder):
            mount("none", folder, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m")
    os.makedirs(keep, exist_ok=True)  # it may lie in a folder that is hidden now
    mount(f"/proc/self/fd/{inside}", keep, None, MS_BIND)
    os.close(inside)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    read_only("/", AT_RECURSIVE, set=MS_RDONLY)
    read_only(keep, 0, clear=MS_RDONLY)
    os.chdir(os.getcwd())  # the working folder of before lies under the mount of now
    for capability in range(64):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    words = [each and each.encode() for each in (source, target, kind)]
    check(LIBC.mount(*words, ctypes.c_ulong(flags), data.encode()), f"mount on {target}")


def read_only(path: str, flags: int, **attributes: int) -> None:
    wanted = Attributes(**attributes)
    arguments = (AT_FDCWD, path.encode(), flags, ctypes.byref(wanted), ctypes.sizeof(wanted))
    check(LIBC.syscall(MOUNT_SETATTR, *arguments), f"mount attributes of {path}")


def check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main()
