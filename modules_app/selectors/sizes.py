"""How much room a module takes on disk."""

from __future__ import annotations

import os
from pathlib import Path

from modules_app.models import Module
from modules_app.selectors.registry import data_dir


def data_bytes(module: Module) -> int:
    """Return the size of the module's own data in bytes; 0 when it has none."""
    if not module.epoch:
        return 0
    folder = data_dir().epoch(module.id, module.epoch)
    return sum(
        _file_bytes(Path(where, name)) for where, _dirs, names in os.walk(folder) for name in names
    )


def _file_bytes(path: Path) -> int:
    """Return the size of a file, 0 if it went away meanwhile: the database is in use."""
    try:
        return path.lstat().st_size
    except OSError:
        return 0
