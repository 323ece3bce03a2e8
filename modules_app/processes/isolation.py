"""What keeps a child to itself: namespaces of the kernel, and rights that are given up for good.

Root may always make namespaces. Anybody else makes them inside a user namespace, which some
kernels and containers refuse; then a child runs with its other limits only, and its result says so
(reference R4.9).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from modules_app.processes import kernel

PID_NAMESPACE = "pid-namespace"
NETWORK = "network"
PROCESS_LIMIT = "process-limit"
"""Names of what could not be had, as `ChildResult.weak` lists them."""

_NEW_USER = 0x10000000
_NEW_PID = 0x20000000
_NEW_NET = 0x40000000


class Room:
    """A PID namespace for the next children of this single-threaded process.

    Its first process only waits. When that one dies, or this process does, the kernel kills
    everything inside at once: daemons, fork bombs, whoever ignores signals. `OSError` when the
    kernel refuses.
    """

    def __init__(self) -> None:
        _unshare(_NEW_PID)
        reading, self._door = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _keep_house(reading)
        os.close(reading)


def granted() -> frozenset[str]:
    """Try in children, once, what this kernel grants; the names of what it does."""
    tries: dict[str, Callable[[], object]] = {PID_NAMESPACE: Room, NETWORK: leave_network}
    return frozenset(name for name, attempt in tries.items() if _succeeds(attempt))


def leave_network() -> None:
    """Go on without any network, not even the machine's own; files that are sockets still work."""
    _unshare(_NEW_NET)


def give_up_rights() -> None:
    """Gain nothing from programs with the set-user-ID bit, and keep no right over namespaces."""
    kernel.no_new_privileges()
    if os.geteuid() != 0:
        kernel.drop_capabilities()


def processes_of_user() -> int:
    """Return how many threads this user has now; a limit of processes counts all of them."""
    count, me = 0, os.geteuid()
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and folder.stat().st_uid == me:
                count += len(os.listdir(folder / "task"))  # noqa: PTH208 - no Path per thread
        except OSError:
            continue
    return count


def _unshare(flag: int) -> None:
    """Move into a new namespace, inside a new user namespace where that is the only way."""
    user, group = os.geteuid(), os.getegid()
    try:
        kernel.unshare(flag)
    except PermissionError:
        kernel.unshare(flag | _NEW_USER)
        _map_ids(user, group)


def _map_ids(user: int, group: int) -> None:
    """Keep the numbers of user and group, so that files belong to whom they did."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path("/proc/self", name).write_text(text)


def _keep_house(door: int) -> NoReturn:
    """Be the first process of a namespace: reap orphans and wait until the owner is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.dup2(door, 0)
    os.closerange(1, os.sysconf("SC_OPEN_MAX"))
    os.read(0, 1)
    os._exit(0)


def _succeeds(attempt: Callable[[], object]) -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            attempt()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
