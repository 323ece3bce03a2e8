"""The few calls to the Linux kernel that Python has no name for."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_3 = 0x20080522
_M_ARENA_MAX = -8

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, sig: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send ``sig`` when the parent dies; leave at once if it is dead already."""
    _prctl(_PR_SET_PDEATHSIG, int(sig))
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def no_new_privileges() -> None:
    """Let no program that this process or its children start have more rights than they."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up every single right of root that this process holds."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    _check(_libc.capset(head, (ctypes.c_uint32 * 6)()))


def unshare(flags: int) -> None:
    """Move this process, or its next children, into new namespaces; `OSError` if refused."""
    _check(_libc.unshare(flags))


def share_heaps() -> None:
    """Let threads share two heaps: each reserves 64 MB, which a limit of memory would count."""
    if mallopt := getattr(_libc, "mallopt", None):  # other C libraries have no heaps of that size
        mallopt(_M_ARENA_MAX, 2)


def children() -> list[int]:
    """Return the process ids of the children of this single-threaded process."""
    try:
        text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    except FileNotFoundError:
        return _children_by_search()
    return [int(pid) for pid in text.split()]


def _children_by_search() -> list[int]:
    """Do the same on kernels without that file (CONFIG_PROC_CHILDREN)."""
    me = str(os.getpid())
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _parent(folder) == me:
            found.append(int(folder.name))
    return found


def _parent(folder: Path) -> str:
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:
        return ""


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, value, 0, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
