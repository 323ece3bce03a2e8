"""The store is immutable, also for the module whose code lies there and also for root."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset(
    "os.chmod os.chown os.link os.mkdir os.remove os.rename os.rmdir os.symlink os.truncate "
    "os.utime".split()
)
_ADVICE = (
    "a module's files cannot be changed: use place_file(name, content) for configuration, "
    "logs_dir for logs, and the module's tables for data"
)


def protect(folder: Path) -> None:
    """Make writes below ``folder`` fail in this process for good, naming the SDK's calls.

    It answers mistakes with a sentence; it is no wall against code that means harm.
    """
    start = os.path.realpath(folder) + os.sep

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        for path in _changed_paths(event, arguments):
            full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - without asking the disk
            if full.startswith(start):
                raise PermissionError(errno.EACCES, _ADVICE, os.fsdecode(path))

    sys.addaudithook(refuse)


def _changed_paths(event: str, arguments: tuple[Any, ...]) -> list[str | bytes]:
    if event == "open":
        path, _mode, flags = arguments
        candidates = (path,) if isinstance(flags, int) and flags & _WRITING else ()
    elif event in _CHANGES:
        candidates = arguments[:2]
    else:
        return []
    return [path for path in candidates if isinstance(path, str | bytes | os.PathLike)]
