"""Keeping the logs of workers small while the workers write to them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from modules_app.bridge.workers import log_name
from modules_app.packages.fsops import FsOps


@dataclass(frozen=True, slots=True)
class LogRotation:
    """When a log is larger than ``size`` bytes it becomes ``….log.1``; ``kept`` of them stay."""

    parent: Path
    size: int
    kept: int
    fsops: FsOps

    def look(self, module_id: str, name: str, instance: int) -> bool:
        """Rotate one log if it is due.

        The worker goes on writing to the same file: its content is copied and cut off, so lines
        written in between, if any, are lost.
        """
        file = log_name(name, instance)
        path = self.parent / module_id / file
        try:
            if path.lstat().st_size <= self.size:
                return False
        except OSError:
            return False
        with self.fsops.directory(self.parent, module_id) as dir_fd:
            for number in range(self.kept - 1, 0, -1):
                if (path.parent / f"{file}.{number}").exists():
                    self.fsops.rename(f"{file}.{number}", f"{file}.{number + 1}", dir_fd)
            fd = self.fsops.open_log(file, dir_fd)
            try:
                data = _tail(path, self.size * 2)
                self.fsops.write_file_atomically(
                    dir_fd, f"{file}.1", data, mode=0o640, durable=False
                )
                self.fsops.replace_content(fd, b"")
            finally:
                os.close(fd)
        return True


def _tail(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - most))
        return file.read(most)
