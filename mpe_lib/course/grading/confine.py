"""Bound what a process may use, then become the command: ``python confine.py PLAN COMMAND ...``.

Runs before any student code. `PLAN` is JSON: memory and file (bytes), and where the process is shut
in, tasks (processes and threads) and refuse (whether the calls below are refused).

What is refused is memory that no other limit counts (files without a name, shared memory without
one, System V's, rings), the account's keys, a new namespace with mounts of its own, and sockets of
kinds that a network of its own does not cut off.
"""

import errno
import json
import os
import resource
import sys

REFUSED = (
    "memfd_create", "memfd_secret", "shmget", "semget", "msgget", "io_uring_setup", "userfaultfd",
    "add_key", "request_key", "keyctl", "bpf", "perf_event_open", "syslog",
    "unshare", "setns", "mount", "fsopen", "fsmount", "open_tree", "move_mount", "clone3",
)  # fmt: skip
CLONE_NEWUSER = 0x10000000
NAMELESS = 0x21  # MAP_SHARED | MAP_ANONYMOUS: what a process drops of it stays, and is not counted
FILES = 2**14  # open at once; the watcher, which can say why, ends a kernel long before
AF_NETLINK = 16  # the last of the families that a network of its own covers


def main() -> None:
    plan, command = json.loads(sys.argv[1]), sys.argv[2:]
    limit("RLIMIT_DATA", plan["memory"])  # not RLIMIT_AS: torch reserves far more than it uses
    limit("RLIMIT_FSIZE", plan["file"])
    limit("RLIMIT_CORE", 0)
    limit("RLIMIT_NOFILE", FILES)
    if plan.get("tasks"):
        limit("RLIMIT_NPROC", plan["tasks"])
    if plan.get("refuse"):
        refuse()
    os.environ.pop("JPY_PARENT_PID", None)  # the parent's number means nothing in here
    os.execv(command[0], command)


def limit(name: str, value: int) -> None:
    which = getattr(resource, name)
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def refuse() -> None:
    """Have the system refuse the calls above, to this process and to all that come of it."""
    from pyseccomp import ALLOW, ERRNO, GT, MASKED_EQ, Arg, SyscallFilter

    table = SyscallFilter(ALLOW)
    for name in REFUSED:  # as if this Linux did not know them: callers have another way
        table.add_rule(ERRNO(errno.ENOSYS), name)
    table.add_rule(ERRNO(errno.EPERM), "clone", Arg(0, MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER))
    table.add_rule(ERRNO(errno.EPERM), "mmap", Arg(3, MASKED_EQ, NAMELESS, NAMELESS))
    table.add_rule(ERRNO(errno.EAFNOSUPPORT), "socket", Arg(0, GT, AF_NETLINK))
    table.load()


if __name__ == "__main__":
    main()
