"""Export: a consistent copy of a module's data in one file (design 7, ``module export``)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils import timezone

from modules_app import audit
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.operator import data
from modules_app.operator.asking import payload_for
from modules_app.operator.problems import backup_said_no
from modules_app.operator.tools import Tools
from modules_app.packages.exports import DATA, FILES, About, write_export
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.modules import find_module
from modules_app.selectors.registry import registry_module
from modules_app.services.queueing import refuse_busy

ACTION = "module-export"


def export_module(tools: Tools, *, actor: Actor, module_id: str, target: Path) -> About:
    """Write the module's data to ``target`` and return what the export says of itself.

    The database is copied first, and ``backup()`` of a module of the FreePBX contract works on that
    copy, so both are of one moment; the module goes on serving. Raises ``NotAllowed``,
    ``NotFound``, ``Busy``, and ``ModuleError`` when the data is damaged or the module fails.
    """
    try:
        require(actor, Right.INSTALL)
        module = find_module(module_id)
        refuse_busy(module.id)
        about = write_out(tools, module, target)
    except ModuleError as error:
        audit.record_refusal(actor=actor, action=ACTION, target=module_id, error=error)
        raise
    audit.record(
        actor=actor,
        action=ACTION,
        target=module.id,
        outcome="done",
        detail={"version": about.version},
    )
    return about


def _never() -> bool:
    return False


def write_out(
    tools: Tools, module: Module, target: Path, should_stop: Callable[[], bool] = _never
) -> About:
    """Write the data without asking who wants it; raises what `export_module` raises of it.

    ``should_stop`` is asked while the module's code runs.
    """
    name = f"export-{module.pk}-{secrets.token_hex(6)}.db"
    copy = tools.data_dir.run / name
    try:
        data.copy_database(data.database_path(tools.data_dir, module.pk, module.epoch), copy)
        parts = _parts(_ask(tools, module, copy, should_stop))
        data.settle(copy)
        about = About(
            id=module.id,
            version=module.version,
            contract=module.contract,
            made_at=timezone.now().isoformat(),
            package=module.package_sha256,
        )
        return write_export(tools.fsops, target, about, copy, parts)
    except OSError as error:
        raise ModuleError(
            "export-not-written",
            _("The export could not be written to {file}: {cause}."),
            context={"file": str(target), "cause": error.strerror or str(error)},
        ) from error
    finally:
        with tools.fsops.directory(tools.data_dir.run) as run_fd:
            for suffix in ("", "-wal", "-shm", "-journal"):
                tools.fsops.unlink(name + suffix, run_fd)


def _ask(
    tools: Tools, module: Module, copy: Path, should_stop: Callable[[], bool]
) -> dict[str, Any]:
    if module.language != "python":
        return {}
    seen = replace(registry_module(module), database=str(copy))
    payload = payload_for(tools, module, "backup", seen=seen)
    answer = tools.run_child(payload, stage="install", should_stop=should_stop)
    if not answer.get("ok"):
        raise backup_said_no(module.id, answer)
    found: dict[str, Any] = answer.get("backup") or {}
    return found


def _parts(backup: dict[str, Any]) -> dict[str, bytes]:
    if not backup:
        return {}
    files = {f"{FILES}/{name}": base64.b64decode(text) for name, text in backup["files"].items()}
    return {DATA: str(backup["data"]).encode(), **files}
