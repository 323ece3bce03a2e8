"""Small JSON files below the run folder: what lies there may be anything, for modules share it."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, TypeVar

from modules_app.packages.fsops import FsOps

Counted = TypeVar("Counted")


def read_small_file(path: Path, most_bytes: int) -> bytes:
    """Return the beginning of a plain file; nobody waits for what is a pipe or a device.

    Raises `OSError`, also for a symbolic link and for what is no file.
    """
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(f"{path.name} is no file")
        return file.read(most_bytes)


def remove_whatever(name: str, dir_fd: int, fsops: FsOps) -> None:
    """Remove a file, or the folder that somebody put into its place."""
    try:
        fsops.unlink(name, dir_fd)
    except (IsADirectoryError, PermissionError):
        fsops.remove_tree(name, dir_fd)


class CountedModules(Generic[Counted]):
    """One JSON file with a value for each module, changed by several processes, one at a time.

    ``decode`` makes a value of its dictionary and raises `TypeError`, `ValueError` or `KeyError`.
    """

    def __init__(
        self, run_dir: Path, name: str, decode: Callable[[Any], Counted], fsops: FsOps | None
    ) -> None:
        self._run_dir = run_dir
        self._name = name
        self._decode = decode
        self._fsops = fsops or FsOps()

    def read(self) -> dict[str, Counted]:
        """Return all values by module id; an unreadable file counts as none."""
        try:
            found = json.loads((self._run_dir / self._name).read_text("utf-8"))
            return {name: self._decode(one) for name, one in found.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep everybody else from changing the file."""
        with self._fsops.directory(self._run_dir) as dir_fd:
            fd = self._fsops.open_lock(f"{Path(self._name).stem}.lock", dir_fd)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    def write(self, known: Mapping[str, Any]) -> None:
        """Replace the file; call it while it is locked. The values are dataclasses."""
        data = {name: asdict(one) for name, one in known.items()}
        self._fsops.write_file_atomically(self._run_dir, self._name, json.dumps(data).encode())

    def forget(self, module_ids: Collection[str]) -> None:
        """Let these modules start from zero."""
        if not module_ids:
            return
        with self.locked():
            known = self.read()
            kept = {name: one for name, one in known.items() if name not in module_ids}
            if kept != known:
                self.write(kept)
