"""Remembering what was wrong with the last change of a module in development."""

from __future__ import annotations

import json
from pathlib import Path

from modules_app.exceptions import ModuleError
from modules_app.packages.fsops import FsOps
from modules_app.selectors.registry import data_dir
from modules_app.selectors.watched import WATCHED


def tell_watched(folder: Path, error: ModuleError, details: str = "") -> None:
    """Remember why the last change of a watched folder could not be installed."""
    fsops = FsOps()
    with fsops.directory(data_dir().run) as run_fd:
        fsops.ensure_dir(WATCHED, run_fd, mode=0o750)
    context = {**error.context, **({"details": details} if details else {})}
    document = {"folder": str(folder.resolve()), **error.as_dict(), "context": context}
    text = json.dumps(document, default=str).encode()
    fsops.write_file_atomically(data_dir().run / WATCHED, _name(folder), text)


def forget_watched(folder: Path) -> None:
    """Forget it: the folder is installed, or nobody watches it any more."""
    fsops = FsOps()
    if (data_dir().run / WATCHED / _name(folder)).exists():
        with fsops.directory(data_dir().run, WATCHED) as watched_fd:
            fsops.unlink(_name(folder), watched_fd)


def _name(folder: Path) -> str:
    return f"{folder.resolve().name}.json"
