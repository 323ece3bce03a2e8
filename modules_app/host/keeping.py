"""``backup()`` and ``restore()`` of a module of the FreePBX contract (reference F3.9)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.host.task import Task, freepbx_module, unless_said
from modules_app.sdk.sync import synchronise_tables

LARGEST_BACKUP = 16 * 1024 * 1024
"""Bytes that ``backup()`` may return in sum; large data belongs into the module's database."""


def back_up(task: Task) -> None:
    """Ask the module for what an export holds beside its database.

    The answer has "data" (JSON text) and "files" (base64 by name): values that are bytes.
    """
    module = freepbx_module(task)
    if module is None:
        return
    task.step = "backup"
    data = dict(module.backup() or {})
    files = {name: data.pop(name) for name in list(data) if isinstance(data[name], bytes)}
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    if len(text.encode()) + sum(len(content) for content in files.values()) > LARGEST_BACKUP:
        raise Refused(
            "backup-too-large",
            _("What backup() returned is larger than {limit} bytes."),
            context={"limit": LARGEST_BACKUP},
            hint=_("Keep large data in the module's tables; they are exported anyway."),
        )
    encoded = {_plain(name): base64.b64encode(content).decode() for name, content in files.items()}
    task.backup = {"data": text, "files": encoded}


def restore(task: Task) -> None:
    """Bring the tables up to date and let the module take over what its backup had returned."""
    module = freepbx_module(task)
    if task.config is None:
        return
    task.step = "create_tables_from_models"
    if module is None:
        task.records.tables = synchronise_tables(task.facts.label)
        return
    module.create_tables_from_models()
    task.step = "restore"
    if module.restore(_read(Path(task.payload["folder"]))) is False:
        task.fail(*unless_said(task, "ext_RestoreReturnedFalse"))


def _read(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if (folder / "backup.json").is_file():
        data = json.loads((folder / "backup.json").read_bytes())
    files = sorted((folder / "files").glob("*"))
    return {**data, **{file.name: file.read_bytes() for file in files if file.is_file()}}


def _plain(name: str) -> str:
    if not name or "/" in name or name.startswith(".") or len(name) > 100:
        raise ValueError(f"{name!r} is no plain file name")
    return name
