"""Locks between processes: a file that is locked while its holder lives (reference R0.8, R4.7).

A lock dies with its holder, so it is never stale. Whoever holds one must not fork without exec,
because a forked child would keep the lock alive.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from modules_app.packages.fsops import FsOps


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: process id and what it runs."""

    pid: int
    command: str


class FileLock:
    """An exclusive lock on ``path``. The file stays for ever; only its lock comes and goes."""

    def __init__(self, path: Path | str, *, fsops: FsOps | None = None) -> None:
        self._path = Path(path)
        self._fsops = fsops or FsOps()
        self._fd: int | None = None

    def try_lock(self) -> bool:
        """Take the lock if nobody has it; True also when this object holds it already."""
        if self._fd is not None:
            return True
        fd = self._open()
        if not _lock_patiently(fd):
            os.close(fd)
            return False
        self._fd = fd
        note = {"pid": os.getpid(), "command": " ".join(_command())}
        self._fsops.replace_content(fd, json.dumps(note).encode())
        return True

    def holder(self) -> Holder | None:
        """Return who has the lock now, or None if it is free."""
        fd = self._open()
        try:
            if _lock(fd):
                return None
            return _read_note(os.pread(fd, 4096, 0))
        finally:
            os.close(fd)

    def release(self) -> None:
        """Give the lock back; nothing happens if this object does not hold it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _open(self) -> int:
        with self._fsops.directory(self._path.parent) as dir_fd:
            return self._fsops.open_lock(self._path.name, dir_fd)


def _lock_patiently(fd: int) -> bool:
    """Try for a moment: `FileLock.holder` takes a free lock for the blink of an eye."""
    for _attempt in range(20):
        if _lock(fd):
            return True
        time.sleep(0.01)
    return False


def _lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _command() -> list[str]:
    return [Path(sys.argv[0]).name, *sys.argv[1:3]]


def _read_note(text: bytes) -> Holder:
    try:
        note = json.loads(text)
        return Holder(pid=int(note["pid"]), command=str(note["command"]))
    except (ValueError, KeyError, TypeError):
        return Holder(pid=0, command="")
