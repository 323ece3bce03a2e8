"""Who is the master of web now, so that workers of a dead one serve until the next is ready.

Both listen on the same port for a moment (SO_REUSEPORT), so that nobody is turned away while the
supervisor starts the next master (reference R3.1 I3).
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from modules_app.exceptions import ModuleError
from modules_app.packages.fsops import FsOps
from modules_app.processes.locks import FileLock

FILE = "web.pid"
LONGEST_SECONDS = 60.0
_LOOK_SECONDS = 0.25


def announce_master(run_dir: Path, pid: int) -> None:
    """Write down whose workers answer now. On a full disk nobody learns it, which is all."""
    with suppress(OSError, ModuleError):
        FsOps().write_file_atomically(run_dir, FILE, str(pid).encode(), durable=False)


def current_master(run_dir: Path) -> int:
    """Return the process that said so last, 0 if that is not known."""
    try:
        return int((run_dir / FILE).read_text())
    except (OSError, ValueError):
        return 0


class Orphaned:
    """A worker whose master died. It is needed until another one is ready, or all has ended."""

    def __init__(self, run_dir: Path, master: int) -> None:
        self._run_dir = run_dir
        self._master = master
        self._until = time.monotonic() + LONGEST_SECONDS
        self._next_look = 0.0
        self._needed = True

    def is_needed(self) -> bool:
        """Tell whether to go on serving; looks four times a second at most."""
        now = time.monotonic()
        if self._needed and now >= self._next_look:
            self._next_look = now + _LOOK_SECONDS
            succeeded = current_master(self._run_dir) not in (0, self._master)
            self._needed = now < self._until and not succeeded and self._is_supervised()
        return self._needed

    def _is_supervised(self) -> bool:
        """Tell whether somebody is there to start another master (`processes.server`)."""
        try:
            return FileLock(self._run_dir / "server.lock").holder() is not None
        except (OSError, ModuleError):
            return False
