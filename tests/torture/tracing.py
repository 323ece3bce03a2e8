"""Disturbing system calls of an operator with strace: kill at the n-th, or let it fail (R3.2)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

CHANGING = (
    "openat,mkdirat,mkdir,renameat,renameat2,rename,linkat,unlinkat,unlink,rmdir,fchmod,"
    "write,pwrite64,ftruncate,fsync,fdatasync,syncfs"
)
SYNCING = "fsync,fdatasync,syncfs"
WAIT = "PBX_TORTURE_WAIT"
_ATTACH_SECONDS = 20.0
_STOP_SECONDS = 60.0


@cache
def why_not() -> str:
    """Return why nothing can be traced here, "" if it can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed (apt-get install strace)"
    tried = subprocess.run(
        [strace, "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True
    )
    return "" if tried.returncode == 0 else f"ptrace is not permitted: {tried.stderr.strip()}"


def inject(what: str, log: Path | None = None) -> Callable[[int], None]:
    """Return a meddler that attaches strace with ``inject=what`` before the case goes on.

    The case must be run with ``PBX_TORTURE_WAIT=1``. ``what`` is for example
    ``fsync:signal=KILL:when=3``; calls are counted by thread.
    """

    def meddle(pid: int) -> None:
        names = what.partition(":")[0]
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", str(log or "/dev/null"), "-e", f"trace={names}",
             "-e", f"inject={what}", "-p", str(pid)],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + _ATTACH_SECONDS
        while not _is_traced(pid) and time.monotonic() < deadline and tracer.poll() is None:
            time.sleep(0.01)

    return meddle


def inject_once_stopped(what: str) -> Callable[[int], None]:
    """Return a meddler that injects from the fault point on at which the case stops itself.

    The case must be run with ``PBX_FAULT=<point>:stop``.
    """

    def meddle(pid: int) -> None:
        wait_until_stopped(pid)
        inject(what)(pid)
        os.kill(pid, signal.SIGCONT)

    return meddle


def wait_until_stopped(pid: int) -> None:
    """Wait until a process stands still at the fault point where it stops itself."""
    deadline = time.monotonic() + _STOP_SECONDS
    while not _is_stopped(pid) and time.monotonic() < deadline:
        time.sleep(0.01)


def _is_stopped(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    return False


def wait_for_tracer() -> None:
    """Called in the case: stand still until strace is there."""
    deadline = time.monotonic() + _ATTACH_SECONDS
    while not _is_traced(os.getpid()):
        if time.monotonic() > deadline:
            raise RuntimeError("strace did not attach")
        time.sleep(0.01)
    time.sleep(0.05)


def _is_traced(pid: int) -> bool:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("TracerPid:"):
                return int(line.split()[1]) != 0
    return False
