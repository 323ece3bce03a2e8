"""How many requests may wait for modules at once, over all processes of web (design 3).

A slot is a locked file, so that a process that dies gives its slots back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modules_app.packages.fsops import FsOps

_FOLDER = "slots"


class Slot:
    """The right to wait for a module; `release` it, once or more often."""

    def __init__(self, fds: list[int]) -> None:
        self._fds = fds

    def release(self) -> None:
        """Give the slot back."""
        while self._fds:
            os.close(self._fds.pop())


class Slots:
    """``total`` slots for all modules together and ``per_module`` for each."""

    def __init__(self, run_dir: Path, *, total: int, per_module: int) -> None:
        self._run_dir = run_dir
        self._total = total
        self._per_module = per_module
        self._fsops = FsOps()

    def take(self, module_id: str) -> Slot | None:
        """Return a slot for a request to ``module_id``, None at once when there is none free."""
        with self._folder() as dir_fd:
            own = self._first_free(dir_fd, f"m-{module_id}", self._per_module)
            if own is None:
                return None
            common = self._first_free(dir_fd, "all", self._total)
            if common is None:
                os.close(own)
                return None
            return Slot([own, common])

    @contextmanager
    def _folder(self) -> Iterator[int]:
        """Yield the open folder of the slot files; the first request makes it."""
        if not (self._run_dir / _FOLDER).is_dir():
            with self._fsops.directory(self._run_dir) as run_fd:
                self._fsops.ensure_dir(_FOLDER, run_fd, mode=0o700)
        with self._fsops.directory(self._run_dir / _FOLDER) as dir_fd:
            yield dir_fd

    def _first_free(self, dir_fd: int, name: str, count: int) -> int | None:
        for number in range(count):
            fd = self._fsops.open_lock(f"{name}-{number}", dir_fd)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
            else:
                return fd
        return None
