"""Asking the supervisor of workers for something."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from modules_app import audit
from modules_app.bridge.workers import MAILBOX
from modules_app.exceptions import ModuleError, NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor, Right, require
from modules_app.processes.mailbox import post
from modules_app.selectors.workers import supervisor_runs, workers_of


def restart_worker(*, actor: Actor, module_id: str, name: str = "") -> None:
    """Let a worker, or all of a module, finish what they do, end, and start again.

    Raises ``NotFound`` for a worker that the module does not have, ``ModuleError`` when no
    supervisor runs that could do it.
    """
    require(actor, Right.OPERATE)
    found = workers_of(module_id).workers
    if not found or (name and all(one.name != name for one in found)):
        raise NotFound(
            "worker-unknown",
            _("“{id}” has no worker “{name}”."),
            context={"id": module_id, "name": name},
        )
    if not supervisor_runs():
        raise not_supervised()
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="worker-restart",
            target=module_id,
            outcome="done",
            detail={"worker": name} if name else {},
        )
    message = {"what": "restart", "module": module_id, "name": name}
    if not post(settings.PBX_DATA_DIR / "run" / MAILBOX, message):
        raise not_supervised()


def not_supervised() -> ModuleError:
    """Return the error that says that nobody keeps workers running now."""
    return ModuleError(
        "workers-not-supervised",
        _("The process that keeps workers running does not run."),
        hint=_("Start the server; `manage.py workers` is a part of it."),
    )
