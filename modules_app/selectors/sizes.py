"""How much room a module takes on disk."""

from __future__ import annotations

import os

from modules_app.models import Module
from modules_app.selectors.registry import data_dir


def data_bytes(module: Module) -> int:
    """Return the size of the module's own data in bytes; 0 when it has none."""
    if not module.epoch:
        return 0
    return _folder_bytes(str(data_dir().data / module.id / module.epoch))


def _folder_bytes(path: str) -> int:
    try:
        entries = list(os.scandir(path))
    except OSError:
        return 0
    return sum(
        _folder_bytes(entry.path)
        if entry.is_dir(follow_symlinks=False)
        else entry.stat(follow_symlinks=False).st_size
        for entry in entries
    )
