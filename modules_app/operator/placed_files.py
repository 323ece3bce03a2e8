"""Files that an installer placed: the module's own folder below etc, removed with the module."""

from __future__ import annotations

import os
from collections.abc import Collection

from modules_app.models import Module
from modules_app.operator.tools import Tools
from modules_app.packages.fsops import FsOps, plain_name

_FOLDER = "modules"


def write(tools: Tools, module_id: str, files: dict[str, str]) -> None:
    """Make the folder hold exactly ``files`` (plain names); repeating it changes nothing."""
    if not files:
        remove(tools, module_id)
        return
    fsops, etc = tools.fsops, tools.data_dir.etc_
    with fsops.directory(etc) as etc_fd:
        fsops.ensure_dir(_FOLDER, etc_fd, mode=0o750)
        fsops.sync_dir(etc_fd)
    with fsops.directory(etc, _FOLDER) as modules_fd:
        fsops.ensure_dir(module_id, modules_fd, mode=0o750)
        fsops.sync_dir(modules_fd)
    with fsops.directory(etc, _FOLDER, module_id) as own_fd:
        for name, content in files.items():
            fsops.write_file_atomically(own_fd, plain_name(name), content.encode(), mode=0o640)
        _remove_others(fsops, own_fd, files)


def remove(tools: Tools, module_id: str) -> None:
    """Remove the module's folder below etc, durably."""
    if (tools.data_dir.etc_ / _FOLDER).is_dir():
        with tools.fsops.directory(tools.data_dir.etc_, _FOLDER) as modules_fd:
            tools.fsops.remove_tree(module_id, modules_fd)
            tools.fsops.sync_dir(modules_fd)


def rebuild(tools: Tools) -> None:
    """Bring all folders into line with the rows, which may have come back from a backup (F26)."""
    rows = dict(Module.objects.values_list("id", "facts__placed_files"))
    for module_id, files in rows.items():
        wanted = files if isinstance(files, dict) else {}
        if _placed(tools, module_id) != wanted:
            write(tools, module_id, wanted)
    folder = tools.data_dir.etc_ / _FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in rows:
            remove(tools, path.name)


def _placed(tools: Tools, module_id: str) -> dict[str, str] | None:
    """Return what lies there; None when it cannot be what we wrote."""
    folder = tools.data_dir.etc_ / _FOLDER / module_id
    try:
        return {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeError):
        return None


def _remove_others(fsops: FsOps, own_fd: int, files: Collection[str]) -> None:
    """Remove what an older version placed, and what a crash left of a write."""
    for name in sorted(set(os.listdir(own_fd)) - set(files)):
        fsops.unlink(name, own_fd)
    fsops.sync_dir(own_fd)
